/**
 * How long what the development authority makes is valid.
 * @module
 */

const DAY_MS = 86_400_000

/** No certificate of a participant or server lives longer than this. */
export const LEAF_DAYS_MAX = 825
export const LEAF_MS_MAX: number = LEAF_DAYS_MAX * DAY_MS

export const AUTHORITY_MS: number = 3650 * DAY_MS

/** Until the next revocation list is due. */
export const CRL_MS: number = 30 * DAY_MS

/** A clock that is slightly behind must not refuse a certificate that was made just now. */
export const HEAD_START_MS = 60 * 60 * 1000
