/**
 * What a kill has left: the invariants, walked before the next start can mend anything, and the keys that it orphaned.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkStore } from '../../src/relay/check.ts'
import type { Slot, Store, Vault } from '../../src/relay/ports.ts'
import { findRemains } from '../../src/store/lmdb/remains.ts'
import { openStore } from '../../src/store/open.ts'
import { signer } from '../../src/vault/keys.ts'
import { openVault } from '../../src/vault/open.ts'
import type { DemoNode } from '../support/demo-node.ts'

/** More than the header of any message in these tests. */
const HEADER_BYTES = 2_000

export interface Autopsy {
  /** Broken invariants; a key that no message has is none, since nobody can use its slot before the next start. */
  readonly complaints: readonly string[]
  /** Keys that were written, of messages that were not committed. */
  readonly keysWithoutMessage: number
  /** Keys of messages whose end was committed. */
  readonly keysOfEnded: number
}

/** Opens the files of a dead node; nothing may be using them. */
export async function autopsy({ paths, ringPath, masterKey }: DemoNode): Promise<Autopsy> {
  const vault = await openVault({ path: paths.vault, ringPath, masterKey })
  try {
    const store = await openStore({
      engine: 'lmdb',
      path: paths.store,
      mapBytes: 2 ** 30,
      sign: signer(masterKey, 'log'),
    })
    try {
      const broken = checkStore(store, vault).filter(({ invariant }) => invariant !== 'I3')
      const held = new Set([...store.live()].map(({ slot }) => slot))
      const orphans = [...vault.used()].filter((slot) => !held.has(slot))
      const ended = countEnded(orphans, store, vault, join(paths.store, 'data.mdb'))
      return {
        complaints: broken.map(
          ({ invariant, sentence }) => `after a kill: ${invariant}: ${sentence}`,
        ),
        keysWithoutMessage: orphans.length - ended,
        keysOfEnded: ended,
      }
    } finally {
      await store.close()
    }
  } finally {
    await vault.close()
  }
}

/**
 * How many orphans belong to messages that the store knows. Their rows no longer say which slot they had, but older copies
 * of those rows lie in the file; so do rows of a commit that was never finished, which the store does not know.
 */
function countEnded(
  orphans: readonly Slot[],
  store: Store,
  vault: Vault,
  dataFile: string,
): number {
  if (orphans.length === 0) return 0
  const open = new Set(orphans)
  const bytes = readFileSync(dataFile)
  let ended = 0
  for (const { slot, mid } of findRemains(dataFile)) {
    if (!open.has(slot) || !vault.holds(slot, mid)) continue
    open.delete(slot)
    const at = bytes.indexOf(mid)
    const header = bytes.toString('latin1', at, at + HEADER_BYTES)
    const [, recipient = ''] = /"recipient":"([0-9a-f-]{36})"/.exec(header) ?? []
    const [, reference = ''] = /"reference":"([0-9a-f-]{36})"/.exec(header) ?? []
    if (recipient === '' || reference === '') throw new Error('a remain has no header behind it')
    if (store.find(recipient, reference) !== undefined) ended += 1
  }
  return ended
}
