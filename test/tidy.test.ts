/**
 * The code is held to its own rules. Each check is a value in `tidy/` with a planted example, on which it must find exactly
 * what is wrong: a check that cannot fail is a defect.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { CALL_CHECKS } from './tidy/calls.ts'
import { EXPORT_CHECKS } from './tidy/exports.ts'
import { HOUSE_CHECKS } from './tidy/house.ts'
import { STATE_CHECKS } from './tidy/state.ts'
import { repositoryFiles } from './tidy/repository.ts'
import { TEXT_CHECKS } from './tidy/text.ts'
import { parseTrees } from './tidy/tree.ts'
import type { Check, Finding, Tree } from './tidy/tree.ts'

const CHECKS: readonly Check[] = [
  ...HOUSE_CHECKS,
  ...EXPORT_CHECKS,
  ...STATE_CHECKS,
  ...CALL_CHECKS,
  ...TEXT_CHECKS,
]

const [repository, ...examples] = await parseTrees([
  repositoryFiles(),
  ...CHECKS.flatMap(({ planted, tidy }) => [planted, tidy]),
])

function at(trees: readonly (Tree | undefined)[], index: number): Tree {
  const tree = trees[index]
  if (tree === undefined) throw new Error('a tree was not parsed')
  return tree
}

const lines = (findings: readonly Finding[]) =>
  findings.map(({ path, line, text }) => `${path}:${line}: ${text}`)

CHECKS.forEach((check, index) => {
  describe(check.name, () => {
    test('finds what is planted, and nothing in what is tidy', () => {
      const found = check.find(at(examples, 2 * index)).map(({ path, line }) => `${path}:${line}`)
      expect(found.toSorted()).toEqual([...check.finds].toSorted())
      expect(lines(check.find(at(examples, 2 * index + 1)))).toEqual([])
    })

    test('holds for this repository', () => {
      expect(lines(check.find(at([repository], 0)))).toEqual([])
    })
  })
})

test('the repository was read', () => {
  expect(at([repository], 0).modules.has('src/main.ts')).toBe(true)
})
