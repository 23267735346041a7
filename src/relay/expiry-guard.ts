/**
 * Keeps an eye on the clock of the relay, and tells the operator when it cannot be believed (DESIGN 5).
 * @module
 */
import {
  acceptClock,
  believedTime,
  lookAtClock,
  mayExpire,
  startGuard,
} from '../core/clock-guard.ts'
import type { ClockGuard, Clocks } from '../core/clock-guard.ts'
import type { Instant } from '../core/message.ts'
import type { Ports } from './ports.ts'
import type { ClockState } from './relay.ts'

const NOTHING_KNOWN = { doubt: undefined, graceUntil: 0 } as const

export class ExpiryGuard {
  readonly #ports: Ports
  readonly #lastTime: Instant
  /** Made at the first look. */
  #guard: ClockGuard | undefined

  constructor(ports: Ports) {
    this.#ports = ports
    this.#lastTime = ports.store.lastTime
  }

  /** Whether messages may expire now. */
  mayExpire(): boolean {
    const now = this.#clocks()
    return now === undefined || mayExpire(this.#look(now), now.wall)
  }

  /** The time that the store remembers: a wrong clock must not become the measure of the next start. */
  time(): Instant {
    const now = this.#clocks()
    return now === undefined ? this.#ports.clock.now() : believedTime(this.#look(now), now)
  }

  /** What the operator may want to know. */
  state(): ClockState {
    const now = this.#clocks()
    if (now === undefined) return { now: this.time(), believed: this.time() }
    const guard = this.#look(now)
    const { doubt, graceUntil } = guard
    return {
      now: now.wall,
      believed: believedTime(guard, now),
      ...(doubt === undefined ? {} : { doubt }),
      ...(graceUntil > now.wall ? { graceUntil } : {}),
    }
  }

  /** Takes the clock as it is now; the time that was given to recipients after an outage stays. */
  accept(): ClockState {
    const now = this.#clocks()
    if (now !== undefined) this.#become(acceptClock(this.#look(now), now), now)
    return this.state()
  }

  /** Both clocks; undefined for one that cannot be checked, and is believed. */
  #clocks(): Clocks | undefined {
    const { clock } = this.#ports
    const elapsed = clock.elapsed?.()
    return elapsed === undefined ? undefined : { wall: clock.now(), elapsed }
  }

  #look(now: Clocks): ClockGuard {
    const { calendar } = this.#ports.settings()
    return this.#become(
      this.#guard === undefined
        ? startGuard(now, this.#lastTime, calendar)
        : lookAtClock(this.#guard, now, calendar),
      now,
    )
  }

  /** Remembers what was found, and tells the operator what is new in it. */
  #become(guard: ClockGuard, now: Clocks): ClockGuard {
    const { journal } = this.#ports
    const { doubt: doubtBefore, graceUntil: graceBefore } = this.#guard ?? NOTHING_KNOWN
    this.#guard = guard
    const { doubt, graceUntil } = guard
    if (doubt !== doubtBefore) {
      const seconds = Math.round((now.wall - believedTime(guard, now)) / 1_000)
      if (doubt === undefined) journal.alarm('clock-believed', {})
      else journal.alarm(doubt === 'back' ? 'clock-went-back' : 'clock-went-forward', { seconds })
    }
    if (graceUntil !== graceBefore)
      journal.alarm('expiry-waits', { seconds: Math.round((graceUntil - now.wall) / 1_000) })
    return guard
  }
}
