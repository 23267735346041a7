/**
 * The vault as the relay uses it: seals and opens content, and lets keys die.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { Instant } from '../core/message.ts'
import {
  type Epochs,
  type Sealed,
  type SealedContent,
  type Seat,
  type Slot,
  StorageFull,
  type Vault,
  type VaultBatch,
} from '../relay/ports.ts'
import { VaultError } from './errors.ts'
import { deriveKey, KEY_BYTES } from './keys.ts'
import { EMPTY_WRAP, planMoves } from './moves.ts'
import type { PagedFile } from './paged-file.ts'
import type { EpochKeys, Ring } from './ring.ts'
import { openParts, sealParts, unwrapKey, WRAP_BYTES, wrapKey } from './seal.ts'
import { SlotMap } from './slot-map.ts'
import {
  CELL_BYTES,
  type CellWrite,
  EMPTY_CELL,
  growPages,
  readCell,
  readHeader,
  slotsIn,
  usedSlots,
  type VaultHeader,
  writeCells,
  writeHeader,
} from './vault-file.ts'

/** Slots that only notices may take, so that ends never wait for growth. */
export const SPARE_SLOTS = 1_024

/** Writes the first pages of a new vault and flushes them. */
export function initialise(file: PagedFile, masterKey: Uint8Array, ring: Ring): void {
  const headerKey = deriveKey(masterKey, 'vault-header')
  const pages = growPages(file, ring.vaultId, 2)
  const epoch = Math.min(...ring.keys.keys())
  const header = { vaultId: ring.vaultId, generation: 0, epoch, pages }
  writeHeader(file, headerKey, { ...header, writes: 1 })
  writeHeader(file, headerKey, { ...header, writes: 2 })
  file.sync()
}

/** Overwrites the ring in place with other epochs; both pages are flushed when it returns. */
export type WriteRing = (keys: EpochKeys, began: Instant) => Ring

/**
 * A vault on an open file.
 * @param writeRing where a rotation writes
 * @throws VaultError when file and ring are not of one vault, or one is older than the other
 */
export function vaultOn(
  file: PagedFile,
  masterKey: Uint8Array,
  ring: Ring,
  writeRing: WriteRing,
): Vault {
  const headerKey = deriveKey(masterKey, 'vault-header')
  const header = readHeader(file, headerKey)
  if (!Buffer.from(ring.vaultId).equals(Buffer.from(header.vaultId)))
    throw new VaultError('the key ring belongs to another vault')
  const newest = Math.max(...ring.keys.keys())
  if (newest < header.epoch)
    throw new VaultError(
      `the key ring is older than the vault: it ends at epoch ${newest}, the vault begins at ${header.epoch}`,
    )
  for (let epoch = header.epoch; epoch <= newest; epoch += 1)
    if (!ring.keys.has(epoch))
      throw new VaultError(
        `the vault is older than the key ring: the key of epoch ${epoch} is destroyed`,
      )
  return new FileVault(file, headerKey, header, ring, writeRing)
}

class FileVault implements Vault, Epochs {
  readonly #file: PagedFile
  readonly #headerKey: Uint8Array
  readonly #writeRing: WriteRing
  readonly #map = new SlotMap()
  #ring: Ring
  #header: VaultHeader
  /** `opened` until `adopt` has said which slots live rows hold. */
  #state: 'opened' | 'ready' | 'flushing' | 'broken' | 'closed' = 'opened'

  constructor(
    file: PagedFile,
    headerKey: Uint8Array,
    header: VaultHeader,
    ring: Ring,
    writeRing: WriteRing,
  ) {
    this.#file = file
    this.#headerKey = headerKey
    this.#header = header
    this.#ring = ring
    this.#writeRing = writeRing
    this.#map.grow(slotsIn(header.pages))
  }

  get id(): Uint8Array {
    return this.#header.vaultId
  }

  get generation(): number {
    return this.#header.generation
  }

  get epochs(): Epochs {
    return this
  }

  get began(): Instant {
    return this.#ring.began
  }

  get isRotating(): boolean {
    return this.#ring.keys.size > 1
  }

  seal(header: Uint8Array, parts: readonly Uint8Array[]): Sealed {
    return sealParts(header, parts)
  }

  open(header: Uint8Array, content: SealedContent): Uint8Array[] | undefined {
    const key = this.#keyIn(content.slot, content.mid)
    if (key === undefined) return undefined
    const parts = openParts(header, content.mid, content.parts, key)
    key.fill(0)
    return parts
  }

  holds(slot: Slot, mid: Uint8Array): boolean {
    const key = this.#keyIn(slot, mid)
    key?.fill(0)
    return key !== undefined
  }

