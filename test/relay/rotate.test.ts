/**
 * Rotation inside the writer loop: others are served meanwhile, ends stay ends, and what was called off goes on.
 */
import { expect, test } from 'bun:test'
import { createWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const DAY_MS = 86_400_000

function submit(world: World) {
  const envelope = world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek')
  return world.relay.submit(world.who('gemeente'), envelope)
}

async function submitMany(world: World, count: number) {
  return Promise.all(Array.from({ length: count }, () => submit(world)))
}

test('every live key moves to the new epoch, and afterwards only that one is there', async () => {
  const world = createWorld()
  await submitMany(world, 600)
  expect(await world.relay.rotate()).toEqual({ looked: 600, damaged: 0, finished: true })
  expect(world.vault.epochNumbers).toEqual([2])
  const [one] = (await world.relay.list(world.who('energie'), { limit: 1 })).items
  const fetched = await world.relay.fetch(world.who('energie'), one?.message.header.reference ?? '')
  expect(fetched.content.body).toBeDefined()
})

test('submits and confirms go through between two steps, and what ended is not moved', async () => {
  const world = createWorld()
  const accepted = await submitMany(world, 600)
  let moves = 0
  const more: Promise<unknown>[] = []
  const answered: string[] = []
  world.vault.beforeStep = (step) => {
    if (step !== 'move') return
    moves += 1
    if (moves === 1) {
      const last = accepted.at(-1)?.message.header.reference ?? ''
      const confirmed = world.relay.confirm(world.who('energie'), last)
      more.push(submit(world).then(() => answered.push(`submit ${moves}`)))
      more.push(confirmed.then(() => answered.push(`confirm ${moves}`)))
    }
  }
  const { looked } = await world.relay.rotate()
  await Promise.all(more)
  expect(moves).toBe(3)
  expect(answered).toHaveLength(2)
  expect(answered).not.toContain('submit 3')
  // The confirmed one is no longer live; the new one is under the new epoch already, and looking does no harm.
  expect([599, 600]).toContain(looked)
  for (const { mid, slot } of world.store.live()) {
    expect(world.vault.epochOf.get(slot)).toBe(2)
    expect(world.vault.holds(slot, mid)).toBe(true)
  }
  expect([...world.vault.used()]).toHaveLength(600)
})

test('a rotation that is called off keeps both epochs, is due, and goes on after a restart', async () => {
  const world = createWorld()
  world.vault.epochs.begin(world.now)
  await world.vault.epochs.finish()
  await submitMany(world, 600)
  expect(world.relay.isRotationDue(DAY_MS)).toBe(false)
  const stop = new AbortController()
  world.vault.beforeStep = (step) => {
    if (step === 'move') stop.abort()
  }
  expect(await world.relay.rotate(stop.signal)).toMatchObject({ looked: 256, finished: false })
  expect(world.vault.epochNumbers).toEqual([2, 3])
  const again = world.restart()
  expect(again.isRotationDue(DAY_MS)).toBe(true)
  expect(await again.rotate()).toMatchObject({ looked: 600, finished: true })
  expect(world.vault.epochNumbers).toEqual([3])
  expect([...world.vault.used()]).toHaveLength(600)
  expect(again.isRotationDue(DAY_MS)).toBe(false)
})

test('two calls at the same time share one rotation', async () => {
  const world = createWorld()
  await submitMany(world, 10)
  const [one, two] = await Promise.all([world.relay.rotate(), world.relay.rotate()])
  expect(one).toBe(two)
  expect(world.vault.epochNumbers).toEqual([2])
})

test('an epoch is over after its time, and also when the clock was set far back', async () => {
  const world = createWorld()
  await world.relay.rotate()
  const table: [moved: number, due: boolean][] = [
    [0, false],
    [DAY_MS - 1, false],
    [DAY_MS, true],
    [-DAY_MS, true],
  ]
  const began = world.now
  for (const [moved, due] of table) {
    world.now = began + moved
    expect([moved, world.relay.isRotationDue(DAY_MS)]).toEqual([moved, due])
  }
})

test('a damaged message is told, not ended, and does not keep the epoch from ending', async () => {
  const world = createWorld()
  const [first] = await submitMany(world, 3)
  const content = world.store.content(first?.message.seq ?? 0)
  const { generation } = world.vault
  await world.vault.flush({ put: [], kill: [content?.slot ?? -1], generation })
  expect(await world.relay.rotate()).toEqual({ looked: 3, damaged: 1, finished: true })
  expect(world.alarms).toEqual(['message-damaged'])
  expect([...world.store.live()]).toHaveLength(3)
})

test('a step that fails ends the process, since nobody knows what is on the disk', async () => {
  const fatal: string[] = []
  const world = createWorld({
    ports: {
      fatal: ((reason: string) => void fatal.push(reason)) as (reason: string) => never,
    },
  })
  await submitMany(world, 1)
  world.vault.beforeStep = (step) => {
    if (step === 'move') throw new Error('the disk is gone')
  }
  await expect(world.relay.rotate()).rejects.toThrow('the disk is gone')
  expect(fatal).toEqual(['Error: the disk is gone'])
  expect(world.vault.epochNumbers).toEqual([1, 2])
})
