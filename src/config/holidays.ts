/**
 * The days on which nothing is expected: Algemene termijnenwet art. 3, with Goede Vrijdag and 5 mei (DESIGN 5), and the
 * node's own closed days.
 * @module
 */
import Holidays from 'date-holidays'
import type { Calendar, Day } from '../core/calendar.ts'
import { addDays, isWorkingDay } from '../core/calendar.ts'
import type { Instant } from '../core/message.ts'

const YEARS_BACK = 2
const YEARS_AHEAD = 10

/**
 * The Dutch holidays of some years, both included. The library calls those of the law `public`, and Goede Vrijdag and
 * Bevrijdingsdag `school`; the law puts the first on a par with a holiday, and working days here leave out both.
 */
export function holidays(from: number, to: number): { readonly day: Day; readonly name: string }[] {
  const legal = new Holidays('NL', { languages: ['nl'] })
  return Array.from({ length: to - from + 1 }, (_, index) => legal.getHolidays(from + index))
    .flat()
    .filter(({ type }) => type === 'public' || type === 'school')
    .map(({ date, name }) => ({ day: date.slice(0, 10), name }))
}

/**
 * @param closed further days from `calendar.closed`
 * @param now decides which years: two back, so that terms that run are never cut, and ten ahead
 */
export function calendarOf(closed: readonly Day[], now: Instant): Calendar {
  const year = new Date(now).getUTCFullYear()
  const legal = holidays(year - YEARS_BACK, year + YEARS_AHEAD).map(({ day }) => day)
  return { closed: new Set([...legal, ...closed]) }
}

/**
 * The next days within a year on which people would otherwise work, for the operator to check.
 * @returns days in order, each with the Dutch name of its holiday, or none for the node's own
 */
export function nextClosedDays(
  calendar: Calendar,
  from: Day,
  count: number,
): { readonly day: Day; readonly name?: string }[] {
  const until = addDays(from, 366)
  const year = Number(from.slice(0, 4))
  const names = new Map(holidays(year, year + 1).map(({ day, name }) => [day, name]))
  return [...calendar.closed]
    .filter((day) => day >= from && day <= until && !isWeekend(day))
    .sort()
    .slice(0, count)
    .map((day) => {
      const name = names.get(day)
      return name === undefined ? { day } : { day, name }
    })
}

function isWeekend(day: Day): boolean {
  return !isWorkingDay({ closed: new Set() }, day)
}
