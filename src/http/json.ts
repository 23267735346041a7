/**
 * Strict reading of JSON (RFC 8259, with the limits of I-JSON): what `JSON.parse` lets pass and two readers could
 * understand differently is refused. One linear scan in front of the parser, without recursion. Positions are told, never
 * texts: keys and values may be personal, and the parser quotes its input in its errors.
 * @module
 */
import { RelayError, type ErrorCode } from '../core/errors.ts'

/** Bounds that do not follow from the number of bytes. */
export interface JsonBounds {
  readonly nestingLevels: number
  /** Objects, arrays and scalars together; keeps a small body from becoming a large heap. */
  readonly values: number
}

/** What the scan found first, and where (UTF-16 units from the start). */
interface Finding {
  readonly code: 'json-te-diep' | 'te-groot' | 'json-dubbele-sleutel' | 'json-ongeldig'
  readonly at: number
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const ARRAY_OPEN = 0x5b
const ARRAY_CLOSE = 0x5d
const OBJECT_OPEN = 0x7b
const OBJECT_CLOSE = 0x7d

/**
 * Reads one JSON document. A byte order mark in front is accepted, as some clients cannot leave it out.
 * @param bytes UTF-8
 * @returns the value as `JSON.parse` gives it; a key `__proto__` becomes an ordinary own property
 * @throws RelayError utf8-ongeldig, json-ongeldig, json-dubbele-sleutel, json-te-diep or te-groot
 */
export function readJson(bytes: Uint8Array, bounds: JsonBounds): unknown {
  const text = decodeUtf8(bytes)
  const finding = scan(text, bounds)
  // These two protect the parser, so they come before it; the others only mean something in a valid document.
  if (finding?.code === 'json-te-diep' || finding?.code === 'te-groot') throw refusal(text, finding)
  const value = parse(text)
  if (finding !== undefined) throw refusal(text, finding)
  return value
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RelayError('utf8-ongeldig')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new RelayError(
      'json-ongeldig',
      text.trim() === '' ? 'De body is leeg.' : 'De body is geen volledig JSON-document.',
    )
  }
}

const DETAILS = {
  'json-te-diep': 'Het document is dieper genest dan dit knooppunt leest.',
  'te-groot': 'Het document heeft meer onderdelen dan dit knooppunt leest.',
  'json-dubbele-sleutel': 'Een sleutel staat twee keer in hetzelfde object.',
  'json-ongeldig': 'Een \\u-reeks in een tekst is een half teken (losse surrogaat).',
} as const satisfies Partial<Record<ErrorCode, string>>

function refusal(text: string, finding: Finding): RelayError {
  const before = text.slice(0, finding.at)
  const line = before.split('\n').length
  const column = finding.at - before.lastIndexOf('\n')
  return new RelayError(finding.code, `${DETAILS[finding.code]} Regel ${line}, teken ${column}.`)
}

/** Looks at strings, brackets and commas only; in a text that is not JSON the finding may be wrong, and is not used. */
function scan(text: string, bounds: JsonBounds): Finding | undefined {
  // One entry for each open container: the keys so far of an object, null for an array.
  const open: (Set<string> | null)[] = []
  let keys: Set<string> | null = null
  let keyIsNext = false
  let values = 1
  let first: Finding | undefined

  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        let end = at + 1
        let escaped = false
        for (; end < text.length && text.charCodeAt(end) !== QUOTE; end += 1) {
          if (text.charCodeAt(end) !== BACKSLASH) continue
          escaped = true
          end += 1
        }
        if (keyIsNext && keys !== null && first === undefined) {
          const key = text.slice(at, end + 1)
          const name = escaped ? unescaped(key) : key
          if (keys.has(name)) first = { code: 'json-dubbele-sleutel', at }
          keys.add(name)
        }
        if (escaped && first === undefined) {
          const surrogate = loneSurrogate(text, at, end)
          if (surrogate !== -1) first = { code: 'json-ongeldig', at: surrogate }
        }
        keyIsNext = false
        at = end
        break
      }
      case OBJECT_OPEN:
      case ARRAY_OPEN:
        if (open.length === bounds.nestingLevels) return { code: 'json-te-diep', at }
        keys = text.charCodeAt(at) === OBJECT_OPEN ? new Set() : null
        open.push(keys)
        keyIsNext = keys !== null
        values += 1
        break
      case OBJECT_CLOSE:
      case ARRAY_CLOSE:
        open.pop()
        keys = open.at(-1) ?? null
        keyIsNext = false
        break
      case COMMA:
        values += 1
        if (values > bounds.values) return { code: 'te-groot', at }
        keyIsNext = keys !== null
        break
    }
  }
  return first
}

/** A key as it reads; two spellings of one name are the same key. */
function unescaped(key: string): string {
  try {
    return JSON.stringify(JSON.parse(key))
  } catch {
    return key
  }
}

/** Place of a `\u` escape that is half a character, or -1. UTF-8 itself cannot hold one. */
function loneSurrogate(text: string, start: number, end: number): number {
  let high = -1
  for (let at = start + 1; at < end; at += 1) {
    const isEscape = text.charCodeAt(at) === BACKSLASH
    const unit =
      isEscape && text[at + 1] === 'u' ? Number.parseInt(text.slice(at + 2, at + 6), 16) : -1
    const isLow = unit >= 0xdc00 && unit <= 0xdfff
    if (high !== -1 && !isLow) return high
    if (high === -1 && isLow) return at
    high = unit >= 0xd800 && unit <= 0xdbff ? at : -1
    if (isEscape) at += unit === -1 ? 1 : 5
  }
  return high
}
