/**
 * Every kind of problem, one file each in `test/golden/config/`: a configuration, a line of dashes, and what must be said
 * of it. The sections that a case leaves out are filled in from a sound configuration, below it, so that its lines keep
 * their numbers. A line `===== name` starts a further file; `# without: key` leaves a section out.
 * @module
 */
import { afterAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { complete, nodeFolder, NOW } from './support/node-folder.ts'

const CASES = join(import.meta.dir, '../golden/config')
const folder = nodeFolder()
afterAll(() => folder.remove())

describe('of a configuration is said', () => {
  for (const name of readdirSync(CASES).sort()) {
    test(name.replace('.txt', '').replaceAll('-', ' '), () => {
      const [input = '', expected = ''] = readFileSync(join(CASES, name), 'utf8').split(
        /^-{10,}\n/m,
      )
      expect(said(input)).toBe(expected)
    })
  }
})

function said(input: string): string {
  const [main = '', ...others] = input.split(/^===== /m)
  const further = others.map((other) => {
    const end = other.indexOf('\n')
    return folder.write(other.slice(0, end).trim(), other.slice(end + 1))
  })
  const without = /^# without: (.*)$/m.exec(main)?.[1]?.split(', ') ?? []
  const asItIs = /^# as it is$/m.test(main)
  const file = folder.write('config/knooppunt.yaml', asItIs ? main : complete(main, without))
  const loaded = loadConfig(file, { generation: 1, now: NOW, env: { SHORT_KEY: 'abc' } })
  for (const name of further) rmSync(name)
  const problems = 'problems' in loaded ? loaded.problems : []
  const lines = [
    ...problems.map((problem) => formatProblem(problem, folder.path)),
    ...loaded.warnings.map((warning) => `warning: ${formatProblem(warning, folder.path)}`),
  ]
  return lines.map((line) => `${line.replaceAll(folder.path, 'DIR')}\n`).join('')
}
