import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { StorageFull, type Vault } from '../../src/relay/ports.ts'
import type { Ring } from '../../src/vault/ring.ts'
import { GROWTH_PAGES, offsetOf, PAGE_BYTES, slotsIn } from '../../src/vault/vault-file.ts'
import { initialise, SPARE_SLOTS, vaultOn } from '../../src/vault/vault.ts'
import { FakeFile } from './fake-file.ts'

const HEADER = new TextEncoder().encode('{}')
const SLOTS = slotsIn(2 + GROWTH_PAGES)

function ringOf(epochs: readonly number[] = [1], vaultId: Uint8Array = randomBytes(16)): Ring {
  const keys = new Map(epochs.map((epoch) => [epoch, randomBytes(32)]))
  return { vaultId, generation: 1, keys, began: 0 }
}

const noRotation = () => {
  throw new Error('nobody asked for a rotation')
}

function fresh(ring = ringOf()) {
  const file = new FakeFile()
  const masterKey = randomBytes(32)
  initialise(file, masterKey, ring)
  const reopen = (): Vault => vaultOn(file, masterKey, ring, noRotation)
  const vault = reopen()
  vault.adopt([])
  file.log.length = 0
  return { file, masterKey, ring, vault, reopen }
}

/** Seals a text and flushes its key. */
async function put(vault: Vault, text = 'geheim') {
  const sealed = vault.seal(HEADER, [new TextEncoder().encode(text)])
  const slot = vault.take()
  await vault.flush({ put: [{ slot, sealed }], kill: [], generation: vault.generation + 1 })
  return { mid: sealed.mid, slot, parts: sealed.parts }
}

const textOf = (parts: readonly Uint8Array[] | undefined) =>
  parts?.map((part) => Buffer.from(part).toString())
const kill = (vault: Vault, ...slots: number[]) =>
  vault.flush({ put: [], kill: slots, generation: vault.generation + 1 })

