/**
 * VAULT: the file of message keys, overwritten in place. Pages of 4,096 bytes, numbers big-endian.
 *
 * Pages 0 and 1 are two copies of the header, written in turn; the valid one with the higher W counts: magic(8) version u32,
 * vaultId(16), W u64, G u64, epoch u32, pages u32, HMAC-SHA256(32) under HKDF(master, "vault-header"). Other pages have 32 cells of
 * 128 bytes: cell 0 magic(8) vaultId(16) page u32; cells 1 to 31 slots of two halves. All zero is free.
 * @module
 */
import { StorageFull, type Slot } from '../relay/ports.ts'
import { VaultError } from './errors.ts'
import { authenticate, isAuthentic, KEY_BYTES } from './keys.ts'
import type { PagedFile } from './paged-file.ts'

export const PAGE_BYTES = 4096
export const CELL_BYTES = 128
const HEADER_PAGES = 2
const SLOTS_PER_PAGE = PAGE_BYTES / CELL_BYTES - 1
/** 1 MiB. */
export const GROWTH_PAGES = 256
const HEADER_MAGIC = Buffer.from('KNPVAULT')
const PAGE_MAGIC = Buffer.from('KNPSLOTS')
const VERSION = 1
const MAC_AT = 52
export const EMPTY_CELL = Buffer.alloc(CELL_BYTES)

export interface VaultHeader {
  readonly vaultId: Uint8Array
  /** W: counts writes of the header; its parity says which page is next. */
  readonly writes: number
  /** G: generation of the group whose keys were flushed last. */
  readonly generation: number
  /** Oldest epoch that a slot may still be wrapped under. */
  readonly epoch: number
  /** Pages in use, headers included; the file may be longer after an interrupted growth. */
  readonly pages: number
}

/** New bytes of one slot. */
export interface CellWrite {
  readonly slot: Slot
  readonly cell: Uint8Array
}

/** How many slots a file of so many pages has. */
export function slotsIn(pages: number): number {
  return (pages - HEADER_PAGES) * SLOTS_PER_PAGE
}

/** Where a slot begins, in bytes. */
export function offsetOf(slot: Slot): number {
  const page = HEADER_PAGES + Math.floor(slot / SLOTS_PER_PAGE)
  return page * PAGE_BYTES + (1 + (slot % SLOTS_PER_PAGE)) * CELL_BYTES
}

/** Reads the header that counts. @throws VaultError when neither copy is whole, or the file is shorter than it says */
export function readHeader(file: PagedFile, headerKey: Uint8Array): VaultHeader {
  const both = Buffer.alloc(HEADER_PAGES * PAGE_BYTES)
  if (file.size() < both.length)
    throw new VaultError('the vault is truncated: it has no header any more')
  file.read(both, 0)
  let best: VaultHeader | undefined
  for (let page = 0; page < HEADER_PAGES; page += 1) {
    const header = decodeHeader(both.subarray(page * PAGE_BYTES), headerKey)
    if (header !== undefined && (best === undefined || header.writes > best.writes)) best = header
  }
  if (best === undefined)
    throw new VaultError('the vault is damaged or of another master key: no header of it is valid')
  if (best.pages * PAGE_BYTES > file.size())
    throw new VaultError('the vault is truncated: it has fewer pages than its header says')
  return best
}

/** Writes a header over the older of the two copies. Not flushed. */
export function writeHeader(file: PagedFile, headerKey: Uint8Array, header: VaultHeader): void {
  const page = Buffer.alloc(PAGE_BYTES)
  HEADER_MAGIC.copy(page, 0)
  page.writeUInt32BE(VERSION, 8)
  page.set(header.vaultId, 12)
  page.writeBigUInt64BE(BigInt(header.writes), 28)
  page.writeBigUInt64BE(BigInt(header.generation), 36)
  page.writeUInt32BE(header.epoch, 44)
  page.writeUInt32BE(header.pages, 48)
  page.set(authenticate(headerKey, page.subarray(0, MAC_AT)), MAC_AT)
  file.write(page, (header.writes % HEADER_PAGES) * PAGE_BYTES)
}

