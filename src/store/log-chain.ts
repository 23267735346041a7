/**
 * The chain over the log: the events of each group carry a link, an HMAC over the link before and themselves. Whoever changes,
 * takes out or puts in an event without the key breaks the chain at that place.
 * @module
 */
import type { LogCheck, LogEvent, LogHead } from '../relay/ports.ts'

/** HMAC-SHA256 under the key of the log, 32 bytes. */
export type Sign = (data: Uint8Array) => Uint8Array

/** Before the first event. */
export const NO_LINK: Readonly<Uint8Array> = new Uint8Array(32)

const KINDS: readonly LogEvent['kind'][] = [
  'accepted',
  'fetched',
  'confirmed',
  'refused',
  'withdrawn',
  'expired',
  'lost',
  'restored',
]
const VERSION = 1
const EVENT_BYTES = 17

/** The events of one group, with the number of the first of them. */
export interface EventGroup {
  readonly first: number
  readonly events: readonly LogEvent[]
}

/** The bytes of events, as they are linked and stored: version, then kind, time and message of each. */
export function encodeEventBody(events: readonly LogEvent[]): Buffer {
  const body = Buffer.alloc(1 + EVENT_BYTES * events.length)
  body[0] = VERSION
  events.forEach(({ kind, at, seq }, index) => {
    const offset = 1 + EVENT_BYTES * index
    body[offset] = KINDS.indexOf(kind)
    body.writeBigUInt64BE(BigInt(at), offset + 1)
    body.writeBigUInt64BE(BigInt(seq), offset + 9)
  })
  return body
}

/** What `encodeEventBody` wrote. @throws for another version, an unknown kind, or a length that no events have */
export function decodeEventBody(first: number, body: Buffer): LogEvent[] {
  if (body[0] !== VERSION || (body.length - 1) % EVENT_BYTES !== 0)
    throw new Error('a log record of the store has an unknown form')
  return Array.from({ length: (body.length - 1) / EVENT_BYTES }, (_, index) => {
    const offset = 1 + EVENT_BYTES * index
    const kind = KINDS[body[offset] ?? KINDS.length]
    if (kind === undefined) throw new Error('a log record of the store has an unknown kind')
    const at = Number(body.readBigUInt64BE(offset + 1))
    const seq = Number(body.readBigUInt64BE(offset + 9))
    return { number: first + index, at, kind, seq }
  })
}

/** The link of a group to all before it. */
export function linkOf(
  sign: Sign,
  before: Uint8Array,
  first: number,
  body: Uint8Array,
): Uint8Array {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(first))
  return Uint8Array.from(sign(Buffer.concat([before, number, body])))
}

/** A check of the log with its head as text. */
export interface LogReport extends Omit<LogCheck, 'head'> {
  readonly head: string
}

/** The check as it is told and sent. */
export function tellLog(check: LogCheck): LogReport {
  return { ...check, head: writeHead(check.head) }
}

/** A head as it is noted elsewhere: the number of the last event, a colon, and the link in hexadecimal digits. */
export function writeHead({ number, link }: LogHead): string {
  return `${number}:${Buffer.from(link).toString('hex')}`
}

/** The head that `writeHead` wrote; undefined for anything else. */
export function readHead(text: string): LogHead | undefined {
  const [, number, link] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (number === undefined || link === undefined) return undefined
  return { number: Number(number), link: Uint8Array.from(Buffer.from(link, 'hex')) }
}

/** Holds a chain against a head that was noted elsewhere, while somebody walks along it. */
export function notedWatch(noted: LogHead | undefined, firstEvent: number) {
  // What was noted before the checkpoint has been pruned, and cannot be held against anything.
  let isDone = noted === undefined || noted.number < firstEvent
  let problem: string | undefined
  return {
    /** A group that ends at this event has this link. */
    see(last: number, link: Uint8Array): void {
      if (noted === undefined || isDone || last < noted.number) return
      isDone = true
      if (last !== noted.number || !Buffer.from(link).equals(Buffer.from(noted.link)))
        problem = `the log is not the one of which event ${noted.number} was noted`
    },
    /** The problem at the end of the walk, if any. */
    end(): string | undefined {
      return isDone ? problem : `the log ends before event ${noted?.number}, which was noted`
    },
  }
}
