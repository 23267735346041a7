/**
 * A timer that the test moves.
 * @module
 */
import type { Timer } from '../../../src/ops/health.ts'

export interface MovedTimer {
  readonly timer: Timer
  /** Lets time pass; calls back in order, and lets what that started settle. */
  pass(ms: number): Promise<void>
  /** How many callbacks are still to come. */
  readonly pending: () => number
}

export function movedTimer(): MovedTimer {
  let now = 0
  const due = new Set<{ at: number; callback: () => void }>()
  return {
    timer: (ms, callback) => {
      const entry = { at: now + ms, callback }
      due.add(entry)
      return () => void due.delete(entry)
    },
    pass: async (ms) => {
      const end = now + ms
      for (;;) {
        const next = [...due].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        now = Math.max(now, next.at)
        due.delete(next)
        next.callback()
        await settled()
      }
      now = end
      await settled()
    },
    pending: () => due.size,
  }
}

/** Resolves after the promises that can settle now have done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
