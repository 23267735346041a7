/**
 * RING: the keys that wrap message keys, one per epoch, wrapped by the master key. An 8 KiB file outside the data folder,
 * overwritten in place and never renamed, so that a key that leaves it is gone from its blocks.
 *
 * A page of 4,096 bytes, numbers big-endian: magic(8) version u32, vaultId(16), generation u64, entries u32, twice
 * [epoch u32, nonce(12), key(32), tag(16)], began u64, HMAC-SHA256(32) under HKDF(master, "ring"); the rest is zero. Both pages
 * hold the same, except while one of them is being written.
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Instant } from '../core/message.ts'
import { VaultError } from './errors.ts'
import {
  authenticate,
  CIPHER,
  demandMasterKey,
  deriveKey,
  isAuthentic,
  KEY_BYTES,
  NONCE_BYTES,
  TAG_BYTES,
  u32,
} from './keys.ts'
import { openPagedFile, openToRead, type PagedFile, syncFolderOf } from './paged-file.ts'

const PAGE_BYTES = 4096
const MAGIC = Buffer.from('KNPRING\n')
const VERSION = 1
const ENTRIES_MAX = 2
const ENTRIES_AT = 40
const ENTRY_BYTES = 4 + NONCE_BYTES + KEY_BYTES + TAG_BYTES
const BEGAN_AT = ENTRIES_AT + ENTRIES_MAX * ENTRY_BYTES
const MAC_AT = BEGAN_AT + 8

/** Epoch → the key that wraps the message keys of that epoch. */
export type EpochKeys = ReadonlyMap<number, Uint8Array>

export interface Ring {
  readonly vaultId: Uint8Array
  /** Rises with each write. */
  readonly generation: number
  readonly keys: EpochKeys
  /** When the newest epoch began: a node that is started every few hours must still know when its epoch is over. */
  readonly began: Instant
}

/**
 * Makes the ring of a new vault, with one fresh key for the first epoch.
 * @throws when the file is there already
 */
export async function createRing(
  path: string,
  masterKey: Uint8Array,
  vaultId: Uint8Array,
  began: Instant = Date.now(),
): Promise<Ring> {
  demandMasterKey(masterKey)
  const ring = { vaultId, generation: 1, keys: new Map([[1, randomBytes(KEY_BYTES)]]), began }
  const file = openPagedFile(path, true)
  try {
    writePages(file, encodePage(ring, masterKey), [0, 1])
  } finally {
    file.close()
  }
  await syncFolderOf(path)
  return ring
}

/**
 * Opens the ring from the newest page that is whole, and makes the other one equal to it: an epoch that was ended must not
 * live on in a page that a crash left behind.
 * @throws VaultError when neither page opens
 */
export function openRing(path: string, masterKey: Uint8Array): Ring {
  demandMasterKey(masterKey)
  const file = openPagedFile(path)
  try {
    const pages = readPages(file)
    const { ring, from } = newest(pages, masterKey)
    const good = pages[from]
    const other = 1 - from
    if (good !== undefined && pages[other]?.equals(good) !== true) writePages(file, good, [other])
    return ring
  } finally {
    file.close()
  }
}

/** Reads the ring as it is on disk, beside the process that owns it. @throws VaultError when neither page opens */
export function readRing(path: string, masterKey: Uint8Array): Ring {
  demandMasterKey(masterKey)
  const file = openToRead(path)
  try {
    return newest(readPages(file), masterKey).ring
  } finally {
    file.close()
  }
}

/**
 * Overwrites the ring in place with other epochs; both pages are flushed when it returns.
 * @param keys one or two epochs
 * @param began when the newest of them began; as it was when left out
 */
export function writeRing(
  path: string,
  masterKey: Uint8Array,
  keys: EpochKeys,
  began?: Instant,
): Ring {
  demandMasterKey(masterKey)
  const file = openPagedFile(path)
  try {
    const { ring, from } = newest(readPages(file), masterKey)
    const { vaultId, generation } = ring
    const next: Ring = { vaultId, generation: generation + 1, keys, began: began ?? ring.began }
    // The page that is good now is written last, so that one of both opens at every moment.
    writePages(file, encodePage(next, masterKey), [1 - from, from])
    return next
  } finally {
    file.close()
  }
}

