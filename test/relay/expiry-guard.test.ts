/**
 * Nothing expires by a clock that cannot be believed, and the operator is told.
 */
import { expect, test } from 'bun:test'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { createWorld } from '../support/world.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A Tuesday, 10:00 in the Netherlands. */
const T = Date.parse('2026-03-03T09:00:00Z')

/** A world with a clock on the wall and one that only goes on. */
function worldWithClocks() {
  const clocks = { wall: T, elapsed: 0 }
  const clock = { now: () => clocks.wall, elapsed: () => clocks.elapsed }
  const store = createMemoryStore({ vaultId: new Uint8Array(16).fill(7) })
  const world = createWorld({ ports: { clock, store } })
  const pass = (ms: number) => {
    clocks.wall += ms
    clocks.elapsed += ms
  }
  const submit = () =>
    world.relay.submit(
      world.who('gemeente'),
      world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek'),
    )
  return { world, clocks, pass, submit, store }
}

/** Lets time pass in steps as short as those of the schedule. */
async function passing(days: number, pass: (ms: number) => void, each: () => Promise<unknown>) {
  for (let left = days * 48; left > 0; left -= 1) {
    pass(HOUR / 2)
    await each()
  }
}

test('a message expires when its term has really passed', async () => {
  const { world, pass, submit, store } = worldWithClocks()
  await submit()
  let expired = 0
  await passing(9, pass, async () => (expired += await world.relay.expire()))
  expect(expired).toBe(1)
  expect(store.message(1)?.state).toBe('expired')
  expect(world.alarms).toEqual([])
})

test('a clock that jumps by weeks ends nothing, until it is right or somebody accepts it', async () => {
  const { world, clocks, pass, submit, store } = worldWithClocks()
  await submit()
  clocks.wall += 30 * DAY
  expect(await world.relay.expire()).toBe(0)
  expect(world.relay.clock()).toEqual({ now: T + 30 * DAY, believed: T, doubt: 'forward' })
  await submit()
  // What the store remembers is the time that is believed, or the next start would believe the wrong one.
  expect(store.lastTime).toBe(T)
  clocks.wall -= 30 * DAY
  pass(1_000)
  expect(await world.relay.expire()).toBe(0)
  expect(world.relay.clock()).toEqual({ now: T + 1_000, believed: T + 1_000 })
  clocks.wall += 30 * DAY
  expect(await world.relay.expire()).toBe(0)
  expect(world.relay.acceptClock().doubt).toBeUndefined()
  // The second message was accepted under the wrong clock, and keeps the term that it was given then.
  expect(await world.relay.expire()).toBe(1)
  expect([store.message(1)?.state, store.message(2)?.state]).toEqual(['expired', 'waiting'])
  expect(world.alarms).toEqual([
    'clock-went-forward',
    'clock-believed',
    'clock-went-forward',
    'clock-believed',
  ])
})

test('a clock that is set back ends nothing, and the relay goes on serving', async () => {
  const { world, clocks, submit } = worldWithClocks()
  await submit()
  clocks.wall -= 2 * HOUR
  expect(await world.relay.expire()).toBe(0)
  expect(world.relay.clock().doubt).toBe('back')
  const { message } = await submit()
  const ended = await world.relay.confirm(world.who('energie'), message.header.reference)
  expect(ended.message.state).toBe('confirmed')
  expect(world.alarms).toEqual(['clock-went-back'])
})

test('after an outage recipients get four working hours to collect what would have expired meanwhile', async () => {
  const { world, clocks, pass, submit, store } = worldWithClocks()
  await submit()
  clocks.wall += 28 * DAY
  clocks.elapsed = 0
  const again = world.restart()
  expect(await again.expire()).toBe(0)
  const { graceUntil = 0 } = again.clock()
  expect(new Date(graceUntil).toISOString()).toBe('2026-03-31T13:00:00.000Z')
  while (clocks.wall < graceUntil) {
    expect(await again.expire()).toBe(0)
    pass(HOUR / 4)
  }
  expect(await again.expire()).toBe(1)
  expect(store.message(1)?.state).toBe('expired')
  expect(world.alarms).toEqual(['expiry-waits'])
})
