/**
 * Cursors of pages: a number that the caller gives back as it was.
 * @module
 */
import { RelayError } from '../core/errors.ts'

/**
 * @param text what a page gave as `next`; undefined for the first page
 * @param first value of the first page
 * @throws parameter-ongeldig
 */
export function readCursor(text: string | undefined, first = 0): number {
  if (text === undefined) return first
  if (/^[0-9]{1,15}$/.test(text)) return Number(text)
  throw new RelayError('parameter-ongeldig', 'na is niet de waarde die een vorige pagina gaf.')
}
