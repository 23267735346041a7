/**
 * Collect and lease: order, filters, paging, long poll, and that two workers never hold one conversation.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import type { Message } from '../../src/core/message.ts'
import { codeOf, createWorld, uuid } from '../support/world.ts'
import type { World } from '../support/world.ts'

async function sent(world: World, conversation?: string): Promise<Message> {
  const rest = conversation === undefined ? {} : { conversatieReferentienummer: conversation }
  const envelope = world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek', rest)
  return (await world.relay.submit(world.who('gemeente'), envelope)).message
}

async function seen(world: World, query: object = {}) {
  const { items } = await world.relay.list(world.who('energie'), { limit: 500, ...query })
  return items.map(({ message }) => message.seq)
}

test('a mailbox lists in order of acceptance, in pages, without consuming', async () => {
  const world = createWorld()
  for (let count = 0; count < 5; count += 1) await sent(world)
  const first = await world.relay.list(world.who('energie'), { limit: 3 })
  expect(first.items.map(({ message }) => message.seq)).toEqual([1, 2, 3])
  const after = first.next ?? ''
  const second = await world.relay.list(world.who('energie'), { limit: 3, after })
  expect(second.items.map(({ message }) => message.seq)).toEqual([4, 5])
  expect(second.next).toBeUndefined()
  expect(await seen(world)).toEqual([1, 2, 3, 4, 5])
  const odd = () => world.relay.list(world.who('energie'), { limit: 3, after: '1; drop' })
  expect(await codeOf(odd)).toBe('parameter-ongeldig')
})

test('the list filters by module, type and conversation', async () => {
  const world = createWorld()
  const { header } = await sent(world)
  const other = world.envelope('wijkteam', 'energie', 'schuldinventarisatie', 'saldoverzoek')
  await world.relay.submit(world.who('wijkteam'), other)
  expect(await seen(world, { module: 'schuldinventarisatie' })).toEqual([2])
  expect(await seen(world, { type: 'saldoverzoek' })).toEqual([1, 2])
  expect(await seen(world, { conversation: header.conversation })).toEqual([1])
})

test('a message can be fetched again and again; looking at its header does not count as fetching', async () => {
  const world = createWorld()
  const { header } = await sent(world)
  await world.relay.peek(world.who('energie'), header.reference)
  expect((await world.relay.logLine(world.who('gemeente'), header.reference)).state).toBe('waiting')
  await world.relay.fetch(world.who('energie'), header.reference)
  await world.relay.fetch(world.who('energie'), header.reference)
  await world.relay.expire()
  const line = await world.relay.logLine(world.who('gemeente'), header.reference)
  expect(line).toMatchObject({ state: 'fetched', fetches: 2 })
})

test('the sender and strangers cannot fetch it', async () => {
  const world = createWorld()
  const { header } = await sent(world)
  for (const person of ['gemeente', 'water'] as const) {
    const ask = () => world.relay.fetch(world.who(person), header.reference)
    expect(await codeOf(ask)).toBe('niet-gevonden')
  }
})

describe('long poll', () => {
  test('it answers as soon as a message is accepted', async () => {
    const world = createWorld()
    const asked = world.relay.list(world.who('energie'), { limit: 10, waitSeconds: 30 })
    await Bun.sleep(5)
    await sent(world)
    expect((await asked).items).toHaveLength(1)
  })

  test('it ends empty when the caller goes away', async () => {
    const world = createWorld()
    const gone = new AbortController()
    const query = { limit: 10, waitSeconds: 30, signal: gone.signal }
    const asked = world.relay.list(world.who('energie'), query)
    await Bun.sleep(5)
    gone.abort()
    expect((await asked).items).toEqual([])
  })

  test('it wakes when a lease is released', async () => {
    const world = createWorld()
    await sent(world)
    const { lease } = await world.relay.lease(world.who('energie'), { limit: 1, seconds: 60 })
    const asked = world.relay.list(world.who('energie'), { limit: 10, waitSeconds: 30 })
    await Bun.sleep(5)
    await world.relay.release(world.who('energie'), lease.id)
    expect((await asked).items).toHaveLength(1)
  })

  test('all mailboxes of a connection are waited for together', async () => {
    const world = createWorld()
    const { connection } = world.who('energie')
    const both = { ...connection, participants: [world.id('water'), world.id('energie')] }
    const asked = world.relay.mailboxes(both, { seconds: 30 })
    await Bun.sleep(5)
    await sent(world)
    expect(await asked).toMatchObject([{ waiting: 0 }, { waiting: 1 }])
  })
})

describe('leases', () => {
  test('two workers get different conversations, each whole and in order', async () => {
    const world = createWorld()
    const conversation = uuid(5_000)
    const first = await sent(world, conversation)
    await sent(world)
    await world.relay.confirm(world.who('energie'), first.header.reference)
    const follow = world.envelope('gemeente', 'energie', 'schuldregeling', 'betaalvoorstel', {
      conversatieReferentienummer: conversation,
    })
    await world.relay.submit(world.who('gemeente'), follow)
    const again = { ...follow, referentienummer: uuid(5_001) }
    await world.relay.submit(world.who('gemeente'), again)
    const one = await world.relay.lease(world.who('energie'), { limit: 2, seconds: 60 })
    expect(one.messages.map(({ message }) => message.seq)).toEqual([2, 3])
    const two = await world.relay.lease(world.who('energie'), { limit: 9, seconds: 60 })
    expect(two.messages).toEqual([])
    expect(await seen(world)).toEqual([])
  })

  test('a leased message is confirmed under its own lease only', async () => {
    const world = createWorld()
    const { header } = await sent(world)
    const { lease } = await world.relay.lease(world.who('energie'), { limit: 9, seconds: 60 })
    const who = world.who('energie')
    expect(await codeOf(() => world.relay.confirm(who, header.reference))).toBe('in-ophaling')
    expect(await codeOf(() => world.relay.fetch(who, header.reference))).toBe('in-ophaling')
    const other = () => world.relay.confirm(who, header.reference, uuid(1))
    expect(await codeOf(other)).toBe('in-ophaling')
    expect((await world.relay.confirm(who, header.reference, lease.id)).repeated).toBe(false)
    expect(await codeOf(() => world.relay.release(who, lease.id))).toBe('niet-gevonden')
  })

  test('after its time the message is visible again, and the old lease still confirms while nobody holds it', async () => {
    const world = createWorld()
    const { header } = await sent(world)
    const who = world.who('energie')
    const { lease } = await world.relay.lease(who, { limit: 9, seconds: 60 })
    world.now += 30_000
    await world.relay.extend(who, lease.id, 60)
    world.now += 59_000
    expect(await seen(world)).toEqual([])
    world.now += 1_000
    expect(await seen(world)).toEqual([1])
    expect((await world.relay.confirm(who, header.reference, lease.id)).repeated).toBe(false)
  })

  test('another participant cannot use, extend or release it', async () => {
    const world = createWorld()
    await sent(world)
    const { lease } = await world.relay.lease(world.who('energie'), { limit: 9, seconds: 60 })
    const release = () => world.relay.release(world.who('water'), lease.id)
    expect(await codeOf(release)).toBe('niet-gevonden')
    const extend = () => world.relay.extend(world.who('water'), lease.id, 5)
    expect(await codeOf(extend)).toBe('niet-gevonden')
  })

  test('a leased message does not expire in the hands of its worker', async () => {
    const world = createWorld()
    const { header } = await sent(world)
    world.now = header.removeAt - 1_000
    await world.relay.lease(world.who('energie'), { limit: 9, seconds: 60 })
    world.now = header.removeAt
    expect(await world.relay.expire()).toBe(0)
    world.now += 60_000
    expect(await world.relay.expire()).toBe(1)
  })

  test('an answer is never more than the batch bound, but at least one message', async () => {
    const world = createWorld({ limits: { batchBytes: 1 } })
    await sent(world)
    await sent(world)
    const got = await world.relay.lease(world.who('energie'), { limit: 9, seconds: 60 })
    expect(got.messages).toHaveLength(1)
  })
})
