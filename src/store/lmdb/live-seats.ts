/**
 * Which messages are live, read beside the process that owns the store; LMDB allows readers in other processes.
 * @module
 */
import { join } from 'node:path'
import { open } from 'lmdb'
import { demandWhole } from './data-file.ts'
import { decodeSeat } from './records.ts'
import type { Seat } from './records.ts'

/** Seats of all live messages at one moment. Not for the process that has the store open itself. @throws StoreDamaged */
export async function readLiveSeats(path: string): Promise<Seat[]> {
  demandWhole(join(path, 'data.mdb'))
  const root = open<Buffer, Buffer>({ path, readOnly: true, noSubdir: false, maxDbs: 16 })
  try {
    const messages = root.openDB<Buffer, Buffer>({
      name: 'message',
      keyEncoding: 'binary',
      encoding: 'binary',
    })
    const seats: Seat[] = []
    for (const { value } of messages.getRange()) {
      const seat = decodeSeat(value)
      // The bytes belong to the snapshot, which ends with the read.
      if (seat !== undefined) seats.push({ mid: Uint8Array.from(seat.mid), slot: seat.slot })
    }
    return seats
  } finally {
    await root.close()
  }
}
