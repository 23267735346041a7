/**
 * Rotation of the epoch (VAULT, Rotation, steps a to d): live messages get their key wrapped anew, and then the key of the old
 * epoch is destroyed. After that every older copy of the vault is dead, unless the ring was copied too.
 *
 * Every step is durable by itself and may be taken again, so a rotation that was interrupted goes on with the same result.
 * @module
 */
import type { Context } from './context.ts'
import type { Seat } from './ports.ts'
import type { Rotated } from './relay.ts'

/** Keys that move between two groups: some milliseconds, so that nobody waits long. */
const MOVED_AT_ONCE = 256

export class Rotation {
  readonly #context: Context
  /** The one that is under way; two at a time could each believe that the other's messages had moved. */
  #running: Promise<Rotated> | undefined

  constructor(context: Context) {
    this.#context = context
  }

  /** Whether a rotation was interrupted, or the epoch has lasted as long as it may. */
  isDue(epochMs: number): boolean {
    const { vault, clock } = this.#context.ports
    // A clock that was set back must not make an epoch last for ever.
    return vault.epochs.isRotating || Math.abs(clock.now() - vault.epochs.began) >= epochMs
  }

  /**
   * Begins a rotation, or goes on with the one that was interrupted.
   * @param signal calls it off between two steps
   */
  run(signal?: AbortSignal): Promise<Rotated> {
    this.#running ??= rotate(this.#context, signal).finally(() => (this.#running = undefined))
    return this.#running
  }
}

async function rotate({ ports, writer }: Context, signal?: AbortSignal): Promise<Rotated> {
  const { store, vault, clock, journal } = ports
  const rows = store.live()[Symbol.iterator]()
  let looked = 0
  let damaged = 0

  await writer.between(() => {
    if (!vault.epochs.isRotating) vault.epochs.begin(clock.now())
  })
  for (let more = true; more;) {
    if (signal?.aborted === true) return { looked, damaged, finished: false }
    more = await writer.between(async () => {
      // Read here and not before: what ended meanwhile is no longer live, and its key is no longer ours to move.
      const seats: Seat[] = []
      for (let row = rows.next(); row.done !== true; row = rows.next()) {
        seats.push(row.value)
        if (seats.length === MOVED_AT_ONCE) break
      }
      looked += seats.length
      for (const { slot } of await vault.epochs.move(seats)) {
        damaged += 1
        journal.alarm('message-damaged', { slot })
      }
      return seats.length === MOVED_AT_ONCE
    })
  }
  await writer.between(() => vault.epochs.finish())
  return { looked, damaged, finished: true }
}
