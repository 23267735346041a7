/**
 * Token buckets: so many a second, with room for a burst. One instance keeps many, by key.
 * @module
 */

export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

interface Bucket {
  tokens: number
  at: number
}

/** Above this number full buckets are thrown out: a full one means the same as none. */
const SWEEP_ABOVE = 10_000

export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>()
  readonly #now: () => number
  #sweepAbove = SWEEP_ABOVE

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * Takes one token.
   * @returns 0 when there was one, else the seconds until there is
   */
  take(key: string, rate: Rate): number {
    const now = this.#now()
    const bucket = this.#buckets.get(key) ?? { tokens: rate.burst, at: now }
    // A clock that steps back gives nothing and takes nothing.
    const seconds = Math.max(0, now - bucket.at) / 1_000
    bucket.tokens = Math.min(rate.burst, bucket.tokens + seconds * rate.perSecond)
    bucket.at = now
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > this.#sweepAbove) this.#sweep(rate)
    if (bucket.tokens < 1) return (1 - bucket.tokens) / rate.perSecond
    bucket.tokens -= 1
    return 0
  }

  /** Number of buckets held. */
  get size(): number {
    return this.#buckets.size
  }

  #sweep(rate: Rate): void {
    const now = this.#now()
    for (const [key, bucket] of this.#buckets) {
      const refilled = bucket.tokens + ((now - bucket.at) / 1_000) * rate.perSecond
      if (refilled >= rate.burst) this.#buckets.delete(key)
    }
    // When most are in use, sweeping at each call would cost more than it frees.
    this.#sweepAbove = Math.max(SWEEP_ABOVE, this.#buckets.size * 2)
  }
}