/** Overwrites the ring in place under another master key: the same epochs, one page after the other. */
export function rewriteRing(path: string, before: Uint8Array, after: Uint8Array): void {
  const file = openPagedFile(path)
  try {
    const { ring, from } = newest(readPages(file), before)
    const page = encodePage({ ...ring, generation: ring.generation + 1 }, after)
    // Between the two either master key opens it.
    writePages(file, page, [1 - from, from])
  } finally {
    file.close()
  }
}

function encodePage(ring: Ring, masterKey: Uint8Array): Buffer {
  if (ring.keys.size < 1 || ring.keys.size > ENTRIES_MAX)
    throw new Error(`a ring holds one or ${ENTRIES_MAX} epochs`)
  const page = Buffer.alloc(PAGE_BYTES)
  MAGIC.copy(page, 0)
  page.writeUInt32BE(VERSION, 8)
  page.set(ring.vaultId, 12)
  page.writeBigUInt64BE(BigInt(ring.generation), 28)
  page.writeUInt32BE(ring.keys.size, 36)
  let at = ENTRIES_AT
  for (const [epoch, key] of ring.keys) {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, masterKey, nonce).setAAD(aadOf(ring.vaultId, epoch))
    const wrapped = Buffer.concat([cipher.update(key), cipher.final()])
    page.set(Buffer.concat([u32(epoch), nonce, wrapped, cipher.getAuthTag()]), at)
    at += ENTRY_BYTES
  }
  page.writeBigUInt64BE(BigInt(ring.began), BEGAN_AT)
  const mac = authenticate(deriveKey(masterKey, 'ring'), page.subarray(0, MAC_AT))
  page.set(mac, MAC_AT)
  return page
}

function decodePage(page: Buffer, masterKey: Uint8Array): Ring | undefined {
  const mac = page.subarray(MAC_AT, MAC_AT + KEY_BYTES)
  if (!page.subarray(0, 8).equals(MAGIC) || page.readUInt32BE(8) !== VERSION) return undefined
  if (!isAuthentic(deriveKey(masterKey, 'ring'), page.subarray(0, MAC_AT), mac)) return undefined
  const vaultId = Uint8Array.from(page.subarray(12, 28))
  const keys = new Map<number, Uint8Array>()
  const count = page.readUInt32BE(36)
  for (let at = ENTRIES_AT; at < ENTRIES_AT + count * ENTRY_BYTES; at += ENTRY_BYTES) {
    const epoch = page.readUInt32BE(at)
    const nonce = page.subarray(at + 4, at + 16)
    const decipher = createDecipheriv(CIPHER, masterKey, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(aadOf(vaultId, epoch)).setAuthTag(page.subarray(at + 48, at + 64))
    try {
      keys.set(
        epoch,
        Buffer.concat([decipher.update(page.subarray(at + 16, at + 48)), decipher.final()]),
      )
    } catch {
      return undefined
    }
  }
  const began = Number(page.readBigUInt64BE(BEGAN_AT))
  return { vaultId, generation: Number(page.readBigUInt64BE(28)), keys, began }
}

function newest(pages: readonly Buffer[], masterKey: Uint8Array): { ring: Ring; from: number } {
  let best: { ring: Ring; from: number } | undefined
  for (const [from, page] of pages.entries()) {
    const ring = decodePage(page, masterKey)
    if (ring !== undefined && (best === undefined || ring.generation > best.ring.generation))
      best = { ring, from }
  }
  if (best === undefined)
    throw new VaultError(
      'wrong master key or ring: the key ring does not open under this master key',
    )
  return best
}

function readPages(file: PagedFile): Buffer[] {
  // A ring that was cut off reads as zeroes, which is no page: the message is the same.
  const both = Buffer.alloc(2 * PAGE_BYTES)
  file.read(both.subarray(0, Math.min(file.size(), both.length)), 0)
  return [both.subarray(0, PAGE_BYTES), both.subarray(PAGE_BYTES)]
}

function writePages(file: PagedFile, page: Buffer, order: readonly number[]): void {
  for (const index of order) {
    file.write(page, index * PAGE_BYTES)
    file.sync()
  }
}

function aadOf(vaultId: Uint8Array, epoch: number): Buffer {
  return Buffer.concat([Buffer.from('ring'), vaultId, u32(epoch)])
}
