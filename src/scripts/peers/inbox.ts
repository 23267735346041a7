/**
 * Messages that a server sends ahead, until somebody takes them.
 * @module
 */

/** Filled by a subscription, emptied by a collector. */
export class Inbox<T> {
  readonly #here: T[] = []
  #wake: (() => void) | undefined

  add(message: T): void {
    this.#here.push(message)
    this.#wake?.()
  }

  /** Up to `limit` messages, as soon as there is one; none when the time is over. */
  async take(limit: number, waitSeconds: number): Promise<readonly T[]> {
    if (this.#here.length === 0) await this.#news(waitSeconds)
    return this.#here.splice(0, limit)
  }

  #news(waitSeconds: number): Promise<void> {
    return new Promise((resolve) => {
      const arrived = () => {
        clearTimeout(tooLong)
        this.#wake = undefined
        resolve()
      }
      const tooLong = setTimeout(arrived, waitSeconds * 1_000)
      this.#wake = arrived
    })
  }
}