/**
 * Adds free pages, every byte written and flushed; the header names them at the next flush.
 * @returns how many pages there are now
 * @throws StorageFull when the disk has no room
 */
export function growPages(file: PagedFile, vaultId: Uint8Array, pages: number): number {
  const added = Buffer.alloc(GROWTH_PAGES * PAGE_BYTES)
  for (let index = 0; index < GROWTH_PAGES; index += 1)
    markOf(vaultId, pages + index).copy(added, index * PAGE_BYTES)
  try {
    file.write(added, pages * PAGE_BYTES)
    file.sync()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOSPC' && code !== 'EDQUOT')
      throw new Error('the vault could not grow', { cause: error })
    // No slot lies there yet: what was written in vain is given back.
    file.truncate(pages * PAGE_BYTES)
    throw new StorageFull('the disk of the vault is full', { cause: error })
  }
  return pages + GROWTH_PAGES
}

/** Reads the 128 bytes of a slot. */
export function readCell(file: PagedFile, slot: Slot): Buffer {
  const cell = Buffer.alloc(CELL_BYTES)
  file.read(cell, offsetOf(slot))
  return cell
}

/** Overwrites slots; neighbours go out in one write. Not flushed. */
export function writeCells(file: PagedFile, writes: readonly CellWrite[]): void {
  const sorted = [...writes].sort((one, other) => one.slot - other.slot)
  for (let from = 0; from < sorted.length;) {
    const start = offsetOf(sorted[from]?.slot ?? 0)
    const run: Uint8Array[] = []
    for (let next = sorted[from]; next !== undefined; next = sorted[from + run.length]) {
      if (offsetOf(next.slot) !== start + run.length * CELL_BYTES) break
      run.push(next.cell)
    }
    file.write(run.length === 1 && run[0] !== undefined ? run[0] : Buffer.concat(run), start)
    from += run.length
  }
}

/**
 * Slots that are not all zero, read from the file now.
 * @throws VaultError when a page does not carry the mark of this vault
 */
export function* usedSlots(file: PagedFile, header: VaultHeader): Generator<Slot> {
  const chunk = Buffer.alloc(GROWTH_PAGES * PAGE_BYTES)
  for (let first = HEADER_PAGES; first < header.pages; first += GROWTH_PAGES) {
    const count = Math.min(GROWTH_PAGES, header.pages - first)
    file.read(chunk.subarray(0, count * PAGE_BYTES), first * PAGE_BYTES)
    for (let index = 0; index < count; index += 1) {
      const page = chunk.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES)
      if (!page.subarray(0, CELL_BYTES).equals(markOf(header.vaultId, first + index)))
        throw new VaultError(`the vault is damaged: page ${first + index} is not of this vault`)
      for (let cell = 1; cell <= SLOTS_PER_PAGE; cell += 1)
        if (!page.subarray(cell * CELL_BYTES, (cell + 1) * CELL_BYTES).equals(EMPTY_CELL))
          yield (first + index - HEADER_PAGES) * SLOTS_PER_PAGE + cell - 1
    }
  }
}

function decodeHeader(page: Buffer, headerKey: Uint8Array): VaultHeader | undefined {
  const mac = page.subarray(MAC_AT, MAC_AT + KEY_BYTES)
  if (!page.subarray(0, 8).equals(HEADER_MAGIC) || page.readUInt32BE(8) !== VERSION)
    return undefined
  if (!isAuthentic(headerKey, page.subarray(0, MAC_AT), mac)) return undefined
  return {
    vaultId: Uint8Array.from(page.subarray(12, 28)),
    writes: Number(page.readBigUInt64BE(28)),
    generation: Number(page.readBigUInt64BE(36)),
    epoch: page.readUInt32BE(44),
    pages: page.readUInt32BE(48),
  }
}

/** Cell 0 of a page. */
function markOf(vaultId: Uint8Array, page: number): Buffer {
  const mark = Buffer.alloc(CELL_BYTES)
  PAGE_MAGIC.copy(mark, 0)
  mark.set(vaultId, 8)
  mark.writeUInt32BE(page, 24)
  return mark
}
