/**
 * Finds what deleting left behind: LMDB does not wipe pages, so records of ended messages stay readable until their page is
 * used again (measured). Reads the file as bytes, without LMDB, the way somebody would who found the disk.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { decodeSeat } from './records.ts'
import type { Seat } from './records.ts'

const CHUNK_BYTES = 8 * 2 ** 20
/** How far pieces overlap: more than a record before its header text, and than any text that is searched for. */
const BEFORE_BYTES = 4_096
/** Every sealed header is canonical JSON, and this is its first key. */
const HEADER_START = Buffer.from('{"acceptedAt":')
/** Fixed part of a record, then the seat, then the time of the first fetch if there was one. */
const HEAD_BYTES = 32
const SEAT_BYTES = 20
const FETCHED_BYTES = 8

/** Seats of messages that were live at some time, newest or oldest first as they happen to lie; some more than once. */
export function* findRemains(dataFile: string): Generator<Seat> {
  for (const chunk of chunksOf(dataFile)) {
    for (let at = chunk.indexOf(HEADER_START); at >= 0; at = chunk.indexOf(HEADER_START, at + 1)) {
      for (const between of [SEAT_BYTES, SEAT_BYTES + FETCHED_BYTES]) {
        const start = at - between - HEAD_BYTES
        const seat = start < 0 ? undefined : seatAt(chunk.subarray(start, at))
        if (seat !== undefined) yield seat
      }
    }
  }
}

function seatAt(bytes: Buffer): Seat | undefined {
  try {
    const seat = decodeSeat(bytes)
    return seat && { mid: Uint8Array.from(seat.mid), slot: seat.slot }
  } catch {
    // Bytes that only look like a record.
    return undefined
  }
}

/** The file in pieces that overlap by as much as a record may stretch. */
export function* chunksOf(file: string): Generator<Buffer> {
  const fd = openSync(file, 'r')
  try {
    let kept = Buffer.alloc(0)
    for (let position = 0; ;) {
      const buffer = Buffer.alloc(kept.length + CHUNK_BYTES)
      kept.copy(buffer)
      const got = readSync(fd, buffer, kept.length, CHUNK_BYTES, position)
      if (got === 0) return
      position += got
      const chunk = buffer.subarray(0, kept.length + got)
      yield chunk
      kept = Buffer.from(chunk.subarray(Math.max(0, chunk.length - BEFORE_BYTES)))
    }
  } finally {
    closeSync(fd)
  }
}
