/**
 * What one row of the table of refusals says.
 * @module
 */

/** What went wrong in general; each door maps a kind to its own signal (REST: an HTTP status). */
export type Kind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'method'
  | 'not-acceptable'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'media-type'
  | 'too-many'
  | 'internal'
  | 'unavailable'
  | 'storage-full'

/** One kind of refusal. */
export interface Row {
  readonly kind: Kind
  /** Dutch title, shown as `title` of the problem. */
  readonly nl: string
  /** English title, for command line and log. */
  readonly en: string
  /** What the reader can do about it, in Dutch; shown on the page of the code. */
  readonly help: string
}

/** The input is wrong. */
export const invalid = (nl: string, en: string, help: string): Row => ({
  kind: 'invalid',
  nl,
  en,
  help,
})
/** The caller is not who it must be. */
export const identity = (nl: string, en: string, help: string): Row => ({
  kind: 'unauthenticated',
  nl,
  en,
  help,
})
/** The state of things does not allow it. */
export const conflict = (nl: string, en: string, help: string): Row => ({
  kind: 'conflict',
  nl,
  en,
  help,
})
