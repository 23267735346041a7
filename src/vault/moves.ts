/**
 * Which wraps a rotation writes and which it zeroes (VAULT, Rotation, step c). A key has a flushed copy in one of the halves of
 * its slot at all times, so an interrupted move is simply planned again.
 * @module
 */
import type { Seat } from '../relay/ports.ts'
import type { PagedFile } from './paged-file.ts'
import type { EpochKeys } from './ring.ts'
import { unwrapKey, WRAP_BYTES, wrapKey } from './seal.ts'
import { offsetOf, readCell } from './vault-file.ts'

/** A half of a slot that holds nothing. */
export const EMPTY_WRAP: Readonly<Uint8Array> = new Uint8Array(WRAP_BYTES)

/** One half that has to be zeroed. */
interface Move {
  /** Where the half begins, in bytes; the other half lies at `position ^ WRAP_BYTES`. */
  readonly position: number
  /** What has to stand flushed in the other half before; absent when it does already. */
  readonly wrap: Uint8Array | undefined
}

/** Plans the moves of some live messages to an epoch; `lost` are those that no key of the ring opens. */
export function planMoves(
  file: PagedFile,
  vaultId: Uint8Array,
  seats: readonly Seat[],
  keys: EpochKeys,
  newest: number,
): { readonly moves: Move[]; readonly lost: Seat[] } {
  const epochKey = keys.get(newest)
  if (epochKey === undefined) throw new Error(`the ring has no key for epoch ${newest}`)
  const newestOnly: EpochKeys = new Map([[newest, epochKey]])
  const moves: Move[] = []
  const lost: Seat[] = []
  for (const seat of seats) {
    const cell = readCell(file, seat.slot)
    const half = (at: number) => cell.subarray(at, at + WRAP_BYTES)
    const opened = (at: number, by: EpochKeys) => unwrapKey(half(at), vaultId, seat.mid, by)

    const done = [0, WRAP_BYTES].find((at) => wiped(opened(at, newestOnly)))
    if (done !== undefined) {
      // A crash may have left the old wrap, whole or torn, beside the new one.
      const other = done ^ WRAP_BYTES
      if (!half(other).equals(EMPTY_WRAP))
        moves.push({ position: offsetOf(seat.slot) + other, wrap: undefined })
      continue
    }
    const from = [0, WRAP_BYTES].find((at) => wiped(opened(at, keys)))
    const key = from === undefined ? undefined : opened(from, keys)
    if (from === undefined || key === undefined) {
      lost.push(seat)
      continue
    }
    const wrap = wrapKey(key, vaultId, seat.mid, newest, epochKey)
    key.fill(0)
    moves.push({ position: offsetOf(seat.slot) + from, wrap })
  }
  return { moves, lost }
}

/** Whether there is a key; it is not needed any longer. */
function wiped(key: Buffer | undefined): boolean {
  key?.fill(0)
  return key !== undefined
}
