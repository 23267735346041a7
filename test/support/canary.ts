/**
 * A person who does not exist, and whose data must turn up nowhere but in the content of messages. The values are valid where a
 * check digit is asked for, so that they come as far as anybody's would.
 * @module
 */

/** What is looked for. The number is one that the test range of the BSN allows. */
export const CANARY = {
  bsn: '999990019',
  name: 'Kanarievogelzang',
  iban: 'NL31BUNQ9988776655',
} as const

/** All of it in one text, as somebody might type it in the wrong place. */
export const CANARY_TEXT = `${CANARY.name} ${CANARY.bsn} ${CANARY.iban}`

/** One value in each of the forms in which it could lie somewhere. */
interface Trace {
  readonly what: string
  readonly bytes: Buffer
}

/**
 * Looks for the canary in bytes: as it is, without regard to case, as base64 and base64url at each of the three offsets, as
 * hexadecimal digits and as UTF-16.
 * @returns what was found, in words; empty when there is nothing
 */
export function canaryIn(found: string | Uint8Array): string[] {
  const bytes = Buffer.from(typeof found === 'string' ? Buffer.from(found) : found)
  const lower = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1')
  return TRACES.filter((trace) => bytes.includes(trace.bytes) || lower.includes(trace.bytes)).map(
    ({ what }) => what,
  )
}

const TRACES: readonly Trace[] = Object.entries(CANARY).flatMap(([key, value]) => [
  { what: key, bytes: Buffer.from(value) },
  { what: `${key} in small letters`, bytes: Buffer.from(value.toLowerCase()) },
  { what: `${key} as UTF-16`, bytes: Buffer.from(value, 'utf16le') },
  { what: `${key} as hexadecimal`, bytes: Buffer.from(Buffer.from(value).toString('hex')) },
  ...[0, 1, 2].map((offset) => ({ what: `${key} as base64`, bytes: base64Of(value, offset) })),
])

/** The characters of base64 that depend on the value alone when so many bytes stand before it in its group of three. */
function base64Of(value: string, offset: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]).toString('base64')
  const first = Math.ceil((offset * 4) / 3)
  const whole = Math.floor(((offset + value.length) * 4) / 3)
  return Buffer.from(text.slice(first, whole))
}
