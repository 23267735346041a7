/**
 * The open connections of one listener: how many each address and each certificate may have, and how long the other end may
 * take over what it is doing. Runtime time-outs do not cover sockets that are handed over after TLS, so they are kept here.
 * @module
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Limits } from '../core/limits.ts'
import { TokenBuckets } from './buckets.ts'
import type { Peer } from './peer.ts'

/** How long a connection may take, in milliseconds. */
export interface Patience {
  /** Between two requests. */
  readonly idleMs: number
  /** For the head of a request, from its first byte. */
  readonly headMs: number
  /** For the whole body of a request. */
  readonly bodyMs: number
  /** Without a byte of a body arriving, or of an answer being taken. */
  readonly silenceMs: number
  /** For the answer in progress, once the connection has to end. */
  readonly farewellMs: number
}

export const DEFAULT_PATIENCE: Patience = {
  idleMs: 75_000,
  headMs: 10_000,
  bodyMs: 900_000,
  silenceMs: 30_000,
  farewellMs: 5_000,
}

interface Open {
  readonly socket: TLSSocket
  readonly address: string
  readonly openedAt: number
  /** Known once the handshake is done. */
  peer?: Peer
  /** Fingerprint of the leaf certificate, when there is one. */
  identity?: string
  readonly requests: Set<IncomingMessage>
  /** The last moment at which something moved, and the counters of then. */
  movedAt: number
  bytesRead: number
  bytesWritten: number
  requestAt: number
  /** The first sweep that saw bytes of a next request. */
  headSeenAt?: number
  /** Bytes read when the last request was answered. */
  bytesAtRest: number
  /** When it is cut off at the latest, once it has to end. */
  endBy?: number
}

export class Connections {
  readonly #open = new Map<TLSSocket, Open>()
  readonly #perAddress = new Map<string, number>()
  readonly #perIdentity = new Map<string, number>()
  readonly #handshakes: TokenBuckets
  readonly #limits: () => Limits
  readonly #patience: Patience
  readonly #now: () => number

  /** @param now monotonic milliseconds */
  constructor(limits: () => Limits, patience: Patience, now: () => number) {
    this.#limits = limits
    this.#patience = patience
    this.#now = now
    this.#handshakes = new TokenBuckets(now)
  }

  get size(): number {
    return this.#open.size
  }