  take(spare = false): Slot {
    if (this.#state !== 'ready' && this.#state !== 'flushing')
      throw new Error(`the vault is ${this.#state}; it gives no slots`)
    if (this.#map.free <= (spare ? 0 : SPARE_SLOTS)) this.#grow()
    const slot = this.#map.take()
    if (slot === undefined) throw new StorageFull('the vault has no free slot')
    return slot
  }

  giveBack(slots: readonly Slot[]): void {
    for (const slot of slots) {
      // A key that was written dies by a flush only; its slot is not free before.
      if (!isZero(readCell(this.#file, slot))) throw new Error(`slot ${slot} was written to`)
      this.#map.release(slot)
    }
  }

  async flush(batch: VaultBatch): Promise<void> {
    const writes = this.#writesOf(batch)
    await this.#write(async () => {
      writeCells(this.#file, writes)
      await this.#flushHeader({ generation: batch.generation })
    })
    if (this.#state === 'ready') for (const slot of batch.kill) this.#map.release(slot)
  }

  begin(at: Instant): void {
    if (this.isRotating) throw new Error('an epoch has begun already and the one before is there')
    const next = this.#newest + 1
    this.#ring = this.#writeRing(new Map([...this.#ring.keys, [next, randomBytes(KEY_BYTES)]]), at)
  }

  async move(seats: readonly Seat[]): Promise<Seat[]> {
    const newest = this.#newest
    const { id } = this
    const { moves, lost } = planMoves(this.#file, id, seats, this.#ring.keys, newest)
    if (moves.length === 0) return lost
    await this.#write(async () => {
      for (const { position, wrap } of moves)
        if (wrap !== undefined) this.#file.write(wrap, position ^ WRAP_BYTES)
      await this.#file.datasync()
      for (const { position } of moves) this.#file.write(EMPTY_WRAP, position)
      await this.#file.datasync()
    })
    return lost
  }

  async finish(): Promise<void> {
    const newest = this.#newest
    await this.#write(async () => {
      // Both copies, one after the other: the older one must not bring the old epoch back when the newer one is damaged.
      for (let copies = 0; copies < 2; copies += 1) await this.#flushHeader({ epoch: newest })
    })
    const old = this.#ring
    this.#ring = this.#writeRing(new Map([[newest, this.#keyOf(newest)]]), old.began)
    for (const [epoch, key] of old.keys) if (epoch !== newest) key.fill(0)
  }

  used(): Iterable<Slot> {
    return usedSlots(this.#file, this.#header)
  }

  adopt(held: Iterable<Slot>): void {
    if (this.#state !== 'opened') throw new Error('the vault was told already which slots are held')
    const kept = new Set(held)
    for (const slot of this.used())
      if (!kept.has(slot)) throw new Error(`slot ${slot} holds a key that no message has`)
    for (let slot = 0; slot < this.#map.slots; slot += 1)
      if (!kept.has(slot)) this.#map.release(slot)
    this.#state = 'ready'
  }

  async close(): Promise<void> {
    if (this.#state === 'flushing') throw new Error('the vault is being written')
    if (this.#state === 'closed') return
    this.#state = 'closed'
    for (const key of this.#ring.keys.values()) key.fill(0)
    this.#file.close()
  }

  #keyIn(slot: Slot, mid: Uint8Array): Buffer | undefined {
    if (slot < 0 || slot >= this.#map.slots) return undefined
    const cell = readCell(this.#file, slot)
    // Data stand in one half, and in both only during a rotation.
    for (const at of [0, WRAP_BYTES]) {
      const half = cell.subarray(at, at + WRAP_BYTES)
      const key = isZero(half) ? undefined : unwrapKey(half, this.id, mid, this.#ring.keys)
      if (key !== undefined) return key
    }
    return undefined
  }

  /** The new cells of a batch; wipes the keys, whatever comes of the flush. */
  #writesOf({ put, kill, generation }: VaultBatch): CellWrite[] {
    const newest = this.#newest
    const epochKey = this.#keyOf(newest)
    if (generation !== this.generation && generation !== this.generation + 1)
      throw new Error(`the vault is at generation ${this.generation}; ${generation} cannot follow`)
    const slots = new Set<Slot>()
    const claim = (slot: Slot) => {
      if (slot < 0 || slot >= this.#map.slots || this.#map.isFree(slot) || slots.has(slot))
        throw new Error(`slot ${slot} is not there to be written`)
      slots.add(slot)
    }
    const writes: CellWrite[] = []
    for (const { slot, sealed } of put) {
      claim(slot)
      const cell = Buffer.alloc(CELL_BYTES)
      wrapKey(sealed.key, this.id, sealed.mid, newest, epochKey).copy(cell)
      sealed.key.fill(0)
      writes.push({ slot, cell })
    }
    for (const slot of kill) {
      claim(slot)
      writes.push({ slot, cell: Buffer.alloc(CELL_BYTES) })
    }
    return writes
  }

  get #newest(): number {
    return Math.max(...this.#ring.keys.keys())
  }

  #keyOf(epoch: number): Uint8Array {
    const key = this.#ring.keys.get(epoch)
    if (key === undefined) throw new Error(`the ring has no key for epoch ${epoch}`)
    return key
  }

  /** Writes to the file, one at a time; after an error nothing is written ever again. */
  async #write(writing: () => Promise<void>): Promise<void> {
    const before = this.#state
    if (before !== 'opened' && before !== 'ready') throw new Error(`the vault is ${before}`)
    this.#state = 'flushing'
    try {
      await writing()
    } catch (error) {
      // What is on the disk now is unknown, and a second fdatasync would say that all is well.
      this.#state = 'broken'
      throw new Error('the vault could not be written', { cause: error })
    }
    this.#state = before
  }

  async #flushHeader(change: Partial<VaultHeader>): Promise<void> {
    const header = { ...this.#header, ...change, writes: this.#header.writes + 1 }
    writeHeader(this.#file, this.#headerKey, header)
    await this.#file.datasync()
    // Pages may have been added while the flush ran; the next one names them.
    this.#header = { ...header, pages: this.#header.pages }
  }

  #grow(): void {
    const pages = growPages(this.#file, this.id, this.#header.pages)
    const from = this.#map.slots
    this.#header = { ...this.#header, pages }
    this.#map.grow(slotsIn(pages))
    for (let slot = from; slot < this.#map.slots; slot += 1) this.#map.release(slot)
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.equals(EMPTY_CELL.subarray(0, bytes.length))
}
