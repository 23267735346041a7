/**
 * One direction of a connection that goes through two sockets: what the next socket does not take yet is kept here, and nothing
 * more is read meanwhile.
 * @module
 */

/** The sending side of a socket, as far as a pipe needs it. */
type Sink = Pick<Bun.Socket<unknown>, 'write'>

export class Pipe {
  readonly #sink: Sink
  #rest: Uint8Array = new Uint8Array()
  #passed = 0
  #onEmpty: (() => void) | undefined

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Whether bytes wait for the next socket; no more may be pushed by a source that can be paused. */
  get isBlocked(): boolean {
    return this.#rest.length > 0
  }

  /** Bytes that the next socket took. */
  get passed(): number {
    return this.#passed
  }

  /** @param chunk lent for the time of the call */
  push(chunk: Uint8Array): void {
    if (this.isBlocked) {
      this.#rest = Buffer.concat([this.#rest, chunk])
      return
    }
    const count = this.#write(chunk)
    if (count < chunk.length) this.#rest = Buffer.from(chunk.subarray(count))
  }

  /** The next socket takes bytes again. @returns whether all of them are gone */
  drain(): boolean {
    if (this.isBlocked) {
      this.#rest = this.#rest.subarray(this.#write(this.#rest))
    }
    if (!this.isBlocked) this.#onEmpty?.()
    return !this.isBlocked
  }

  /** Does something once everything that was pushed has been taken. */
  whenEmpty(action: () => void): void {
    const once = () => {
      this.#onEmpty = undefined
      action()
    }
    if (this.isBlocked) this.#onEmpty = once
    else once()
  }

  #write(bytes: Uint8Array): number {
    // Less than zero on a socket that is closing: then nobody waits for the rest.
    const count = Math.max(0, this.#sink.write(bytes))
    this.#passed += count
    return count
  }
}
