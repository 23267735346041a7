/**
 * Ways to spoil an input: bytes and lines without regard to what they mean, and JSON values with regard to it.
 * @module
 */
import { CANARY } from '../support/canary.ts'
import type { Chance } from '../support/seeded.ts'

/** Pieces on which readers of texts stumble. */
const PIECES = [
  ...['{', '}', '[', ']', '"', "'", ',', ':', '\\', '\\u0000', '\\ud800', '\n', '\r\n', '\0', '\t'],
  ...['null', 'true', '-0', '1e999', '-1', '0x10', '9007199254740993', 'NaN', '/*', '//', '#', '&'],
  ...[
    '\ufeff',
    '\u2028',
    '\u202e',
    '😀',
    'é',
    '%00',
    '%2e%2e%2f',
    '../',
    '__proto__',
    'constructor',
  ],
  ...[CANARY.bsn, CANARY.name, CANARY.iban],
].map((piece) => Buffer.from(piece))

/** A copy with one to a few changes at random places. */
export function mutateBytes(chance: Chance, given: Uint8Array): Uint8Array {
  let bytes = Buffer.from(given)
  for (let left = 1 + chance.below(chance.percent(70) ? 1 : 6); left > 0; left -= 1) {
    bytes = spoil(chance, bytes)
  }
  return bytes
}

function spoil(chance: Chance, bytes: Buffer): Buffer<ArrayBuffer> {
  const at = chance.below(bytes.length + 1)
  const length = chance.below(chance.percent(80) ? 8 : 200)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (chance.below(8)) {
    case 0:
      return Buffer.concat([before, after.subarray(length)])
    case 1:
      return Buffer.concat([before, chance.oneOf(PIECES), after])
    case 2:
      return Buffer.concat([before, randomBytes(chance, length), after])
    case 3:
      return Buffer.concat([before, after.subarray(0, length), after])
    case 4:
      return Buffer.from(before)
    case 5:
      return Buffer.concat([before, chance.oneOf(PIECES), after.subarray(length)])
    default: {
      const copy = Buffer.from(bytes)
      if (at < copy.length) copy[at] = chance.percent(50) ? chance.below(256) : copy[at]! ^ 0x20
      return copy
    }
  }
}

/** Any bytes. */
export function randomBytes(chance: Chance, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => chance.below(256))
}

/** A copy in which lines were left out, doubled, moved or put further in. */
export function mutateLines(chance: Chance, text: string): string {
  const lines = text.split('\n')
  const at = chance.below(lines.length)
  const line = lines[at] ?? ''
  switch (chance.below(5)) {
    case 0:
      lines.splice(at, 1)
      break
    case 1:
      lines.splice(at, 0, line)
      break
    case 2:
      lines.splice(chance.below(lines.length), 0, line)
      break
    case 3:
      lines[at] = `${' '.repeat(1 + chance.below(4))}${line}`
      break
    default:
      lines[at] = line.trimStart()
  }
  return lines.join('\n')
}

/** Values that have no business in a field. */
const ODD_VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', ' ', '0', 'Ja', '31-02-2026', '2026-02-31'],
  ...[
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    'a'.repeat(5_000),
    '\u0000',
    '\u202e',
    '\ud83d',
    '<b>',
    '=1+1',
  ],
  ...[CANARY.bsn, CANARY.name, CANARY.iban, [CANARY.name], { [CANARY.name]: CANARY.bsn }],
]

/** A copy of a JSON value in which one place was changed, left out or added to. */
export function mutateValue(chance: Chance, value: unknown): unknown {
  const copy: unknown = structuredClone(value)
  const places = placesIn(copy)
  if (places.length === 0) return chance.oneOf(ODD_VALUES)
  const { within, key } = chance.oneOf(places)
  switch (chance.below(6)) {
    case 0:
      Reflect.deleteProperty(within, key)
      break
    case 1:
      within[chance.oneOf(['onbekend', '__proto__', CANARY.name, 'constructor'])] = within[key]
      break
    case 2:
      within[key] = nested(chance.below(40), within[key])
      break
    case 3: {
      const other = chance.oneOf(places)
      within[key] = structuredClone(other.within[other.key])
      break
    }
    default:
      within[key] = chance.oneOf(ODD_VALUES)
  }
  return copy
}

interface Place {
  readonly within: Record<string, unknown>
  readonly key: string
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  const within = value as Record<string, unknown>
  return Object.keys(within).flatMap((key) => [{ within, key }, ...placesIn(within[key])])
}

function nested(levels: number, value: unknown): unknown {
  return levels === 0 ? value : nested(levels - 1, levels % 2 === 0 ? [value] : { a: value })
}
