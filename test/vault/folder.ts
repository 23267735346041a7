/**
 * Temporary folders, and a node's data in one: store, vault and ring made anew for every test.
 * @module
 */
import { afterEach } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store, Vault } from '../../src/relay/ports.ts'
import { start, type StartReport } from '../../src/relay/start.ts'
import { openStore } from '../../src/store/open.ts'
import { signer } from '../../src/vault/keys.ts'
import { createVault, openVault } from '../../src/vault/open.ts'

/** Folders that are removed after each test of the file that asks. */
export function folders(): () => string {
  const made: string[] = []
  afterEach(() => {
    for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true })
  })
  return () => {
    const dir = mkdtempSync(join(tmpdir(), 'knooppunt-vault-'))
    made.push(dir)
    return dir
  }
}

/** One node's files under a folder. */
export class Node {
  readonly dir: string
  readonly masterKey: Uint8Array

  constructor(dir: string, masterKey: Uint8Array = randomBytes(32)) {
    this.dir = dir
    this.masterKey = masterKey
  }

  get vaultPath(): string {
    return join(this.dir, 'vault')
  }

  get ringPath(): string {
    return join(this.dir, 'ring')
  }

  get storePath(): string {
    return join(this.dir, 'store')
  }

  vault(): Promise<Vault> {
    return openVault({ path: this.vaultPath, ringPath: this.ringPath, masterKey: this.masterKey })
  }

  async create(): Promise<Open> {
    const options = { path: this.vaultPath, ringPath: this.ringPath, masterKey: this.masterKey }
    const vault = await createVault(options)
    const store = await openStore({ ...this.#store(), createFor: vault.id })
    return this.#started(store, vault)
  }

  /** Opens what is there and starts on it; closes everything again when that is refused. */
  async open(): Promise<Open> {
    const vault = await this.vault()
    try {
      return await this.#started(await openStore(this.#store()), vault)
    } catch (error) {
      await vault.close()
      throw error
    }
  }

  /** A copy of all files as they are on the disk now. */
  copyTo(dir: string): Node {
    cpSync(this.dir, dir, { recursive: true })
    return new Node(dir, this.masterKey)
  }

  bytes(name: 'vault' | 'ring'): Buffer {
    return readFileSync(join(this.dir, name))
  }

  /** Overwrites part of a file, as a torn write would. */
  damage(name: 'vault' | 'ring', offset: number, bytes: Uint8Array): void {
    const all = this.bytes(name)
    all.set(bytes, offset)
    writeFileSync(join(this.dir, name), all)
  }

  #store() {
    return {
      engine: 'lmdb',
      path: this.storePath,
      mapBytes: 64 * 2 ** 20,
      sign: signer(this.masterKey, 'log'),
    } as const
  }

  async #started(store: Store, vault: Vault): Promise<Open> {
    const alarms: string[] = []
    const journal = { alarm: (event: string) => void alarms.push(event) }
    try {
      const report = await start({ store, vault, journal, pause: () => Bun.sleep(0) })
      await report.rest
      return { store, vault, report, alarms }
    } catch (error) {
      await store.close()
      throw error
    }
  }
}

export interface Open {
  readonly store: Store
  readonly vault: Vault
  readonly report: StartReport
  readonly alarms: readonly string[]
}

export async function close({ store, vault }: Open): Promise<void> {
  await store.close()
  await vault.close()
}
