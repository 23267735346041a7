/**
 * The writer loop: nothing is answered before it is durable, ends are answered after their key is dead, and a full disk
 * loses nothing.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { StorageFull } from '../../src/relay/ports.ts'
import type { Group, Store } from '../../src/relay/ports.ts'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { codeOf, createWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** A store of which a test decides when commits go through, and whether they fit. */
function steered() {
  const store = createMemoryStore({ vaultId: new Uint8Array(16).fill(7) })
  const steer = {
    store: store as Store,
    groups: [] as Group[],
    gate: async (): Promise<void> => {},
  }
  const commit = store.commit.bind(store)
  store.commit = async (group) => {
    await steer.gate()
    steer.groups.push(group)
    await commit(group)
  }
  return steer
}

function submit(world: World) {
  const envelope = world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek')
  return world.relay.submit(world.who('gemeente'), envelope)
}

test('a message is neither answered, listed nor readable before its commit', async () => {
  const steer = steered()
  const world = createWorld({ ports: { store: steer.store } })
  const opened = Promise.withResolvers<void>()
  steer.gate = () => opened.promise
  let answered = false
  const asked = submit(world).then((result) => ((answered = true), result))
  await Bun.sleep(5)
  expect(answered).toBe(false)
  expect((await world.relay.list(world.who('energie'), { limit: 9 })).items).toEqual([])
  opened.resolve()
  await asked
  expect((await world.relay.list(world.who('energie'), { limit: 9 })).items).toHaveLength(1)
})

test('a confirmation is answered only after the key is dead, a repeat of it too, and the log waits as well', async () => {
  const world = createWorld()
  const { message } = await submit(world)
  const { reference } = message.header
  const opened = Promise.withResolvers<void>()
  world.vault.beforeFlush = (batch) => (batch.kill.length > 0 ? opened.promise : Promise.resolve())
  const told: string[] = []
  const confirm = () => world.relay.confirm(world.who('energie'), reference)
  const all = [
    confirm().then(() => told.push('confirm')),
    Bun.sleep(5)
      .then(confirm)
      .then(() => told.push('repeat')),
    Bun.sleep(5)
      .then(() => world.relay.receipt(world.who('gemeente'), reference, 'confirmed'))
      .then(() => told.push('receipt')),
    Bun.sleep(5)
      .then(() => codeOf(() => world.relay.fetch(world.who('energie'), reference)))
      .then((code) => told.push(code)),
  ]
  await Bun.sleep(20)
  expect(told).toEqual([])
  expect([...world.vault.used()]).toHaveLength(1)
  opened.resolve()
  await Promise.all(all)
  expect(told.toSorted()).toEqual(['bericht-weg', 'confirm', 'receipt', 'repeat'])
  expect([...world.vault.used()]).toEqual([])
})

test('callers who come together share one flush and one commit', async () => {
  const steer = steered()
  const world = createWorld({ ports: { store: steer.store } })
  await Promise.all(Array.from({ length: 50 }, () => submit(world)))
  expect(steer.groups).toHaveLength(1)
  expect(world.vault.flushes).toBe(1)
})

test('confirm and expire of one message cannot both win', async () => {
  const world = createWorld()
  const { message } = await submit(world)
  world.now = message.header.removeAt
  const [confirmed, count] = await Promise.all([
    codeOf(() => world.relay.confirm(world.who('energie'), message.header.reference)),
    world.relay.expire(),
  ])
  expect([confirmed, count]).toEqual(['not refused', 0])
})

describe('a full disk', () => {
  test('turns submits away with 507, loses nothing, and takes them again when there is room', async () => {
    const steer = steered()
    const world = createWorld({ ports: { store: steer.store } })
    const { message } = await submit(world)
    let full = true
    steer.gate = async () => {
      if (full) throw new StorageFull('no space')
    }
    const room = steer.store.room()
    steer.store.room = () => ({ ...room, diskFreeBytes: full ? 0 : room.diskFreeBytes })
    expect(await codeOf(() => submit(world))).toBe('opslag-vol')
    expect([...world.store.live()].map((row) => row.message.seq)).toEqual([message.seq])
    expect([...world.vault.used()]).toHaveLength(1)
    full = false
    world.now += 1_000
    expect((await submit(world)).repeated).toBe(false)
    expect(world.alarms).toEqual(['storage-full', 'storage-has-room'])
  })

  test('confirms go through on the ballast while submits stay out', async () => {
    const steer = steered()
    let ballast = 2
    const released: number[] = []
    const world = createWorld({
      ports: {
        store: steer.store,
        ballast: {
          release: () => {
            ballast -= 1
            released.push(ballast)
            return ballast >= 0
          },
          refill: () => {},
        },
      },
    })
    const { message } = await submit(world)
    let failures = 1
    steer.gate = async () => {
      if ((failures -= 1) >= 0) throw new StorageFull('no space')
    }
    const [confirmed, refused] = await Promise.all([
      codeOf(() => world.relay.confirm(world.who('energie'), message.header.reference)),
      codeOf(() => submit(world)),
    ])
    expect([confirmed, refused]).toEqual(['not refused', 'opslag-vol'])
    expect(released).toEqual([1])
    expect([...world.vault.used()]).toEqual([])
  })

  test('a full vault refuses before anything is written', async () => {
    const world = createWorld()
    world.vault.capacity = 0
    expect(await codeOf(() => submit(world))).toBe('opslag-vol')
    expect(world.vault.flushes).toBe(0)
  })
})

test('any other failure of a commit ends the process without an answer', async () => {
  const steer = steered()
  const fatal: string[] = []
  const world = createWorld({
    ports: {
      store: steer.store,
      fatal: (reason) => {
        fatal.push(reason)
        return undefined as never
      },
    },
  })
  steer.gate = async () => {
    throw new Error('fsync failed')
  }
  let answered = false
  submit(world).then(
    () => (answered = true),
    () => (answered = true),
  )
  await Bun.sleep(10)
  expect(fatal).toEqual(['Error: fsync failed'])
  expect(answered).toBe(false)
})

test('a relay that stops finishes what it has and takes nothing new', async () => {
  const world = createWorld()
  const asked = submit(world)
  await world.relay.drain()
  expect((await asked).repeated).toBe(false)
  expect(await codeOf(() => submit(world))).toBe('even-niet-beschikbaar')
})

test('a relay over the same store after a restart shows and counts what waits', async () => {
  const world = createWorld()
  await submit(world)
  const again = world.restart()
  expect((await again.list(world.who('energie'), { limit: 9 })).items).toHaveLength(1)
  expect(await again.mailboxes(world.who('energie').connection)).toMatchObject([{ waiting: 1 }])
})

test('a damaged message is an alarm and an error, never an end', async () => {
  const world = createWorld()
  const { message } = await submit(world)
  world.vault.open = () => undefined
  const ask = () => world.relay.fetch(world.who('energie'), message.header.reference)
  expect(await codeOf(ask)).toBe('bericht-beschadigd')
  expect(world.alarms).toEqual(['message-damaged'])
  expect([...world.store.live()]).toHaveLength(1)
})
