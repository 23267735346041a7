/**
 * A strict and bounded reader of DER (X.690), the encoding of certificates and revocation lists.
 * Whatever the bytes, it ends: each step moves forward, nesting is bounded, and every doubt is a `DerError`.
 * @module
 */
import { DER_DEPTH_MAX } from './limits.ts'

/** Tags of the universal class, with the constructed bit where DER demands it. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** Tag of a constructed value of the context class, as `[0]`. */
export const explicitTag = (number: number): number => 0xa0 | number

/** Tag of a primitive value of the context class, as `[0] IMPLICIT`. */
export const implicitTag = (number: number): number => 0x80 | number

/** The bytes are not DER, or not what should stand there. The text is ours and holds no bytes of the input. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** One value: its tag, its contents, and the whole of it as it was signed. */
export interface DerValue {
  readonly tag: number
  readonly body: Uint8Array
  readonly raw: Uint8Array
}

/** Reads the values of one constructed value one after the other. */
export class DerReader {
  readonly #bytes: Uint8Array
  readonly #depth: number
  #at = 0

  /**
   * @param bytes values that follow one another, to be read to the end
   * @param depth how deep these values lie, for the bound on nesting
   */
  constructor(bytes: Uint8Array, depth = 0) {
    if (depth > DER_DEPTH_MAX) throw new DerError('nested too deep')
    this.#bytes = bytes
    this.#depth = depth
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The tag of the next value, or undefined at the end. */
  get next(): number | undefined {
    return this.#bytes[this.#at]
  }

  /**
   * Reads the next value, whatever it is or with the given tag.
   * @param what names the value in the error
   */
  read(what: string, tag?: number): DerValue {
    const start = this.#at
    const bytes = this.#bytes
    const found = bytes[start]
    if (found === undefined) throw new DerError(`${what} is missing`)
    if (tag !== undefined && found !== tag) throw new DerError(`${what} has another type`)
    if ((found & 0x1f) === 0x1f) throw new DerError(`${what} has a long tag`)
    let at = start + 1
    let length = bytes[at++]
    if (length === undefined) throw new DerError(`${what} is cut off`)
    if (length >= 0x80) {
      const octets = length & 0x7f
      if (octets === 0) throw new DerError(`${what} has an indefinite length`)
      if (octets > 4) throw new DerError(`${what} is too long`)
      length = 0
      for (let i = 0; i < octets; i += 1) {
        const octet = bytes[at++]
        if (octet === undefined) throw new DerError(`${what} is cut off`)
        if (i === 0 && octet === 0) throw new DerError(`${what} has a padded length`)
        length = length * 256 + octet
      }
      if (length < 0x80) throw new DerError(`${what} has a padded length`)
    }
    const end = at + length
    if (end > bytes.length) throw new DerError(`${what} is cut off`)
    this.#at = end
    return { tag: found, body: bytes.subarray(at, end), raw: bytes.subarray(start, end) }
  }

  /** Reads the next value when it has this tag; otherwise leaves it and gives undefined. */
  optional(what: string, tag: number): DerValue | undefined {
    return this.next === tag ? this.read(what, tag) : undefined
  }

  /** Reads a constructed value and gives a reader of what is in it. */
  enter(what: string, tag: number = TAG.sequence): DerReader {
    return this.within(this.read(what, tag))
  }

  /** A reader of what is in a value that was read here. */
  within(value: DerValue): DerReader {
    return new DerReader(value.body, this.#depth + 1)
  }

  /** Everything must have been read; what is left over would be signed but not judged. */
  end(what: string): void {
    if (!this.done) throw new DerError(`${what} has more than it should`)
  }
}

/** Reads one value that fills the bytes exactly. */
export function readSingle(bytes: Uint8Array, what: string, tag: number): DerValue {
  const outer = new DerReader(bytes)
  const value = outer.read(what, tag)
  outer.end(what)
  return value
}

/** Reads one constructed value that fills the bytes exactly, and gives a reader of what is in it. */
export function readWhole(bytes: Uint8Array, what: string, tag: number = TAG.sequence): DerReader {
  return new DerReader(readSingle(bytes, what, tag).body, 1)
}

/** Contents of an INTEGER, minimal as DER demands; two's complement, big end first. */
export function integerBytes({ body }: DerValue, what: string): Uint8Array {
  const [first, second] = body
  if (first === undefined) throw new DerError(`${what} is empty`)
  if (second !== undefined && (first === 0 || first === 0xff) && first >> 7 === second >> 7) {
    throw new DerError(`${what} is padded`)
  }
  return body
}

/** A small INTEGER or ENUMERATED that is not negative. */
export function smallInteger(value: DerValue, what: string): number {
  const bytes = integerBytes(value, what)
  if (bytes.length > 4 || (bytes[0] ?? 0) >= 0x80) throw new DerError(`${what} is out of range`)
  return bytes.reduce((sum, octet) => sum * 256 + octet, 0)
}

export function booleanOf({ body }: DerValue, what: string): boolean {
  if (body.length !== 1 || (body[0] !== 0 && body[0] !== 0xff)) {
    throw new DerError(`${what} is neither true nor false`)
  }
  return body[0] === 0xff
}

/** Octets of a BIT STRING that is whole octets long, as signatures and keys are. */
export function bitStringOctets({ body }: DerValue, what: string): Uint8Array {
  if (body[0] !== 0) throw new DerError(`${what} is not whole octets`)
  return body.subarray(1)
}

/** Numbers of the bits that are set in a short named BIT STRING, as in keyUsage. */
export function namedBits({ body }: DerValue, what: string): ReadonlySet<number> {
  const unused = body[0]
  if (unused === undefined || unused > 7 || body.length > 5 || (body.length === 1 && unused > 0)) {
    throw new DerError(`${what} is not a bit string`)
  }
  const set = new Set<number>()
  for (let bit = 0; bit < (body.length - 1) * 8 - unused; bit += 1) {
    if (((body[1 + (bit >> 3)] ?? 0) >> (7 - (bit & 7))) & 1) set.add(bit)
  }
  return set
}

const OID_OCTETS_MAX = 64

/** Dotted text of an OBJECT IDENTIFIER. */
export function oidText({ body }: DerValue, what: string): string {
  const last = body[body.length - 1]
  if (last === undefined || last >= 0x80 || body.length > OID_OCTETS_MAX) {
    throw new DerError(`${what} is not an object identifier`)
  }
  const arcs: number[] = []
  let arc = 0
  let fresh = true
  for (const octet of body) {
    if (fresh && octet === 0x80) throw new DerError(`${what} is padded`)
    arc = arc * 128 + (octet & 0x7f)
    // Two different long arcs must never round to the same text.
    if (!Number.isSafeInteger(arc)) throw new DerError(`${what} has too large a number`)
    fresh = octet < 0x80
    if (fresh) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [head = 0, ...rest] = arcs
  const top = Math.min(2, Math.floor(head / 40))
  return [top, head - top * 40, ...rest].join('.')
}
