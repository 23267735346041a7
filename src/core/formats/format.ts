/**
 * The string types of the catalogue that need no bounds of their own: form, greatest length, check and how we name the form
 * to a participant.
 * @module
 */
import type { ErrorCode } from '../errors.ts'
import { DATE_PATTERN, DATETIME_PATTERN, isDate, toInstant } from './date.ts'
import { ibanRemainder, passesElfproef } from './number.ts'

export interface Format {
  /** ECMAScript, flag `u`; anchored at both ends and linear. */
  readonly pattern: string
  /** Most code units that the pattern could accept; longer text is refused unread. */
  readonly maxLength: number
  /** Dutch noun phrase that follows on "moet" … "zijn". */
  readonly form: string
  /** What the pattern cannot say. */
  readonly verify?: { readonly holds: (text: string) => boolean; readonly code: ErrorCode }
  /** Name of that check for a reader of the JSON Schema. */
  readonly check?: string
  /** Name of the nearest JSON Schema format. */
  readonly jsonFormat?: string
}

const DOMAIN_LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

export const FORMATS = {
  uuid: {
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
    maxLength: 36,
    form: 'een UUID in kleine letters',
    jsonFormat: 'uuid',
  },
  date: {
    pattern: DATE_PATTERN,
    maxLength: 10,
    form: 'een bestaande datum als jjjj-mm-dd, van 1800 tot en met 2200',
    verify: { holds: isDate, code: 'veld-patroon' },
    jsonFormat: 'date',
  },
  datetime: {
    pattern: DATETIME_PATTERN,
    maxLength: 35,
    form: 'een datum en tijd als jjjj-mm-ddTuu:mm:ss met Z of een verschil zoals +01:00',
    verify: { holds: (text) => toInstant(text) !== undefined, code: 'veld-patroon' },
    jsonFormat: 'date-time',
  },
  email: {
    pattern: `^[A-Za-z0-9.!#$%&'*+/=?^_\`\\{\\|\\}~\\-]{1,64}@(?:${DOMAIN_LABEL}\\.)+${DOMAIN_LABEL}$`,
    maxLength: 254,
    form: 'een e-mailadres van hoogstens 254 tekens',
    jsonFormat: 'email',
  },
  phone: {
    pattern: '^\\+?[0-9][0-9 ()\\-]{8,19}$',
    maxLength: 21,
    form: 'een telefoonnummer van 9 tot en met 20 tekens: cijfers, spaties, haakjes en streepjes, vooraan mag een plus',
  },
  postcode: {
    pattern: '^[1-9][0-9]{3}[A-Z]{2}$',
    maxLength: 6,
    form: 'een postcode zonder spatie, zoals 1234AB',
  },
  postcodegebied: {
    pattern: '^[1-9][0-9]{3}$',
    maxLength: 4,
    form: 'de vier cijfers van een postcode',
  },
  iban: {
    // The Dutch form strictly; other countries by the general form of ISO 13616.
    pattern:
      '^(?:NL(?:0[2-9]|[1-8][0-9]|9[0-8])[A-Z]{4}[0-9]{10}|(?:[A-MO-Z][A-Z]|N[A-KM-Z])(?:0[2-9]|[1-8][0-9]|9[0-8])[A-Z0-9]{11,30})$',
    maxLength: 34,
    form: 'een IBAN in hoofdletters zonder spaties',
    verify: { holds: (text) => ibanRemainder(text) === 1, code: 'veld-controlegetal' },
    check: 'iban-mod-97',
  },
  bsn: {
    pattern: '^[0-9]{9}$',
    maxLength: 9,
    form: 'een burgerservicenummer van negen cijfers',
    verify: { holds: passesElfproef, code: 'veld-controlegetal' },
    check: 'elfproef',
  },
  kvk: {
    pattern: '^[0-9]{8}$',
    maxLength: 8,
    form: 'een KvK-nummer van acht cijfers',
  },
} as const satisfies Record<string, Format>

export type FormatType = keyof typeof FORMATS

const EXPRESSIONS = new Map(
  Object.entries(FORMATS).map(([type, { pattern }]) => [type, new RegExp(pattern, 'u')]),
)

/**
 * Judges a text by its type.
 * @returns the first thing wrong with it: `veld-leeg`, `veld-te-lang` (e-mail only), `veld-patroon` or `veld-controlegetal`
 */
export function judgeFormat(type: FormatType, text: string): ErrorCode | undefined {
  const format: Format = FORMATS[type]
  if (text === '') return 'veld-leeg'
  if (text.length > format.maxLength) return type === 'email' ? 'veld-te-lang' : 'veld-patroon'
  if (!EXPRESSIONS.get(type)?.test(text)) return 'veld-patroon'
  if (format.verify && !format.verify.holds(text)) return format.verify.code
  return undefined
}
