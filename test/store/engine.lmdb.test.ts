/**
 * What only a durable engine can do wrong: full disks, pages, what a new process finds. Beside the shared contract because it
 * looks at the file and at the file system.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StorageFull, type Store } from '../../src/relay/ports.ts'
import { openBallast } from '../../src/vault/ballast.ts'
import { openStore } from '../../src/store/open.ts'
import { accepted, content, ended, group, HELPER, message, SIGN, VAULT_ID } from './samples.ts'

const MIB = 2 ** 20
const unhandled: unknown[] = []
const hear = (reason: unknown) => void unhandled.push(reason)
let dir = ''

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-lmdb-'))
  process.on('unhandledRejection', hear)
})
afterAll(() => {
  process.off('unhandledRejection', hear)
  rmSync(dir, { recursive: true, force: true })
})

const create = (path: string, mapBytes = 64 * MIB) =>
  openStore({ engine: 'lmdb', path, mapBytes, sign: SIGN, createFor: VAULT_ID })
const reopen = (path: string) => openStore({ engine: 'lmdb', path, mapBytes: 64 * MIB, sign: SIGN })

/** Accepts messages of 100 KB, ten a group, until there is no room. @returns how many were accepted */
async function fill(store: Store): Promise<number> {
  for (let seq = store.nextSeq; ; seq += 10) {
    const changes = Array.from({ length: 10 }, (_, index) =>
      accepted(message(seq + index), 100_000),
    )
    const full = await store.commit(group(store, changes)).then(
      () => false,
      (error: unknown) => {
        expect(error).toBeInstanceOf(StorageFull)
        return true
      },
    )
    if (full) return seq - 1
    if (seq > 10_000) throw new Error('the store never fills')
  }
}

async function empty(store: Store, count: number): Promise<void> {
  for (let seq = 1; seq <= count; seq += 1)
    await store.commit(group(store, [ended(message(seq), 'confirmed')]))
}

/** What holds on every kind of full: nothing half there, all that was accepted readable, ends possible, room used again. */
async function livesOn(store: Store, count: number): Promise<void> {
  expect(count).toBeGreaterThan(20)
  expect([store.nextSeq, store.message(count + 1)]).toEqual([count + 1, undefined])
  expect(store.content(count)).toEqual(content(count, 100_000))
  await empty(store, count)
  expect(store.mailbox(message(1).header.recipient, 0, 1)).toEqual([])
  await store.commit(group(store, [accepted(message(store.nextSeq), 100_000)]))
  expect(store.check()).toEqual([])
  await Bun.sleep(20)
  expect(unhandled).toEqual([])
}

