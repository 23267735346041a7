/**
 * Dates and times as people write them: `2025-01-31`, and ISO 8601 with offset. Real days only, 1800 to 2200: a birth date or
 * an old claim fits, a slip of the keyboard does not.
 * @module
 */
import type { Instant } from '../message.ts'

const YEAR = '(?:1[89][0-9]{2}|2[01][0-9]{2}|2200)'
const DAY = `${YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])`
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?'
const OFFSET = '(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)'

/** Form of a day; that the month has that day is for `isDate`. ECMAScript. */
export const DATE_PATTERN = `^${DAY}$`
/** Form of a date and time with offset, with or without a fraction of the second. ECMAScript. */
export const DATETIME_PATTERN = `^${DAY}T${TIME}${OFFSET}$`

const DATE = new RegExp(DATE_PATTERN, 'u')
const DATETIME = new RegExp(DATETIME_PATTERN, 'u')
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const LONGEST_DATETIME = '2025-01-31T23:59:59.123456789+01:00'.length

function isRealDay(day: string): boolean {
  const year = Number(day.slice(0, 4))
  const month = Number(day.slice(5, 7))
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const length = month === 2 && leap ? 29 : (MONTH_LENGTHS[month - 1] ?? 0)
  return Number(day.slice(8, 10)) <= length
}

/** Whether the text is a day that exists, in the years 1800 to 2200. */
export function isDate(text: string): boolean {
  return text.length === 10 && DATE.test(text) && isRealDay(text)
}

/**
 * The instant that a date and time with offset names; what lies below the millisecond is cut off.
 * @returns undefined when the text has another form or the day does not exist
 */
export function toInstant(text: string): Instant | undefined {
  if (text.length > LONGEST_DATETIME || !DATETIME.test(text) || !isRealDay(text)) return undefined
  const [clock = '', offset = ''] = text.slice(11).split(/(?=[Z+-])/u)
  const [hours = '', minutes = '', seconds = ''] = clock.split(':')
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)].map(Number)
  const local = Date.UTC(
    year ?? 0,
    (month ?? 1) - 1,
    day,
    Number(hours),
    Number(minutes),
    Number(seconds.slice(0, 2)),
    Number(seconds.slice(3, 6).padEnd(3, '0')),
  )
  const [ahead = '0', beside = '0'] = offset === 'Z' ? [] : offset.slice(1).split(':')
  const offsetMinutes = Number(ahead) * 60 + Number(beside)
  return local - (offset.startsWith('-') ? -1 : 1) * offsetMinutes * 60_000
}
