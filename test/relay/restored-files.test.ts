/**
 * Files from another day or another node in the place of the right ones: each start either works or says why it refuses, and
 * none ends a message that waits.
 */
import { expect, test } from 'bun:test'
import { cpSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { checkStore } from '../../src/relay/check.ts'
import type { Change, SealedContent } from '../../src/relay/ports.ts'
import { openData } from '../../src/store/data-folder.ts'
import { conversation, ended, group, message } from '../store/samples.ts'
import { close, folders, Node, type Open } from '../vault/folder.ts'

const temp = folders()
const CLEAR = [new TextEncoder().encode('{"Burgerservicenummer":"999990019"}')]

async function accept({ store, vault }: Open, seq: number, kill: number[] = []) {
  const one = message(seq)
  const sealed = vault.seal(one.headerBytes, CLEAR)
  const content: SealedContent = { mid: sealed.mid, parts: sealed.parts, slot: vault.take() }
  const generation = store.generation + 1
  await vault.flush({ put: [{ slot: content.slot, sealed }], kill, generation })
  const known = conversation(one)
  const change: Change = { kind: 'accepted', message: one, content, conversation: known }
  await store.commit(group(store, [change]))
  return content.slot
}

async function rotate({ store, vault }: Open) {
  vault.epochs.begin(1)
  await vault.epochs.move([...store.live()])
  await vault.epochs.finish()
}

/** A node in its second epoch with messages 2 to 6 waiting, and copies of its files from before. */
async function history() {
  const now = new Node(join(temp(), 'now'))
  cpSync(temp(), now.dir, { recursive: true })
  const node = await now.create()
  const slot = await accept(node, 1)
  await accept(node, 2)
  const beyond = now.copyTo(join(temp(), 'beyond'))
  await rotate(node)
  await accept(node, 3)
  const within = now.copyTo(join(temp(), 'within'))
  const generation = node.store.generation + 1
  await node.vault.flush({ put: [], kill: [], generation })
  await node.store.commit(group(node.store, [ended(message(1), 'confirmed')]))
  await accept(node, 4, [slot])
  await accept(node, 5)
  await accept(node, 6)
  await close(node)
  const other = new Node(join(temp(), 'other'))
  cpSync(temp(), other.dir, { recursive: true })
  const stranger = await other.create()
  await accept(stranger, 1)
  await close(stranger)
  return { now, beyond, within, other }
}

type File = 'vault' | 'store' | 'ring'
type Harm =
  'older within the epoch' | 'older beyond it' | 'missing' | 'truncated' | "another node's"

const STARTS = undefined
const table: [File, Harm, string | undefined][] = [
  ['vault', 'older within the epoch', 'the vault is older than the store'],
  ['vault', 'older beyond it', 'the vault is older than the key ring: the key of epoch 1'],
  ['vault', 'missing', 'the vault is missing'],
  ['vault', 'truncated', 'the vault is truncated'],
  ['vault', "another node's", 'the vault is damaged or of another master key'],
  ['store', 'older within the epoch', 'the store is older than the vault'],
  ['store', 'older beyond it', 'the store is older than the vault'],
  ['store', 'missing', 'the store is missing'],
  ['store', 'truncated', 'the store'],
  ['store', "another node's", 'the store was changed from outside, or is of another node'],
  // Within an epoch the ring does not change.
  ['ring', 'older within the epoch', STARTS],
  ['ring', 'older beyond it', 'the key ring is older than the vault'],
  ['ring', 'missing', 'the key ring is missing'],
  ['ring', 'truncated', 'wrong master key or ring'],
  ['ring', "another node's", 'wrong master key or ring'],
]

test.each(table)('%s %s: refuses and says so, or starts, and ends nothing', async (...cell) => {
  const [file, harm, sentence] = cell
  const { now, beyond, within, other } = await history()
  const harmed = now.copyTo(join(temp(), 'harmed'))
  const path = join(harmed.dir, file)
  const replaceBy = (from: Node) => {
    rmSync(path, { recursive: true })
    cpSync(join(from.dir, file), path, { recursive: true })
  }
  if (harm === 'older within the epoch') replaceBy(within)
  if (harm === 'older beyond it') replaceBy(beyond)
  if (harm === "another node's") replaceBy(other)
  if (harm === 'missing') rmSync(path, { recursive: true })
  // A ring that keeps one page whole is made good from it, so less than that is left.
  if (harm === 'truncated')
    truncateSync(file === 'store' ? join(path, 'data.mdb') : path, file === 'ring' ? 100 : 3_000)

  const opening = start(harmed)
  if (sentence !== undefined) await expect(opening).rejects.toThrow(sentence)
  else await close(await opening)

  // With the right file back everything that waited is there, and opens.
  replaceByForce(now, harmed, file)
  const again = await start(harmed)
  expect([...again.store.live()].map((row) => row.message.seq)).toEqual([2, 3, 4, 5, 6])
  expect(again.report.damaged).toEqual([])
  expect(checkStore(again.store, again.vault)).toEqual([])
  await close(again)
})

function start(node: Node): Promise<Open> {
  return openData(
    { dir: node.dir, ringPath: node.ringPath },
    {
      create: () => Promise.reject(new Error('a new node was made beside the old one')),
      open: () => node.open(),
    },
  )
}

function replaceByForce(from: Node, to: Node, file: File): void {
  const path = join(to.dir, file)
  rmSync(path, { recursive: true, force: true })
  cpSync(join(from.dir, file), path, { recursive: true })
}
