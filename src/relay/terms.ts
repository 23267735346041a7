/**
 * Ends of terms, remembered: thousands of messages in one hour end at the same midnight, and working that out is dear.
 * @module
 */
import { endOfTerm } from '../core/calendar.ts'
import type { Calendar } from '../core/calendar.ts'
import type { Instant } from '../core/message.ts'

/** Days begin at a whole hour UTC, in summer and in winter; within an hour every instant has the same term. */
const HOUR_MS = 3_600_000

export class Terms {
  #calendar: Calendar | undefined
  #hour = -1
  /** Working days → end, for the calendar and hour of this moment. */
  readonly #ends = new Map<number, Instant>()

  /** As `endOfTerm`. */
  end(calendar: Calendar, from: Instant, days: number): Instant {
    const hour = Math.floor(from / HOUR_MS)
    if (hour !== this.#hour || calendar !== this.#calendar) {
      this.#hour = hour
      this.#calendar = calendar
      this.#ends.clear()
    }
    const known = this.#ends.get(days)
    if (known !== undefined) return known
    const end = endOfTerm(calendar, from, days)
    this.#ends.set(days, end)
    return end
  }
}
