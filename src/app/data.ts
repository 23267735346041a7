/**
 * Opens what is on disk: lock, vault with its ring, store, ballast (VAULT, Start 1 to 3).
 * @module
 */
import { mkdirSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import type { Store, Vault } from '../relay/ports.ts'
import { dataPaths, openData as openDataFolder } from '../store/data-folder.ts'
import type { DataPaths } from '../store/data-folder.ts'
import { lockFolder } from '../store/lock.ts'
import type { FolderLock } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import { openBallast } from '../vault/ballast.ts'
import type { FileBallast } from '../vault/ballast.ts'
import { signer } from '../vault/keys.ts'
import { createVault, openVault } from '../vault/open.ts'
import type { VaultOptions } from '../vault/open.ts'

/** Everything below the verbs. */
export interface Data {
  readonly store: Store
  readonly vault: Vault
  readonly ballast: FileBallast
  readonly lock: FolderLock
}

/** Takes the folder, and opens what is in it or makes it when nothing is (VAULT, Start 1 to 3). */
export async function openData({ store, vault }: Config): Promise<Data> {
  mkdirSync(store.path, { recursive: true, mode: 0o700 })
  const lock = lockFolder(dataPaths(store.path).lock)
  const keysAt = (paths: DataPaths): VaultOptions => ({
    path: paths.vault,
    ringPath: vault.ringPath,
    masterKey: vault.masterKey,
  })
  const storeAt = (paths: DataPaths, createFor?: Uint8Array) =>
    openStore({
      engine: store.engine,
      path: paths.store,
      mapBytes: store.mapBytes,
      maxReaders: store.maxReaders,
      sign: signer(vault.masterKey, 'log'),
      ...(createFor === undefined ? {} : { createFor }),
    })
  try {
    const opened = await openDataFolder(
      { dir: store.path, ringPath: vault.ringPath },
      {
        create: async (paths) => {
          const made = await createVault(keysAt(paths))
          return { vault: made, store: await storeAt(paths, made.id) }
        },
        open: async (paths) => {
          const found = await openVault(keysAt(paths))
          return { vault: found, store: await storeAt(paths) }
        },
      },
    )
    const { ballast: path } = dataPaths(store.path)
    return { ...opened, ballast: openBallast({ path, bytes: store.ballastBytes }), lock }
  } catch (reason) {
    lock.release()
    throw reason
  }
}

/** Closes in the order in which nothing is written any more. */
export async function closeData({ lock, store, vault, ballast }: Data): Promise<void> {
  await ballast.settled()
  await vault.close()
  await store.close()
  lock.release()
}
