/**
 * Keys as bytes whose order is the order of reading: numbers big-endian, a participant first where there is one.
 * @module
 */
import type { Uuid } from '../../core/message.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const HIGH = 2 ** 32

/** Whether a text may be part of a key; what is none was never stored. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** Bytes of a UUID in lower case. @throws when it is none: two spellings of one key must not exist */
export function uuidBytes(uuid: Uuid): Buffer {
  if (!isUuid(uuid)) throw new Error('a key of the store is not a UUID in lower case')
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
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
  const key = Buffer.allocUnsafe(24)
  participant.copy(key, 0)
  return putNumber(key, value, 16)
}

/** Two UUIDs after each other. */
export function pairKey(first: Buffer, second: Buffer): Buffer {
  return Buffer.concat([first, second], 32)
}