describe('the vault', () => {
  test('opens what it sealed, also after it was opened again', async () => {
    const { vault, reopen } = fresh()
    const content = await put(vault)
    expect(textOf(vault.open(HEADER, content))).toEqual(['geheim'])
    expect(vault.holds(content.slot, content.mid)).toBe(true)
    const again = reopen()
    expect(again.generation).toBe(1)
    expect([...again.used()]).toEqual([content.slot])
    expect(textOf(again.open(HEADER, content))).toEqual(['geheim'])
  })

  test('after a kill the slot is all zero on the disk and nothing opens, with the same ring and master key', async () => {
    const { vault, file, reopen } = fresh()
    const content = await put(vault)
    const before = Buffer.from(file.bytes)
    const cell = () => file.bytes.subarray(offsetOf(content.slot), offsetOf(content.slot) + 128)
    const wrapped = Buffer.from(cell().subarray(0, 64))
    expect(wrapped.equals(Buffer.alloc(64))).toBe(false)
    await kill(vault, content.slot)
    expect(cell().equals(Buffer.alloc(128))).toBe(true)
    expect(before.includes(wrapped)).toBe(true)
    expect(file.bytes.includes(wrapped)).toBe(false)
    expect(vault.open(HEADER, content)).toBeUndefined()
    expect(vault.holds(content.slot, content.mid)).toBe(false)
    expect(reopen().open(HEADER, content)).toBeUndefined()
    // The test can fail: the file from before the kill still opens it.
    file.bytes = before
    expect(textOf(reopen().open(HEADER, content))).toEqual(['geheim'])
  })

  test('one flush is one fdatasync, and neighbours go out in one write', async () => {
    const { vault, file } = fresh()
    const seals = Array.from({ length: 20 }, () => ({
      slot: vault.take(),
      sealed: vault.seal(HEADER, [new Uint8Array(3)]),
    }))
    await vault.flush({ put: seals, kill: [], generation: 1 })
    expect(file.count('datasync')).toBe(1)
    expect(file.count('sync')).toBe(0)
    // Twenty slots side by side, and the header.
    expect(file.count('write')).toBe(2)
  })

  test('keys in memory are wiped by the flush', async () => {
    const { vault } = fresh()
    const sealed = vault.seal(HEADER, [new Uint8Array(1)])
    expect(sealed.key.some((byte) => byte !== 0)).toBe(true)
    await vault.flush({ put: [{ slot: vault.take(), sealed }], kill: [], generation: 1 })
    expect(sealed.key.every((byte) => byte === 0)).toBe(true)
  })

  test('the key itself is never on the disk', async () => {
    const { vault, file } = fresh()
    const sealed = vault.seal(HEADER, [new Uint8Array(1)])
    const key = Buffer.from(sealed.key)
    await vault.flush({ put: [{ slot: vault.take(), sealed }], kill: [], generation: 1 })
    expect(file.bytes.includes(key)).toBe(false)
  })

  test.each([0, 1])('with header copy %d torn, the other one counts', async (page) => {
    const { vault, file, reopen } = fresh()
    const content = await put(vault)
    file.bytes.set(randomBytes(80), page * PAGE_BYTES)
    const again = reopen()
    expect([0, 1]).toContain(again.generation)
    expect(textOf(again.open(HEADER, content))).toEqual(['geheim'])
    again.adopt([content.slot])
    await kill(again, content.slot)
    expect(reopen().generation).toBe(again.generation)
  })

  test('a slot is handed out once until its kill is flushed', async () => {
    const { vault } = fresh()
    const taken = new Set(Array.from({ length: SLOTS - SPARE_SLOTS }, () => vault.take()))
    expect(taken.size).toBe(SLOTS - SPARE_SLOTS)
    const [slot = 0] = taken
    const killing = vault.flush({ put: [], kill: [slot], generation: 1 })
    const during = Array.from({ length: 100 }, () => vault.take(true))
    await killing
    expect(during).not.toContain(slot)
    const after = Array.from({ length: SPARE_SLOTS - 99 }, () => vault.take(true))
    expect(after).toContain(slot)
    expect(new Set([...taken, ...during, ...after]).size).toBe(SLOTS)
  })

  test('it grows by a mebibyte when only the spare slots are left, and names the pages at the next flush', async () => {
    const { vault, file, reopen } = fresh()
    for (let left = SLOTS - SPARE_SLOTS; left > 0; left -= 1) vault.take()
    expect(file.count('sync')).toBe(0)
    const slot = vault.take()
    expect(file.count('sync')).toBe(1)
    expect(file.size()).toBe((2 + 2 * GROWTH_PAGES) * PAGE_BYTES)
    expect([...reopen().used()]).toEqual([])
    const far = SLOTS + 5
    while (vault.take() !== far) continue
    const sealed = vault.seal(HEADER, [new Uint8Array(1)])
    await vault.flush({ put: [{ slot: far, sealed }], kill: [slot], generation: 1 })
    expect([...reopen().used()]).toEqual([far])
  })

  test('when the disk is full, takers get StorageFull, notices get the spare slots, and the file is as it was', () => {
    const { vault, file } = fresh()
    for (let left = SLOTS - SPARE_SLOTS; left > 0; left -= 1) vault.take()
    const size = file.size()
    file.fail = { operation: 'write', code: 'ENOSPC' }
    expect(() => vault.take()).toThrow(StorageFull)
    expect(file.size()).toBe(size)
    for (let left = SPARE_SLOTS; left > 0; left -= 1) vault.take(true)
    file.fail = { operation: 'write', code: 'ENOSPC' }
    expect(() => vault.take(true)).toThrow(StorageFull)
    expect(vault.take()).toBe(SLOTS)
  })

  test('any other error of growth is no full disk', () => {
    const { vault, file } = fresh()
    for (let left = SLOTS - SPARE_SLOTS; left > 0; left -= 1) vault.take()
    file.fail = { operation: 'sync', code: 'EIO' }
    expect(() => vault.take()).toThrow('could not grow')
    file.fail = { operation: 'sync', code: 'EIO' }
    expect(() => vault.take()).not.toThrow(StorageFull)
  })

  test.each(['write', 'datasync'] as const)(
    'a flush whose %s fails rejects, is no full disk, and is never tried again',
    async (operation) => {
      const { vault, file } = fresh()
      const content = await put(vault)
      file.fail = { operation, code: 'ENOSPC' }
      const failed = await kill(vault, content.slot).catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(Error)
      expect(failed).not.toBeInstanceOf(StorageFull)
      await expect(kill(vault, content.slot)).rejects.toThrow('broken')
      expect(() => vault.take()).toThrow('broken')
    },
  )

  test('slots given back are free again, unless a key was written there', async () => {
    const { vault } = fresh()
    const slots = [vault.take(), vault.take()]
    vault.giveBack(slots)
    expect(() => vault.giveBack(slots)).toThrow('not taken')
    const content = await put(vault)
    expect(() => vault.giveBack([content.slot])).toThrow('written')
  })

  test('no slot is given before the held ones are known, and none may hold a key that nobody has', async () => {
    const { vault, reopen } = fresh()
    const content = await put(vault)
    const again = reopen()
    expect(() => again.take()).toThrow('opened')
    expect(() => again.adopt([])).toThrow('no message has')
    again.adopt([content.slot])
    expect(() => again.adopt([content.slot])).toThrow('already')
    for (let left = SLOTS - SPARE_SLOTS - 1; left > 0; left -= 1)
      expect(again.take()).not.toBe(content.slot)
  })

  test.each([
    ['the same slot twice', (slot: number) => [slot, slot]],
    ['a free slot', () => [SLOTS - 1]],
    ['a slot beyond the end', () => [SLOTS]],
  ])('a kill of %s is a defect', async (_, slots) => {
    const { vault } = fresh()
    const content = await put(vault)
    await expect(kill(vault, ...slots(content.slot))).rejects.toThrow('not there to be written')
  })

  test.each([0, 3, 4])('generation %d after 1 is a defect', async (generation) => {
    const { vault } = fresh()
    await put(vault)
    await expect(vault.flush({ put: [], kill: [], generation })).rejects.toThrow('cannot follow')
  })
})

