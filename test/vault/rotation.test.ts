/**
 * Rotation of the epoch: the key of a live message opens at every moment, whatever a crash leaves, and once the epoch has ended
 * no older copy of the vault opens any more.
 */
import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SealedContent, Vault } from '../../src/relay/ports.ts'
import { VaultError } from '../../src/vault/errors.ts'
import { inspectKeys } from '../../src/vault/inspect.ts'
import { createVault, openVault } from '../../src/vault/open.ts'
import type { Ring } from '../../src/vault/ring.ts'
import { offsetOf } from '../../src/vault/vault-file.ts'
import { initialise, vaultOn } from '../../src/vault/vault.ts'
import { FakeFile } from './fake-file.ts'
import { folders } from './folder.ts'

const temp = folders()
const HEADER = new TextEncoder().encode('{}')
const LIVE = 11
const AT_ONCE = 4

async function put(vault: Vault, count: number): Promise<SealedContent[]> {
  const puts = Array.from({ length: count }, (_, index) => ({
    slot: vault.take(),
    sealed: vault.seal(HEADER, [new TextEncoder().encode(`bericht ${index}`)]),
  }))
  await vault.flush({ put: puts, kill: [], generation: vault.generation + 1 })
  return puts.map(({ slot, sealed }) => ({ slot, mid: sealed.mid, parts: sealed.parts }))
}

/** Begins a rotation, or goes on with one, and ends it: steps a to d. */
async function rotate(vault: Vault, live: readonly SealedContent[]): Promise<number> {
  let lost = 0
  if (!vault.epochs.isRotating) vault.epochs.begin(1_000)
  for (let at = 0; at < live.length; at += AT_ONCE)
    lost += (await vault.epochs.move(live.slice(at, at + AT_ONCE))).length
  await vault.epochs.finish()
  return lost
}

const opened = (vault: Vault, live: readonly SealedContent[]) =>
  live.filter((content) => vault.open(HEADER, content) !== undefined).length

/** A disk of which every state can be kept. */
class Disk {
  readonly masterKey = randomBytes(32)
  file = new FakeFile()
  ring: Ring = {
    vaultId: randomBytes(16),
    generation: 1,
    keys: new Map([[1, randomBytes(32)]]),
    began: 0,
  }

  open(live: readonly SealedContent[]): Vault {
    // The vault wipes the keys that it lets go; the ring on the disk has its own bytes.
    const copy = (ring: Ring): Ring => ({
      ...ring,
      keys: new Map([...ring.keys].map(([epoch, key]) => [epoch, Uint8Array.from(key)])),
    })
    const vault = vaultOn(this.file, this.masterKey, copy(this.ring), (keys, began) => {
      this.file.before('sync')
      this.ring = copy({ ...this.ring, generation: this.ring.generation + 1, keys, began })
      return copy(this.ring)
    })
    vault.adopt(live.map(({ slot }) => slot))
    return vault
  }

  with(bytes: Buffer, ring: Ring): Disk {
    const disk = new Disk()
    Object.assign(disk, { masterKey: this.masterKey, ring })
    disk.file.bytes = Buffer.from(bytes)
    return disk
  }
}

