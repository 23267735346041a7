/**
 * Confirmed means gone (promise 2): of a thousand messages nothing can be read any more on the disk, with master key and ring in
 * hand. Each proof is tried on a case in which it must fail.
 */
import { afterEach, describe, expect, test } from 'bun:test'
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { examineErasure, isErased } from '../../src/cli/erasure.ts'
import type { ErasureReport } from '../../src/cli/erasure.ts'
import { dataPaths } from '../../src/store/data-folder.ts'
import { readLiveSeats } from '../../src/store/lmdb/live-seats.ts'
import { openStore } from '../../src/store/open.ts'
import { inspectKeys } from '../../src/vault/inspect.ts'
import { signer } from '../../src/vault/keys.ts'
import { openVault } from '../../src/vault/open.ts'
import { makeDemoNode } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { keepingVault } from '../support/keeping-vault.ts'
import { runProgram } from '../support/node-process.ts'
import { marked, processPost, relayPost } from './post.ts'
import type { Post } from './post.ts'

const COUNT = 1_000
/** Confirmed together, so that few commits use their pages again: there must be something to find. */
const REMAINS_MIN = 500

const nodes: DemoNode[] = []
const posts: Post[] = []
afterEach(async () => {
  for (const post of posts.splice(0)) await post.stop()
  for (const node of nodes.splice(0)) node.remove()
})

function newNode(): DemoNode {
  const node = makeDemoNode({ store: { path: 'data', map: '1 GiB', ballast: '1 MiB' } })
  nodes.push(node)
  return node
}

function opened(post: Post): Post {
  posts.push(post)
  return post
}

async function closed(post: Post): Promise<void> {
  posts.splice(posts.indexOf(post), 1)
  await post.stop()
}

/** Sends a thousand, and gives the text that is in each of them. */
async function fill(post: Post): Promise<string> {
  const marker = `MERK-${crypto.randomUUID()}`
  await post.send(marked(COUNT, marker, await post.sample()))
  return marker
}

/** Fetches and confirms all of them. */
async function empty(post: Post, marker: string): Promise<void> {
  const contents = await post.empty()
  expect(contents).toHaveLength(COUNT)
  // What came out had the text in it: the search is for something that was there.
  expect(contents.every((content) => JSON.stringify(content).includes(marker))).toBe(true)
}

/** The command line's own proof. */
async function verify(node: DemoNode, ...more: string[]) {
  const { exit, out, err } = await runProgram([
    'verify-erasure',
    '--json',
    '--config',
    node.configFile,
    ...more,
  ])
  expect(err).toBe('')
  return { exit, report: JSON.parse(out) as ErasureReport & { erased: boolean } }
}

/** The same proof on the files of a folder, as if nothing in it were alive. */
function examineAll(node: DemoNode, dataDir: string, markers: readonly string[] = []) {
  const { ringPath, masterKey } = node
  const keys = inspectKeys({ path: dataPaths(dataDir).vault, ringPath, masterKey })
  try {
    return examineErasure({ dataDir, keys, live: [], markers })
  } finally {
    keys.close()
  }
}

describe('a thousand confirmed messages', () => {
  test('are gone, beside the running relay and when it is stopped', async () => {
    const node = newNode()
    const post = opened(await processPost(node))
    const marker = await fill(post)
    const before = await verify(node, '--marker', marker)
    expect(before).toMatchObject({ exit: 0, report: { live: COUNT, found: [], recovered: 0 } })

    await empty(post, marker)
    const running = await verify(node, '--marker', marker)
    expect(running).toMatchObject({
      exit: 0,
      report: { erased: true, live: 0, recovered: 0, strayKeys: 0, found: [] },
    })
    expect(running.report.remains).toBeGreaterThan(REMAINS_MIN)

    await closed(post)
    const stopped = await verify(node, '--marker', marker)
    expect(stopped).toMatchObject({
      exit: 0,
      report: { erased: true, live: 0, recovered: 0, strayKeys: 0, found: [] },
    })
    expect(stopped.report.remains).toBeGreaterThan(REMAINS_MIN)
  }, 60_000)

  test('are not gone when the vault keeps its keys, and the same proof says so', async () => {
    const node = newNode()
    const post = opened(await relayPost(node, keepingVault))
    const marker = await fill(post)
    await empty(post, marker)
    await closed(post)
    const { exit, report } = await verify(node, '--marker', marker)
    expect(exit).toBe(1)
    expect(report.erased).toBe(false)
    expect(report.recovered).toBeGreaterThan(REMAINS_MIN)
    expect(report.recovered).toBe(report.remains)
    expect(report.strayKeys).toBe(COUNT)
    // Sealed all the same: without the keys nothing can be read from the files.
    expect(report.found).toEqual([])
  }, 60_000)

  test('are gone by the verbs alone, on the real vault', async () => {
    const node = newNode()
    const post = opened(await relayPost(node, (vault) => vault))
    const marker = await fill(post)
    await empty(post, marker)
    await closed(post)
    const { exit, report } = await verify(node, '--marker', marker)
    expect(exit).toBe(0)
    expect(report.remains).toBeGreaterThan(REMAINS_MIN)
    expect(report).toMatchObject({ erased: true, recovered: 0, strayKeys: 0 })
  }, 60_000)
})

