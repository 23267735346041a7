/**
 * A sound configuration, and what comes out of it.
 * @module
 */
import { afterAll, expect, test } from 'bun:test'
import { loadConfig } from '../../src/config/load.ts'
import { complete, nodeFolder, NOW } from './support/node-folder.ts'

const folder = nodeFolder()
afterAll(() => folder.remove())

test('a sound configuration loads', () => {
  const file = folder.write('config/knooppunt.yaml', complete(''))
  const loaded = loadConfig(file, { generation: 1, now: NOW })
  if ('problems' in loaded) expect(loaded.problems).toEqual([])
})
