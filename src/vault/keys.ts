/**
 * What is derived from the master key. The master key itself only wraps; each file is authenticated under a key of its own.
 * @module
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

export const KEY_BYTES = 32
export const TAG_BYTES = 16
export const NONCE_BYTES = 12
export const CIPHER = 'aes-256-gcm'

/** @throws when it is not 32 bytes: a shorter one would be stretched in silence */
export function demandMasterKey(masterKey: Uint8Array): void {
  if (masterKey.length !== KEY_BYTES) throw new Error('the master key is not 32 bytes long')
}

/** HKDF-SHA256 of the master key for one purpose. */
export function deriveKey(masterKey: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, new Uint8Array(0), purpose, KEY_BYTES))
}

/** HMAC-SHA256, 32 bytes. */
export function authenticate(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** Signs under the key for one purpose; the master key itself is not kept. */
export function signer(masterKey: Uint8Array, purpose: string): (data: Uint8Array) => Uint8Array {
  const key = deriveKey(masterKey, purpose)
  return (data) => authenticate(key, data)
}

/** Compares without telling where the difference is. */
export function isAuthentic(key: Uint8Array, data: Uint8Array, mac: Uint8Array): boolean {
  return mac.length === KEY_BYTES && timingSafeEqual(authenticate(key, data), mac)
}

/** Four bytes, big-endian. */
export function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value, 0)
  return bytes
}
