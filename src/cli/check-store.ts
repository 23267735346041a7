/**
 * `knooppunt check --store`: walk the data of a stopped node and say what does not fit together.
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { checkStore } from '../relay/check.ts'
import type { Finding } from '../relay/check.ts'
import type { Store } from '../relay/ports.ts'
import { dataPaths } from '../store/data-folder.ts'
import { lockFolder } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import { signer } from '../vault/keys.ts'
import { openVault } from '../vault/open.ts'
import { CommandError } from './failure.ts'

/** What a walk over store and vault found. */
export interface StoreReport {
  /** Whether nothing is wrong; keys that a crash left behind are not. */
  readonly sound: boolean
  /** Messages that wait. */
  readonly live: number
  /** Keys that no message has: traces of a crash, which the next start erases. */
  readonly leftKeys: number
  /** Everything that may not be. */
  readonly findings: readonly Finding[]
}

/**
 * Opens store and vault as a start would, under the lock of the folder, and walks the invariants of VAULT. Ends no message
 * and erases no key.
 * @throws FolderInUse while the node runs; VaultError; CommandError when there is no data yet, or not all of it
 */
export async function examineStore({ store: settings, vault }: Config): Promise<StoreReport> {
  const { path, engine, mapBytes, maxReaders } = settings
  const paths = dataPaths(path)
  demandAll(path, vault.ringPath)
  const lock = lockFolder(paths.lock)
  try {
    const { masterKey, ringPath } = vault
    const keys = await openVault({ path: paths.vault, ringPath, masterKey })
    try {
      const store = await openStore({
        engine,
        path: paths.store,
        mapBytes,
        maxReaders,
        sign: signer(masterKey, 'log'),
      })
      try {
        return reportOf(checkStore(store, keys), store)
      } finally {
        await store.close()
      }
    } finally {
      await keys.close()
    }
  } finally {
    lock.release()
  }
}

/** A start may make what is missing; a question about it may not. */
function demandAll(path: string, ringPath: string): void {
  const { store, vault } = dataPaths(path)
  const files = { store: join(store, 'data.mdb'), vault, 'key ring': ringPath }
  const missing = Object.entries(files).filter(([, file]) => !existsSync(file))
  if (missing.length === 0) return
  if (missing.length === Object.keys(files).length)
    throw new CommandError(`There is no data in ${path} yet; the first start makes it.`)
  const names = missing.map(([name, file]) => `the ${name} (${file})`).join(' and ')
  throw new CommandError(`Missing: ${names}. Put back what belongs together.`)
}

function reportOf(found: readonly Finding[], store: Store): StoreReport {
  // A key without a message may not be given to another before it is zero (I3); until the next start nobody can.
  const findings = found.filter(({ invariant }) => invariant !== 'I3')
  return {
    sound: findings.length === 0,
    live: [...store.live()].length,
    leftKeys: found.length - findings.length,
    findings,
  }
}

/** The report in plain words. */
export function tellStore({ sound, live, leftKeys, findings }: StoreReport): string[] {
  return [
    ...findings.map(({ invariant, sentence }) => `${invariant}: ${sentence}`),
    `Waiting messages: ${live}.`,
    ...(leftKeys > 0
      ? [`Keys that a crash left behind, erased at the next start: ${leftKeys}.`]
      : []),
    sound ? 'Store and vault are sound.' : 'NOT SOUND: store and vault do not fit together.',
  ]
}