describe('after a crash at any moment of a rotation', () => {
  test('every live key opens, the rotation goes on to the same end, and a dead key stays dead', async () => {
    const disk = new Disk()
    initialise(disk.file, disk.masterKey, disk.ring)
    const first = disk.open([])
    const all = await put(first, LIVE + 1)
    const [dead, ...live] = all
    if (dead === undefined) throw new Error('nothing was put')
    await first.flush({ put: [], kill: [dead.slot], generation: 2 })

    const left: { bytes: Buffer; ring: Ring }[] = []
    disk.file.before = () => {
      left.push({ bytes: Buffer.from(disk.file.bytes), ring: disk.ring })
      left.push({ bytes: Buffer.from(disk.file.flushed), ring: disk.ring })
    }
    await rotate(first, live)
    disk.file.before = () => {}
    left.push({ bytes: Buffer.from(disk.file.bytes), ring: disk.ring })
    expect(left.length).toBeGreaterThan(60)

    const epochs = new Set<string>()
    for (const state of left) {
      const crashed = disk.with(state.bytes, state.ring)
      const vault = crashed.open(live)
      epochs.add([...crashed.ring.keys.keys()].join())
      expect(opened(vault, live)).toBe(LIVE)
      expect(await rotate(vault, live)).toBe(0)
      expect(opened(vault, all)).toBe(LIVE)
      expect(vault.epochs.isRotating).toBe(false)
      // One half of each slot is in use, and what is under the old epoch is nowhere.
      const again = crashed.open(live)
      expect(opened(again, all)).toBe(LIVE)
      for (const { slot } of live) {
        const cell = crashed.file.bytes.subarray(offsetOf(slot), offsetOf(slot) + 128)
        const halves = [cell.subarray(0, 64), cell.subarray(64)]
        expect(halves.filter((half) => half.equals(Buffer.alloc(64)))).toHaveLength(1)
      }
      // What is left of the state before opens only as long as the ring of that time is there.
      const older = disk.with(state.bytes, crashed.ring)
      if ([...state.ring.keys.keys()].join() === '1')
        expect(() => older.open(live)).toThrow('the key of epoch 1 is destroyed')
    }
    expect([...epochs].toSorted()).toEqual(['1', '1,2', '2'])
  })

  test('a half that was torn while it was written or zeroed is made good', async () => {
    for (const torn of ['new', 'old'] as const) {
      const disk = new Disk()
      initialise(disk.file, disk.masterKey, disk.ring)
      const vault = disk.open([])
      const live = await put(vault, 2)
      const cell = offsetOf(live[0]?.slot ?? 0)
      vault.epochs.begin(1)
      if (torn === 'new') disk.file.bytes.set(randomBytes(30), cell + 64)
      else {
        const old = Buffer.from(disk.file.bytes.subarray(cell, cell + 64))
        await vault.epochs.move(live)
        disk.file.bytes.set(old.subarray(0, 40), cell)
      }
      const again = disk.open(live)
      expect(opened(again, live)).toBe(2)
      expect(await rotate(again, live)).toBe(0)
      expect(opened(disk.open(live), live)).toBe(2)
      expect(disk.file.bytes.subarray(cell, cell + 64).equals(Buffer.alloc(64))).toBe(true)
    }
  })

  test('a key that opens under no epoch is named, and nothing is changed there', async () => {
    const disk = new Disk()
    initialise(disk.file, disk.masterKey, disk.ring)
    const vault = disk.open([])
    const live = await put(vault, 3)
    const at = offsetOf(live[1]?.slot ?? 0)
    disk.file.bytes.set(randomBytes(20), at + 12)
    const before = Buffer.from(disk.file.bytes.subarray(at, at + 128))
    expect(await rotate(vault, live)).toBe(1)
    expect(opened(vault, live)).toBe(2)
    expect(disk.file.bytes.subarray(at, at + 128).equals(before)).toBe(true)
  })
})

describe('a rotation on real files', () => {
  async function node() {
    const dir = temp()
    const options = {
      path: join(dir, 'vault'),
      ringPath: join(dir, 'ring'),
      masterKey: randomBytes(32),
    }
    const vault = await createVault(options)
    vault.adopt([])
    const live = await put(vault, 3)
    const older = { path: join(dir, 'vault-older'), ring: join(dir, 'ring-older') }
    copyFileSync(options.path, older.path)
    copyFileSync(options.ringPath, older.ring)
    return { options, vault, live, older }
  }
  const opensOnDisk = (
    options: { path: string; ringPath: string; masterKey: Uint8Array },
    live: readonly SealedContent[],
  ) => {
    const keys = inspectKeys(options)
    try {
      return live.filter(({ slot, mid }) => keys.opens(slot, mid)).length
    } finally {
      keys.close()
    }
  }

  test('an older copy of the vault is dead afterwards, but for whoever copied the ring too', async () => {
    const { options, vault, live, older } = await node()
    const [gone, ...kept] = live
    if (gone === undefined) throw new Error('nothing was put')
    await vault.flush({ put: [], kill: [gone.slot], generation: 2 })
    // Within the epoch a copy of the vault brings back what was confirmed: this is what rotation is for.
    expect(opensOnDisk({ ...options, path: older.path }, live)).toBe(3)
    await rotate(vault, kept)
    expect(opensOnDisk({ ...options, path: older.path }, live)).toBe(0)
    expect(opensOnDisk({ ...options, path: older.path, ringPath: older.ring }, live)).toBe(3)
    expect(opensOnDisk(options, kept)).toBe(2)
    await vault.close()
    await expect(openVault({ ...options, path: older.path })).rejects.toThrow(VaultError)
  })

  test('new messages are wrapped under the new epoch at once, and the time of its beginning is kept', async () => {
    const { options, vault, live } = await node()
    vault.epochs.begin(5_000)
    const more = await put(vault, 1)
    await rotate(vault, live)
    expect(vault.epochs.began).toBe(5_000)
    await vault.close()
    const again = await openVault(options)
    expect([again.epochs.began, again.epochs.isRotating]).toEqual([5_000, false])
    expect(opened(again, [...live, ...more])).toBe(4)
    await again.close()
  })

  test('a second epoch cannot begin while the first is there', async () => {
    const { vault } = await node()
    vault.epochs.begin(1)
    expect(() => vault.epochs.begin(2)).toThrow('has begun already')
    await vault.close()
  })
})
