/**
 * One connection: the socket of the other end on one side, an HTTP server of its own on the other, and bytes between them.
 * @module
 */
import type { Peer } from '../peer.ts'
import { connectInner, serveInner, type InnerOptions } from './inner.ts'
import { Pace } from './pace.ts'
import { Pipe } from './pipe.ts'

/** Bytes that may wait for the server before no more are read. */
const WAITING_BYTES_MAX = 64 * 1024
/** How long the server may take to see the head of a request; long, for a machine that is busy. */
const UNSEEN_MS = 1_000

export interface LinkOptions {
  /** A path for the socket to the server. */
  readonly socketPath: () => string
  readonly headBytesMax: number
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>
}

export class Link {
  /** Of the other end, as the socket gives it. */
  readonly address: string
  #bytesRead = 0
  #requests = 0
  #peer: Peer | undefined
  readonly #options: LinkOptions
  readonly #outer: Bun.Socket<unknown>
  readonly #toOuter: Pipe
  readonly #pace = new Pace()
  /** Bytes that the server may not have yet. */
  #waiting: Buffer = Buffer.alloc(0)
  #unseen: Timer | undefined
  #server: Bun.Server<undefined> | undefined
  #inner: Bun.Socket<Link> | undefined
  #toInner: Pipe | undefined
  #isPaused = false
  #hasTheirEnd = false
  #isEnding = false
  #isHungUp = false
  #isClosed = false

  /** @param outer the socket inside TLS, before its handshake */
  constructor(outer: Bun.Socket<unknown>, address: string, options: LinkOptions) {
    this.#outer = outer
    this.#toOuter = new Pipe(outer)
    this.address = address
    this.#options = options
  }

  /** Who is at the other end; absent until the handshake is done. */
  get peer(): Peer | undefined {
    return this.#peer
  }

  /** Bytes that came from the other end. */
  get bytesRead(): number {
    return this.#bytesRead
  }

  /** Bytes that the other end, or the system on its behalf, took. */
  get bytesWritten(): number {
    return this.#toOuter.passed
  }

  /** Requests that were begun so far. */
  get requests(): number {
    return this.#requests
  }

  /** Whether this connection takes no further request. */
  get isEnding(): boolean {
    return this.#isEnding
  }

  /** What the other end is doing. */
  get state(): 'idle' | 'head' | 'body' | 'answer' {
    return this.#pace.state(this.#isPending)
  }

  /** Whether an answer waits for the other end to take it. */
  get hasUntaken(): boolean {
    return this.#toOuter.isBlocked
  }

  /** The handshake is done. */
  identify(peer: Peer): void {
    this.#peer = peer
  }

