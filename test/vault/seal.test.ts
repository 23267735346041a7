import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { openParts, sealParts, unwrapKey, wrapKey } from '../../src/vault/seal.ts'

const header = new TextEncoder().encode('{"reference":"x"}')
const bytes = (...lengths: number[]) => lengths.map((length) => new Uint8Array(randomBytes(length)))
const plain = (parts: readonly Uint8Array[] | undefined) => parts?.map((part) => [...part])

describe('a seal', () => {
  test.each([
    ['one part', bytes(2_048)],
    ['four parts', bytes(10, 1, 100_000, 3)],
    ['an empty part', bytes(0, 5)],
  ])('of %s opens to what went in', (_, parts) => {
    const { mid, parts: sealed, key } = sealParts(header, parts)
    expect(sealed.map((part) => part.length)).toEqual(parts.map((part) => part.length + 16))
    expect(plain(openParts(header, mid, sealed, key))).toEqual(plain(parts))
  })

  const parts = bytes(100, 100)
  const sealed = sealParts(header, parts)
  const [first = new Uint8Array(), second = new Uint8Array()] = sealed.parts
  const flipped = Uint8Array.from(first, (byte, index) => (index === 50 ? byte ^ 1 : byte))
  const other = sealParts(header, parts)
  test.each<[string, Uint8Array, Uint8Array, Uint8Array[], Uint8Array]>([
    ['another header', randomBytes(17), sealed.mid, [first, second], sealed.key],
    ['another mid', header, other.mid, [first, second], sealed.key],
    ['another key', header, sealed.mid, [first, second], other.key],
    ['parts in another order', header, sealed.mid, [second, first], sealed.key],
    ['a part missing', header, sealed.mid, [first], sealed.key],
    ['a part doubled', header, sealed.mid, [first, second, second], sealed.key],
    ['a changed bit', header, sealed.mid, [flipped, second], sealed.key],
    ['a part cut off', header, sealed.mid, [first.subarray(1), second], sealed.key],
    ['a part without a tag', header, sealed.mid, [first.subarray(0, 8), second], sealed.key],
    ['parts of another seal', header, sealed.mid, [...other.parts], sealed.key],
  ])('does not open with %s', (_, head, mid, given, key) => {
    expect(openParts(header, sealed.mid, sealed.parts, sealed.key)).toBeDefined()
    expect(openParts(head, mid, given, key)).toBeUndefined()
  })

  test('made twice shares no key, no mid and no ciphertext', () => {
    expect(sealed.key).not.toEqual(other.key)
    expect(sealed.mid).not.toEqual(other.mid)
    expect(sealed.parts).not.toEqual(other.parts)
  })
})

describe('a wrapped key', () => {
  const [vaultId, mid, key, epochKey] = [16, 16, 32, 32].map((length) => randomBytes(length)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ]
  const half = wrapKey(key, vaultId, mid, 7, epochKey)
  const ring = new Map([[7, epochKey]])

  test('is 64 bytes that end in the epoch, and opens to the key', () => {
    expect(half.length).toBe(64)
    expect(half.readUInt32BE(60)).toBe(7)
    expect(unwrapKey(half, vaultId, mid, ring)?.equals(key)).toBe(true)
  })

  const asEpoch = Buffer.from(half)
  asEpoch.writeUInt32BE(8, 60)
  test.each<[string, () => Buffer | undefined]>([
    ['another vault', () => unwrapKey(half, randomBytes(16), mid, ring)],
    ['another mid', () => unwrapKey(half, vaultId, randomBytes(16), ring)],
    ['another epoch key', () => unwrapKey(half, vaultId, mid, new Map([[7, randomBytes(32)]]))],
    ['an epoch that has ended', () => unwrapKey(half, vaultId, mid, new Map([[9, epochKey]]))],
    ['a changed epoch', () => unwrapKey(asEpoch, vaultId, mid, new Map([[8, epochKey]]))],
    ['zeroes', () => unwrapKey(Buffer.alloc(64), vaultId, mid, ring)],
  ])('does not open under %s', (_, attempt) => {
    expect(attempt()).toBeUndefined()
  })
})
