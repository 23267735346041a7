/**
 * A vault that lives in memory, for tests of the verbs: real encryption, no file. It remembers which keys it killed, and can
 * be told to fail.
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { StorageFull } from '../../src/relay/ports.ts'
import type { SealedContent, Slot, Vault, VaultBatch } from '../../src/relay/ports.ts'

const IV = Buffer.alloc(12)

export class MemoryVault implements Vault {
  readonly id = new Uint8Array(16).fill(7)
  generation = 0
  /** Slots that may be taken; lower it to see a full vault. */
  capacity = 1_000_000
  /** Called before each flush counts; a test may wait or throw in it. */
  beforeFlush: (batch: VaultBatch) => Promise<void> = async () => {}
  flushes = 0
  readonly #keys = new Map<Slot, { mid: Uint8Array; key: Uint8Array }>()
  readonly #taken = new Set<Slot>()
  #next = 0

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
    }
    for (const slot of batch.kill) {
      this.#keys.delete(slot)
      this.#taken.delete(slot)
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
