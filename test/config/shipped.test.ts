/**
 * The shipped modules: all of them, and read the same by the quick parser and by the one that keeps positions.
 * @module
 */
import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SHIPPED_MODULES } from '../../src/config/shipped.ts'
import { readYaml } from '../../src/config/yaml-source.ts'

const FOLDER = join(import.meta.dir, '../../config/modules')

test('every module in the repository is shipped, word for word', () => {
  const names = SHIPPED_MODULES.map(({ name }) => name)
  expect(names.toSorted()).toEqual(readdirSync(FOLDER).sort())
  for (const { name, text } of SHIPPED_MODULES) {
    expect(text === readFileSync(join(FOLDER, name), 'utf8'), name).toBe(true)
  }
})

test.each(SHIPPED_MODULES.map(({ name, text }) => [name, text] as const))(
  '%s is read the same by both parsers',
  (name, text) => {
    const read = readYaml(name, text)
    const careful = 'source' in read ? read.source.data : read.problems
    expect(JSON.stringify(careful)).toBe(JSON.stringify(Bun.YAML.parse(text)))
  },
)
