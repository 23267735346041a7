import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../src/relay/ports.ts'
import { openStore } from '../../src/store/open.ts'
import { conformance } from './conformance.ts'
import type { Bench } from './conformance.ts'
import { keeping } from './keeping.ts'
import { SIGN, VAULT_ID } from './samples.ts'

let dir = ''
let store: Store

const bench: Bench = {
  create: async () => {
    dir = await mkdtemp(join(tmpdir(), 'knooppunt-store-'))
    const options = { engine: 'lmdb', path: dir, mapBytes: 64 * 2 ** 20, sign: SIGN } as const
    return (store = await openStore({ ...options, createFor: VAULT_ID }))
  },
  dispose: async () => {
    await store.close()
    await rm(dir, { recursive: true })
  },
}

conformance('lmdb', bench)
keeping('lmdb', bench)
