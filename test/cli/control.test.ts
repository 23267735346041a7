/**
 * Commands that ask the running relay, against the whole app in this process.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startApp } from '../../src/app.ts'
import type { App } from '../../src/app.ts'
import { run } from '../../src/cli/cli.ts'
import { backup } from '../../src/cli/backup.ts'
import { clock } from '../../src/cli/clock.ts'
import { log as logCommand } from '../../src/cli/log.ts'
import { restore } from '../../src/cli/restore.ts'
import { vault } from '../../src/cli/vault.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/ops/log.ts'
import { inspectKeys } from '../../src/vault/inspect.ts'
import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
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
  const table = {
    vault: async () => vault,
    clock: async () => clock,
    backup: async () => backup,
    restore: async () => restore,
    log: async () => logCommand,
  }
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

  test('log verify walks the chain, and holds it against a head that was noted', async () => {
    const { exit, out } = await on('log', 'verify', '--json')
    const { head, problems } = JSON.parse(out) as { head: string; problems: string[] }
    expect([exit, problems]).toEqual([0, []])
    expect(lines.join('')).toContain(`"head":"${head}"`)
    expect((await on('log', 'verify', '--head', head)).exit).toBe(0)
    const ahead = await on('log', 'verify', '--head', `99:${'0'.repeat(64)}`)
    expect(ahead).toMatchObject({ exit: 1, out: expect.stringContaining('CHAIN IS BROKEN') })
    expect((await on('log', 'verify', '--head', 'nonsense')).exit).toBe(2)
  })

  test('a backup is written once, and restored into an empty folder only', async () => {
    const file = join(node.dir, 'node.backup')
    expect(await on('backup', '--out', file)).toMatchObject({ exit: 0 })
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(await on('backup', '--out', file)).toMatchObject({
      exit: 1,
      err: expect.stringContaining('it is there already'),
    })
    // The relay has the folder.
    const refused = await on('restore', '--in', file)
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining('in use') })
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
  expect(await on('log', 'verify')).toMatchObject({
    exit: 0,
    out: expect.stringContaining('The chain is whole'),
  })
})

test('after a loss of everything but the backup and the master key the node is restored, and runs', async () => {
  const file = join(node.dir, 'node.backup')
  const full = await on('restore', '--in', file)
  expect(full).toMatchObject({ exit: 1, err: expect.stringContaining('empty folder only') })
  for (const path of [node.paths.store, node.paths.vault, node.ringPath])
    rmSync(path, { recursive: true })
  const cut = join(node.dir, 'cut.backup')
  writeFileSync(cut, readFileSync(file, 'utf8').slice(0, -9))
  const half = await on('restore', '--in', cut)
  expect(half).toMatchObject({ exit: 1, err: expect.stringContaining('backup is cut off') })
  const again = await on('restore', '--in', file, '--json')
  expect([again.exit, again.err]).toEqual([0, ''])
  expect(JSON.parse(again.out)).toMatchObject({ lost: 0 })
  const loaded = loadConfig(node.configFile, { generation: 1 })
  if ('problems' in loaded) throw new Error('the demo has problems')
  const log = createLog({ sink: () => {}, now: Date.now, level: 'error' })
  app = await startApp(loaded.config, {
    log,
    fatal: (reason) => {
      throw new Error(reason)
    },
  })
  expect(app.relay.isAccepting()).toBe(true)
  await app.stop()
  app = undefined
})

test('after a change of the master key only the new one opens, the log is whole, and the epoch is another', async () => {
  const next = join(node.dir, 'keys', 'next.key')
  writeFileSync(next, randomBytes(32).toString('hex'), { mode: 0o600 })
  copyFileSync(node.ringPath, join(node.dir, 'ring-old'))
  const changed = await on('vault', 'change-master-key', '--new', next)
  expect(changed).toMatchObject({ exit: 0, out: expect.stringContaining('Destroy the file') })
  expect(await on('log', 'verify')).toMatchObject({ exit: 1 })
  // Interrupted before its end it is done again.
  expect(await on('vault', 'change-master-key', '--new', next)).toMatchObject({ exit: 0 })
  copyFileSync(next, node.masterKeyFile)
  expect(await on('log', 'verify')).toMatchObject({ exit: 0 })
  const again = await on('vault', 'change-master-key', '--new', next)
  expect(again).toMatchObject({ exit: 1, err: expect.stringContaining('already') })
  const masterKey = Buffer.from(readFileSync(next, 'utf8'), 'hex')
  const keys = { path: node.paths.vault, ringPath: node.ringPath }
  inspectKeys({ ...keys, masterKey }).close()
  expect(() => inspectKeys({ ...keys, masterKey: node.masterKey })).toThrow('wrong master key')
})
