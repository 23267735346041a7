/**
 * The open connections of one listener: how many each address and each certificate may have, and how long the other end may
 * take over what it is doing.
 * @module
 */
import { createHash } from 'node:crypto'
import type { Limits } from '../core/limits.ts'
import { TokenBuckets } from './buckets.ts'
import type { Peer } from './peer.ts'

/** A connection, as far as its time and its number are kept here. */
export interface Kept {
  /** Of the other end, as the socket gives it. */
  readonly address: string
  /** Absent until the handshake is done. */
  readonly peer: Peer | undefined
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Requests that were begun so far. */
  readonly requests: number
  /** What the other end does: nothing, a head, a body, or wait for its answer. */
  readonly state: 'idle' | 'head' | 'body' | 'answer'
  /** Whether bytes of an answer wait for the other end to take them. */
  readonly hasUntaken: boolean
  /** Whether it takes no further request. */
  readonly isEnding: boolean
  /** Ends after the answer in progress. */
  end(): void
  /** Ends at once. */
  cut(): void
}

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
  readonly address: string
  readonly openedAt: number
  /** Fingerprint of the leaf certificate, when there is one. */
  identity?: string
  /** The last moment at which something was seen to move, and the counters of then. */
  movedAt: number
  bytesRead: number
  bytesWritten: number
  /** What it was seen doing in which request, and since when. */
  state: Kept['state']
  requests: number
  since: number
  /** When it is cut off at the latest, once it has to end. */
  endBy?: number
}

export class Connections {
  readonly #open = new Map<Kept, Open>()
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

  /** Whether an address may have another connection now. Counts as a try. @param address as the socket gives it */
  mayArrive(address: string): boolean {
    const limits = this.#limits()
    const key = addressKey(address)
    const rate = limits.handshakesPerAddressPerSecond
    return (
      (this.#perAddress.get(key) ?? 0) < limits.connectionsPerAddress &&
      this.#handshakes.take(key, { perSecond: rate, burst: rate * 2 }) <= 0 &&
      (this.#open.size < limits.connectionsTotal || this.#makeRoom())
    )
  }

  /**
   * Cuts off the stranger who has been still the longest, so that many of them cannot keep everybody else out.
   * @returns false when there is none: all are participants, or are being answered
   */
  #makeRoom(): boolean {
    let stillest: readonly [Kept, Open] | undefined
    for (const entry of this.#open) {
      const [kept, open] = entry
      if (kept.peer?.admitted === true || kept.state === 'answer') continue
      if (stillest === undefined || open.movedAt < stillest[1].movedAt) stillest = entry
    }
    stillest?.[0].cut()
    return stillest !== undefined
  }

  /** Takes in a connection before its handshake. */
  arrive(kept: Kept): void {
    const now = this.#now()
    const address = addressKey(kept.address)
    increase(this.#perAddress, address)
    this.#open.set(kept, {
      address,
      openedAt: now,
      movedAt: now,
      bytesRead: 0,
      bytesWritten: 0,
      state: 'idle',
      requests: 0,
      since: now,
    })
  }

  /**
   * Counts a connection for its certificate, after the handshake.
   * @returns false when it is unknown, or there are too many with this certificate
   */
  identify(kept: Kept, peer: Peer): boolean {
    const open = this.#open.get(kept)
    if (open === undefined) return false
    open.movedAt = this.#now()
    const leaf = peer.presented?.chain[0]
    if (leaf === undefined) return true
    const identity = createHash('sha256').update(leaf).digest('hex')
    if ((this.#perIdentity.get(identity) ?? 0) >= this.#limits().connectionsPerIdentity)
      return false
    open.identity = identity
    increase(this.#perIdentity, identity)
    return true
  }

  /** Forgets a connection that is closed. */
  leave(kept: Kept): void {
    const open = this.#open.get(kept)
    if (open === undefined) return
    this.#open.delete(kept)
    decrease(this.#perAddress, open.address)
    if (open.identity !== undefined) decrease(this.#perIdentity, open.identity)
  }

  /**
   * Ends the connections that a predicate picks, after the answer in progress. One in its handshake has no peer yet and is
   * not asked about.
   * @returns how many
   */
  endWhere(predicate: (peer: Peer) => boolean): number {
    let count = 0
    for (const [kept, open] of this.#open) {
      if (kept.peer === undefined || kept.isEnding || !predicate(kept.peer)) continue
      this.#end(kept, open, this.#patience.farewellMs)
      count += 1
    }
    return count
  }

  /** Ends every connection after the answer in progress, for which there is so much time. */
  endAll(graceMs: number): void {
    for (const [kept, open] of this.#open) this.#end(kept, open, graceMs)
  }

  /** Cuts every connection off. */
  cutAll(): void {
    for (const kept of this.#open.keys()) kept.cut()
  }

  /** Cuts off whoever takes too long; called about once a second. */
  sweep(): void {
    const now = this.#now()
    for (const [kept, open] of this.#open) {
      if (this.#isOverdue(kept, open, now)) kept.cut()
    }
  }

  #end(kept: Kept, open: Open, graceMs: number): void {
    open.endBy = this.#now() + graceMs
    if (kept.peer === undefined) kept.cut()
    else kept.end()
  }

  #isOverdue(kept: Kept, open: Open, now: number): boolean {
    if (kept.peer === undefined)
      return now - open.openedAt > this.#limits().handshakeSeconds * 1_000
    // It may have said good-bye of its own accord, and then wait for that of the other end.
    if (kept.isEnding) open.endBy ??= now + this.#patience.farewellMs
    if (open.endBy !== undefined && now > open.endBy) return true
    this.#look(kept, open, now)
    const { idleMs, headMs, bodyMs, silenceMs } = this.#patience
    // Neither receiving nor sending means that the other end waits for us, as in a long poll.
    const isTheirTurn = open.state === 'body' || kept.hasUntaken
    if (isTheirTurn && now - open.movedAt > silenceMs) return true
    if (open.state === 'idle') return now - open.movedAt > idleMs
    if (open.state === 'head') return now - open.since > headMs
    return open.state === 'body' && now - open.since > bodyMs
  }

  #look(kept: Kept, open: Open, now: number): void {
    const { bytesRead, bytesWritten, state, requests } = kept
    if (bytesRead !== open.bytesRead || bytesWritten !== open.bytesWritten) open.movedAt = now
    if (state !== open.state || requests !== open.requests) open.since = now
    Object.assign(open, { bytesRead, bytesWritten, state, requests })
  }
}

const increase = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1)

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
