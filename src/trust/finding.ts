/**
 * What a check of a certificate says, for the operator in English and for the holder in Dutch.
 * @module
 */
import type { ErrorCode } from '../core/errors.ts'
import type { TrustLayer } from '../core/identity.ts'
import type { Instant } from '../core/message.ts'

export type Finding =
  | { readonly passed: true; readonly why: string }
  | {
      readonly passed: false
      readonly code: ErrorCode
      /** English, for the operator. */
      readonly why: string
      /** Dutch sentence for the holder; no values but dates. */
      readonly detail: string
    }

/** One check in the order in which a caller is judged. */
export interface Check<Subject> {
  readonly layer: TrustLayer
  /** What holds when it passes, an English sentence. */
  readonly title: string
  readonly run: (subject: Subject) => Finding
}

export const passed = (why: string): Finding => ({ passed: true, why })

export const failed = (code: ErrorCode, why: string, detail: string): Finding => ({
  passed: false,
  code,
  why,
  detail,
})

const dutchDate = new Intl.DateTimeFormat('nl-NL', {
  timeZone: 'Europe/Amsterdam',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/** A day as a Dutch reader writes it: `3 maart 2027`. */
export const day = (at: Instant): string => dutchDate.format(at)

/** A moment for the operator: `2027-03-03T12:00:00Z`. */
export const moment = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** Which certificate of a path is meant, in Dutch: the holder's own, or one above it. */
export const whichDutch = (place: number): string =>
  place === 0 ? 'Het certificaat' : 'Een certificaat van een uitgever in de keten'

/** The same in English. */
export const which = (place: number): string =>
  place === 0 ? 'the certificate' : `the issuing certificate at level ${place}`
