/**
 * What a restored node knows: everything but content. What waited is lost and told, and nothing that was confirmed comes back.
 */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { restore } from '../../src/relay/restore.ts'
import { writeBackup, readBackup } from '../../src/store/backup.ts'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { openStore } from '../../src/store/open.ts'
import { SIGN } from '../store/samples.ts'
import { MemoryVault } from '../support/memory-vault.ts'
import { codeOf, createWorld, uuid } from '../support/world.ts'
import type { World } from '../support/world.ts'

const KEY = new Uint8Array(32).fill(3)
let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-restore-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function submit(world: World) {
  const envelope = world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek')
  return world.relay
    .submit(world.who('gemeente'), envelope)
    .then(({ message }) => ({ envelope, message, reference: message.header.reference }))
}

/** A world with one message confirmed, one fetched, one waiting; and its backup in a file. */
async function backedUp() {
  const world = createWorld()
  const confirmed = await submit(world)
  await world.relay.confirm(world.who('energie'), confirmed.reference)
  const fetched = await submit(world)
  await world.relay.fetch(world.who('energie'), fetched.reference)
  const waiting = await submit(world)
  const file = join(dir, 'backup')
  writeFileSync(file, [...writeBackup(world.store.snapshot(), KEY, world.now)].join(''))
  return { world, confirmed, fetched, waiting, file }
}

/** A world on what came out of a backup. */
async function restored(file: string, now: number) {
  const vault = new MemoryVault()
  const store = createMemoryStore({ vaultId: vault.id })
  const counts = await restore({ store, vault }, readBackup(file, KEY), now)
  const world = createWorld({ ports: { store, vault } })
  world.now = now
  return { world, store, counts }
}

test('what waited is lost, its sender is told once, and nobody can fetch or confirm it', async () => {
  const { world: before, fetched, waiting, confirmed, file } = await backedUp()
  const { world, store, counts } = await restored(file, before.now + 60_000)
  expect(counts).toEqual({ messages: 3, conversations: 3, lost: 2 })
  expect([...store.live()]).toEqual([])
  expect(await world.relay.tellLost()).toBe(2)
  expect(await world.relay.tellLost()).toBe(2)
  const { items } = await world.relay.list(world.who('gemeente'), { limit: 9 })
  expect(items.map(({ message: { header } }) => [header.type, header.cross])).toEqual([
    ['melding-onbekend', fetched.reference],
    ['melding-onbekend', waiting.reference],
  ])
  const notice = await world.relay.fetch(
    world.who('gemeente'),
    items[0]?.message.header.reference ?? '',
  )
  expect(notice.content.body).toMatchObject({ Reden: 'herstel', Opgehaald: true })
  for (const { reference } of [fetched, waiting]) {
    const verbs = [world.relay.fetch, world.relay.confirm]
    for (const verb of verbs)
      expect(await codeOf(() => verb(world.who('energie'), reference))).toBe('onbekend-na-herstel')
  }
  expect((await world.relay.list(world.who('energie'), { limit: 9 })).items).toEqual([])
  // Nothing that was confirmed comes back: its receipt is the first one.
  const again = await world.relay.confirm(world.who('energie'), confirmed.reference)
  expect([again.repeated, again.message.receipt?.at]).toEqual([true, before.now])
  expect(await codeOf(() => world.relay.fetch(world.who('energie'), confirmed.reference))).toBe(
    'bericht-weg',
  )
})

test('a lost message may be offered again under its reference, and then goes its whole way', async () => {
  const { world: before, waiting, file } = await backedUp()
  const { world } = await restored(file, before.now + 60_000)
  const offered = await world.relay.submit(world.who('gemeente'), waiting.envelope)
  expect(offered.repeated).toBe(false)
  const twice = await world.relay.submit(world.who('gemeente'), waiting.envelope)
  expect([twice.repeated, twice.message.seq]).toEqual([true, offered.message.seq])
  const { steps } = await world.relay.conversation(
    world.who('energie'),
    waiting.message.header.conversation,
  )
  expect(steps.map(({ reference, state }) => [reference, state])).toEqual([
    [waiting.reference, 'waiting'],
  ])
  await world.relay.fetch(world.who('energie'), waiting.reference)
  const { message } = await world.relay.confirm(world.who('energie'), waiting.reference)
  expect(message.state).toBe('confirmed')
})

