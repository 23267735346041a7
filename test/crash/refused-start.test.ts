/**
 * Files that do not belong together, and what else keeps a relay from starting: through the command itself, each with one clear
 * sentence, and with nothing changed.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from '../../src/cli/cli.ts'
import { terminal } from '../cli/support/terminal.ts'
import { makeDemoNode, participantId } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { runProgram, startNode } from '../support/node-process.ts'
import type { Ended, NodeProcess } from '../support/node-process.ts'

const SENDER = 'gemeente-voorbeeldstad'
const RECIPIENT = 'energie-direct'
const MESSAGES = 4
// Each starts a program or opens a whole node; a busy machine takes its time.
setDefaultTimeout(30_000)
/** Written by whoever tries the folder, and no part of the node's state. */
const PASSING = new Set(['lock', 'lock.mdb'])

const settings = { store: { path: 'data', map: '1 GiB', ballast: '1 MiB' } }
/** The node that the cases are tried on, as it should be. */
let node: DemoNode
/** Copies: after one message, and after all. */
let early: string
let whole: string
/** A node of somebody else, with the same master key. */
let other: DemoNode
const running: NodeProcess[] = []

async function send(to: NodeProcess, from: DemoNode): Promise<void> {
  const client = from.client(to.url, SENDER)
  const { voorbeeld } = await client.messageType('schuldregeling', '2.0', 'saldoverzoek')
  await client.submit({
    referentienummer: crypto.randomUUID(),
    conversatieReferentienummer: crypto.randomUUID(),
    module: 'schuldregeling',
    berichttype: 'saldoverzoek',
    versie: '2.0',
    ontvanger: participantId(RECIPIENT),
    inhoud: voorbeeld,
  })
}

/** Every file of the node's state with a digest of its bytes. */
function picture(dir: string): Record<string, string> {
  const files = ['data', 'keys'].flatMap((part) =>
    readdirSync(join(dir, part), { recursive: true, withFileTypes: true }),
  )
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile() && !PASSING.has(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [
        relative(dir, file),
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ])
      .sort(),
  )
}

/** Starts the program on a configuration that it must refuse. */
async function refused(configFile: string): Promise<Ended> {
  const { exit, out, err } = await runProgram(['serve', '--config', configFile])
  return { exit, out, err }
}

/** The same in this process, which is quicker; a start that is not refused stops at once. */
async function refusedHere(configFile: string): Promise<Ended> {
  const { io, out, err } = terminal({ signal: AbortSignal.abort() })
  const exit = await run(['serve', '--config', configFile], io, {
    serve: async () => (await import('../../src/cli/serve.ts')).serve,
  })
  return { exit, out: out(), err: err() }
}

beforeAll(async () => {
  node = makeDemoNode(settings)
  const first = await startNode(node.configFile)
  await send(first, node)
  await first.stop()
  early = node.copy('early')
  const second = await startNode(node.configFile)
  for (let number = 1; number < MESSAGES; number += 1) await send(second, node)
  await second.stop()
  whole = node.copy('whole')

  other = makeDemoNode(settings)
  cpSync(node.masterKeyFile, other.masterKeyFile)
  const theirs = await startNode(other.configFile)
  await send(theirs, other)
  await theirs.stop()
}, 60_000)

afterAll(async () => {
  for (const each of running.splice(0)) await each.kill()
  node.remove()
  other.remove()
})

