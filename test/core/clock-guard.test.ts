import { describe, expect, test } from 'bun:test'
import type { Calendar } from '../../src/core/calendar.ts'
import {
  acceptClock,
  afterWorkingTime,
  believedTime,
  lookAtClock,
  mayExpire,
  startGuard,
} from '../../src/core/clock-guard.ts'
import type { ClockGuard } from '../../src/core/clock-guard.ts'

const calendar: Calendar = { closed: new Set(['2026-04-06']) }
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Tuesday, 10:00 in the Netherlands. */
const T = Date.parse('2026-03-03T09:00:00Z')

/** A guard that has believed its clock at T, with the monotonic clock at 1,000. */
const calm = startGuard({ wall: T, elapsed: 1_000 }, T - MINUTE, calendar)
const look = (guard: ClockGuard, wall: number, elapsed: number) =>
  lookAtClock(guard, { wall: T + wall, elapsed: 1_000 + elapsed }, calendar)

describe('while the relay runs', () => {
  /** What both clocks moved since the last look. */
  const moves: [string, wall: number, elapsed: number, ClockGuard['doubt'], mayExpire: boolean][] =
    [
      ['both go on', 30_000, 30_000, undefined, true],
      ['a time service corrects a little back', -30_000, 5_000, undefined, true],
      ['a time service corrects a little forward', 10 * MINUTE, 5_000, undefined, true],
      ['the clock is set back by two minutes', -2 * MINUTE, 1_000, 'back', false],
      ['the clock is set back by a year', -365 * DAY, 1_000, 'back', false],
      ['the clock jumps by just a day', DAY + 1_000, 1_000, undefined, false],
      ['the clock jumps by more than a day', DAY + 2_000, 1_000, 'forward', false],
      ['the clock jumps by a year', 365 * DAY, 1_000, 'forward', false],
      ['the machine slept for two hours', 2 * HOUR, 1_000, undefined, false],
      [
        'the process stood still for three days, as both clocks say',
        3 * DAY,
        3 * DAY,
        undefined,
        false,
      ],
      ['the process was busy for ten minutes', 10 * MINUTE, 10 * MINUTE, undefined, true],
    ]
  test.each(moves)('%s', (_, wall, elapsed, doubt, expires) => {
    const guard = look(calm, wall, elapsed)
    expect([guard.doubt, mayExpire(guard, T + wall)]).toEqual([doubt, expires])
  })

  test('doubt ends by itself once the clock is right, and the time in between was believed', () => {
    for (const wrong of [-HOUR, 40 * DAY]) {
      const doubted = look(calm, wrong, 5_000)
      expect(doubted.doubt).toBe(wrong < 0 ? 'back' : 'forward')
      expect(believedTime(doubted, { wall: T + wrong, elapsed: 6_000 })).toBe(T + 5_000)
      const still = look(doubted, wrong + MINUTE, 5_000 + MINUTE)
      expect(still.doubt).toBe(doubted.doubt)
      const right = look(still, 2 * MINUTE, 2 * MINUTE)
      expect([right.doubt, mayExpire(right, T + 2 * MINUTE)]).toEqual([undefined, true])
    }
  })

  test('doubt ends when somebody accepts the clock, and looks count from there', () => {
    const doubted = look(calm, 40 * DAY, 5_000)
    const accepted = acceptClock(doubted, { wall: T + 40 * DAY, elapsed: 6_000 })
    expect(mayExpire(accepted, T + 40 * DAY)).toBe(true)
    expect(look(accepted, 40 * DAY + MINUTE, 5_000 + MINUTE).doubt).toBeUndefined()
    expect(look(accepted, MINUTE, 5_000 + MINUTE).doubt).toBe('back')
  })
})

describe('at the start', () => {
  const starts: [string, lastTime: number, ClockGuard['doubt'], graceUntil: string | undefined][] =
    [
      ['a new store', 0, undefined, undefined],
      ['a restart after a minute', T - MINUTE, undefined, undefined],
      ['a restart after an hour', T - HOUR, undefined, undefined],
      ['an outage of more than an hour', T - HOUR - 1, undefined, '2026-03-03T13:00:00Z'],
      ['an outage of a month', T - 30 * DAY, undefined, '2026-03-03T13:00:00Z'],
      ['a clock that stands a little before the last group', T + 30_000, undefined, undefined],
      ['a clock that stands a day before the last group', T + DAY, 'back', undefined],
    ]
  test.each(starts)('%s', (_, lastTime, doubt, grace) => {
    const guard = startGuard({ wall: T, elapsed: 77 }, lastTime, calendar)
    const graceUntil = grace === undefined ? 0 : Date.parse(grace)
    expect([guard.doubt, guard.graceUntil]).toEqual([doubt, graceUntil])
    expect(mayExpire(guard, T)).toBe(doubt === undefined && grace === undefined)
    if (graceUntil > 0) {
      expect(mayExpire(guard, graceUntil - 1)).toBe(false)
      expect(mayExpire(guard, graceUntil)).toBe(true)
    }
  })

  test('a machine whose clock started in 1970 waits for the right time, and then for four working hours', () => {
    const guard = startGuard({ wall: 5_000, elapsed: 10 }, T - 9 * DAY, calendar)
    expect(guard.doubt).toBe('back')
    expect(believedTime(guard, { wall: 5_000, elapsed: 10 })).toBe(T - 9 * DAY)
    const right = lookAtClock(guard, { wall: T, elapsed: MINUTE }, calendar)
    expect([right.doubt, mayExpire(right, T)]).toEqual([undefined, false])
    expect(mayExpire(right, Date.parse('2026-03-03T13:00:00Z'))).toBe(true)
  })
})

test.each([
  ['in the morning', '2026-03-03T09:00:00Z', '2026-03-03T13:00:00Z'],
  ['before opening', '2026-03-03T03:00:00Z', '2026-03-03T12:00:00Z'],
  ['late in the afternoon', '2026-03-03T15:30:00Z', '2026-03-04T11:30:00Z'],
  ['in the evening', '2026-03-03T20:00:00Z', '2026-03-04T12:00:00Z'],
  ['on Friday afternoon', '2026-03-06T14:00:00Z', '2026-03-09T10:00:00Z'],
  ['on Saturday', '2026-03-07T10:00:00Z', '2026-03-09T12:00:00Z'],
  [
    'before a weekend with a closed Monday, and summer time',
    '2026-04-03T13:00:00Z',
    '2026-04-07T09:00:00Z',
  ],
])('four working hours from a moment %s', (_, from, until) => {
  const at = afterWorkingTime(calendar, Date.parse(from), 4 * HOUR)
  expect(new Date(at).toISOString()).toBe(until.replace('Z', '.000Z'))
})