test('a copy of the data from before the confirmation can be read with its vault and the ring, and not with the vault of today', async () => {
  const node = newNode()
  const post = opened(await processPost(node))
  const marker = await fill(post)
  await closed(post)
  const copy = join(node.dir, 'copy')
  cpSync(node.dataDir, copy, { recursive: true })
  const again = opened(await processPost(node))
  await empty(again, marker)
  await closed(again)

  expect(await readable(node, copy, dataPaths(copy).vault, marker)).toBe(COUNT)
  expect(examineAll(node, copy).recovered).toBe(COUNT)
  expect(await readable(node, copy, node.paths.vault, marker)).toBe(0)
  cpSync(node.paths.vault, dataPaths(copy).vault)
  expect(examineAll(node, copy)).toMatchObject({ remains: COUNT, recovered: 0 })
}, 60_000)

/** How many waiting messages of a copied store can be decrypted with a vault, marker and all. */
async function readable(node: DemoNode, copy: string, vaultPath: string, marker: string) {
  const { ringPath, masterKey } = node
  const vault = await openVault({ path: vaultPath, ringPath, masterKey })
  const store = await openStore({
    engine: 'lmdb',
    path: dataPaths(copy).store,
    mapBytes: 2 ** 30,
    sign: signer(node.masterKey, 'log'),
  })
  try {
    const rows = [...store.live()]
    expect(rows).toHaveLength(COUNT)
    return rows.filter(({ message }) => {
      const content = store.content(message.seq)
      const parts = content && vault.open(message.headerBytes, content)
      return parts?.every((part) => Buffer.from(part).includes(marker)) === true
    }).length
  } finally {
    await store.close()
    await vault.close()
  }
}

describe('the search for a text', () => {
  const marker = 'MERK-Jansen-van-Testdorp'
  const forms: readonly (readonly [string, Buffer])[] = [
    ['plain text', Buffer.from(marker)],
    ['UTF-16', Buffer.from(marker, 'utf16le')],
    ['hexadecimal', Buffer.from(Buffer.from(marker).toString('hex'))],
    ['reversed', Buffer.from(marker).toReversed() as Buffer],
    ['base64', Buffer.from(Buffer.from(marker).toString('base64'))],
    ['base64', Buffer.from(Buffer.from(`x${marker}y`).toString('base64'))],
    ['base64', Buffer.from(Buffer.from(`xy${marker}`).toString('base64'))],
  ]

  test('finds it in a new node in every form, and nowhere before', async () => {
    const node = newNode()
    await closed(opened(await processPost(node)))
    const live = await readLiveSeats(node.paths.store)
    expect(live).toEqual([])
    expect(isErased(examineAll(node, node.dataDir, [marker]))).toBe(true)
    for (const [form, bytes] of forms) {
      const file = join(node.dataDir, 'left-behind')
      writeFileSync(file, Buffer.concat([Buffer.alloc(4_097, 7), bytes, Buffer.alloc(99, 7)]))
      const report = examineAll(node, node.dataDir, [marker])
      expect(report.found).toEqual([{ file: 'left-behind', form }])
      expect(isErased(report)).toBe(false)
      rmSync(file)
    }
    writeFileSync(join(node.dataDir, 'left-behind'), marker)
    expect(await verify(node, '--marker', marker)).toMatchObject({
      exit: 1,
      report: { erased: false, found: [{ file: 'left-behind', form: 'plain text' }] },
    })
  }, 60_000)
})
