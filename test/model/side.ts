/**
 * One of two relays that are played side by side: over LMDB and a vault of files, which can be opened anew, or over the engines that
 * live in memory. Both have the same people, the same clock and the same random numbers.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkStore } from '../../src/relay/check.ts'
import type { Store, Vault } from '../../src/relay/ports.ts'
import type { Relay } from '../../src/relay/relay.ts'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { createWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'
import { close, Node } from '../vault/folder.ts'
import type { Open } from '../vault/folder.ts'

/** What is made of a relay when its process ends: the same in both. */
export interface Side {
  readonly name: string
  readonly world: World
  relay: Relay
  /** Ends the process, as far as a relay can tell, and starts again on what is durable. */
  restart(): Promise<void>
  /** What the invariants say against it. */
  check(): string[]
  end(): Promise<void>
}

/** A relay whose state is in memory; a restart keeps it, and forgets leases. */
export function memorySide(): Side {
  const store = createMemoryStore({ vaultId: new Uint8Array(16).fill(7) })
  const world = createWorld({ ports: { store } })
  const side: Side = {
    name: 'memory',
    world,
    relay: world.relay,
    restart: async () => {
      await side.relay.drain()
      side.relay = world.restart()
    },
    check: () => sentences(store, world.vault),
    end: () => side.relay.drain(),
  }
  return side
}

/**
 * A relay on files.
 * @param under folder in which its own is made
 * @param spoil changes the engines, to show that a difference would be found
 */
export async function fileSide(
  under: string = tmpdir(),
  spoil: (open: Open) => Open = (open) => open,
): Promise<Side> {
  const dir = mkdtempSync(join(under, 'knooppunt-side-'))
  const files = new Node(dir, randomBytes(32))
  let open = spoil(await files.create())
  const store = whateverIs((): Store => open.store)
  const vault = whateverIs((): Vault => open.vault)
  const world = createWorld({ ports: { store, vault } })
  const side: Side = {
    name: 'files',
    world,
    relay: world.relay,
    restart: async () => {
      await side.relay.drain()
      await close(open)
      open = spoil(await files.open())
      if (open.alarms.length > 0) throw new Error(`a start said ${open.alarms.join(', ')}`)
      side.relay = world.restart()
    },
    check: () => sentences(open.store, open.vault),
    end: async () => {
      await side.relay.drain()
      await close(open)
      rmSync(dir, { recursive: true })
    },
  }
  return side
}

/** Stands for something that is replaced now and then. */
function whateverIs<T extends object>(current: () => T): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      const it = current()
      const value: unknown = Reflect.get(it, name, it)
      return typeof value === 'function' ? (value.bind(it) as unknown) : value
    },
  })
}

function sentences(store: Store, vault: Vault): string[] {
  return checkStore(store, vault).map(({ invariant, sentence }) => `${invariant}: ${sentence}`)
}
