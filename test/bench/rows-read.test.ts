/** How many rows of the mailbox a call reads: what a page costs must hang on the page, not on what waits. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import type { Store } from '../../src/relay/ports.ts'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { createWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const WAITING = 600

setDefaultTimeout(30_000)

/** A world with many messages in one mailbox, and a count of the rows that are read from it. */
async function crowded(): Promise<{
  world: World
  rowsOf: (call: () => unknown) => Promise<number>
}> {
  let rows = 0
  const store: Store = createMemoryStore({ vaultId: new Uint8Array(16).fill(7) })
  const read = store.mailbox.bind(store)
  store.mailbox = (...asked) => {
    const found = read(...asked)
    rows += found.length
    return found
  }
  const world = createWorld({ ports: { store }, limits: { pairSharePercent: 100 } })
  await Promise.all(
    Array.from({ length: WAITING }, () =>
      world.relay.submit(
        world.who('gemeente'),
        world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek'),
      ),
    ),
  )
  return {
    world,
    rowsOf: async (call) => {
      rows = 0
      await call()
      return rows
    },
  }
}

test('a page, a lease and a long poll read about as many rows as they give', async () => {
  const { world, rowsOf } = await crowded()
  const energie = world.who('energie')
  const list = (limit: number) => rowsOf(() => world.relay.list(energie, { limit }))
  expect(await list(1)).toBeWithin(1, 10)
  expect(await list(100)).toBeWithin(100, 200)
  const lease = () => rowsOf(() => world.relay.lease(energie, { limit: 100, seconds: 60 }))
  expect(await lease()).toBeWithin(100, 200)
  // The second walks past what the first holds.
  expect(await lease()).toBeWithin(200, 400)
})

test('a page that fits little reads on until it is full, in steps that grow', async () => {
  const { world, rowsOf } = await crowded()
  const energie = world.who('energie')
  const type = 'kennisgeving'
  await world.relay.submit(
    world.who('gemeente'),
    world.envelope('gemeente', 'energie', 'schuldregeling', 'kennisgeving'),
  )
  let found = 0
  const rows = await rowsOf(async () => {
    const { items } = await world.relay.list(energie, { limit: 10, type })
    found = items.length
  })
  expect(found).toBe(1)
  expect(rows).toBe(WAITING + 1)
})
