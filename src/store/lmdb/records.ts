/**
 * What the rows of the LMDB engine look like in bytes. Every record starts with its version, so that a later one can be
 * told apart and an unknown one is refused instead of misread. All numbers are big-endian.
 * @module
 */
import { timingSafeEqual } from 'node:crypto'
import type { Conversation } from '../../core/conversation.ts'
import type { Header, Message, Receipt, Seq, State } from '../../core/message.ts'
import type { LogEvent } from '../../relay/ports.ts'
import { decodeEventBody } from '../log-chain.ts'
import type { Sign } from '../log-chain.ts'
import { getNumber, putNumber } from './keys.ts'

const VERSION = 1
const STATES: readonly State[] = [
  'waiting',
  'fetched',
  'confirmed',
  'refused',
  'withdrawn',
  'expired',
  'lost',
]

const IS_LIVE = 1
const HAS_FETCHED_AT = 2
const HAS_RECEIPT = 4
const HAS_OWN_HEADER = 8

const MESSAGE_HEAD = 32
const LIVE_BYTES = 20
const LINK_BYTES = 32

/** Where the key of a live message is; leaves the record when the message ends. */
export interface Seat {
  /** Sixteen bytes. */
  readonly mid: Uint8Array
  readonly slot: number
}

/** Plain bytes over the same memory: what the port promises, without the Buffer that the engine happens to use. */
function bytesOf(buffer: Buffer, start: number, end: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + start, end - start)
}

function demandVersion(record: Buffer, what: string): void {
  if (record[0] !== VERSION)
    throw new Error(`${what} of the store has unknown version ${record[0]}`)
}

function indexIn<T>(table: readonly T[], value: T): number {
  const index = table.indexOf(value)
  if (index < 0) throw new Error(`the store has no code for ${String(value)}`)
  return index
}

function entryOf<T>(table: readonly T[], index: number | undefined): T {
  const value = index === undefined ? undefined : table[index]
  if (value === undefined) throw new Error('the store holds an unknown code')
  return value
}

/**
 * One message. The header is kept once, as it was sealed, whenever its JSON is exactly that; else both are kept.
 * @param seat only while the message is live
 */
export function encodeMessage(message: Message, seat: Seat | undefined): Buffer {
  const sealed = message.headerBytes
  const header = Buffer.from(JSON.stringify(message.header))
  const own = Buffer.compare(header, sealed) === 0 ? undefined : header
  const receipt =
    message.receipt === undefined ? undefined : Buffer.from(JSON.stringify(message.receipt))
  const { fetchedAt } = message

  // One allocation: a buffer for each part costs more than what is written into them.
  const record = Buffer.alloc(
    MESSAGE_HEAD +
      (seat === undefined ? 0 : LIVE_BYTES) +
      (fetchedAt === undefined ? 0 : 8) +
      sealed.byteLength +
      (receipt?.length ?? 0) +
      (own?.length ?? 0),
  )
  record[0] = VERSION
  record[1] =
    (seat === undefined ? 0 : IS_LIVE) |
    (fetchedAt === undefined ? 0 : HAS_FETCHED_AT) |
    (receipt === undefined ? 0 : HAS_RECEIPT) |
    (own === undefined ? 0 : HAS_OWN_HEADER)
  record[2] = indexIn(STATES, message.state)
  record.writeUInt32BE(message.attachments, 4)
  record.writeUInt32BE(message.fetches, 8)
  putNumber(record, message.size, 12)
  record.writeUInt32BE(sealed.byteLength, 20)
  record.writeUInt32BE(receipt?.length ?? 0, 24)
  record.writeUInt32BE(own?.length ?? 0, 28)

  let at = MESSAGE_HEAD
  const put = (bytes: Uint8Array) => {
    record.set(bytes, at)
    at += bytes.byteLength
  }
  if (seat !== undefined) {
    record.writeUInt32BE(seat.slot, at + 16)
    record.set(seat.mid, at)
    at += LIVE_BYTES
  }
  if (fetchedAt !== undefined) {
    putNumber(record, fetchedAt, at)
    at += 8
  }
  put(sealed)
  if (receipt !== undefined) put(receipt)
  if (own !== undefined) put(own)
  return record
}

/** The message in a record, and its seat while it is live. */
export function decodeMessage(
  seq: Seq,
  record: Buffer,
): { message: Message; seat: Seat | undefined } {
  demandVersion(record, 'a message record')
  const flags = record[1] ?? 0
  let at = MESSAGE_HEAD
  const take = (length: number): number => (at += length) - length

  const seat = decodeSeat(record)
  if (seat !== undefined) take(LIVE_BYTES)
  const fetchedAt = (flags & HAS_FETCHED_AT) === 0 ? undefined : getNumber(record, take(8))
  const sealed = bytesOf(record, at, at + record.readUInt32BE(20))
  take(sealed.length)
  const receiptStart = take(record.readUInt32BE(24))
  const receipt =
    (flags & HAS_RECEIPT) === 0
      ? undefined
      : (JSON.parse(record.toString('utf8', receiptStart, at)) as Receipt)
  const ownStart = take(record.readUInt32BE(28))
  const header = JSON.parse(
    (flags & HAS_OWN_HEADER) === 0
      ? Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).toString('utf8')
      : record.toString('utf8', ownStart, at),
  ) as Header

  const message: Message = {
    seq,
    header,
    headerBytes: sealed,
    state: entryOf(STATES, record[2]),
    size: getNumber(record, 12),
    attachments: record.readUInt32BE(4),
    fetches: record.readUInt32BE(8),
    ...(fetchedAt === undefined ? {} : { fetchedAt }),
    ...(receipt === undefined ? {} : { receipt }),
  }
  return { message, seat }
}

