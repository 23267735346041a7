/**
 * Keys as bytes whose order is the order of reading: numbers big-endian, a participant first where there is one.
 * @module
 */
import type { Uuid } from '../../core/message.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const HIGH = 2 ** 32
const UUID_BYTES = 16
/** Where a UUID has its dashes. */
const DASHES: readonly number[] = [8, 13, 18, 23]
const DASH = 45

/** Whether a text may be part of a key; what is none was never stored. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/**
 * Bytes of a UUID in lower case. Every row has one or more, so it reads the characters itself: a fifth of the time of a
 * pattern and a conversion.
 * @throws when it is none: two spellings of one key must not exist
 */
export function uuidBytes(uuid: Uuid): Buffer {
  const bytes = Buffer.allocUnsafe(UUID_BYTES)
  let digits = 0
  for (let at = 0; at < uuid.length; at += 1) {
    const code = uuid.charCodeAt(at)
    if (DASHES.includes(at)) {
      if (code !== DASH) throw noUuid()
      continue
    }
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1
    if (digit < 0 || digits === 2 * UUID_BYTES) throw noUuid()
    if (digits % 2 === 0) bytes[digits >> 1] = digit << 4
    else bytes[digits >> 1] = (bytes[digits >> 1] ?? 0) | digit
    digits += 1
  }
  if (digits !== 2 * UUID_BYTES) throw noUuid()
  return bytes
}

function noUuid(): Error {
  return new Error('a key of the store is not a UUID in lower case')
}

/** The UUID in sixteen bytes. */
export function uuidText(bytes: Uint8Array): Uuid {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** Writes a whole number up to 2^53 as eight bytes, and returns the buffer. */
export function putNumber(into: Buffer, value: number, offset: number): Buffer {
  into.writeUInt32BE(Math.floor(value / HIGH), offset)
  into.writeUInt32BE(value % HIGH, offset + 4)
  return into
}

/** Reads what `putNumber` wrote. */
export function getNumber(from: Buffer, offset: number): number {
  return from.readUInt32BE(offset) * HIGH + from.readUInt32BE(offset + 4)
}

/** Eight bytes that sort as the number. */
export function numberKey(value: number): Buffer {
  return putNumber(Buffer.allocUnsafe(8), value, 0)
}

/** A participant, then a number. */
export function participantKey(participant: Buffer, value: number): Buffer {
  const key = Buffer.allocUnsafe(UUID_BYTES + 8)
  key.set(participant)
  return putNumber(key, value, UUID_BYTES)
}

/** Two UUIDs after each other. */
export function pairKey(first: Buffer, second: Buffer): Buffer {
  const key = Buffer.allocUnsafe(2 * UUID_BYTES)
  key.set(first)
  key.set(second, UUID_BYTES)
  return key
}