describe('the LMDB engine', () => {
  test('a full map refuses accepts, lets everything end, and takes new messages afterwards', async () => {
    const path = join(dir, 'map')
    const store = await create(path, 16 * MIB)
    await livesOn(store, await fill(store))
    expect(statSync(join(path, 'data.mdb')).size).toBeLessThan(24 * MIB)
    await store.close()
  })

  const disk = smallDisk()
  if (disk === undefined)
    console.warn('SKIPPED: no small file system can be mounted here, so no disk was really full')
  test.skipIf(disk === undefined)(
    'a full disk refuses accepts; one step of ballast lets everything end',
    async () => {
      if (disk === undefined) throw new Error('no disk')
      try {
        const ballast = openBallast({
          path: join(disk, 'ballast'),
          bytes: 4 * MIB,
          stepBytes: 2 * MIB,
        })
        ballast.refill()
        await ballast.settled()
        expect(ballast.size()).toBe(4 * MIB)
        const store = await create(join(disk, 'store'))
        const count = await fill(store)
        expect(store.room().diskFreeBytes).toBeLessThan(4 * MIB)
        // Somebody else's log takes what is left.
        stuff(join(disk, 'other'))
        expect(ballast.release()).toBe(true)
        await livesOn(store, count)
        await store.close()
        const again = await reopen(join(disk, 'store'))
        expect(again.check()).toEqual([])
        await again.close()
      } finally {
        spawnSync('umount', [disk])
        rmSync(disk, { recursive: true })
      }
    },
    20_000,
  )

  test('pages of ended messages are used again while readers come and go', async () => {
    const path = join(dir, 'pages')
    const store = await create(path)
    let size = 0
    for (let round = 0; round < 60; round += 1) {
      const seqs = Array.from({ length: 20 }, (_, index) => store.nextSeq + index)
      await store.commit(
        group(
          store,
          seqs.map((seq) => accepted(message(seq), 20_000)),
        ),
      )
      for (const seq of seqs) expect(store.content(seq)).toBeDefined()
      await store.commit(
        group(
          store,
          seqs.map((seq) => ended(message(seq), 'confirmed')),
        ),
      )
      if (round === 20) size = statSync(join(path, 'data.mdb')).size
    }
    expect(statSync(join(path, 'data.mdb')).size).toBeLessThan(size + 3 * MIB)
    await store.close()
  })

  test('a process that is killed leaves every group whose commit had resolved', async () => {
    const path = join(dir, 'killed')
    const samples = join(import.meta.dir, 'samples.ts')
    const open = join(import.meta.dir, '../../src/store/open.ts')
    const script = join(dir, 'child.ts')
    writeFileSync(
      script,
      `import { openStore } from ${JSON.stringify(open)}
       import { accepted, group, message, SIGN, VAULT_ID } from ${JSON.stringify(samples)}
       const store = await openStore({ engine: 'lmdb', path: ${JSON.stringify(path)}, mapBytes: ${64 * MIB}, sign: SIGN, createFor: VAULT_ID })
       for (let seq = 1; ; seq += 2) {
         await store.commit(group(store, [accepted(message(seq)), accepted(message(seq + 1))]))
         process.stdout.write(seq + 1 + '\\n')
       }`,
    )
    const child = Bun.spawn([process.execPath, script], { stdout: 'pipe', stderr: 'inherit' })
    let told = ''
    for await (const chunk of child.stdout) {
      told += Buffer.from(chunk).toString()
      if (told.split('\n').length > 40) child.kill('SIGKILL')
    }
    await child.exited
    const last = Number(told.trimEnd().split('\n').at(-1))
    expect(last).toBeGreaterThan(60)
    const store = await reopen(path)
    expect(store.nextSeq).toBeGreaterThan(last)
    expect(store.nextSeq % 2).toBe(1)
    expect(store.history(HELPER, store.nextSeq, 10_000)).toHaveLength(store.nextSeq - 1)
    expect(store.check()).toEqual([])
    await store.close()
  })

  test('a store is made once, and opened only where one is', async () => {
    const path = join(dir, 'twice')
    await expect(reopen(join(dir, 'nowhere'))).rejects.toThrow('empty or damaged')
    await (await create(path)).close()
    await expect(create(path)).rejects.toThrow('already')
    await (await reopen(path)).close()
  })

  test('a commit while another runs is a defect, and the first one holds', async () => {
    const store = await create(join(dir, 'busy'))
    const first = store.commit(group(store, [accepted(message(1))]))
    await expect(store.commit(group(store, [accepted(message(1))]))).rejects.toThrow('writing')
    await first
    expect(store.nextSeq).toBe(2)
    await store.close()
  })
})

/** A file system of 24 MiB, when this machine lets us mount one. */
function smallDisk(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'knooppunt-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', path]).status === 0
  if (mounted) return path
  rmSync(path, { recursive: true })
  return undefined
}

/** Writes until the disk has nothing left. */
function stuff(path: string): void {
  for (const bytes of [MIB, 65_536, 4_096])
    for (let at = 0; ; at += 1)
      try {
        writeFileSync(`${path}-${bytes}`, Buffer.alloc(bytes, 1), { flag: 'a' })
      } catch {
        break
      }
}
