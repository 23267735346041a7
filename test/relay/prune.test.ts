/**
 * What is kept, how long, and what goes with what (DESIGN 5).
 */
import { expect, test } from 'bun:test'
import { codeOf, createWorld, uuid } from '../support/world.ts'
import type { World } from '../support/world.ts'

const DAY_MS = 86_400_000

async function submit(world: World, rest: Record<string, unknown> = {}) {
  const envelope = world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek', rest)
  const { message } = await world.relay.submit(world.who('gemeente'), envelope)
  return { ...message.header, envelope }
}
const confirm = (world: World, reference: string) =>
  world.relay.confirm(world.who('energie'), reference)
const lines = async (world: World) =>
  (await world.relay.log(world.who('gemeente'), { limit: 99 })).items.map(
    ({ header }) => header.reference,
  )

test('a line leaves the log after its days; its reference is known as long as its conversation', async () => {
  const world = createWorld()
  const first = await submit(world)
  await confirm(world, first.reference)
  world.now += 179 * DAY_MS
  const second = await submit(world)
  expect(await world.relay.prune()).toEqual({ lines: 0, events: 0, conversations: 0, messages: 0 })
  world.now += DAY_MS + 1
  expect(await world.relay.prune()).toEqual({ lines: 1, events: 2, conversations: 0, messages: 0 })
  expect(await lines(world)).toEqual([second.reference])
  const gone = () => world.relay.logLine(world.who('gemeente'), first.reference)
  expect(await codeOf(gone)).toBe('niet-gevonden')
  const { items } = await world.relay.log(world.who('energie'), {
    limit: 9,
    reference: first.reference,
  })
  expect(items).toEqual([])
  // A sender that repeats late gets its receipt, and no second message comes of it.
  const again = await world.relay.submit(world.who('gemeente'), first.envelope)
  expect(again.repeated).toBe(true)
  expect((await confirm(world, first.reference)).repeated).toBe(true)
  const conversation = await world.relay.conversation(world.who('gemeente'), first.conversation)
  expect(conversation.steps[0]?.state).toBe('confirmed')
})

test('a conversation goes a year after its end, and its references with it', async () => {
  const world = createWorld()
  const opened = await submit(world)
  await confirm(world, opened.reference)
  world.change('energie', { status: 'beeindigd' })
  await world.relay.endParticipants()
  const kept = await world.relay.conversation(world.who('gemeente'), opened.conversation)
  expect(kept.conversation.endedAt).toBe(world.now)
  const [notice] = (await world.relay.list(world.who('gemeente'), { limit: 9 })).items
  await world.relay.confirm(world.who('gemeente'), notice?.message.header.reference ?? '')
  world.now += 364 * DAY_MS
  // The notice is no step: nothing of it has to stay when its line goes.
  expect(await world.relay.prune()).toEqual({ lines: 2, events: 4, conversations: 0, messages: 1 })
  world.now += DAY_MS
  expect(await world.relay.prune()).toEqual({ lines: 0, events: 0, conversations: 1, messages: 1 })
  expect(world.store.messages(0, 9)).toEqual([])
  expect(world.store.everyConversation(0, 9)).toEqual([])
  expect(world.store.check()).toEqual([])
})

test('an open conversation goes after five years, but not while a message in it waits', async () => {
  const world = createWorld()
  const opened = await submit(world)
  await confirm(world, opened.reference)
  world.now += 1_825 * DAY_MS
  const follow = { conversatieReferentienummer: opened.conversation }
  const late = await world.relay.submit(
    world.who('energie'),
    world.envelope('energie', 'gemeente', 'schuldregeling', 'saldoverzoek-antwoord', {
      ...follow,
      crossReferentienummer: opened.reference,
    }),
  )
  world.now += DAY_MS
  expect((await world.relay.prune()).conversations).toBe(0)
  await world.relay.confirm(world.who('gemeente'), late.message.header.reference)
  expect((await world.relay.prune()).conversations).toBe(1)
  // The answer is still in the log: it goes when its own days are over.
  expect(await lines(world)).toEqual([late.message.header.reference])
  world.now += 181 * DAY_MS
  expect(await world.relay.prune()).toMatchObject({ lines: 1, messages: 1 })
  expect(world.store.messages(0, 9)).toEqual([])
})

test('many go in small groups, and submits in between go through', async () => {
  const world = createWorld()
  const all = await Promise.all(Array.from({ length: 450 }, () => submit(world)))
  await Promise.all(all.map(({ reference }) => confirm(world, reference)))
  world.now += 2_000 * DAY_MS
  const groups = world.store.generation
  const pruning = world.relay.prune()
  const during = await Promise.all([1, 2, 3].map(() => submit(world)))
  expect(await pruning).toMatchObject({ lines: 450, conversations: 450, messages: 450 })
  expect(world.store.generation - groups).toBeGreaterThan(3)
  expect(world.store.messages(0, 99).map(({ header }) => header.reference)).toEqual(
    during.map(({ reference }) => reference),
  )
  expect((await world.store.checkLog(async () => {})).problems).toEqual([])
})

test('what waits is never forgotten, however old, and keeps what is younger in the log', async () => {
  const world = createWorld()
  const waiting = await submit(world)
  const ended = await submit(world)
  await confirm(world, ended.reference)
  world.now += 400 * DAY_MS
  expect(await world.relay.prune()).toMatchObject({ lines: 0, messages: 0 })
  expect(await lines(world)).toEqual([ended.reference, waiting.reference])
})

test('a clock in doubt forgets nothing', async () => {
  const clocks = { wall: Date.parse('2026-03-03T09:00:00Z'), elapsed: 0 }
  const clock = { now: () => clocks.wall, elapsed: () => clocks.elapsed }
  const world = createWorld({ ports: { clock } })
  await confirm(world, (await submit(world)).reference)
  clocks.wall += 400 * DAY_MS
  expect(await world.relay.prune()).toMatchObject({ lines: 0, events: 0 })
  world.relay.acceptClock()
  expect(await world.relay.prune()).toMatchObject({ lines: 1 })
})

test('a stranger id stays unknown afterwards', async () => {
  const world = createWorld()
  expect(await codeOf(() => world.relay.logLine(world.who('gemeente'), uuid(9)))).toBe(
    'niet-gevonden',
  )
})
