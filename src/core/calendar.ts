/**
 * Working days in the Netherlands: Algemene termijnenwet art. 3, with Goede Vrijdag and 5 mei, plus the node's own
 * closed days (DESIGN 5). Days are Dutch days; instants are UTC.
 * @module
 */
import type { Instant } from './message.ts'

/** A day as `2026-01-31`. */
export type Day = string

const ZONE = 'Europe/Amsterdam'
const DAY_MS = 86_400_000

export interface Calendar {
  /** Days other than Saturday and Sunday on which nothing is expected; configuration computes them. */
  readonly closed: ReadonlySet<Day>
}

const dayFormat = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})
const hourFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** The Dutch day in which an instant falls. */
export function dutchDay(at: Instant): Day {
  return dayFormat.format(at)
}

/** The day that comes `count` days after `day`; negative counts go back. */
export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T12:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10)
}

/** Whether people work on that day. */
export function isWorkingDay(calendar: Calendar, day: Day): boolean {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !calendar.closed.has(day)
}

/**
 * The instant at which a Dutch day begins. Midnight is never skipped or doubled in this zone: clocks change at 02:00 and
 * 03:00 local time.
 */
export function startOfDay(day: Day): Instant {
  // Amsterdam is one or two hours ahead of UTC; the right one of both gives 00:00 on this day.
  for (const offsetHours of [1, 2]) {
    const at = Date.parse(`${day}T00:00:00Z`) - offsetHours * 3_600_000
    if (dutchDay(at) === day && hourFormat.format(at) === '00:00') return at
  }
  throw new Error(`no midnight for ${day}`)
}

/** The n-th working day after a day, the day itself not counted. */
export function workingDayAfter(calendar: Calendar, day: Day, count: number): Day {
  let current = day
  for (let left = count; left > 0;) {
    current = addDays(current, 1)
    if (isWorkingDay(calendar, current)) left -= 1
  }
  return current
}

/**
 * The end of a term of working days: midnight after the n-th working day following the instant.
 * @param days working days, at least 1
 */
export function endOfTerm(calendar: Calendar, from: Instant, days: number): Instant {
  return startOfDay(addDays(workingDayAfter(calendar, dutchDay(from), days), 1))
}
