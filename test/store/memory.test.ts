import { createMemoryStore } from '../../src/store/memory/store.ts'
import { conformance } from './conformance.ts'
import { VAULT_ID } from './samples.ts'

conformance('memory', {
  create: async () => createMemoryStore({ vaultId: VAULT_ID, limitBytes: 64 * 2 ** 20 }),
  dispose: async () => {},
})
