/**
 * How many bytes of a connection its HTTP server may have at this moment. The server of the runtime cuts a connection on which
 * a second request arrives while the first is being answered; so the second waits here. Every byte is passed on, unchanged and
 * in order: whoever makes the count go wrong delays or loses his own connection and nothing else.
 * @module
 */

const HEAD_END = Buffer.from('\r\n\r\n')
const NOTHING: Buffer = Buffer.alloc(0)

/** What the head of a request says of its body: so many bytes, or as many as come. */
export type BodyLength = number | 'unknown'

/**
 * - `head`: the next request begins, or has begun, with the bytes that come
 * - `sent`: its head is on the way to the server, which has not seen it yet
 * - `body`: its body is coming
 * - `answer`: it is complete
 */
type Phase = 'head' | 'sent' | 'body' | 'answer'

export class Pace {
  #phase: Phase = 'head'
  /** The last bytes of the head so far, since its end may be cut in two. */
  #tail = NOTHING
  #headBytes = 0
  /** Bytes passed on after the end of the head, before it was known what they are; and the last of them. */
  #spilledBytes = 0
  #spilledTail = NOTHING
  /** Bytes of the next head among them. */
  #nextHeadBytes = 0
  #bodyLeft: BodyLength = 0
  #isGivenUp = false

  /** Bytes of the head of the request that was last begun, or is coming. */
  get headBytes(): number {
    return this.#headBytes
  }

  /** What the other end is doing. @param isPending whether the server has a request in progress */
  state(isPending: boolean): 'idle' | 'head' | 'body' | 'answer' {
    this.#rest(isPending)
    if (this.#phase === 'sent') return 'head'
    if (this.#phase === 'head') return this.#headBytes === 0 ? 'idle' : 'head'
    return this.#phase
  }

  /**
   * Takes bytes from the front of a chunk.
   * @returns how many may go to the server now; the others are offered again later
   */
  take(chunk: Buffer, isPending: boolean): number {
    this.#rest(isPending)
    if (this.#phase === 'head') return this.#takeHead(chunk)
    if (this.#isGivenUp) return this.#spill(chunk)
    if (this.#phase !== 'body') return 0
    if (this.#bodyLeft === 'unknown') return chunk.length
    const count = Math.min(chunk.length, this.#bodyLeft)
    this.#bodyLeft -= count
    if (this.#bodyLeft === 0) this.#phase = 'answer'
    return count
  }

  /** Whether the server was given a head that it has not told of, so that everything waits. */
  get isUnseen(): boolean {
    return this.#phase === 'sent' && !this.#isGivenUp
  }

  /** The server takes what was a head here for none, or has no time: it may have all the bytes, to refuse or to understand. */
  giveUp(): void {
    this.#isGivenUp = this.#phase === 'sent'
  }

  /** The server has seen the head of a request. */
  begun(body: BodyLength): void {
    const spilled = this.#spilledBytes
    this.#bodyLeft = body === 'unknown' ? body : Math.max(0, body - spilled)
    this.#phase = this.#bodyLeft === 0 ? 'answer' : 'body'
    // Beyond the body the next head has begun.
    this.#nextHeadBytes = body === 'unknown' ? 0 : Math.max(0, spilled - body)
    this.#tail = this.#spilledTail.subarray(
      Math.max(0, this.#spilledTail.length - this.#nextHeadBytes),
    )
    this.#spilledBytes = 0
    this.#spilledTail = NOTHING
    this.#isGivenUp = false
  }

  /** Notices that the request is answered. A body that nobody wanted still has to pass. */
  #rest(isPending: boolean): void {
    if (isPending) return
    if (this.#phase !== 'answer' && !(this.#phase === 'body' && this.#bodyLeft === 'unknown'))
      return
    this.#phase = 'head'
    this.#headBytes = this.#nextHeadBytes
    this.#nextHeadBytes = 0
  }

  #takeHead(chunk: Buffer): number {
    const known = this.#tail.length
    const text = known === 0 ? chunk : Buffer.concat([this.#tail, chunk])
    const found = text.indexOf(HEAD_END)
    if (found < 0) {
      this.#headBytes += chunk.length
      this.#tail = lastOf(text)
      return chunk.length
    }
    const end = found + HEAD_END.length - known
    this.#headBytes += end
    this.#tail = NOTHING
    this.#phase = 'sent'
    // A second end of a head may be that of a next request, and then the server must not have it yet.
    if (chunk.includes(HEAD_END, end)) return end
    return end + this.#spill(chunk.subarray(end))
  }

  /** Passes bytes on before it is known what they are. */
  #spill(chunk: Buffer): number {
    this.#spilledBytes += chunk.length
    const isShort = chunk.length < HEAD_END.length
    this.#spilledTail = lastOf(isShort ? Buffer.concat([this.#spilledTail, chunk]) : chunk)
    return chunk.length
  }
}

/** As much as there may be of an end that is cut in two; a copy, since chunks are lent. */
const lastOf = (chunk: Buffer): Buffer => Buffer.from(chunk.subarray(1 - HEAD_END.length))
