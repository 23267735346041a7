/**
 * SEAL: content under a key of its own, and that key wrapped for its slot. The header, as stored, is associated data of every
 * part, so content cannot be shown under another header; the mid binds key and content.
 * @module
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Sealed } from '../relay/ports.ts'
import { CIPHER, KEY_BYTES, NONCE_BYTES, TAG_BYTES, u32 } from './keys.ts'
import type { EpochKeys } from './ring.ts'

/** nonce(12) key(32) tag(16) epoch(4). */
export const WRAP_BYTES = 64
const MID_BYTES = 16

const EPOCH_AT = WRAP_BYTES - 4

/** Encrypts parts under a fresh key; a retry seals anew, so no nonce is ever used twice. */
export function sealParts(header: Uint8Array, parts: readonly Uint8Array[]): Sealed {
  const mid = randomBytes(MID_BYTES)
  const key = randomBytes(KEY_BYTES)
  const headerHash = createHash('sha256').update(header).digest()
  const sealed = parts.map((part, index) => {
    const cipher = createCipheriv(CIPHER, key, nonceOf(index))
    cipher.setAAD(partAad(mid, index, parts.length, headerHash))
    return Buffer.concat([cipher.update(part), cipher.final(), cipher.getAuthTag()])
  })
  return { mid, parts: sealed, key }
}

/** Decrypts what `sealParts` made; undefined when key, header, mid, order or a single bit is another. */
export function openParts(
  header: Uint8Array,
  mid: Uint8Array,
  parts: readonly Uint8Array[],
  key: Uint8Array,
): Uint8Array[] | undefined {
  const headerHash = createHash('sha256').update(header).digest()
  try {
    return parts.map((part, index) => {
      const decipher = createDecipheriv(CIPHER, key, nonceOf(index), { authTagLength: TAG_BYTES })
      decipher.setAAD(partAad(mid, index, parts.length, headerHash))
      decipher.setAuthTag(part.subarray(part.length - TAG_BYTES))
      const clear = decipher.update(part.subarray(0, part.length - TAG_BYTES))
      const rest = decipher.final()
      return rest.length === 0 ? clear : Buffer.concat([clear, rest])
    })
  } catch {
    return undefined
  }
}

/** Wraps a message key for a slot: 64 bytes, never all zero since epochs count from 1. */
export function wrapKey(
  key: Uint8Array,
  vaultId: Uint8Array,
  mid: Uint8Array,
  epoch: number,
  epochKey: Uint8Array,
): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, epochKey, nonce).setAAD(slotAad(vaultId, mid, epoch))
  const wrapped = Buffer.concat([cipher.update(key), cipher.final()])
  return Buffer.concat([nonce, wrapped, cipher.getAuthTag(), u32(epoch)], WRAP_BYTES)
}

/** The message key in a half of a slot; undefined when it is not for this mid or its epoch has ended. */
export function unwrapKey(
  half: Buffer,
  vaultId: Uint8Array,
  mid: Uint8Array,
  epochKeys: EpochKeys,
): Buffer | undefined {
  const epoch = half.readUInt32BE(EPOCH_AT)
  const epochKey = epochKeys.get(epoch)
  if (epochKey === undefined) return undefined
  const decipher = createDecipheriv(CIPHER, epochKey, half.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(slotAad(vaultId, mid, epoch)).setAuthTag(half.subarray(44, EPOCH_AT))
  try {
    return Buffer.concat([decipher.update(half.subarray(NONCE_BYTES, 44)), decipher.final()])
  } catch {
    return undefined
  }
}

/** The part's number as 96 bits; safe because a key is used for one seal only. */
function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeUInt32BE(index, NONCE_BYTES - 4)
  return nonce
}

function partAad(mid: Uint8Array, index: number, count: number, headerHash: Buffer): Buffer {
  return Buffer.concat([Buffer.from('part/1'), mid, u32(index), u32(count), headerHash])
}

function slotAad(vaultId: Uint8Array, mid: Uint8Array, epoch: number): Buffer {
  return Buffer.concat([Buffer.from('slot/1'), vaultId, mid, u32(epoch)])
}
