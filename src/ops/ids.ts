/**
 * Identities: random ones, and those of notices, which follow from what they tell about.
 * @module
 */
import { createHash, randomUUID } from 'node:crypto'
import type { Ids } from '../relay/ports.ts'

/** Namespace of the references of notices (RFC 9562, 5.5); ours, and never to change. */
const NOTICES = Buffer.from('7a1f7a0ce9d24b5f9a3c0f6f1e5d2b48', 'hex')

/** The identities of a running relay. */
export const systemIds: Ids = {
  random: () => randomUUID(),
  notice: (original, outcome) => uuidV5(NOTICES, `${original} ${outcome}`),
}

/** UUID version 5: the first 16 bytes of SHA-1 over namespace and name, with version and variant put in. */
function uuidV5(namespace: Uint8Array, name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
