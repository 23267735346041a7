/**
 * Whether a file is a whole LMDB environment, before LMDB maps it: it trusts what it maps, and a file that was cut off or
 * overwritten ends the process without a word.
 *
 * Two meta pages, numbers little-endian: at 18 the kind of page u16 (8 is meta), at 24 magic u32 and version u32, at 144 the last page
 * u64, at 152 the transaction u64 (`mdb.c` of lmdb-js, MDB_page and MDB_meta).
 * @module
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'

const PAGE_BYTES = 4096
const META_PAGES = 2
const META_PAGE = 0x08
const MAGIC = 0xbeefc0de
const KIND_AT = 18
const MAGIC_AT = 24
const LAST_PAGE_AT = 144
const TRANSACTION_AT = 152

/** The file of the store cannot be opened as it is. The sentence is for the operator. */
export class StoreDamaged extends Error {
  override readonly name = 'StoreDamaged'
}

/** @param path of `data.mdb`. @throws StoreDamaged when it is none, or only a part of one */
export function demandWhole(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const pages = Buffer.alloc(META_PAGES * PAGE_BYTES)
  if (size < pages.length)
    throw new StoreDamaged('the store is empty or damaged: its file has no beginning')
  const fd = openSync(path, 'r')
  try {
    readSync(fd, pages, 0, pages.length, 0)
  } finally {
    closeSync(fd)
  }
  const metas = [pages.subarray(0, PAGE_BYTES), pages.subarray(PAGE_BYTES)]
  if (!metas.every(isMeta))
    throw new StoreDamaged('the store is damaged: its file does not begin as one of LMDB')
  const [first = 0n, second = 0n] = metas.map((meta) => meta.readBigUInt64LE(TRANSACTION_AT))
  const newest = first > second ? 0 : PAGE_BYTES
  const last = Number(pages.readBigUInt64LE(newest + LAST_PAGE_AT))
  if ((last + 1) * PAGE_BYTES > size)
    throw new StoreDamaged('the store is truncated: its file has fewer pages than it says')
}

function isMeta(page: Buffer): boolean {
  return (page.readUInt16LE(KIND_AT) & META_PAGE) !== 0 && page.readUInt32LE(MAGIC_AT) === MAGIC
}
