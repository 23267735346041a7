/**
 * How messages end: the table of the contract, cell by cell; notices; erasure; expiry; participants that end.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import type { Message, RefusalReason } from '../../src/core/message.ts'
import { codeOf, createWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

async function sent(world: World): Promise<Message> {
  const envelope = world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek')
  return (await world.relay.submit(world.who('gemeente'), envelope)).message
}

const ACTS = {
  fetch: (world: World, { header }: Message) =>
    world.relay.fetch(world.who('energie'), header.reference),
  confirm: (world: World, { header }: Message) =>
    world.relay.confirm(world.who('energie'), header.reference),
  refuse: (world: World, { header }: Message, reason: RefusalReason = 'dubbel') =>
    world.relay.refuse(world.who('energie'), header.reference, { reason }),
  withdraw: (world: World, { header }: Message) =>
    world.relay.withdraw(world.who('gemeente'), header.reference),
}

const PATHS: Record<string, (world: World, message: Message) => Promise<unknown>> = {
  waiting: async () => {},
  fetched: ACTS.fetch,
  confirmed: ACTS.confirm,
  refused: (world, message) => ACTS.refuse(world, message),
  withdrawn: ACTS.withdraw,
  expired: async (world, message) => {
    world.now = message.header.removeAt
    await world.relay.expire()
  },
}

describe('the table of the contract', () => {
  const table: [state: string, act: 'fetch' | 'confirm' | 'refuse' | 'withdraw', answer: string][] =
    [
      ['waiting', 'fetch', 'done'],
      ['fetched', 'fetch', 'done'],
      ['confirmed', 'fetch', 'bericht-weg'],
      ['refused', 'fetch', 'bericht-weg'],
      ['withdrawn', 'fetch', 'ingetrokken'],
      ['expired', 'fetch', 'verlopen'],
      ['waiting', 'confirm', 'done'],
      ['fetched', 'confirm', 'done'],
      ['confirmed', 'confirm', 'repeated'],
      ['refused', 'confirm', 'al-afgewezen'],
      ['withdrawn', 'confirm', 'ingetrokken'],
      ['expired', 'confirm', 'verlopen'],
      ['waiting', 'refuse', 'done'],
      ['fetched', 'refuse', 'done'],
      ['confirmed', 'refuse', 'al-bevestigd'],
      ['refused', 'refuse', 'repeated'],
      ['withdrawn', 'refuse', 'ingetrokken'],
      ['expired', 'refuse', 'verlopen'],
      ['waiting', 'withdraw', 'done'],
      ['fetched', 'withdraw', 'al-opgehaald'],
      ['confirmed', 'withdraw', 'al-bevestigd'],
      ['refused', 'withdraw', 'al-afgewezen'],
      ['withdrawn', 'withdraw', 'repeated'],
      ['expired', 'withdraw', 'verlopen'],
    ]
  for (const [state, act, answer] of table) {
    test(`${act} of a message that is ${state}: ${answer}`, async () => {
      const world = createWorld()
      const message = await sent(world)
      await PATHS[state]?.(world, message)
      const ask = () => ACTS[act](world, message)
      if (answer === 'done') expect(await ask()).not.toHaveProperty('repeated', true)
      else if (answer === 'repeated') expect(await ask()).toHaveProperty('repeated', true)
      else expect(await codeOf(ask)).toBe(answer)
    })
  }

  test('a second refusal for another reason is a conflict', async () => {
    const world = createWorld()
    const message = await sent(world)
    await ACTS.refuse(world, message, 'dubbel')
    expect(await codeOf(() => ACTS.refuse(world, message, 'anders'))).toBe('andere-reden')
  })

  test('a repeated confirmation gives the receipt of the first', async () => {
    const world = createWorld()
    const message = await sent(world)
    const first = await ACTS.confirm(world, message)
    world.now += 5_000
    const again = await ACTS.confirm(world, message)
    expect(again.message.receipt).toEqual(first.message.receipt ?? { outcome: 'confirmed', at: 0 })
  })
})

test('only the recipient ends a message, and a stranger cannot tell it from one that is not there', async () => {
  const world = createWorld()
  const { header } = await sent(world)
  for (const person of ['gemeente', 'water'] as const) {
    const ask = () => world.relay.confirm(world.who(person), header.reference)
    expect(await codeOf(ask)).toBe('niet-gevonden')
  }
  const withdraw = () => world.relay.withdraw(world.who('energie'), header.reference)
  expect(await codeOf(withdraw)).toBe('niet-gevonden')
})

describe('notices', () => {
  test('a refusal reaches the sender with reason and explanation, and ends without a notice of its own', async () => {
    const world = createWorld()
    const message = await sent(world)
    await world.relay.refuse(world.who('energie'), message.header.reference, {
      reason: 'anders',
      explanation: 'Deze klant is overgedragen.',
    })
    const { items } = await world.relay.list(world.who('gemeente'), { limit: 10 })
    const [notice] = items
    expect(notice?.message.header).toMatchObject({
      module: 'knooppunt',
      type: 'melding-afgewezen',
      cross: message.header.reference,
      conversation: message.header.conversation,
    })
    const reference = notice?.message.header.reference ?? ''
    const got = await world.relay.fetch(world.who('gemeente'), reference)
    expect(got.content.body).toMatchObject({
      Reden: 'anders',
      Toelichting: 'Deze klant is overgedragen.',
      Opgehaald: false,
    })
    await world.relay.refuse(world.who('gemeente'), reference, { reason: 'anders' })
    expect([...world.store.live()]).toEqual([])
  })

  test('an expiry reaches the sender and says whether the message had been fetched', async () => {
    const world = createWorld()
    const message = await sent(world)
    await ACTS.fetch(world, message)
    world.now = message.header.removeAt - 1
    expect(await world.relay.expire()).toBe(0)
    world.now += 1
    expect(await world.relay.expire()).toBe(1)
    const { items } = await world.relay.list(world.who('gemeente'), { limit: 10 })
    const reference = items[0]?.message.header.reference ?? ''
    const got = await world.relay.fetch(world.who('gemeente'), reference)
    expect(got.content.body).toMatchObject({ Reden: 'verlopen', Opgehaald: true })
  })

  test('a notice that nobody fetches expires silently', async () => {
    const world = createWorld()
    const message = await sent(world)
    world.now = message.header.removeAt
    await world.relay.expire()
    const { items } = await world.relay.list(world.who('gemeente'), { limit: 10 })
    world.now = items[0]?.message.header.removeAt ?? 0
    expect(await world.relay.expire()).toBe(1)
    expect([...world.store.live()]).toEqual([])
  })

  test('an explanation that is too long or holds control characters is refused', async () => {
    const world = createWorld()
    const { header } = await sent(world)
    const cases: [string, string][] = [
      ['x'.repeat(501), 'veld-te-lang'],
      ['a\u0000b', 'veld-patroon'],
      ['  ', 'veld-leeg'],
    ]
    for (const [explanation, code] of cases) {
      const why = { reason: 'anders' as const, explanation }
      const ask = () => world.relay.refuse(world.who('energie'), header.reference, why)
      expect(await codeOf(ask)).toBe(code)
    }
  })
})

describe('participants that may do less', () => {
  test('a suspended one may end only what it had fetched', async () => {
    const world = createWorld()
    const had = await sent(world)
    const hadNot = await sent(world)
    await ACTS.fetch(world, had)
    world.change('energie', { status: 'geschorst' })
    expect((await ACTS.confirm(world, had)).repeated).toBe(false)
    expect(await codeOf(() => ACTS.confirm(world, hadNot))).toBe('niet-opgehaald')
    expect(await codeOf(() => ACTS.fetch(world, hadNot))).toBe('deelnemer-geschorst')
  })

  for (const how of ['beeindigd', 'removed'] as const) {
    test(`what waits for one that is ${how} is refused, its conversations end, the other side is told once`, async () => {
      const world = createWorld()
      await sent(world)
      const second = await sent(world)
      await ACTS.confirm(world, second)
      if (how === 'removed') world.forget('energie')
      else world.change('energie', { status: 'beeindigd' })
      expect(await world.relay.endParticipants()).toBeGreaterThan(0)
      expect(await world.relay.endParticipants()).toBe(0)
      const { items } = await world.relay.list(world.who('gemeente'), { limit: 10 })
      const types = items.map(({ message }) => message.header.type)
      expect(new Set(types)).toEqual(new Set(['melding-beeindigd']))
      const seen = await world.relay.conversations(world.who('gemeente'), {
        state: 'open',
        limit: 9,
      })
      expect(seen.items).toEqual([])
    })
  }
})

test('the log shows each message to both sides, with its outcome, newest first, and nobody else anything', async () => {
  const world = createWorld()
  const first = await sent(world)
  world.now += 86_400_000
  const second = await sent(world)
  await ACTS.confirm(world, first)
  for (const person of ['gemeente', 'energie'] as const) {
    const { items } = await world.relay.log(world.who(person), { limit: 10 })
    expect(items.map(({ seq, state }) => [seq, state])).toEqual([
      [second.seq, 'waiting'],
      [first.seq, 'confirmed'],
    ])
  }
  expect((await world.relay.log(world.who('water'), { limit: 10 })).items).toEqual([])
  const filters: [object, number][] = [
    [{ confirmed: true }, 1],
    [{ outcome: 'waiting' }, 1],
    [{ from: '2026-03-03' }, 1],
    [{ to: '2026-03-02' }, 1],
    [{ recipient: world.id('energie') }, 2],
    [{ type: 'betaalvoorstel' }, 0],
    [{ reference: first.header.reference }, 1],
  ]
  for (const [filter, count] of filters) {
    const { items } = await world.relay.log(world.who('gemeente'), { ...filter, limit: 10 })
    expect(items, JSON.stringify(filter)).toHaveLength(count)
  }
  const page = await world.relay.log(world.who('gemeente'), { limit: 1 })
  const rest = await world.relay.log(world.who('gemeente'), { limit: 1, after: page.next ?? '' })
  expect(rest.items.map(({ seq }) => seq)).toEqual([first.seq])
})
