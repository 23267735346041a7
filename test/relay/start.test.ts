/**
 * Crash points and mixed-up files, each as files on the disk: what `start` makes of them, twice.
 */
import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { copyFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { checkStore } from '../../src/relay/check.ts'
import type { Change, SealedContent } from '../../src/relay/ports.ts'
import { start, StartRefused } from '../../src/relay/start.ts'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { offsetOf } from '../../src/vault/vault-file.ts'
import { conversation, ended, group, message, T0 } from '../store/samples.ts'
import { close, folders, Node, type Open } from '../vault/folder.ts'

const temp = folders()
const CLEAR = [new TextEncoder().encode('{"Burgerservicenummer":"999990019"}')]

/** Step 2 of the writer loop: keys written and flushed, no row yet. */
async function keyed({ store, vault }: Open, seq: number, kill: number[] = []) {
  const one = message(seq)
  const sealed = vault.seal(one.headerBytes, CLEAR)
  const content: SealedContent = { mid: sealed.mid, parts: sealed.parts, slot: vault.take() }
  await vault.flush({
    put: [{ slot: content.slot, sealed }],
    kill,
    generation: store.generation + 1,
  })
  const change: Change = {
    kind: 'accepted',
    message: one,
    content,
    conversation: conversation(one),
  }
  return { change, content }
}

/** Steps 2 and 4. */
async function accept(node: Open, seq: number) {
  const { change, content } = await keyed(node, seq)
  await node.store.commit(group(node.store, [change]))
  return content
}

/** Step 4 of an end: committed, its key not dead yet. */
async function end(node: Open, seq: number) {
  await node.vault.flush({ put: [], kill: [], generation: node.store.generation + 1 })
  await node.store.commit(group(node.store, [ended(message(seq), 'confirmed')]))
}

async function killed(node: Open, slot: number) {
  await node.vault.flush({ put: [], kill: [slot], generation: node.store.generation + 1 })
}

const opens = ({ store, vault }: Open, seq: number) => {
  const content = store.content(seq)
  return content !== undefined && vault.open(message(seq).headerBytes, content) !== undefined
}

describe('after a crash', () => {
  /** Each leaves a node as a crash would, with message 1 waiting, and says which slots must be zero afterwards. */
  const crashes: [
    string,
    (node: Open, files: Node) => Promise<{ erased: number[]; ended?: true }>,
  ][] = [
    ['before anything', async () => ({ erased: [] })],
    [
      'between the flush of a key and its row',
      async (node) => ({ erased: [(await keyed(node, 2)).content.slot] }),
    ],
    [
      'between the end of a message and the flush of its kill',
      async (node) => {
        const { slot } = await accept(node, 2)
        await end(node, 2)
        return { erased: [slot] }
      },
    ],
    [
      'after the flush of a kill',
      async (node) => {
        const { slot } = await accept(node, 2)
        await end(node, 2)
        await killed(node, slot)
        return { erased: [] }
      },
    ],
    [
      'in the middle of a kill: half the slot is zero',
      async (node, files) => {
        const { slot } = await accept(node, 2)
        await end(node, 2)
        files.damage('vault', offsetOf(slot), new Uint8Array(40))
        return { erased: [slot] }
      },
    ],
    [
      'in the middle of a put: garbage in a free slot',
      async (_, files) => {
        files.damage('vault', offsetOf(50), randomBytes(70))
        return { erased: [50] }
      },
    ],
    [
      'in the middle of the header: its older copy holds',
      async (node, files) => {
        const { slot } = (await keyed(node, 2)).content
        // Written in turn: two at creation, message 1, then this one.
        files.damage('vault', 0, randomBytes(512))
        return { erased: [slot] }
      },
    ],
    [
      'in the middle of growth: pages that the header does not name',
      async (_, files) => {
        const size = files.bytes('vault').length
        truncateSync(files.vaultPath, size + 5_000)
        return { erased: [] }
      },
    ],
  ]

  test.each(crashes)(
    '%s the waiting message is there, orphans are zero, twice over',
    async (_, crash) => {
      const files = new Node(temp())
      const node = await files.create()
      await accept(node, 1)
      const { erased } = await crash(node, files)
      const left = files.copyTo(join(temp(), 'crashed'))
      await close(node)

      const first = await left.open()
      expect(first.report.erased).toBe(erased.length)
      expect(first.report.damaged).toEqual([])
      expect(first.alarms).toEqual([])
      expect(opens(first, 1)).toBe(true)
      expect(checkStore(first.store, first.vault)).toEqual([])
      for (const slot of erased) {
        const cell = left.bytes('vault').subarray(offsetOf(slot), offsetOf(slot) + 128)
        expect(cell.equals(Buffer.alloc(128))).toBe(true)
      }
      await close(first)

      const second = await left.open()
      expect(second.report.erased).toBe(0)
      expect(second.report.live).toBe(first.report.live)
      expect(opens(second, 1)).toBe(true)
      // And life goes on.
      await accept(second, 9)
      expect(opens(second, 9)).toBe(true)
      await close(second)
    },
  )

  test('a waiting message whose slot is torn is damage: kept, told, and never ended', async () => {
    const files = new Node(temp())
    const node = await files.create()
    const { slot } = await accept(node, 1)
    await accept(node, 2)
    await close(node)
    files.damage('vault', offsetOf(slot) + 20, randomBytes(8))
    const again = await files.open()
    expect(again.report.damaged).toEqual([1])
    expect(again.alarms).toEqual(['message-damaged'])
    expect(again.store.message(1)?.state).toBe('waiting')
    expect(opens(again, 1)).toBe(false)
    expect(opens(again, 2)).toBe(true)
    expect(checkStore(again.store, again.vault).map(({ invariant }) => invariant)).toEqual(['I1'])
    await close(again)
  })

  test('when many keys do not fit, the node does not start and nothing has ended', async () => {
    const files = new Node(temp())
    const node = await files.create()
    const slots = [await accept(node, 1), await accept(node, 2), await accept(node, 3)]
    await close(node)
    for (const { slot } of slots.slice(1)) files.damage('vault', offsetOf(slot), randomBytes(64))
    await expect(files.open()).rejects.toThrow('2 of 3 waiting messages have no key that fits')
    await expect(files.open()).rejects.toThrow(StartRefused)
  })
})

describe('files that do not belong together', () => {
  /** A node with history: copies from early, and the same node later. */
  async function history() {
    const files = new Node(temp())
    const node = await files.create()
    const first = await accept(node, 1)
    const early = files.copyTo(join(temp(), 'early'))
    await accept(node, 2)
    await end(node, 1)
    await killed(node, first.slot)
    await accept(node, 3)
    await close(node)
    return { files, early }
  }

  async function stranger() {
    const files = new Node(temp())
    const node = await files.create()
    await accept(node, 1)
    await close(node)
    return files
  }

  const mixes: [string, (files: Node, early: Node) => Promise<Node>, string][] = [
    [
      'an older vault',
      async (files, early) => (copyFileSync(early.vaultPath, files.vaultPath), files),
      'the vault is older than the store',
    ],
    [
      'an older store',
      async (files, early) => {
        copyFileSync(join(early.storePath, 'data.mdb'), join(files.storePath, 'data.mdb'))
        return files
      },
      'the store is older than the vault',
    ],
    [
      'the vault of another node',
      async (files) => (copyFileSync((await stranger()).vaultPath, files.vaultPath), files),
      'the vault is damaged or of another master key',
    ],
    [
      'the vault and ring of another node with the same master key',
      async (files) => {
        const other = new Node(temp(), files.masterKey)
        await close(await other.create())
        copyFileSync(other.vaultPath, files.vaultPath)
        copyFileSync(other.ringPath, files.ringPath)
        return files
      },
      'the vault is not the one of this store',
    ],
    [
      'the ring of another node',
      async (files) => (copyFileSync((await stranger()).ringPath, files.ringPath), files),
      'wrong master key or ring',
    ],
    ['another master key', async (files) => new Node(files.dir), 'wrong master key or ring'],
    [
      'a truncated vault',
      async (files) => (truncateSync(files.vaultPath, 500_000), files),
      'the vault is truncated',
    ],
    ['no ring', async (files) => (rmSync(files.ringPath), files), 'ENOENT'],
  ]

  test.each(mixes)('%s: refuses, says so, and ends nothing', async (_, mix, sentence) => {
    const { files, early } = await history()
    const sound = files.copyTo(join(temp(), 'sound'))
    const mixed = await mix(files, early)
    const refused = await mixed.open().then(
      () => 'it started',
      (error: unknown) => String(error),
    )
    expect(refused).toContain(sentence)
    // With the right files put back, all that waited still waits.
    for (const name of ['vault', 'ring'] as const)
      copyFileSync(join(sound.dir, name), join(files.dir, name))
    copyFileSync(join(sound.storePath, 'data.mdb'), join(files.storePath, 'data.mdb'))
    const node = await new Node(files.dir, sound.masterKey).open()
    expect([...node.store.live()].map(({ message: { seq } }) => seq)).toEqual([2, 3])
    expect([opens(node, 2), opens(node, 3)]).toEqual([true, true])
    await close(node)
  })
})

describe('recovery', () => {
  test('a copy of all files from before the end opens the message; the files after it do not', async () => {
    const files = new Node(temp())
    const node = await files.create()
    const content = await accept(node, 1)
    const copy = files.copyTo(join(temp(), 'copy'))
    await end(node, 1)
    await killed(node, content.slot)

    const before = await copy.open()
    expect(opens(before, 1)).toBe(true)
    expect(before.vault.open(message(1).headerBytes, content)).toEqual(
      CLEAR.map((part) => Buffer.from(part)),
    )
    await close(before)

    // Somebody kept the ciphertext, and has master key, ring and every slot of the vault.
    await close(node)
    const vault = await files.vault()
    for (let slot = 0; slot < 7_936; slot += 1)
      if (vault.open(message(1).headerBytes, { ...content, slot }) !== undefined)
        throw new Error(`slot ${slot} opens a message that ended`)
    await vault.close()
  })
})

describe('the start itself', () => {
  /** 10,600 live messages, of which some have no key. */
  function large(damagedFrom: number) {
    const id = new Uint8Array(16)
    const store = createMemoryStore({ vaultId: id, limitBytes: 2 ** 30 })
    const vault = {
      id,
      generation: 1,
      used: () => [],
      adopt: () => {},
      holds: (slot: number) => slot < damagedFrom,
    }
    return { store, vault: vault as unknown as Open['vault'] }
  }

  test('tries ten thousand keys before it resolves, and the rest afterwards', async () => {
    const { store, vault } = large(10_500)
    const changes = Array.from({ length: 10_600 }, (_, slot): Change => ({
      kind: 'accepted',
      message: message(slot + 1),
      content: { mid: new Uint8Array(16), slot, parts: [] },
      conversation: null,
    }))
    await store.commit(group(store, changes, T0))
    const alarms: number[] = []
    const journal = {
      alarm: (_: string, facts: Record<string, unknown>) => void alarms.push(Number(facts['seq'])),
    }
    const report = await start({ store, vault, journal, pause: () => Bun.sleep(0) })
    expect(report).toMatchObject({ live: 10_600, tried: 10_000, damaged: [], erased: 0 })
    expect(alarms).toEqual([])
    const rest = await report.rest
    expect(rest.tried).toBe(600)
    expect(rest.damaged).toHaveLength(100)
    expect(alarms).toEqual([...rest.damaged])

    const stopped = await start({
      store,
      vault,
      journal,
      pause: () => Bun.sleep(0),
      signal: AbortSignal.abort(),
    })
    expect((await stopped.rest).tried).toBe(0)
  })

  test('two messages with one slot stop it', async () => {
    const { store, vault } = large(10)
    const twins = [1, 2].map((seq): Change => ({
      kind: 'accepted',
      message: message(seq),
      content: { mid: new Uint8Array(16), slot: 5, parts: [] },
      conversation: null,
    }))
    await store.commit(group(store, twins))
    const journal = { alarm: () => {} }
    await expect(start({ store, vault, journal, pause: async () => {} })).rejects.toThrow(
      'messages 1 and 2 share a key',
    )
    expect(checkStore(store, vault).map(({ invariant }) => invariant)).toContain('I4')
  })
})
