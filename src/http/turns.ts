/**
 * Taking turns: much work for one participant is done a little at a time, so that the work of others comes in between. There is one
 * thread; without this, sixteen requests of one that each take long are done one right after the other while all others wait.
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises'

export class Turns {
  /** Who is at work, and what of theirs waits for its turn. */
  readonly #lanes = new Map<string, (() => void)[]>()

  /**
   * Does heavy work when it is this one's turn, in order of asking.
   * @param who whose work it is
   */
  async take<T>(who: string, work: () => T | Promise<T>): Promise<T> {
    const waiting = this.#lanes.get(who)
    if (waiting === undefined) this.#lanes.set(who, [])
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      void this.#passOn(who)
    }
  }

  /** Gives the turn to the next in this lane, after whatever else has come in meanwhile. */
  async #passOn(who: string): Promise<void> {
    await nextTurn()
    const next = this.#lanes.get(who)?.shift()
    if (next === undefined) this.#lanes.delete(who)
    else next()
  }
}

/**
 * Whether a request is heavy work that is done at once: reading, or a lease. Waiting for news is no work; and what has a large body may
 * be long in coming, which must not keep its sender from reading.
 */
export function isHeavy({ method, url }: Request): boolean {
  if (method === 'GET') return !url.includes('wacht=')
  return method === 'POST' && url.endsWith('/ophalingen')
}
