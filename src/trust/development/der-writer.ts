/**
 * Writes DER (X.690), as little of it as certificates and revocation lists need.
 * @module
 */
import type { Instant } from '../../core/message.ts'
import { explicitTag, TAG } from '../der.ts'

/** One value: tag, length, and what is in it. */
export function value(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(length)]), ...contents])
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => value(TAG.sequence, ...parts)

/** A SET of values; DER wants them in the order of their octets. */
export const set = (...parts: readonly Uint8Array[]): Buffer =>
  value(TAG.set, ...parts.toSorted((a, b) => Buffer.compare(a, b)))

/** A value within a tag of the context class, as `[0] EXPLICIT`. */
export const explicit = (number: number, content: Uint8Array): Buffer =>
  value(explicitTag(number), content)

/** An INTEGER that is not negative, from a number or from octets. */
export function integer(given: number | Uint8Array): Buffer {
  const octets =
    typeof given === 'number' ? Buffer.from(given.toString(16).padStart(16, '0'), 'hex') : given
  const first = octets.findIndex((octet) => octet !== 0)
  const minimal = first === -1 ? Buffer.of(0) : octets.subarray(first)
  return value(TAG.integer, Buffer.alloc((minimal[0] ?? 0) >= 0x80 ? 1 : 0), minimal)
}

export const boolean = (is: boolean): Buffer => value(TAG.boolean, Buffer.of(is ? 0xff : 0))
export const nothing = (): Buffer => value(TAG.null)
export const octetString = (octets: Uint8Array): Buffer => value(TAG.octetString, octets)
export const bitString = (octets: Uint8Array): Buffer => value(TAG.bitString, Buffer.of(0), octets)
export const utf8String = (text: string): Buffer => value(TAG.utf8String, Buffer.from(text))
export const printableString = (text: string): Buffer =>
  value(TAG.printableString, Buffer.from(text, 'latin1'))

/** A BIT STRING in which the bits of these numbers are set, without trailing zero bits. */
export function namedBitString(bits: readonly number[]): Buffer {
  const highest = Math.max(-1, ...bits)
  const octets = Buffer.alloc((highest >> 3) + 1)
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return value(TAG.bitString, Buffer.of(highest === -1 ? 0 : 7 - (highest & 7)), octets)
}

/** An OBJECT IDENTIFIER from its dotted text. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift(0x80 | (left % 128))
    }
    return digits
  })
  return value(TAG.oid, Buffer.from(octets))
}

/** A time, in whole seconds: UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). */
export function time(at: Instant): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')
  return text < '2050'
    ? value(TAG.utcTime, Buffer.from(text.slice(2)))
    : value(TAG.generalizedTime, Buffer.from(text))
}
