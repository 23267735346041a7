import { createMemoryStore } from '../../src/store/memory/store.ts'
import { conformance } from './conformance.ts'
import type { Bench } from './conformance.ts'
import { keeping } from './keeping.ts'
import { SIGN, VAULT_ID } from './samples.ts'

const bench: Bench = {
  create: async () =>
    createMemoryStore({ vaultId: VAULT_ID, limitBytes: 64 * 2 ** 20, sign: SIGN }),
  dispose: async () => {},
}

conformance('memory', bench)
keeping('memory', bench)
