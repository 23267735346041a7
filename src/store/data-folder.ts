/**
 * What lies where in a data folder, and whether it is all there. Store, vault and ring belong together: a new one beside two
 * old ones would end every waiting message, so all three are made, or none.
 * @module
 */
import { existsSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface DataPaths {
  /** Folder of the LMDB store. */
  readonly store: string
  readonly vault: string
  readonly ballast: string
  readonly lock: string
  /** Socket by which the command line asks the running relay. */
  readonly control: string
}

/** The names of VAULT under a data folder. */
export function dataPaths(dir: string): DataPaths {
  return {
    store: join(dir, 'store'),
    vault: join(dir, 'vault'),
    ballast: join(dir, 'ballast'),
    lock: join(dir, 'lock'),
    control: join(dir, 'control'),
  }
}

/** Part of a node's state is missing. */
export class DataIncomplete extends Error {
  override readonly name = 'DataIncomplete'
}

/** How the three are made and opened; the composition root knows the engines. */
export interface Makers<T> {
  /** Makes ring, vault and store, in that order. */
  readonly create: (paths: DataPaths) => Promise<T>
  readonly open: (paths: DataPaths) => Promise<T>
}

/**
 * Opens the data of a node, or makes it when nothing is there. An interrupted creation is begun again: its mark is written
 * before the first file and taken away after the last, and nothing is accepted in between.
 * @throws DataIncomplete when some of store, vault and ring are there and others are not
 */
export async function openData<T>(folder: Folder, makers: Makers<T>): Promise<T> {
  const { dir, ringPath } = folder
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await mkdir(dirname(ringPath), { recursive: true, mode: 0o700 })
  const paths = dataPaths(dir)
  const mark = join(dir, 'creating')
  const files: readonly (readonly [name: string, path: string])[] = [
    ['store', join(paths.store, 'data.mdb')],
    ['vault', paths.vault],
    ['key ring', ringPath],
  ]

  if (existsSync(restoreMark(dir)))
    throw new DataIncomplete('a restore was interrupted here; run knooppunt restore again')
  if (existsSync(mark)) {
    for (const path of [paths.store, paths.vault, ringPath])
      await rm(path, { recursive: true, force: true })
  }
  const missing = files.filter(([, path]) => !existsSync(path)).map(([name]) => name)
  if (missing.length === 0) return makers.open(paths)
  if (missing.length < files.length) {
    const present = files.map(([name]) => name).filter((name) => !missing.includes(name))
    throw new DataIncomplete(
      `the ${missing.join(' and the ')} ${areOrIs(missing)} missing, ` +
        `but the ${present.join(' and the ')} ${areOrIs(present)} there; ` +
        'put back what belongs together, nothing was changed',
    )
  }
  await (await open(mark, 'w', 0o600)).close()
  // A file is where its folder is: a name above it that a power cut takes away takes everything with it.
  for (const folder of [dir, dirname(dir), dirname(dirname(ringPath))]) await syncFolder(folder)
  const made = await makers.create(paths)
  if (existsSync(paths.store)) await syncFolder(paths.store)
  await rm(mark)
  await syncFolder(dir)
  return made
}

const restoreMark = (dir: string) => join(dir, 'restoring')

interface Folder {
  readonly dir: string
  readonly ringPath: string
}

/**
 * Makes room for a restore, which starts over when it was interrupted. Until `endRestore` nothing else opens the folder.
 * @throws DataIncomplete when there is data of a node
 */
export async function beginRestore({ dir, ringPath }: Folder): Promise<void> {
  const { store, vault } = dataPaths(dir)
  const mark = restoreMark(dir)
  await mkdir(dirname(ringPath), { recursive: true, mode: 0o700 })
  const present = [store, vault, ringPath].filter((path) => existsSync(path))
  if (!existsSync(mark)) {
    if (present.length > 0)
      throw new DataIncomplete(
        `a backup goes into an empty folder only, with a ring of its own; move away ${present.join(', ')}`,
      )
    await (await open(mark, 'w', 0o600)).close()
    await syncFolder(dir)
  }
  for (const path of present) await rm(path, { recursive: true, force: true })
}

/** Says that the restore is complete. */
export async function endRestore({ dir }: Folder): Promise<void> {
  await rm(restoreMark(dir))
  await syncFolder(dir)
}

function areOrIs({ length }: readonly string[]): string {
  return length > 1 ? 'are' : 'is'
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
