/**
 * Dutch days, working days and the ends of terms, by tables that a person can check against a wall calendar.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  addDays,
  dutchDay,
  endOfTerm,
  isWorkingDay,
  startOfDay,
  workingDayAfter,
} from '../../src/core/calendar.ts'
import type { Calendar } from '../../src/core/calendar.ts'

/** The holidays of 2026 that fall on a weekday, and New Year after it; written out, so that the table stands alone. */
const calendar: Calendar = {
  closed: new Set([
    '2026-01-01', // Nieuwjaar
    '2026-04-03', // Goede Vrijdag
    '2026-04-06', // Tweede paasdag
    '2026-04-27', // Koningsdag
    '2026-05-05', // Bevrijdingsdag
    '2026-05-14', // Hemelvaart
    '2026-05-25', // Tweede pinksterdag
    '2026-12-25', // Kerst
    '2027-01-01', // Nieuwjaar
  ]),
}
const none: Calendar = { closed: new Set() }
const iso = (at: number) => new Date(at).toISOString().replace(':00.000Z', 'Z')

describe('five working days end at midnight after the fifth, for what was accepted', () => {
  test.each([
    ['on a Monday', '2026-06-15T10:00Z', '2026-06-22T22:00Z'],
    ['late on Friday evening', '2026-06-19T21:30Z', '2026-06-26T22:00Z'],
    ['when it is Saturday here and still Friday in UTC', '2026-06-19T22:30Z', '2026-06-26T22:00Z'],
    ['on a Sunday', '2026-06-21T10:00Z', '2026-06-26T22:00Z'],
    ['before Goede Vrijdag and Pasen', '2026-04-01T10:00Z', '2026-04-10T22:00Z'],
    ['on Goede Vrijdag', '2026-04-03T10:00Z', '2026-04-13T22:00Z'],
    ['before Koningsdag', '2026-04-24T10:00Z', '2026-05-04T22:00Z'],
    ['before Bevrijdingsdag', '2026-05-04T10:00Z', '2026-05-12T22:00Z'],
    ['before Hemelvaart', '2026-05-11T10:00Z', '2026-05-19T22:00Z'],
    ['before Pinksteren', '2026-05-21T10:00Z', '2026-05-29T22:00Z'],
    ['with summer time beginning on the way', '2026-03-25T10:00Z', '2026-04-01T22:00Z'],
    ['with the end on the last day of winter time', '2026-03-20T10:00Z', '2026-03-27T23:00Z'],
    ['with summer time ending on the way', '2026-10-21T10:00Z', '2026-10-28T23:00Z'],
    ['before Kerst, ending with the year', '2026-12-23T10:00Z', '2026-12-31T23:00Z'],
    ['before Kerst, ending in the next year', '2026-12-24T10:00Z', '2027-01-04T23:00Z'],
  ])('%s', (_, accepted, end) => {
    expect(iso(endOfTerm(calendar, Date.parse(accepted), 5))).toBe(end)
  })
})

describe('a Dutch day starts', () => {
  test.each([
    ['2026-01-01', '2025-12-31T23:00Z'],
    ['2026-03-29', '2026-03-28T23:00Z'],
    ['2026-03-30', '2026-03-29T22:00Z'],
    ['2026-10-25', '2026-10-24T22:00Z'],
    ['2026-10-26', '2026-10-25T23:00Z'],
    ['2028-02-29', '2028-02-28T23:00Z'],
  ])('%s at %s', (day, start) => {
    expect(iso(startOfDay(day))).toBe(start)
  })
})

test.each([
  ['2026-06-15', true],
  ['2026-06-20', false],
  ['2026-06-21', false],
  ['2026-05-05', false],
])('%s: people work: %p', (day, works) => {
  expect(isWorkingDay(calendar, day)).toBe(works)
})

test('a working day can be a long way off', () => {
  expect(workingDayAfter(none, '2026-06-15', 260)).toBe('2027-06-14')
})

const day = fc
  .integer({
    min: Date.parse('2000-01-01') / 86_400_000,
    max: Date.parse('2099-12-31') / 86_400_000,
  })
  .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10))

test('every instant lies in the day that it is said to lie in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (at) => {
      const of = dutchDay(at)
      return startOfDay(of) <= at && at < startOfDay(addDays(of, 1))
    }),
    { numRuns: 300 },
  )
})

test('between start and end of a term lie exactly its working days', () => {
  fc.assert(
    fc.property(
      day,
      fc.integer({ min: 1, max: 40 }),
      fc.array(day, { maxLength: 5 }),
      (from, days, near) => {
        // Closed days near the term, so that they matter.
        const closed = new Set(near.map((_, index) => addDays(from, index * 3 + 1)))
        const end = dutchDay(endOfTerm({ closed }, startOfDay(from), days) - 1)
        let counted = 0
        for (let at = addDays(from, 1); at <= end; at = addDays(at, 1)) {
          if (isWorkingDay({ closed }, at)) counted += 1
        }
        return counted === days && isWorkingDay({ closed }, end)
      },
    ),
    { numRuns: 200 },
  )
})
