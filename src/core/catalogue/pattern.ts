/**
 * Patterns in module files, kept to a part of the regular expressions that every generated form can hold (JSON Schema, XSD) and
 * that cannot be made slow: a row of characters and classes, each with an optional count. No groups, alternatives or
 * references, and few ways to divide a text over the row.
 * @module
 */

/** One place in the row. */
export interface PatternPart {
  /** The character or class as written. */
  readonly atom: string
  readonly min: number
  /** Infinity when there is no most. */
  readonly max: number
}

export interface Pattern {
  readonly parts: readonly PatternPart[]
  /** Whether the pattern ends with `$`; otherwise anything may follow. */
  readonly closed: boolean
  readonly expression: RegExp
}

/** Ways to divide one text over the row that a matcher may have to try. */
const MAX_WAYS = 10_000
const MAX_LENGTH = 200
const PART =
  /(\[\^?(?:[^\\[\]]|\\[\\\]\[^.\-/dsw])+\]|\\[\\.^$*+?()[\]{}|/dsw]|[^\\^$*+?()[\]{}|.])(\*|\+|\?|\{\d{1,4}(?:,\d{0,4})?\})?/uy

function countOf(quantifier: string | undefined): { min: number; max: number } {
  if (quantifier === undefined) return { min: 1, max: 1 }
  if (quantifier === '*') return { min: 0, max: Infinity }
  if (quantifier === '+') return { min: 1, max: Infinity }
  if (quantifier === '?') return { min: 0, max: 1 }
  const [min = '', max] = quantifier.slice(1, -1).split(',')
  return {
    min: Number(min),
    max: max === undefined ? Number(min) : max === '' ? Infinity : Number(max),
  }
}

/**
 * Reads a pattern.
 * @param maxLength code points of the longest text that it will be tried on
 * @returns the pattern, or an English sentence that says what is wrong
 */
export function readPattern(source: string, maxLength: number): Pattern | string {
  if (source.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  if (!source.startsWith('^')) return 'must start with ^, so that it is tried at one place only'
  const closed = source.endsWith('$') && !source.endsWith('\\$')
  const row = source.slice(1, closed ? -1 : undefined)
  const parts: PatternPart[] = []
  let at = 0
  let ways = 1
  while (at < row.length) {
    const matcher = new RegExp(PART)
    matcher.lastIndex = at
    const match = matcher.exec(row)
    if (!match) {
      return 'may hold only characters and classes with a count, such as ^[A-Z]{2}[0-9]+$; no groups, alternatives or a bare dot'
    }
    at = matcher.lastIndex
    const { min, max } = countOf(match[2])
    if (min > max) return 'has a count whose least is above its most'
    parts.push({ atom: match[1] ?? '', min, max })
    ways *= Math.max(1, Math.min(max, maxLength) - Math.min(min, maxLength) + 1)
  }
  if (ways > MAX_WAYS) {
    return `leaves too many ways to match (${ways}, at most ${MAX_WAYS}); use fixed counts or fewer open ones`
  }
  try {
    return { parts, closed, expression: new RegExp(source, 'u') }
  } catch {
    return 'is not a regular expression'
  }
}
