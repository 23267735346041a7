/**
 * The real timer, for the composition root; tests bring one that they move themselves.
 * @module
 */
import type { Timer } from './health.ts'

/** Calls back by the clock of the process; does not keep the process alive. */
export const systemTimer: Timer = (ms, callback) => {
  const handle = setTimeout(callback, ms)
  handle.unref()
  return () => clearTimeout(handle)
}