  /** Takes in a socket before its handshake, or cuts it off when its address has enough of them. */
  arrive(socket: TLSSocket): void {
    const limits = this.#limits()
    const address = addressKey(socket.remoteAddress ?? '')
    const rate = limits.handshakesPerAddressPerSecond
    const count = this.#perAddress.get(address) ?? 0
    const isRefused =
      count >= limits.connectionsPerAddress ||
      this.#handshakes.take(address, { perSecond: rate, burst: rate * 2 }) > 0
    if (isRefused) {
      socket.destroy()
      return
    }
    const now = this.#now()
    this.#perAddress.set(address, count + 1)
    this.#open.set(socket, {
      socket,
      address,
      openedAt: now,
      requests: new Set(),
      movedAt: now,
      bytesRead: 0,
      bytesWritten: 0,
      requestAt: now,
      bytesAtRest: 0,
    })
    socket.once('close', () => this.#leave(socket))
  }

  /**
   * Notes who is at the other end after the handshake.
   * @returns false when the socket was cut off: unknown, or too many with this certificate
   */
  identify(socket: TLSSocket, peer: Peer): boolean {
    const open = this.#open.get(socket)
    if (open === undefined) {
      socket.destroy()
      return false
    }
    const leaf = peer.presented?.chain[0]
    if (leaf !== undefined) {
      const identity = createHash('sha256').update(leaf).digest('hex')
      const count = this.#perIdentity.get(identity) ?? 0
      if (count >= this.#limits().connectionsPerIdentity) {
        socket.destroy()
        return false
      }
      open.identity = identity
      this.#perIdentity.set(identity, count + 1)
    }
    open.peer = peer
    open.movedAt = this.#now()
    open.bytesAtRest = socket.bytesRead
    return true
  }

  /** Notes that a request has begun. @returns the peer of its connection */
  begin(socket: TLSSocket, request: IncomingMessage): Peer | undefined {
    const open = this.#open.get(socket)
    if (open === undefined) return undefined
    open.requests.add(request)
    open.requestAt = open.movedAt = this.#now()
    delete open.headSeenAt
    return open.peer
  }

  /** Notes that a request has been answered, or broken off. */
  finish(socket: TLSSocket, request: IncomingMessage): void {
    const open = this.#open.get(socket)
    if (open === undefined) return
    open.requests.delete(request)
    open.movedAt = this.#now()
    open.bytesAtRest = socket.bytesRead
    if (open.endBy !== undefined && open.requests.size === 0) socket.end()
  }

  /** Whether an answer is in progress on this socket. */
  isBusy(socket: TLSSocket): boolean {
    return (this.#open.get(socket)?.requests.size ?? 0) > 0
  }

  /**
   * Ends the connections that a predicate picks, after the answer in progress. One in its handshake has no peer yet and is
   * not asked about.
   * @returns how many
   */
  endWhere(predicate: (peer: Peer) => boolean): number {
    let count = 0
    for (const open of this.#open.values()) {
      if (open.peer === undefined || open.endBy !== undefined || !predicate(open.peer)) continue
      this.#end(open, this.#patience.farewellMs)
      count += 1
    }
    return count
  }

  /** Ends every connection after the answer in progress, for which there is so much time. */
  endAll(graceMs: number): void {
    for (const open of this.#open.values()) this.#end(open, graceMs)
  }

  /** Cuts every connection off. */
  cutAll(): void {
    for (const open of this.#open.values()) open.socket.destroy()
  }

  /** Cuts off whoever takes too long; called about once a second. */
  sweep(): void {
    const now = this.#now()
    for (const open of this.#open.values()) {
      if (this.#isOverdue(open, now)) open.socket.destroy()
    }
  }

  #end(open: Open, graceMs: number): void {
    open.endBy = this.#now() + graceMs
    open.peer?.end()
    if (open.peer === undefined) open.socket.destroy()
    else if (open.requests.size === 0) open.socket.end()
  }

  #isOverdue(open: Open, now: number): boolean {
    const { socket } = open
    if (open.endBy !== undefined && now > open.endBy) return true
    if (open.peer === undefined)
      return now - open.openedAt > this.#limits().handshakeSeconds * 1_000
    if (socket.bytesRead !== open.bytesRead || socket.bytesWritten !== open.bytesWritten) {
      open.bytesRead = socket.bytesRead
      open.bytesWritten = socket.bytesWritten
      open.movedAt = now
    }
    if (open.requests.size === 0) {
      if (socket.bytesRead === open.bytesAtRest) return now - open.movedAt > this.#patience.idleMs
      open.headSeenAt ??= now
      return now - open.headSeenAt > this.#patience.headMs
    }
    const isReceiving = [...open.requests].some((request) => !request.complete)
    if (isReceiving && now - open.requestAt > this.#patience.bodyMs) return true
    // Neither receiving nor sending means that the other end waits for us, as in a long poll.
    const isTheirTurn = isReceiving || socket.writableLength > 0
    return isTheirTurn && now - open.movedAt > this.#patience.silenceMs
  }

  #leave(socket: TLSSocket): void {
    const open = this.#open.get(socket)
    if (open === undefined) return
    this.#open.delete(socket)
    decrease(this.#perAddress, open.address)
    if (open.identity !== undefined) decrease(this.#perIdentity, open.identity)
    open.peer?.end()
  }
}

function decrease(counts: Map<string, number>, key: string): void {
  const count = counts.get(key) ?? 0
  if (count > 1) counts.set(key, count - 1)
  else counts.delete(key)
}

/**
 * What counts as one address: IPv4 whole, IPv6 by its first 64 bits, since one machine may use all the others.
 * @param address as the socket gives it
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped?.[1] !== undefined) return mapped[1]
  if (!address.includes(':')) return address
  const withoutZone = address.toLowerCase().replace(/%.*$/, '')
  const [head = '', tail] = withoutZone.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0')
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`
}
