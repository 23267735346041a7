/**
 * The writer loop: every change to the relay passes here, in groups (VAULT, The writer loop). One vault flush and one store
 * commit make a whole group durable; nothing is answered before that, and no end before its key is dead.
 * @module
 */
import { RelayError } from '../core/errors.ts'
import type { Seq } from '../core/message.ts'
import type { Bell } from './bell.ts'
import type { ExpiryGuard } from './expiry-guard.ts'
import type { Leases } from './leases.ts'
import { StorageFull } from './ports.ts'
import type { Ports, Slot } from './ports.ts'
import type { Room } from './room.ts'
import { Turn } from './turn.ts'

/** Most operations in one group: enough to share a flush, few enough to keep the wait short. */
const GROUP_OPERATIONS = 1_024
/** Most content in one group, so that one commit never writes for long. */
const GROUP_BYTES = 64 * 1_048_576
/** How often the room on disk is looked at, in milliseconds. */
const ROOM_EVERY_MS = 200

/** One change that somebody asks for. */
export interface Operation<T> {
  /** Accepts are the first to be turned away when there is no room. */
  readonly kind: 'accept' | 'end' | 'mark'
  /** Bytes of content that it brings. */
  readonly bytes: number
  /** Gets a group of its own: it takes away what others in the group might build on. */
  readonly alone?: boolean
  /** Decides on the state of this turn and records the changes. Throws RelayError to refuse. */
  readonly decide: (turn: Turn) => T
  /** The message whose key must be dead before the answer may go out, also when it was ended by another. */
  readonly settles?: (answer: T) => Seq | undefined
}

interface Queued {
  readonly operation: Operation<unknown>
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: unknown) => void
}

/** An answer that is ready and waits for durability. */
interface Ready {
  readonly settles: Seq | undefined
  readonly deliver: () => void
}

export class Writer {
  readonly #ports: Ports
  readonly #leases: Leases
  readonly #room: Room
  readonly #bell: Bell
  readonly #guard: ExpiryGuard
  #queue: Queued[] = []
  #queuedBytes = 0
  /** Keys of committed ends and of failed groups that die in the next flush. */
  #kill: { slot: Slot; seq: Seq | undefined }[] = []
  /** Ends that are committed, or are being committed, while their key is still there. */
  readonly #dying = new Set<Seq>()
  /** Answers that wait for the key of some message to die. */
  #mourning: Ready[] = []
  #current: Turn | undefined
  /** Work that wants the vault for itself; each gets its turn after a group. */
  readonly #between: (() => Promise<void>)[] = []
  #running = false
  #draining = false
  /** Set when a commit met a full disk; accepts stay out until one goes through again. */
  #full = false
  #roomSeenAt = Number.NEGATIVE_INFINITY
  #idle: (() => void)[] = []

  constructor(ports: Ports, leases: Leases, room: Room, bell: Bell, guard: ExpiryGuard) {
    this.#ports = ports
    this.#leases = leases
    this.#room = room
    this.#bell = bell
    this.#guard = guard
  }

  /**
   * Hands in an operation and waits until its outcome is durable.
   * @throws RelayError as the operation decides; opslag-vol; even-niet-beschikbaar when too much is waiting
   */
  run<T>(operation: Operation<T>): Promise<T> {
    if (this.#draining && operation.kind !== 'mark') {
      return Promise.reject(new RelayError('even-niet-beschikbaar', 'Het knooppunt stopt.'))
    }
    if (this.#queuedBytes + operation.bytes > this.#ports.settings().limits.queuedBytes) {
      return Promise.reject(new RelayError('even-niet-beschikbaar', undefined, { retryAfter: 1 }))
    }
    return new Promise<T>((resolve, reject) => {
      const queued: Queued = {
        operation: operation as Operation<unknown>,
        resolve: resolve as (answer: unknown) => void,
        reject,
      }
      this.#queue.push(queued)
      this.#queuedBytes += operation.bytes
      this.#start()
    })
  }

