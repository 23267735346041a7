/**
 * Text that people type: well-formed Unicode, nothing invisible that steers a screen or a printer, never only white space.
 * The two patterns serve validator and JSON Schema alike, so that these cannot differ. They match in linear time: each
 * character can be taken by one part of the pattern only.
 * @module
 */
import type { ErrorCode } from '../errors.ts'

const SPACES = ' \\u00A0\\u1680\\u2000-\\u200A\\u202F\\u205F\\u3000\\uFEFF'
const SEPARATORS = '\\u2028\\u2029'
const CONTROLS = `\\u0000-\\u001F\\u007F-\\u009F${SEPARATORS}`
const CONTROLS_BUT_TAB_AND_NEWLINE = `\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F${SEPARATORS}`

/** One line: no control characters, something visible. ECMAScript, flag `u`. */
export const LINE_PATTERN = `^[${SPACES}]*[^${SPACES}${CONTROLS}][^${CONTROLS}]*$`

/** Several lines: as one line, with tab and newline (LF, as XML and web forms are normalised to). ECMAScript, flag `u`. */
export const MULTILINE_PATTERN = `^[${SPACES}\\t\\n]*[^${SPACES}\\t\\n${CONTROLS_BUT_TAB_AND_NEWLINE}][^${CONTROLS_BUT_TAB_AND_NEWLINE}]*$`

/** Name of a file: one line without what separates folders. ECMAScript, flag `u`. */
export const FILE_NAME_PATTERN = `^[${SPACES}]*[^${SPACES}${CONTROLS}/\\\\][^${CONTROLS}/\\\\]*$`

const LINE = new RegExp(LINE_PATTERN, 'u')
const MULTILINE = new RegExp(MULTILINE_PATTERN, 'u')

/** Whether a text has more code points than `max`; looks at no more of it than it must. */
export function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false
  // A code point takes at most two code units.
  if (text.length > max * 2) return true
  let count = 0
  for (const _ of text) if (++count > max) return true
  return false
}

/**
 * Judges a text.
 * @param max code points
 * @returns the first thing wrong with it: `veld-leeg`, `veld-te-lang` or `veld-patroon`
 */
export function judgeText(
  text: string,
  kind: 'text' | 'multiline',
  max: number,
): ErrorCode | undefined {
  if (text === '') return 'veld-leeg'
  // Length first: what follows reads the whole text.
  if (isLongerThan(text, max)) return 'veld-te-lang'
  if (!/\S/.test(text)) return 'veld-leeg'
  const pattern = kind === 'text' ? LINE : MULTILINE
  return text.isWellFormed() && pattern.test(text) ? undefined : 'veld-patroon'
}
