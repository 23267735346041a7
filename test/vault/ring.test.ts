import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { VaultError } from '../../src/vault/errors.ts'
import { createRing, openRing, writeRing } from '../../src/vault/ring.ts'
import { folders } from './folder.ts'

const PAGE = 4096
const temp = folders()
const vaultId = randomBytes(16)

async function made() {
  const path = join(temp(), 'ring')
  const masterKey = randomBytes(32)
  const ring = await createRing(path, masterKey, vaultId)
  return { path, masterKey, ring }
}

function overwrite(path: string, at: number, bytes: Uint8Array) {
  const all = readFileSync(path)
  all.set(bytes, at)
  writeFileSync(path, all)
}

describe('the key ring', () => {
  test('gives back the key and the vault that it was made with', async () => {
    const { path, masterKey, ring } = await made()
    const again = openRing(path, masterKey)
    expect(again.keys).toEqual(ring.keys)
    expect(again.vaultId).toEqual(Uint8Array.from(vaultId))
    expect(again.generation).toBe(1)
    expect(statSync(path).size).toBe(2 * PAGE)
    expect(statSync(path).mode & 0o077).toBe(0)
  })

  test.each([
    ['page A is garbage', (path: string) => overwrite(path, 0, randomBytes(PAGE))],
    ['page B is garbage', (path: string) => overwrite(path, PAGE, randomBytes(PAGE))],
    ['page A is half written', (path: string) => overwrite(path, 60, new Uint8Array(PAGE - 60))],
    ['page B is cut off', (path: string) => truncateSync(path, PAGE)],
  ])('opens when %s, and is whole afterwards', async (_, harm) => {
    const { path, masterKey, ring } = await made()
    harm(path)
    expect(openRing(path, masterKey).keys).toEqual(ring.keys)
    const bytes = readFileSync(path)
    expect(bytes.subarray(0, PAGE).equals(bytes.subarray(PAGE))).toBe(true)
  })

  test.each([
    ['another master key', (path: string) => openRing(path, randomBytes(32))],
    [
      'both pages gone',
      (path: string) => (
        overwrite(path, 0, new Uint8Array(2 * PAGE)),
        openRing(path, randomBytes(32))
      ),
    ],
    ['an empty file', (path: string) => (truncateSync(path, 0), openRing(path, randomBytes(32)))],
  ])('%s is a wrong master key or ring', async (_, attempt) => {
    const { path } = await made()
    expect(() => attempt(path)).toThrow(VaultError)
    expect(() => attempt(path)).toThrow('wrong master key or ring')
  })

  test('every single changed bit before the end of the MAC is noticed on that page', async () => {
    const { path, masterKey } = await made()
    const whole = readFileSync(path)
    // Page B is gone, so page A alone must answer for itself.
    whole.fill(0, PAGE)
    for (let at = 0; at < 200; at += 1) {
      const torn = Buffer.from(whole)
      torn[at] = (torn[at] ?? 0) ^ 1
      writeFileSync(path, torn)
      expect(() => openRing(path, masterKey)).toThrow('wrong master key or ring')
    }
  })

  test('is overwritten in place: the same file, and no byte of a key that left it', async () => {
    const { path, masterKey, ring } = await made()
    const { ino } = statSync(path)
    const before = readFileSync(path)
    const wrapped = before.subarray(56, 88)
    const second = randomBytes(32)
    writeRing(path, masterKey, new Map([...ring.keys, [2, second]]))
    expect([...openRing(path, masterKey).keys.keys()]).toEqual([1, 2])
    const next = writeRing(path, masterKey, new Map([[2, second]]))
    expect(next.generation).toBe(3)
    expect(openRing(path, masterKey).keys).toEqual(new Map([[2, second]]))
    expect(statSync(path).ino).toBe(ino)
    expect(before.includes(wrapped)).toBe(true)
    expect(readFileSync(path).includes(wrapped)).toBe(false)
  })

  test('a crash between the two pages leaves either the old ring or the new one, and ends the old page', async () => {
    const { path, masterKey, ring } = await made()
    const old = readFileSync(path)
    const key = randomBytes(32)
    writeRing(path, masterKey, new Map([[2, key]]))
    const fresh = readFileSync(path)
    for (const [a, b] of [
      [fresh, old],
      [old, fresh],
    ] as const) {
      writeFileSync(path, Buffer.concat([a.subarray(0, PAGE), b.subarray(PAGE)]))
      expect(openRing(path, masterKey).keys).toEqual(new Map([[2, key]]))
      expect(readFileSync(path).includes(old.subarray(56, 88))).toBe(false)
    }
    writeFileSync(path, old)
    expect(openRing(path, masterKey).keys).toEqual(ring.keys)
  })

  test('never holds three epochs, and never a short master key', async () => {
    const { path, masterKey } = await made()
    const three = new Map([1, 2, 3].map((epoch) => [epoch, randomBytes(32)]))
    expect(() => writeRing(path, masterKey, three)).toThrow()
    expect(() => writeRing(path, masterKey, new Map())).toThrow()
    expect(() => openRing(path, masterKey.subarray(1))).toThrow('32 bytes')
  })
})
