/**
 * Which engine keeps the durable state.
 * @module
 */
import type { Store } from '../relay/ports.ts'
import type { Sign } from './log-chain.ts'
import { createLmdbStore, openLmdbStore } from './lmdb/store.ts'
import { createMemoryStore } from './memory/store.ts'

/** What a store can be made of; `memory` keeps nothing and is for tests. */
export type StoreEngine = 'lmdb' | 'memory'

export interface StoreOptions {
  readonly engine: StoreEngine
  /** Folder of the store itself, as in `data/store`; unused by the memory engine. */
  readonly path: string
  /** The most that the store may use. LMDB reserves addresses for it, not memory or disk. */
  readonly mapBytes: number
  /** Read transactions at the same time; one process with short reads needs few. */
  readonly maxReaders?: number
  /** Signs the log, under a key that only this node has. */
  readonly sign: Sign
  /** Makes a new store for the vault with this id, 16 bytes; without it the store must be there. */
  readonly createFor?: Uint8Array
}

/**
 * Opens the store that is there, or makes one.
 * @throws when there is none, or one already, or its records are of another version
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { engine, path, mapBytes, maxReaders = 64, sign, createFor } = options
  if (engine === 'memory') {
    if (createFor === undefined) throw new Error('the memory engine keeps nothing to open')
    return createMemoryStore({ vaultId: createFor, limitBytes: mapBytes, sign })
  }
  const environment = { path, mapBytes, maxReaders, sign }
  return createFor === undefined
    ? openLmdbStore(environment)
    : createLmdbStore(environment, createFor)
}
