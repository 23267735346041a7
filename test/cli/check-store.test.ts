/**
 * `knooppunt check --store`: what it says of the data of a stopped node, sound and damaged, and that looking changes nothing.
 */
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { run } from '../../src/cli/cli.ts'
import { EXIT } from '../../src/cli/command.ts'
import type { StoreReport } from '../../src/cli/check-store.ts'
import { readLiveSeats } from '../../src/store/lmdb/live-seats.ts'
import { CELL_BYTES, offsetOf } from '../../src/vault/vault-file.ts'
import { marked, relayPost } from '../erasure/post.ts'
import { makeDemoNode } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { startNode } from '../support/node-process.ts'
import { terminal } from './support/terminal.ts'

const COUNT = 5
// Each starts a program or opens a whole node; a busy machine takes its time.
setDefaultTimeout(30_000)
const commands = { check: async () => (await import('../../src/cli/check.ts')).check }
const settings = { store: { path: 'data', map: '256 MiB', ballast: '1 MiB' } }
/** A stopped node with messages that wait, and a copy of it as it should be. */
let node: DemoNode
let whole: string

beforeAll(async () => {
  node = makeDemoNode(settings)
  const post = await relayPost(node, (vault) => vault)
  await post.send(marked(COUNT, 'MERK-check', await post.sample()))
  await post.stop()
  whole = node.copy('whole')
})
beforeEach(() => node.putBack(whole))
afterAll(() => node.remove())

async function check({ configFile }: DemoNode, ...more: string[]) {
  const { io, out, err } = terminal()
  const exit = await run(['check', '--store', '--config', configFile, ...more], io, commands)
  return { exit, out: out(), err: err() }
}

async function report(node: DemoNode): Promise<{ exit: number; ok: boolean; store: StoreReport }> {
  const { exit, out } = await check(node, '--json')
  return { exit, ...(JSON.parse(out) as { ok: boolean; store: StoreReport }) }
}

/** Overwrites the cell of a slot in the vault. */
function overwrite({ paths }: DemoNode, slot: number, change: (cell: Buffer) => Uint8Array): void {
  const bytes = readFileSync(paths.vault)
  const at = offsetOf(slot)
  bytes.set(change(bytes.subarray(at, at + CELL_BYTES)), at)
  writeFileSync(paths.vault, bytes)
}

async function firstSlot({ paths }: DemoNode): Promise<number> {
  const [seat] = await readLiveSeats(paths.store)
  if (seat === undefined) throw new Error('nothing waits')
  return seat.slot
}

describe('check --store', () => {
  test('ends with 0 on a sound node, in words and as JSON', async () => {
    const { exit, out, err } = await check(node)
    expect({ exit, err }).toEqual({ exit: EXIT.done, err: '' })
    expect(out).toEndWith(`Waiting messages: ${COUNT}.\nStore and vault are sound.\n`)
    expect(await report(node)).toMatchObject({
      exit: EXIT.done,
      ok: true,
      store: { sound: true, live: COUNT, leftKeys: 0, findings: [] },
    })
  })

  test('without --store nothing is said of the data', async () => {
    const { io, out } = terminal()
    await run(['check', '--config', node.configFile], io, commands)
    expect(out()).not.toContain('Waiting messages')
  })

  test('names the message whose key is gone', async () => {
    overwrite(node, await firstSlot(node), (cell) => Buffer.alloc(cell.length))
    const { exit, ok, store } = await report(node)
    expect({ exit, ok }).toEqual({ exit: EXIT.no, ok: false })
    expect(store).toMatchObject({ sound: false, live: COUNT })
    expect(store.findings).toEqual([
      { invariant: 'I1', sentence: expect.stringMatching(/^message 1 is live, but slot \d+ /) },
    ])
    const told = await check(node)
    expect(told.exit).toBe(EXIT.no)
    expect(told.out).toContain('I1: message 1 is live')
    expect(told.out).toEndWith('NOT SOUND: store and vault do not fit together.\n')
  })

  test('a key that a crash left behind is told, and is no damage', async () => {
    overwrite(node, 4_000, () => Buffer.alloc(CELL_BYTES, 9))
    expect(await report(node)).toMatchObject({
      exit: EXIT.done,
      ok: true,
      store: { sound: true, leftKeys: 1, findings: [] },
    })
    expect((await check(node)).out).toContain('erased at the next start: 1.')
  })

  test('finds content that is missing in the tables of the store', async () => {
    const root = open<Buffer, Buffer>({
      path: node.paths.store,
      noSubdir: false,
      maxDbs: 16,
      keyEncoding: 'binary',
      encoding: 'binary',
    })
    const table = root.openDB<Buffer, Buffer>({
      name: 'content',
      keyEncoding: 'binary',
      encoding: 'binary',
    })
    const [key] = [...table.getKeys({ limit: 1 })]
    if (key === undefined) throw new Error('the table of contents is empty')
    await table.remove(key)
    await root.close()
    const { exit, store } = await report(node)
    expect(exit).toBe(EXIT.no)
    expect(store.findings).toContainEqual({
      invariant: 'store',
      sentence: 'message 1 is live without content',
    })
  })

  test('says that the node runs, and does not disturb it', async () => {
    const relay = await startNode(node.configFile)
    try {
      const { exit, out, err } = await check(node)
      expect({ exit, out, err }).toEqual({
        exit: EXIT.no,
        out: '',
        err: `knooppunt check: The data folder is in use by process ${relay.pid}; stop that one first.\n`,
      })
      const { berichten } = await node.client(relay.url, 'energie-direct').list()
      expect(berichten).toHaveLength(COUNT)
    } finally {
      await relay.kill()
    }
  })

  test('makes nothing where there is no data yet', async () => {
    const empty = makeDemoNode(settings)
    const { exit, err } = await check(empty)
    expect({ exit, err }).toEqual({
      exit: EXIT.no,
      err: `knooppunt check: There is no data in ${empty.dataDir} yet; the first start makes it.\n`,
    })
    expect(existsSync(empty.dataDir)).toBe(false)
    expect(existsSync(empty.ringPath)).toBe(false)
    empty.remove()
  })

  const parts = {
    'key ring': (node: DemoNode) => node.ringPath,
    vault: (node: DemoNode) => node.paths.vault,
    store: (node: DemoNode) => join(node.paths.store, 'data.mdb'),
  }
  test.each(Object.entries(parts))('names the %s when it is missing', async (name, fileOf) => {
    rmSync(fileOf(node))
    const before = readdirSync(node.dir, { recursive: true }).sort()
    const { exit, err } = await check(node)
    expect({ exit, err }).toEqual({
      exit: EXIT.no,
      err: `knooppunt check: Missing: the ${name} (${fileOf(node)}). Put back what belongs together.\n`,
    })
    expect(readdirSync(node.dir, { recursive: true }).sort()).toEqual(before)
  })
})