test('another message under the reference of a lost one is a conflict', async () => {
  const { world: before, waiting, file } = await backedUp()
  const { world } = await restored(file, before.now)
  const other = { ...waiting.envelope, ontvanger: world.id('water') }
  expect(await codeOf(() => world.relay.submit(world.who('gemeente'), other))).toBe(
    'referentienummer-bezet',
  )
})

test('whoever has a lost message may answer it', async () => {
  const { world: before, fetched, file } = await backedUp()
  const { world } = await restored(file, before.now)
  const answer = world.envelope('energie', 'gemeente', 'schuldregeling', 'saldoverzoek-antwoord', {
    conversatieReferentienummer: fetched.message.header.conversation,
    crossReferentienummer: fetched.reference,
    referentienummer: uuid(77),
  })
  expect((await world.relay.submit(world.who('energie'), answer)).repeated).toBe(false)
})

test('the log goes on after a gap that it names, and its chain is whole', async () => {
  const { world: before, file } = await backedUp()
  const { store } = await restored(file, before.now + 5_000)
  const events = store.events(0, 99)
  expect(events.map(({ kind }) => kind)).toEqual([
    'accepted',
    'confirmed',
    'accepted',
    'fetched',
    'accepted',
    'restored',
    'lost',
    'lost',
  ])
  expect(events.slice(0, 5)).toEqual(before.store.events(0, 5))
  expect((events[5]?.number ?? 0) - (events[4]?.number ?? 0)).toBeGreaterThan(1_000)
  expect(store.nextSeq).toBeGreaterThan(before.store.nextSeq + 1_000)
  expect((await store.checkLog(async () => {})).problems).toEqual([])
})

test('a log that was pruned, and restored before, is restored into the durable engine as it was', async () => {
  const { world, file } = await backedUp()
  world.now += 400 * 86_400_000
  await world.relay.expire()
  await submit(world)
  expect((await world.relay.prune()).events).toBeGreaterThan(0)
  const dirs = [0, 1].map((index) => join(dir, `store-${index}`))
  let from = [...writeBackup(world.store.snapshot(), KEY, world.now)].join('')
  let events = 0
  for (const path of dirs) {
    writeFileSync(file, from)
    const vault = new MemoryVault()
    const options = { engine: 'lmdb', path, mapBytes: 64 * 2 ** 20, sign: SIGN } as const
    const store = await openStore({ ...options, createFor: vault.id })
    await restore({ store, vault }, readBackup(file, KEY), world.now)
    const check = await store.checkLog(async () => {})
    expect(check.problems).toEqual([])
    expect(check.events).toBeGreaterThan(events)
    events = check.events
    expect(store.check()).toEqual([])
    from = [...writeBackup(store.snapshot(), KEY, world.now)].join('')
    await store.close()
  }
})

test('a backup holds no content, no mid and no slot', async () => {
  const { world, file } = await backedUp()
  const text = readFileSync(file, 'latin1')
  expect(text).toContain('"state":"waiting"')
  for (const { message, mid } of world.store.live()) {
    for (const form of ['hex', 'base64'] as const)
      expect(text).not.toContain(Buffer.from(mid).toString(form))
    const [part] = world.store.content(message.seq)?.parts ?? []
    const start = Buffer.from(part ?? []).subarray(0, 24)
    expect(text).not.toContain(start.toString('base64'))
    expect(text).not.toContain(start.toString('latin1'))
  }
  expect(text).not.toContain('slot')
})

test.each<[string, (text: string) => string, string]>([
  ['cut off in the middle', (text) => text.slice(0, text.length / 2), 'cut off'],
  ['cut off at a line', (text) => text.split('\n').slice(0, -3).join('\n') + '\n', 'cut off'],
  ['changed in one letter', (text) => text.replace('"confirmed"', '"refused"'), 'was changed'],
  ['empty', () => '', 'empty'],
  ['another file', () => 'hello\nworld\n', 'no backup'],
])('a backup that is %s is refused before anything is restored', async (_, harm, sentence) => {
  const { file } = await backedUp()
  writeFileSync(file, harm(readFileSync(file, 'utf8')))
  expect(() => readBackup(file, KEY)).toThrow(sentence)
  expect(() => readBackup(file, new Uint8Array(32))).toThrow()
})

test('a store that is in use takes no backup', async () => {
  const { world, file } = await backedUp()
  const into = restore({ store: world.store, vault: world.vault }, readBackup(file, KEY), 0)
  await expect(into).rejects.toThrow('empty store')
})
