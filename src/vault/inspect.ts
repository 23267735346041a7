/**
 * Looks at the keys as they are on disk, without owning the vault and without writing: for the proof of erasure.
 * @module
 */
import type { Slot } from '../relay/ports.ts'
import { deriveKey } from './keys.ts'
import type { VaultOptions } from './open.ts'
import { openToRead } from './paged-file.ts'
import { readRing } from './ring.ts'
import { unwrapKey, WRAP_BYTES } from './seal.ts'
import { readCell, readHeader, slotsIn, usedSlots } from './vault-file.ts'

export interface KeysOnDisk {
  /** Slots that are not all zero. */
  used(): Iterable<Slot>
  /** Whether either half of a slot opens for this mid under any epoch of the ring. */
  opens(slot: Slot, mid: Uint8Array): boolean
  close(): void
}

/** Opens vault and ring to look at. @throws VaultError when they are not of one node, or the master key is another */
export function inspectKeys({ path, ringPath, masterKey }: VaultOptions): KeysOnDisk {
  const ring = readRing(ringPath, masterKey)
  const file = openToRead(path)
  const header = readHeader(file, deriveKey(masterKey, 'vault-header'))
  const slots = slotsIn(header.pages)
  return {
    used: () => usedSlots(file, header),
    opens(slot, mid) {
      if (slot < 0 || slot >= slots) return false
      const cell = readCell(file, slot)
      return [0, WRAP_BYTES].some((at) => {
        const key = unwrapKey(cell.subarray(at, at + WRAP_BYTES), header.vaultId, mid, ring.keys)
        key?.fill(0)
        return key !== undefined
      })
    },
    close: () => file.close(),
  }
}
