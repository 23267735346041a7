/**
 * Which slots are free: one bit each, so that a million slots take 125 KB.
 * @module
 */
import type { Slot } from '../relay/ports.ts'

const BITS = 32

export class SlotMap {
  /** A set bit is a free slot. */
  #words = new Uint32Array(0)
  #slots = 0
  #free = 0
  /** Slots are handed out in rotation, so that those of one flush lie side by side and are written together. */
  #cursor = 0

  get slots(): number {
    return this.#slots
  }

  get free(): number {
    return this.#free
  }

  /** Adds slots at the end, all taken. */
  grow(slots: number): void {
    const words = new Uint32Array(Math.ceil(slots / BITS))
    words.set(this.#words)
    this.#words = words
    this.#slots = slots
  }

  isFree(slot: Slot): boolean {
    return ((this.#words[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0
  }

  /** Takes the next free slot in rotation. @returns undefined when none is free */
  take(): Slot | undefined {
    if (this.#free === 0) return undefined
    for (let word = this.#cursor >>> 5, seen = 0; seen <= this.#words.length; seen += 1) {
      // In the first word only what lies at or after the cursor counts; a full turn comes back for the rest.
      const mask = seen === 0 ? -1 << (this.#cursor & 31) : -1
      const bits = (this.#words[word] ?? 0) & mask
      if (bits !== 0) {
        const slot = word * BITS + (31 - Math.clz32(bits & -bits))
        this.#words[word] = (this.#words[word] ?? 0) & ~(1 << (slot & 31))
        this.#free -= 1
        this.#cursor = slot + 1 < this.#slots ? slot + 1 : 0
        return slot
      }
      word = word + 1 < this.#words.length ? word + 1 : 0
    }
    throw new Error('the map of slots lost count')
  }

  /** @throws when the slot is free already: two messages would get it */
  release(slot: Slot): void {
    if (slot >= this.#slots || this.isFree(slot)) throw new Error(`slot ${slot} is not taken`)
    this.#words[slot >>> 5] = (this.#words[slot >>> 5] ?? 0) | (1 << (slot & 31))
    this.#free += 1
  }
}
