/**
 * A vault that lives in memory, for tests of the verbs: real encryption, no file. It remembers which keys it killed, and can
 * be told to fail.
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { StorageFull } from '../../src/relay/ports.ts'
import type { Epochs, SealedContent, Seat, Slot, Vault, VaultBatch } from '../../src/relay/ports.ts'

const IV = Buffer.alloc(12)

export class MemoryVault implements Vault {
  readonly id = new Uint8Array(16).fill(7)
  generation = 0
  /** Slots that may be taken; lower it to see a full vault. */
  capacity = 1_000_000
  /** Called before each flush counts; a test may wait or throw in it. */
  beforeFlush: (batch: VaultBatch) => Promise<void> = async () => {}
  flushes = 0
  /** The epoch of each key, and the epochs that there are; a test may look. */
  readonly epochOf = new Map<Slot, number>()
  readonly epochNumbers = [1]
  /** Called before each step of a rotation counts; a test may wait or throw in it. */
  beforeStep: (step: 'begin' | 'move' | 'finish') => void | Promise<void> = () => {}
  readonly #keys = new Map<Slot, { mid: Uint8Array; key: Uint8Array }>()
  #began = 0
  readonly #taken = new Set<Slot>()
  #next = 0

  get epochs(): Epochs {
    const newest = () => this.epochNumbers.at(-1) ?? 0
    return {
      began: this.#began,
      isRotating: this.epochNumbers.length > 1,
      begin: (at) => {
        if (this.epochNumbers.length > 1) throw new Error('a rotation is under way')
        void this.beforeStep('begin')
        this.#began = at
        this.epochNumbers.push(newest() + 1)
      },
      move: async (seats: readonly Seat[]) => {
        await this.beforeStep('move')
        const lost = seats.filter(({ slot, mid }) => !this.holds(slot, mid))
        for (const seat of seats) if (!lost.includes(seat)) this.epochOf.set(seat.slot, newest())
        return lost
      },
      finish: async () => {
        await this.beforeStep('finish')
        this.epochNumbers.shift()
        for (const [slot, epoch] of this.epochOf)
          if (!this.epochNumbers.includes(epoch)) this.#keys.delete(slot)
      },
    }
  }

  seal(header: Uint8Array, parts: readonly Uint8Array[]) {
    const key = randomBytes(32)
    const sealed = parts.map((part) => {
      const cipher = createCipheriv('aes-256-gcm', key, IV).setAAD(header)
      return Buffer.concat([cipher.update(part), cipher.final(), cipher.getAuthTag()])
    })
    return { mid: randomBytes(16), parts: sealed, key }
  }

  open(header: Uint8Array, content: SealedContent): Uint8Array[] | undefined {
    const held = this.#keys.get(content.slot)
    if (held === undefined || !Buffer.from(held.mid).equals(content.mid)) return undefined
    return content.parts.map((part) => {
      const decipher = createDecipheriv('aes-256-gcm', held.key, IV).setAAD(header)
      decipher.setAuthTag(part.subarray(-16))
      return Buffer.concat([decipher.update(part.subarray(0, -16)), decipher.final()])
    })
  }

  holds(slot: Slot, mid: Uint8Array): boolean {
    const held = this.#keys.get(slot)
    return held !== undefined && Buffer.from(held.mid).equals(mid)
  }

  take(): Slot {
    if (this.#taken.size >= this.capacity) throw new StorageFull('vault is full')
    const slot = this.#next
    this.#next += 1
    this.#taken.add(slot)
    return slot
  }

  giveBack(slots: readonly Slot[]): void {
    for (const slot of slots) this.#taken.delete(slot)
  }

  async flush(batch: VaultBatch): Promise<void> {
    await this.beforeFlush(batch)
    this.flushes += 1
    for (const { slot, sealed } of batch.put) {
      this.#keys.set(slot, { mid: sealed.mid, key: Uint8Array.from(sealed.key) })
      this.epochOf.set(slot, this.epochNumbers.at(-1) ?? 0)
    }
    for (const slot of batch.kill) {
      this.#keys.delete(slot)
      this.#taken.delete(slot)
      this.epochOf.delete(slot)
    }
    this.generation = batch.generation
  }

  *used(): Iterable<Slot> {
    yield* this.#keys.keys()
  }

  adopt(held: Iterable<Slot>): void {
    for (const slot of held) this.#taken.add(slot)
  }

  async close(): Promise<void> {}
}
