import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../src/relay/ports.ts'
import { openStore } from '../../src/store/open.ts'
import { conformance } from './conformance.ts'
import { VAULT_ID } from './samples.ts'

let dir = ''
let store: Store

conformance('lmdb', {
  create: async () => {
    dir = await mkdtemp(join(tmpdir(), 'knooppunt-store-'))
    const options = { engine: 'lmdb', path: dir, mapBytes: 64 * 2 ** 20 } as const
    return (store = await openStore({ ...options, createFor: VAULT_ID }))
  },
  dispose: async () => {
    await store.close()
    await rm(dir, { recursive: true })
  },
})