  /** Bytes have come. @param chunk lent for the time of the call */
  received(chunk: Buffer): void {
    this.#bytesRead += chunk.length
    if (this.#isHungUp || (this.#server === undefined && !this.#open())) return
    const taken = this.#waiting.length === 0 ? this.#forward(chunk) : 0
    if (taken < chunk.length) {
      this.#waiting = Buffer.concat([this.#waiting, chunk.subarray(taken)])
      this.#watchUnseen()
    }
    this.#readOnOrNot()
  }

  /** The other end takes bytes again. */
  drained(): void {
    if (this.#toOuter.drain()) this.#inner?.resume()
  }

  /** The other end sends nothing more, as a client that has gone. */
  receivedEnd(): void {
    this.#hasTheirEnd = true
    if (this.#server === undefined) this.#hangUp()
    else this.#passEnd()
  }

  /** Ends after the answer in progress. */
  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#peer?.end()
    if (this.#isPending) void this.#server?.stop(false)
    else this.#hangUp()
  }

  /** Ends at once. */
  cut(): void {
    this.#outer.terminate()
  }

  /** The socket of the other end is closed. */
  closed(): void {
    this.#isClosed = true
    clearTimeout(this.#unseen)
    this.#peer?.end()
    this.#inner?.terminate()
    void this.#server?.stop(true)
  }

  /** Handlers of the sockets to the servers; each socket carries its link. */
  static readonly #innerHandlers: Bun.SocketHandler<Link> = {
    data: ({ data: link }, chunk) => link.#answered(chunk),
    drain: ({ data: link }) => link.#pump(),
    close: ({ data: link }) => link.#hangUp(),
    error: ({ data: link }) => link.#hangUp(),
  }

  get #isPending(): boolean {
    return (this.#server?.pendingRequests ?? 0) > 0
  }

  #readOnOrNot(): void {
    const isFull =
      !this.#isHungUp &&
      (this.#waiting.length > WAITING_BYTES_MAX || this.#toInner?.isBlocked === true)
    if (isFull === this.#isPaused) return
    this.#isPaused = isFull
    if (isFull) this.#outer.pause()
    else this.#outer.resume()
  }

  /** Starts the server, at the first byte for it. */
  #open(): boolean {
    const peer = this.#peer
    if (peer === undefined) {
      this.cut()
      return false
    }
    const path = this.#options.socketPath()
    const options: InnerOptions = {
      path,
      begun: (body) => {
        this.#requests += 1
        this.#pace.begun(body)
        clearTimeout(this.#unseen)
        this.#unseen = undefined
        if (this.#waiting.length > 0) this.#pump()
      },
      headBytes: () => this.#pace.headBytes,
      headBytesMax: this.#options.headBytesMax,
      fetch: (request) => this.#options.fetch(request, peer),
    }
    try {
      this.#server = serveInner(options)
    } catch {
      // Out of sockets: this caller loses, the others do not.
      this.cut()
      return false
    }
    connectInner(path, this as Link, Link.#innerHandlers).then(
      (inner) => this.#connected(inner),
      () => this.cut(),
    )
    return true
  }

  #connected(inner: Bun.Socket<Link>): void {
    if (this.#isClosed) {
      inner.terminate()
      return
    }
    this.#inner = inner
    this.#toInner = new Pipe(inner)
    this.#pump()
  }

  /** Passes on what may go. @returns how many bytes of the chunk */
  #forward(chunk: Buffer): number {
    const pipe = this.#toInner
    let at = 0
    while (pipe !== undefined && !pipe.isBlocked && at < chunk.length) {
      const rest = at === 0 ? chunk : chunk.subarray(at)
      const count = this.#pace.take(rest, this.#isPending)
      if (count === 0) break
      pipe.push(count === rest.length ? rest : rest.subarray(0, count))
      at += count
    }
    return at
  }

  /** Goes on where the server, or its socket, made the bytes wait. */
  #pump(): void {
    if (this.#toInner?.drain() === false) return
    if (this.#waiting.length > 0) {
      const taken = this.#forward(this.#waiting)
      this.#waiting = this.#waiting.subarray(taken)
      this.#watchUnseen()
    }
    this.#readOnOrNot()
    if (this.#hasTheirEnd) this.#passEnd()
  }

  /** Bytes never wait for what the server does not recognise, such as the beginning of another protocol. */
  #watchUnseen(): void {
    if (this.#waiting.length === 0 || !this.#pace.isUnseen || this.#unseen !== undefined) return
    this.#unseen = setTimeout(() => {
      this.#unseen = undefined
      this.#pace.giveUp()
      this.#pump()
    }, UNSEEN_MS)
  }

  /** A client that has gone waits for no answer; but what it said before is heard. */
  #passEnd(): void {
    if (this.#waiting.length > 0 && this.state !== 'answer') return
    this.#toInner?.whenEmpty(() => this.#inner?.shutdown())
  }

  #answered(chunk: Buffer): void {
    this.#toOuter.push(chunk)
    if (this.#toOuter.isBlocked) this.#inner?.pause()
    // With its last bytes the answer is complete, and the next request may go.
    if (this.#waiting.length > 0) this.#pump()
  }

  /** Says good-bye once everything is said. What the other end still sends is read and dropped, so that it hears us. */
  #hangUp(): void {
    this.#isEnding = true
    this.#isHungUp = true
    this.#waiting = Buffer.alloc(0)
    this.#readOnOrNot()
    this.#toOuter.whenEmpty(() => this.#outer.end())
  }
}
