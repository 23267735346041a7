/**
 * A clock that is wrong, under a relay on files that is stopped and started meanwhile: what waits stays until the clock is right or
 * somebody has said that it is.
 */
import { expect, test } from 'bun:test'
import { createWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { close, folders, Node } from '../vault/folder.ts'
import type { Open } from '../vault/folder.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A Tuesday, 10:00 in the Netherlands. */
const T = Date.parse('2026-03-03T09:00:00Z')

const temp = folders()

/** A node on files whose machine has a clock that can be set, and one that starts anew with the machine. */
class Machine {
  readonly #files = new Node(temp())
  #open: Open | undefined
  #world: World | undefined
  wall = T
  #elapsed = 0

  async boot(): Promise<World> {
    if (this.#open !== undefined) await this.off()
    this.#elapsed = 0
    const open = await (this.#world === undefined ? this.#files.create() : this.#files.open())
    this.#open = open
    const clock = { now: () => this.wall, elapsed: () => this.#elapsed }
    this.#world = createWorld({ ports: { store: open.store, vault: open.vault, clock } })
    return this.#world
  }

  async off(): Promise<void> {
    await this.#world?.relay.drain()
    if (this.#open !== undefined) await close(this.#open)
    this.#open = undefined
  }

  pass(ms: number): void {
    this.wall += ms
    this.#elapsed += ms
  }

  get lastTime(): number {
    return this.#open?.store.lastTime ?? 0
  }
}

const submit = (world: World) =>
  world.relay.submit(
    world.who('gemeente'),
    world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek', {
      referentienummer: crypto.randomUUID(),
      conversatieReferentienummer: crypto.randomUUID(),
    }),
  )

const waiting = async (world: World) =>
  (await world.relay.list(world.who('energie'), { limit: 10 })).items.length

test('a clock that is set forward ends nothing, neither before nor after a restart', async () => {
  const machine = new Machine()
  let world = await machine.boot()
  await submit(world)
  machine.wall += 40 * DAY
  expect(await world.relay.expire()).toBe(0)
  expect(world.relay.clock().doubt).toBe('forward')
  await submit(world)
  // The next start must measure by the time that was believed.
  expect(machine.lastTime).toBe(T)

  world = await machine.boot()
  expect(await world.relay.expire()).toBe(0)
  expect(await waiting(world)).toBe(2)
  expect(world.alarms).toContain('expiry-waits')

  machine.wall -= 40 * DAY
  machine.pass(1_000)
  world = await machine.boot()
  expect(await world.relay.expire()).toBe(0)
  expect(await waiting(world)).toBe(2)
  // By the right clock the first ends in its time; the other keeps the term that it was given under the wrong one.
  let ended = 0
  for (let step = 0; step < 9 * 48; step += 1) {
    machine.pass(HOUR / 2)
    ended += await world.relay.expire()
  }
  expect(ended).toBe(1)
  await machine.off()
})

test('a clock that is set back after a restart ends nothing until somebody accepts it', async () => {
  const machine = new Machine()
  let world = await machine.boot()
  machine.pass(30 * DAY)
  await submit(world)
  machine.wall -= 30 * DAY
  world = await machine.boot()
  expect(world.relay.clock().doubt).toBe('back')
  for (let step = 0; step < 9 * 48; step += 1) {
    machine.pass(HOUR / 2)
    expect(await world.relay.expire()).toBe(0)
  }
  expect(await waiting(world)).toBe(1)
  await submit(world)
  world.relay.acceptClock()
  expect(world.relay.clock().doubt).toBeUndefined()
  expect(await waiting(world)).toBe(2)
  await machine.off()
})