/** What somebody did to the files, and what the program must say of it. */
const cases: readonly (readonly [string, () => void, RegExp])[] = [
  [
    'another master key',
    () => writeFileSync(node.masterKeyFile, randomBytes(32).toString('hex')),
    /wrong master key or ring/i,
  ],
  [
    'an older vault',
    () => cpSync(join(early, 'data', 'vault'), node.paths.vault),
    /the vault is older than the store/i,
  ],
  [
    'an older store',
    () => cpSync(join(early, 'data', 'store'), node.paths.store, { recursive: true }),
    /the store is older than the vault/i,
  ],
  [
    'the vault of another node',
    () => cpSync(other.paths.vault, node.paths.vault),
    /the key ring belongs to another vault/i,
  ],
  [
    'vault and ring of another node',
    () => {
      cpSync(other.paths.vault, node.paths.vault)
      cpSync(other.ringPath, node.ringPath)
    },
    /the vault is not the one of this store/i,
  ],
  [
    'the store of another node',
    () => cpSync(other.paths.store, node.paths.store, { recursive: true }),
    /the vault is not the one of this store/i,
  ],
  ['the ring of another node', () => cpSync(other.ringPath, node.ringPath), /another vault/i],
  ['no ring', () => rmSync(node.ringPath), /the key ring is missing/i],
  ['no vault', () => rmSync(node.paths.vault), /the vault is missing/i],
  ['no store', () => rmSync(node.paths.store, { recursive: true }), /the store is missing/i],
  ['a vault that was cut off', () => truncateSync(node.paths.vault, 9_000), /truncated/i],
  ['an empty vault', () => truncateSync(node.paths.vault, 0), /truncated/i],
  ['a vault of noise', () => writeFileSync(node.paths.vault, randomBytes(65_536)), /damaged/i],
  ['a ring of noise', () => writeFileSync(node.ringPath, randomBytes(8_192)), /wrong master key/i],
  [
    'a store that was cut off',
    () => truncateSync(join(node.paths.store, 'data.mdb'), 5_000),
    /the store is (empty or )?damaged/i,
  ],
  [
    'a store of noise',
    () => writeFileSync(join(node.paths.store, 'data.mdb'), randomBytes(65_536)),
    /the store is (empty or )?damaged/i,
  ],
  [
    'a store without its end',
    () => truncateSync(join(node.paths.store, 'data.mdb'), 4 * 4_096),
    /the store is truncated/i,
  ],
  [
    'an empty store',
    () => truncateSync(join(node.paths.store, 'data.mdb'), 0),
    /the store is (empty or )?damaged/i,
  ],
]

test.each(cases)('with %s the relay does not start and says why', async (_, spoil, says) => {
  node.putBack(whole)
  spoil()
  const before = picture(node.dir)
  const { exit, out, err } = await refusedHere(node.configFile)
  expect(err).toMatch(says)
  expect({ exit, out, lines: err.trimEnd().split('\n').length }).toEqual({
    exit: 1,
    out: '',
    lines: 1,
  })
  expect(err).not.toMatch(/internal error|^\s+at /m)
  expect(picture(node.dir)).toEqual(before)
})

test('the program itself ends with 1 and that sentence', async () => {
  node.putBack(whole)
  rmSync(node.ringPath)
  expect(await refused(node.configFile)).toEqual({
    exit: 1,
    out: '',
    err:
      'knooppunt serve: The key ring is missing, but the store and the vault are there; ' +
      'put back what belongs together, nothing was changed.\n',
  })
})

test('with the right files back the messages are there', async () => {
  node.putBack(whole)
  const relay = await startNode(node.configFile)
  running.push(relay)
  const client = node.client(relay.url, RECIPIENT)
  const { berichten } = await client.list()
  expect(berichten).toHaveLength(MESSAGES)
  for (const { referentienummer } of berichten)
    expect((await client.fetch(referentienummer)).inhoud).toHaveProperty('KlantnummerSHV')
})

test('a second process on the folder of a running one is told so, and the first goes on', async () => {
  const [relay] = running
  if (relay === undefined) throw new Error('the test before this one starts the relay')
  const { exit, err } = await refused(node.configFile)
  expect({ exit, err }).toEqual({
    exit: 1,
    err: `knooppunt serve: The data folder is in use by process ${relay.pid}; stop that one first.\n`,
  })
  expect((await node.client(relay.url, RECIPIENT).list()).berichten).toHaveLength(MESSAGES)
})

test.each(['api', 'portal', 'ops'])(
  'a port of the door %s that is taken is named',
  async (door) => {
    const taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
    const listen = {
      api: { host: '127.0.0.1', port: 0, certificate: 'certs/server.pem', key: 'certs/server.key' },
      portal: { host: '127.0.0.1', port: 0 },
      ops: { host: '127.0.0.1', port: 0 },
    }
    const mine = makeDemoNode({
      ...settings,
      listen: { ...listen, [door]: { ...listen[door as 'api'], port: taken.port } },
    })
    try {
      const { exit, err } = await refusedHere(mine.configFile)
      expect(exit).toBe(1)
      expect(err).toBe(`knooppunt serve: 127.0.0.1:${taken.port}: the address is in use\n`)
    } finally {
      taken.stop(true)
      mine.remove()
    }
  },
)