  /**
   * Does something by itself between two groups: nothing else is written meanwhile, so it must be short. When it fails, what
   * is on disk is unknown, as after a group that failed.
   */
  between<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#between.push(async () => {
        try {
          resolve(await work())
        } catch (reason) {
          reject(reason)
          throw reason
        }
      })
      this.#start()
    })
  }

  /** Whether there is room for new messages, as far as is known; ends go on in any case. */
  get isAccepting(): boolean {
    return !this.#full && !this.#draining
  }

  /** Whether a message is ending right now, so that its content may no longer be given out. */
  isEnding(seq: Seq): boolean {
    return this.#dying.has(seq) || this.#current?.ends.has(seq) === true
  }

  /** Resolves once the message is no longer on its way to an end: it is gone, or the group with its end failed. */
  async settled(seq: Seq): Promise<void> {
    while (this.isEnding(seq)) await this.#nextFlush(seq)
  }

  /** Waits until all that was handed in is durable and answered, and takes nothing new. */
  async drain(): Promise<void> {
    this.#draining = true
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  #nextFlush(seq: Seq): Promise<void> {
    return new Promise((resolve) => this.#mourning.push({ settles: seq, deliver: resolve }))
  }

  #start(): void {
    if (this.#running) return
    this.#running = true
    // A turn begins after the current tick, so that callers who arrive together share one flush.
    queueMicrotask(() => void this.#loop())
  }

  async #loop(): Promise<void> {
    try {
      while (this.#queue.length + this.#kill.length + this.#between.length > 0) {
        if (this.#queue.length + this.#kill.length > 0) await this.#turn()
        const work = this.#between.shift()
        if (work !== undefined) await work()
      }
    } catch (reason) {
      // An fsync that failed is never tried again: what is on disk is unknown now, and nobody may be told anything.
      this.#ports.fatal(reason instanceof Error ? `${reason.name}: ${reason.message}` : 'unknown')
    }
    this.#running = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  async #turn(): Promise<void> {
    const { store, vault, clock, settings } = this.#ports
    const taken = this.#take()
    const turn = new Turn({
      store,
      vault,
      settings: settings(),
      leases: this.#leases,
      room: this.#room,
      at: clock.now(),
      nextSeq: store.nextSeq,
    })
    this.#current = turn
    const ready = this.#decide(taken, turn)
    const kill = this.#kill
    this.#kill = []
    const generation = store.generation + 1

    if (turn.changes.length > 0 || kill.length > 0) {
      await vault.flush({ put: turn.puts, kill: kill.map(({ slot }) => slot), generation })
      for (const { seq } of kill) if (seq !== undefined) this.#dying.delete(seq)
      this.#mourn()
    }
    if (turn.changes.length > 0) {
      try {
        const { nextSeq, changes } = turn
        await store.commit({ generation, at: this.#guard.time(), nextSeq, changes })
      } catch (reason) {
        if (!(reason instanceof StorageFull)) throw reason
        this.#fail(turn, taken)
        this.#mourn()
        return
      }
    }
    for (const [seq, slot] of turn.ends) {
      this.#dying.add(seq)
      this.#kill.push({ slot, seq })
      const ended = turn.message(seq)
      if (ended !== undefined) this.#leases.settle(ended)
    }
    this.#current = undefined
    this.#answer(ready)
    for (const change of turn.changes) {
      if (change.kind === 'accepted') this.#bell.ring(change.message.header.recipient)
    }
    if (turn.ends.size > 0) this.#ports.ballast.refill()
  }

  /** The operations of the next group, oldest first. */
  #take(): Queued[] {
    let bytes = 0
    let count = 0
    for (const { operation } of this.#queue) {
      if (count > 0 && (count >= GROUP_OPERATIONS || bytes + operation.bytes > GROUP_BYTES)) break
      if (count > 0 && operation.alone === true) break
      bytes += operation.bytes
      count += 1
      if (operation.alone === true) break
    }
    this.#queuedBytes -= bytes
    return this.#queue.splice(0, count)
  }

  #decide(taken: readonly Queued[], turn: Turn): Ready[] {
    const ready: Ready[] = []
    const mayAccept = this.#mayAccept()
    for (const queued of taken) {
      const { operation, resolve, reject } = queued
      try {
        if (operation.kind === 'accept' && !mayAccept) throw new RelayError('opslag-vol')
        const answer = operation.decide(turn)
        const settles = operation.settles?.(answer)
        ready.push({ settles, deliver: () => resolve(answer) })
      } catch (reason) {
        // A refusal may rest on changes of this turn, so it is not given before they are durable.
        const refusal = reason instanceof StorageFull ? new RelayError('opslag-vol') : reason
        ready.push({ settles: undefined, deliver: () => reject(refusal) })
      }
    }
    return ready
  }

  /** Whether there is room to accept, with enough left to end what is there (VAULT, Disk full). */
  #mayAccept(): boolean {
    const now = this.#ports.clock.now()
    if (Math.abs(now - this.#roomSeenAt) >= ROOM_EVERY_MS) {
      this.#roomSeenAt = now
      const { usedBytes, limitBytes, diskFreeBytes } = this.#ports.store.room()
      const { mapUsePercent, diskReserveBytes } = this.#ports.settings().limits
      const roomy =
        usedBytes * 100 <= limitBytes * mapUsePercent && diskFreeBytes >= diskReserveBytes
      if (this.#full === roomy) {
        this.#full = !roomy
        this.#ports.journal.alarm(roomy ? 'storage-has-room' : 'storage-full', { diskFreeBytes })
      }
    }
    return !this.#full
  }

  /** Nothing of the group was written: accepts are turned away, ends come back after a step of ballast. */
  #fail(turn: Turn, taken: readonly Queued[]): void {
    turn.undo()
    this.#current = undefined
    for (const { slot } of turn.puts) this.#kill.push({ slot, seq: undefined })
    this.#full = true
    this.#roomSeenAt = this.#ports.clock.now()
    this.#ports.journal.alarm('storage-full', { changes: turn.changes.length })
    // Accepts are turned away in any case; what is kept back is for ends alone.
    const ends = taken.some(({ operation }) => operation.kind !== 'accept')
    const roomForEnds = ends && this.#ports.ballast.release()
    const again: Queued[] = []
    for (const queued of taken) {
      if (roomForEnds && queued.operation.kind !== 'accept') again.push(queued)
      else queued.reject(new RelayError('opslag-vol'))
    }
    this.#queue.unshift(...again)
    for (const { operation } of again) this.#queuedBytes += operation.bytes
  }

  /** Gives the answers that are durable; those of ends wait for their key to die. */
  #answer(ready: readonly Ready[]): void {
    this.#mourning.push(...ready)
    this.#mourn()
  }

  #mourn(): void {
    const waiting = this.#mourning
    this.#mourning = []
    for (const answer of waiting) {
      if (answer.settles !== undefined && this.isEnding(answer.settles)) this.#mourning.push(answer)
      else answer.deliver()
    }
  }
}
