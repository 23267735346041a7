/**
 * Keeps verdicts as long as nothing that they rest on has changed. Bounded; what was asked longest ago goes first.
 * @module
 */
import type { Verdict } from '../core/identity.ts'
import type { Instant } from '../core/message.ts'

interface Kept {
  readonly verdict: Verdict
  readonly from: Instant
  readonly until: Instant
}

/**
 * Refused and accepted verdicts have their own room, so that strangers with made-up certificates cannot push out those
 * who belong.
 */
export class VerdictCache {
  readonly #size: number
  readonly #accepted = new Map<string, Kept>()
  readonly #refused = new Map<string, Kept>()

  /** @param size verdicts of each kind */
  constructor(size: number) {
    this.#size = size
  }

  /** The verdict for this key, when the moment lies in its term. */
  get(key: string, at: Instant): Verdict | undefined {
    for (const room of [this.#accepted, this.#refused]) {
      const kept = room.get(key)
      if (!kept) continue
      room.delete(key)
      if (at < kept.from || at >= kept.until) return undefined
      room.set(key, kept)
      return kept.verdict
    }
    return undefined
  }

  /** @param term from (included) and until (excluded) when the verdict holds */
  set(key: string, verdict: Verdict, term: { from: Instant; until: Instant }): void {
    const room = verdict.ok ? this.#accepted : this.#refused
    const [oldest] = room.keys()
    if (room.size >= this.#size && oldest !== undefined) room.delete(oldest)
    if (this.#size > 0) room.set(key, { verdict, ...term })
  }

  clear(): void {
    this.#accepted.clear()
    this.#refused.clear()
  }
}