/** Only the seat of a record, without reading the rest of it. */
export function decodeSeat(record: Buffer): Seat | undefined {
  demandVersion(record, 'a message record')
  if (((record[1] ?? 0) & IS_LIVE) === 0) return undefined
  return {
    mid: bytesOf(record, MESSAGE_HEAD, MESSAGE_HEAD + 16),
    slot: record.readUInt32BE(MESSAGE_HEAD + 16),
  }
}

/** The ciphertexts of one message: version, count, lengths, then the parts. */
export function encodeParts(parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(8 + 4 * parts.length)
  head[0] = VERSION
  head.writeUInt32BE(parts.length, 4)
  parts.forEach((part, index) => head.writeUInt32BE(part.length, 8 + 4 * index))
  return Buffer.concat([head, ...parts])
}

/** The parts that `encodeParts` wrote, as views on the record. */
export function decodeParts(record: Buffer): Uint8Array[] {
  demandVersion(record, 'a content record')
  const count = record.readUInt32BE(4)
  let at = 8 + 4 * count
  return Array.from({ length: count }, (_, index) => {
    const start = at
    at += record.readUInt32BE(8 + 4 * index)
    return bytesOf(record, start, at)
  })
}

/** A conversation as versioned JSON; it holds no content, and few are large. */
export function encodeConversation(conversation: Conversation): Buffer {
  return Buffer.concat([Buffer.of(VERSION), Buffer.from(JSON.stringify(conversation))])
}

/** The conversation that `encodeConversation` wrote. */
export function decodeConversation(record: Buffer): Conversation {
  demandVersion(record, 'a conversation record')
  return JSON.parse(record.toString('utf8', 1)) as Conversation
}

/** The seqs that one group added to a participant's line, rising. */
export function encodeSeqs(seqs: readonly Seq[]): Buffer {
  const record = Buffer.allocUnsafe(8 * seqs.length)
  seqs.forEach((seq, index) => putNumber(record, seq, 8 * index))
  return record
}

/** The seqs of one row of a line, rising. */
export function decodeSeqs(record: Buffer): Seq[] {
  return Array.from({ length: record.length / 8 }, (_, index) => getNumber(record, 8 * index))
}

/** The events of one group, then the link that chains them to all before. */
export function encodeEvents(body: Uint8Array, link: Uint8Array): Buffer {
  return Buffer.concat([body, link])
}

/** What `encodeEvents` wrote; `body` is what the link is over. */
export function decodeEvents(
  first: number,
  record: Buffer,
): { events: LogEvent[]; body: Buffer; link: Buffer } {
  const body = record.subarray(0, record.length - LINK_BYTES)
  const link = record.subarray(record.length - LINK_BYTES)
  return { events: decodeEventBody(first, body), body, link }
}

/** What the store knows of itself; rewritten with every group. */
export interface Meta {
  /** Sixteen bytes. */
  readonly vaultId: Uint8Array
  readonly generation: number
  readonly nextSeq: Seq
  readonly lastTime: number
  /** Number that the next log event gets. */
  readonly nextEvent: number
  /** Number under which the next conversation is kept. */
  readonly nextConversation: number
  /** Link of the last group in the log, 32 bytes; zeroes before the first event. */
  readonly logHead: Uint8Array
  /** Messages below have left the log. */
  readonly logFrom: Seq
  /** Checkpoint of the log: the number of the first event that is kept, and the link before it. */
  readonly firstEvent: number
  readonly firstLink: Uint8Array
}

const META_VERSION = 2
const META_BYTES = 140

/** The one row of the meta table, signed as a whole: it says where the log begins and ends. */
export function encodeMeta(meta: Meta, sign: Sign): Buffer {
  const record = Buffer.alloc(META_BYTES)
  record[0] = META_VERSION
  record.set(meta.vaultId, 4)
  putNumber(record, meta.generation, 20)
  putNumber(record, meta.nextSeq, 28)
  putNumber(record, meta.lastTime, 36)
  putNumber(record, meta.nextEvent, 44)
  putNumber(record, meta.nextConversation, 52)
  record.set(meta.logHead, 60)
  putNumber(record, meta.logFrom, 92)
  putNumber(record, meta.firstEvent, 100)
  record.set(meta.firstLink, 108)
  return Buffer.concat([record, sign(record)])
}

/** What `encodeMeta` wrote; undefined when this key did not sign it. @throws for another version */
export function decodeMeta(record: Buffer, sign: Sign): Meta | undefined {
  if (record[0] !== META_VERSION)
    throw new Error(`the meta record of the store has unknown version ${record[0]}`)
  const signed = record.subarray(0, META_BYTES)
  const mac = record.subarray(META_BYTES)
  const right = Buffer.from(sign(signed))
  if (mac.length !== right.length || !timingSafeEqual(mac, right)) return undefined
  return {
    vaultId: bytesOf(record, 4, 20),
    generation: getNumber(record, 20),
    nextSeq: getNumber(record, 28),
    lastTime: getNumber(record, 36),
    nextEvent: getNumber(record, 44),
    nextConversation: getNumber(record, 52),
    logHead: bytesOf(record, 60, 92),
    logFrom: getNumber(record, 92),
    firstEvent: getNumber(record, 100),
    firstLink: bytesOf(record, 108, META_BYTES),
  }
}
