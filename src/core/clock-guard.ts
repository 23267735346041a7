/**
 * Whether the clock can be believed enough to end messages by it (DESIGN 5). Ending cannot be taken back, so in doubt nothing
 * expires: a message that stays too long is a nuisance, one that was erased too soon is lost.
 * @module
 */
import { addDays, dutchDay, isWorkingDay, startOfDay } from './calendar.ts'
import type { Calendar } from './calendar.ts'
import type { Instant } from './message.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** How far a clock may go back: time services correct by less, and removal times are midnights. */
const BACK_MS = MINUTE_MS
/** How far it may go forward without the monotonic clock. */
const FORWARD_MS = 24 * HOUR_MS
/** A relay that was away for longer gives recipients time to collect what would have expired meanwhile. */
const OUTAGE_MS = HOUR_MS
const GRACE_MS = 4 * HOUR_MS
/** Working hours, in milliseconds after midnight in the Netherlands. */
const OPENS_MS = 9 * HOUR_MS
const CLOSES_MS = 17 * HOUR_MS

/** Both clocks at one moment. */
export interface Clocks {
  readonly wall: Instant
  /** Milliseconds of the monotonic clock, from any start. */
  readonly elapsed: number
}

/** What is known of the clock. */
export interface ClockGuard {
  /** What the wall clock said, or must have said, when the monotonic one stood at zero. */
  readonly origin: Instant
  /** True while `origin` comes from the store alone: it is this late or later, but nobody knows by how much. */
  readonly isLeast: boolean
  /** The monotonic clock when it was last looked at. */
  readonly seen: number
  readonly doubt: 'back' | 'forward' | undefined
  /** Nothing expires before this moment. */
  readonly graceUntil: Instant
}

/**
 * The guard of a relay that starts.
 * @param lastTime wall clock of the last group that was committed; 0 for a new store
 */
export function startGuard(now: Clocks, lastTime: Instant, calendar: Calendar): ClockGuard {
  const origin = lastTime - now.elapsed
  const before = { origin, isLeast: true, seen: now.elapsed, doubt: undefined, graceUntil: 0 }
  return lastTime === 0 ? acceptClock(before, now) : lookAtClock(before, now, calendar)
}

/** The guard after a look at the clocks. */
export function lookAtClock(guard: ClockGuard, now: Clocks, calendar: Calendar): ClockGuard {
  const ahead = now.wall - now.elapsed - guard.origin
  const seen = now.elapsed
  if (ahead < -BACK_MS) return { ...guard, seen, doubt: 'back' }
  if (ahead > FORWARD_MS && !guard.isLeast) return { ...guard, seen, doubt: 'forward' }
  const away = Math.max(ahead, now.elapsed - guard.seen)
  const graceUntil =
    away > OUTAGE_MS ? afterWorkingTime(calendar, now.wall, GRACE_MS) : guard.graceUntil
  return { ...acceptClock(guard, now), graceUntil }
}

/** The guard after somebody said that the clock is right as it is. */
export function acceptClock(guard: ClockGuard, now: Clocks): ClockGuard {
  const origin = now.wall - now.elapsed
  return { ...guard, origin, isLeast: false, seen: now.elapsed, doubt: undefined }
}

/** Whether messages may expire now. */
export function mayExpire(guard: ClockGuard, wall: Instant): boolean {
  return guard.doubt === undefined && wall >= guard.graceUntil
}

/** The wall clock, or while it is in doubt what it would have said by itself. */
export function believedTime(guard: ClockGuard, now: Clocks): Instant {
  return guard.doubt === undefined ? now.wall : guard.origin + now.elapsed
}

/** The moment at which so much working time has passed: 9 to 17 o'clock on working days in the Netherlands. */
export function afterWorkingTime(calendar: Calendar, from: Instant, ms: number): Instant {
  let left = ms
  for (let day = dutchDay(from); ; day = addDays(day, 1)) {
    if (!isWorkingDay(calendar, day)) continue
    // Clocks are changed on Sunday nights, so a working day has its hours where they belong.
    const opens = Math.max(from, startOfDay(day) + OPENS_MS)
    const closes = startOfDay(day) + CLOSES_MS
    if (opens + left <= closes) return opens + left
    left -= Math.max(0, closes - opens)
  }
}
