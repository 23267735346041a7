/**
 * Commands that ask the running relay, against the whole app in this process.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startApp } from '../../src/app.ts'
import type { App } from '../../src/app.ts'
import { run } from '../../src/cli/cli.ts'
import { clock } from '../../src/cli/clock.ts'
import { vault } from '../../src/cli/vault.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/ops/log.ts'
import { inspectKeys } from '../../src/vault/inspect.ts'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDemoNode } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { terminal } from './support/terminal.ts'

let node: DemoNode
let app: App | undefined
const lines: string[] = []

beforeAll(async () => {
  node = makeDemoNode()
  const loaded = loadConfig(node.configFile, { generation: 1 })
  if ('problems' in loaded) throw new Error('the demo has problems')
  const log = createLog({ sink: (line) => void lines.push(line), now: Date.now, level: 'info' })
  app = await startApp(loaded.config, {
    log,
    fatal: (reason) => {
      throw new Error(reason)
    },
  })
})
afterAll(async () => {
  await app?.stop()
  node.remove()
})

async function on(...line: string[]) {
  const { io, out, err } = terminal({ cwd: node.dir })
  const table = { vault: async () => vault, clock: async () => clock }
  const exit = await run([...line, '--config', node.configFile], io, table)
  return { exit, out: out(), err: err() }
}

describe('beside a running relay', () => {
  test('vault rotate ends the epoch: a ring of before opens nothing new', async () => {
    const before = join(node.dir, 'ring-before')
    copyFileSync(node.ringPath, before)
    const { exit, out } = await on('vault', 'rotate')
    expect([exit, out]).toEqual([0, expect.stringContaining('The old epoch is destroyed')])
    const again = await on('vault', 'rotate', '--json')
    expect(JSON.parse(again.out)).toEqual({ looked: 0, damaged: 0, finished: true })
    const keys = { path: node.paths.vault, masterKey: node.masterKey }
    inspectKeys({ ...keys, ringPath: node.ringPath }).close()
    expect(lines.join('')).toContain('"job":"vault-rotate"')
  })

  test('clock shows that the clock is believed; accept does no harm', async () => {
    expect(await on('clock')).toMatchObject({ exit: 0, out: expect.stringContaining('believed') })
    const { exit, out } = await on('clock', 'accept', '--json')
    expect([exit, Object.keys(JSON.parse(out) as object)]).toEqual([0, ['now', 'believed']])
  })

  test('a group of commands alone explains itself', async () => {
    const { io, out } = terminal({ cwd: node.dir })
    expect(await run(['vault'], io, { vault: async () => vault })).toBe(2)
    expect(out()).toContain('rotate')
  })
})

test('without a running relay the commands say so, and exit with 3', async () => {
  await app?.stop()
  app = undefined
  const { exit, err } = await on('vault', 'rotate')
  expect(exit).toBe(3)
  expect(err).toContain('No relay runs on')
})