describe('a vault that is not the right one', () => {
  test.each<[string, (made: ReturnType<typeof fresh>) => Vault, string]>([
    [
      'under another master key',
      ({ file, ring }) => vaultOn(file, randomBytes(32), ring, noRotation),
      'of another master key',
    ],
    [
      'with the ring of another node',
      ({ file, masterKey }) => vaultOn(file, masterKey, ringOf(), noRotation),
      'belongs to another vault',
    ],
    [
      'older than its ring',
      ({ file, masterKey, ring }) =>
        vaultOn(file, masterKey, ringOf([2, 3], ring.vaultId), noRotation),
      'the vault is older than the key ring: the key of epoch 1 is destroyed',
    ],
    [
      'truncated in its slots',
      ({ file, reopen }) => (file.truncate(40 * PAGE_BYTES), reopen()),
      'the vault is truncated',
    ],
    [
      'truncated to nothing',
      ({ file, reopen }) => (file.truncate(100), reopen()),
      'the vault is truncated',
    ],
    [
      'with both headers torn',
      ({ file, reopen }) => (file.bytes.fill(7, 0, 2 * PAGE_BYTES), reopen()),
      'no header of it is valid',
    ],
    [
      'with a page of another file',
      ({ file, reopen }) => {
        file.bytes.fill(7, 5 * PAGE_BYTES, 6 * PAGE_BYTES)
        const vault = reopen()
        return (vault.adopt([]), vault)
      },
      'page 5 is not of this vault',
    ],
  ])('%s is refused with a sentence that says so', (_, attempt, sentence) => {
    expect(() => attempt(fresh())).toThrow(sentence)
  })

  test('whose ring is older is refused with a sentence that says so', () => {
    const made = fresh(ringOf([5, 6]))
    const older = ringOf([3, 4], made.ring.vaultId)
    expect(() => vaultOn(made.file, made.masterKey, older, noRotation)).toThrow(
      'the key ring is older than the vault',
    )
  })
})
