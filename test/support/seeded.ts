/**
 * Chance that can be repeated: the same seed gives the same choices.
 * @module
 */

/** Choices of one seed. */
export interface Chance {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number
  /** One of several. */
  oneOf<T>(items: readonly T[]): T
  /** Whether something happens that happens in so many cases of a hundred. */
  percent(percent: number): boolean
  /** Chance of its own for somebody else, so that one's choices do not hang on how often another chooses. */
  fork(): Chance
}

/** @param seed any whole number */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  // Mulberry32, public domain by Tommy Ettinger: small, and good enough to be everywhere once.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number) => next() % limit
  return {
    below,
    oneOf: (items) => {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('there is nothing to choose from')
      return item
    },
    percent: (percent) => below(100) < percent,
    fork: () => chanceOf(next()),
  }
}
