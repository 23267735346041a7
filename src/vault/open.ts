/**
 * Opens or makes the two files of a vault: the keys, and the ring that wraps them.
 * @module
 */
import { randomBytes } from 'node:crypto'
import type { Vault } from '../relay/ports.ts'
import { demandMasterKey } from './keys.ts'
import { openPagedFile, syncFolderOf } from './paged-file.ts'
import { createRing, openRing, writeRing } from './ring.ts'
import { initialise, vaultOn } from './vault.ts'
import type { WriteRing } from './vault.ts'

export interface VaultOptions {
  /** The file of message keys, as in `data/vault`. */
  readonly path: string
  /** The key ring, outside the data folder and in no backup. */
  readonly ringPath: string
  /** Thirty-two bytes from the operator's secret store; kept by the caller. */
  readonly masterKey: Uint8Array
}

/** Makes a vault with an id of its own, and its ring. @throws when either file is there */
export async function createVault(options: VaultOptions): Promise<Vault> {
  const { path, ringPath, masterKey } = options
  demandMasterKey(masterKey)
  const ring = await createRing(ringPath, masterKey, randomBytes(16))
  const file = openPagedFile(path, true)
  try {
    initialise(file, masterKey, ring)
    await syncFolderOf(path)
    return vaultOn(file, masterKey, ring, ringAt(options))
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 * Opens a vault. The ring comes first, so that a wrong master key is named as such.
 * @throws VaultError with a sentence for the operator that names the file
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const { path, ringPath, masterKey } = options
  const ring = openRing(ringPath, masterKey)
  const file = openPagedFile(path)
  try {
    return vaultOn(file, masterKey, ring, ringAt(options))
  } catch (error) {
    file.close()
    throw error
  }
}

function ringAt({ ringPath, masterKey }: VaultOptions): WriteRing {
  return (keys, began) => writeRing(ringPath, masterKey, keys, began)
}
