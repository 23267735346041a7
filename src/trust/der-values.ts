/**
 * Texts and times in DER: what a name or a validity says, with nothing hidden in it.
 * @module
 */
import type { Instant } from '../core/message.ts'
import { DerError, TAG, type DerValue } from './der.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

/** Characters of one text value; longer ones are nobody's name. */
const TEXT_BYTES_MAX = 4096

/** The text of a string value of any type that occurs in names, or undefined when it is not such a text. */
export function textOf({ tag, body }: DerValue): string | undefined {
  if (body.length > TEXT_BYTES_MAX) return undefined
  switch (tag) {
    case TAG.utf8String:
      try {
        return utf8.decode(body)
      } catch {
        return undefined
      }
    case TAG.printableString:
    case TAG.numericString:
    case TAG.ia5String:
      return body.every((octet) => octet < 0x80) ? latin1(body) : undefined
    case TAG.teletexString:
      return latin1(body)
    case TAG.bmpString: {
      if (body.length % 2 !== 0) return undefined
      let text = ''
      for (let i = 0; i < body.length; i += 2) {
        text += String.fromCharCode(((body[i] ?? 0) << 8) | (body[i + 1] ?? 0))
      }
      return text
    }
    default:
      return undefined
  }
}

/**
 * A text that can stand in a log line or on a screen: what could break out of the line, fake a further attribute or turn
 * the reading direction is written as `\u{…}` or behind a backslash. Never compared, only shown.
 */
export function printable(text: string): string {
  return text
    .replace(/[\\,+"<>;=]/g, (char) => `\\${char}`)
    .replace(
      /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
      (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
    )
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const GENERALIZED_TIME = /^(\d\d\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/

/** The instant of a UTCTime or GeneralizedTime in the only forms that RFC 5280 (4.1.2.5) allows. */
export function timeOf({ tag, body }: DerValue, what: string): Instant {
  const pattern =
    tag === TAG.utcTime ? UTC_TIME : tag === TAG.generalizedTime ? GENERALIZED_TIME : undefined
  const parts = body.length <= 15 ? pattern?.exec(latin1(body)) : undefined
  if (!parts) throw new DerError(`${what} is not a time in UTC`)
  const [given = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map(Number)
  const year = tag === TAG.utcTime ? (given >= 50 ? 1900 + given : 2000 + given) : given
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  // A date that does not exist (31 February) comes out as another one.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw new DerError(`${what} is not a date`)
  }
  if (hour > 23 || minute > 59 || second > 59) throw new DerError(`${what} is not a time of day`)
  return date.getTime()
}
