/**
 * Cuts what a server sends into HTTP/1.1 answers: as little as a load generator needs, so that it measures the relay and not
 * itself. Only for servers that we started or that their owner asks us to measure.
 * @module
 */

/** One whole answer. */
export interface LoadAnswer {
  readonly status: number
  readonly body: Buffer
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)
const HEAD_BYTES_MAX = 64 * 1024

interface Head {
  readonly status: number
  readonly bodyFrom: number
  /** Undefined when the body comes in chunks. */
  readonly length: number | undefined
}

/** Collects the bytes of one connection on which one request at a time is on its way. */
export class AnswerReader {
  #bytes: Buffer = NOTHING
  #used = 0
  #head: Head | undefined
  #chunks: Buffer[] = []
  #chunkAt = 0

  /**
   * Takes what came in.
   * @returns the answer when these bytes complete it
   * @throws when they are no HTTP/1.1 answer
   */
  push(data: Buffer): LoadAnswer | undefined {
    this.#append(data)
    this.#head ??= this.#readHead()
    if (this.#head === undefined) return undefined
    const { length, bodyFrom, status } = this.#head
    if (length === undefined) return this.#readChunks() ? this.#complete() : undefined
    if (this.#used < bodyFrom + length) return undefined
    if (this.#used > bodyFrom + length) throw new Error('the server sent more than one answer')
    const body = this.#bytes.subarray(bodyFrom, bodyFrom + length)
    this.#reset()
    return { status, body }
  }

  /** Most answers come in one piece, which is used as it is; the others grow by doubling. */
  #append(data: Buffer): void {
    if (this.#used === 0) {
      this.#bytes = data
      this.#used = data.length
      return
    }
    const needed = this.#used + data.length
    if (needed > this.#bytes.length) {
      const wanted = this.#head?.length === undefined ? 0 : this.#head.bodyFrom + this.#head.length
      const grown = Buffer.allocUnsafeSlow(Math.max(wanted, needed, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, this.#used)
      this.#bytes = grown
    }
    data.copy(this.#bytes, this.#used)
    this.#used = needed
  }

  #readHead(): Head | undefined {
    const end = this.#bytes.subarray(0, this.#used).indexOf(HEAD_END)
    if (end === -1) {
      if (this.#used > HEAD_BYTES_MAX) throw new Error('the answer has no end of its head')
      return undefined
    }
    const head = this.#bytes.toString('latin1', 0, end)
    if (!head.startsWith('HTTP/1.1 ')) throw new Error('the answer is not HTTP/1.1')
    const bodyFrom = end + HEAD_END.length
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head)
    this.#chunkAt = bodyFrom
    return {
      status: Number(head.slice(9, 12)),
      bodyFrom,
      length: isChunked ? undefined : Number(length ?? 0),
    }
  }

  /** Whether the last chunk has come. */
  #readChunks(): boolean {
    for (;;) {
      const lineEnd = this.#bytes.subarray(0, this.#used).indexOf('\r\n', this.#chunkAt)
      if (lineEnd === -1) return false
      const size = Number.parseInt(this.#bytes.toString('latin1', this.#chunkAt, lineEnd), 16)
      if (!Number.isSafeInteger(size)) throw new Error('a chunk has no size')
      const from = lineEnd + 2
      if (this.#used < from + size + 2) return false
      if (size === 0) {
        if (this.#used > from + 2) throw new Error('the server sent more than one answer')
        return true
      }
      this.#chunks.push(Buffer.from(this.#bytes.subarray(from, from + size)))
      this.#chunkAt = from + size + 2
    }
  }

  #complete(): LoadAnswer {
    const answer = { status: this.#head?.status ?? 0, body: Buffer.concat(this.#chunks) }
    this.#reset()
    return answer
  }

  #reset(): void {
    this.#bytes = NOTHING
    this.#used = 0
    this.#head = undefined
    this.#chunks = []
  }
}
