/**
 * The chain over the log finds what somebody did to the file of the store who has no key.
 */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { Store } from '../../src/relay/ports.ts'
import type { Sign } from '../../src/store/log-chain.ts'
import { openStore } from '../../src/store/open.ts'
import { accepted, ended, group, message, SIGN, VAULT_ID } from './samples.ts'

let dir = ''
const options = () => ({ engine: 'lmdb', path: dir, mapBytes: 64 * 2 ** 20, sign: SIGN }) as const

/** Twenty messages in ten groups, of which three ended: 23 events in 11 groups. */
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'knooppunt-chain-'))
  const store = await openStore({ ...options(), createFor: VAULT_ID })
  for (let seq = 1; seq < 20; seq += 2)
    await store.commit(group(store, [accepted(message(seq)), accepted(message(seq + 1))]))
  await store.commit(
    group(
      store,
      [1, 2, 3].map((seq) => ended(message(seq), 'confirmed')),
    ),
  )
  await store.close()
})
afterEach(() => rm(dir, { recursive: true }))

type Rows = { get(name: string): { key: Buffer; value: Buffer }[] }
type Table = {
  put(key: Buffer, value: Buffer): void
  remove(key: Buffer): void
}

/** Changes rows behind the back of the engine. */
async function tamper(change: (table: (name: string) => Table, rows: Rows['get']) => void) {
  const root = open<Buffer, Buffer>({ path: dir, noSubdir: false, maxDbs: 16 })
  const table = (name: string) =>
    root.openDB<Buffer, Buffer>({ name, keyEncoding: 'binary', encoding: 'binary' })
  change(
    (name) => ({
      put: (key, value) => void table(name).putSync(key, value),
      remove: (key) => void table(name).removeSync(key),
    }),
    (name) =>
      [...table(name).getRange()].map(({ key, value }) => ({
        key: Buffer.from(key),
        value: Buffer.from(value),
      })),
  )
  await root.close()
}

async function problems(sign: Sign = SIGN): Promise<readonly string[]> {
  const store: Store = await openStore({ ...options(), sign })
  try {
    return (await store.checkLog(async () => {})).problems
  } finally {
    await store.close()
  }
}

function at<T>(list: readonly T[], index: number): T {
  const one = list.at(index)
  if (one === undefined) throw new Error('there are fewer rows than the test thinks')
  return one
}

test('a log that nobody touched is whole', async () => {
  expect(await problems()).toEqual([])
})

const tricks: [string, Parameters<typeof tamper>[0], string[]][] = [
  [
    'a changed time',
    (table, rows) => {
      const { key, value } = at(rows('event'), 4)
      value[5] = (value[5] ?? 0) ^ 1
      table('event').put(key, value)
    },
    ['event 9 or what stood before it was changed, removed or put in'],
  ],
  [
    'a changed link',
    (table, rows) => {
      const { key, value } = at(rows('event'), 4)
      value[value.length - 1] = (value.at(-1) ?? 0) ^ 1
      table('event').put(key, value)
    },
    [
      'event 9 or what stood before it was changed, removed or put in',
      'event 11 or what stood before it was changed, removed or put in',
    ],
  ],
  [
    'a removed group',
    (table, rows) => table('event').remove(at(rows('event'), 4).key),
    [
      'the log goes from event 8 to 11',
      'event 11 or what stood before it was changed, removed or put in',
    ],
  ],
  [
    'the first group removed, as if it had been pruned',
    (table, rows) => table('event').remove(at(rows('event'), 0).key),
    [
      'the log goes from event 0 to 3',
      'event 3 or what stood before it was changed, removed or put in',
    ],
  ],
  [
    'a group put in twice',
    (table, rows) => {
      const all = rows('event')
      const key = Buffer.from(at(all, 4).key)
      key.writeUInt32BE(10, 4)
      table('event').put(key, at(all, 4).value)
    },
    [
      'the log goes from event 10 to 10',
      'event 10 or what stood before it was changed, removed or put in',
      'the log goes from event 11 to 11',
      'event 11 or what stood before it was changed, removed or put in',
    ].slice(1),
  ],
  [
    'the end cut off',
    (table, rows) => table('event').remove(at(rows('event'), -1).key),
    ['the log ends at event 20, but 23 events were written'],
  ],
  [
    'garbage in place of a group',
    (table, rows) => table('event').put(at(rows('event'), 2).key, Buffer.from('nothing')),
    ['the record of event 5 cannot be read'],
  ],
]
test.each(tricks)('%s is found, and where', async (_, change, found) => {
  await tamper(change)
  const told = await problems()
  for (const sentence of found.slice(0, 1)) expect(told).toContain(sentence)
  expect(told.length).toBeGreaterThan(0)
})

test('a group that was changed and linked anew without the key is found', async () => {
  const forger: Sign = (data) => createHmac('sha256', 'a guess').update(data).digest()
  await tamper((table, rows) => {
    const { key, value } = at(rows('event'), -1)
    const body = value.subarray(0, -32)
    body[1] = 5
    const number = Buffer.alloc(8)
    number.writeBigUInt64BE(21n)
    const before = at(rows('event'), -2).value.subarray(-32)
    const link = forger(Buffer.concat([before, number, body]))
    table('event').put(key, Buffer.concat([body, link]))
  })
  expect(await problems()).toContain(
    'event 21 or what stood before it was changed, removed or put in',
  )
})

test('a store that says less of itself than it wrote does not start: the next group would sign it', async () => {
  await tamper((table, rows) => {
    const { key, value } = at(rows('meta'), 0)
    value.writeUInt32BE(21, 48)
    table('meta').put(key, value)
  })
  await expect(problems()).rejects.toThrow('the store was changed from outside')
})

test('another key opens nothing', async () => {
  await expect(problems((data) => createHmac('sha256', 'x').update(data).digest())).rejects.toThrow(
    'is not signed by this one',
  )
})
