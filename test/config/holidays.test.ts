/**
 * The closed days against the rules of the law, worked out here a second time and from scratch.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { addDays } from '../../src/core/calendar.ts'
import { calendarOf, holidays, nextClosedDays } from '../../src/config/holidays.ts'

/** Easter Sunday by the method of Meeus, Jones and Butcher. */
function easter(year: number): string {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3)
  const h = (19 * a + d + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const n = h + l - 7 * m + 114
  return `${year}-0${Math.floor(n / 31)}-${String((n % 31) + 1).padStart(2, '0')}`
}

function lawful(year: number): string[] {
  const sunday = easter(year)
  const kingsDay = new Date(`${year}-04-27T12:00Z`).getUTCDay() === 0 ? '26' : '27'
  return [
    `${year}-01-01`,
    ...[-2, 0, 1, 39, 49, 50].map((offset) => addDays(sunday, offset)),
    `${year}-04-${kingsDay}`,
    `${year}-05-05`,
    `${year}-12-25`,
    `${year}-12-26`,
  ].sort()
}

describe('the holidays of', () => {
  test.each(Array.from({ length: 30 }, (_, index) => 2_020 + index))(
    '%p are those of the law',
    (year) => {
      const days = holidays(year, year).map(({ day }) => day)
      expect([...new Set(days)].sort()).toEqual([...new Set(lawful(year))])
    },
  )

  test.each([
    ['2025-04-26', 'Koningsdag'],
    ['2026-04-27', 'Koningsdag'],
    ['2031-04-26', 'Koningsdag'],
    ['2026-04-03', 'Goede Vrijdag'],
    ['2026-05-05', 'Bevrijdingsdag'],
    ['2026-05-14', 'Hemelvaartsdag'],
    ['2026-05-25', 'Tweede pinksterdag'],
    ['2026-12-26', 'Tweede kerstdag'],
  ])('%s: %s', (day, name) => {
    const year = Number(day.slice(0, 4))
    expect(holidays(year, year)).toContainEqual({ day, name })
  })
})

describe('the calendar', () => {
  const now = Date.parse('2026-11-20T10:00Z')
  const calendar = calendarOf(['2026-12-24'], now)

  test.each([
    ['two years back', '2024-12-25', true],
    ['not three years back', '2023-12-25', false],
    ['ten years ahead', '2036-12-25', true],
    ['not eleven years ahead', '2037-12-25', false],
    ['with the days of the node', '2026-12-24', true],
    ['without Oudejaarsavond', '2026-12-31', false],
    ['without Sinterklaas', '2026-12-04', false],
  ])('reaches %s', (_, day, closed) => {
    expect(calendar.closed.has(day)).toBe(closed)
  })

  test('tells which days come next, leaving out those in a weekend', () => {
    expect(nextClosedDays(calendar, '2026-11-20', 4)).toEqual([
      { day: '2026-12-24' },
      { day: '2026-12-25', name: 'Kerstmis' },
      { day: '2027-01-01', name: 'Nieuwjaar' },
      { day: '2027-03-26', name: 'Goede Vrijdag' },
    ])
  })
})
