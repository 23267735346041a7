/**
 * Reads the sections `store` and `vault`, and keeps apart what must be apart: the ring and the master key must not come
 * along when somebody copies the data folder (VAULT, Files).
 * @module
 */
import { realpathSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Config } from './config.ts'
import type { NodeFiles } from './node-files.ts'
import type { Findings, Path } from './problem.ts'
import type { Reading } from './reading.ts'
import type { ConfigData } from './schema/config.ts'
import { readMasterKey } from './secret.ts'

/** @returns both sections; undefined after noting problems */
export function readStorage(
  main: Reading<ConfigData>,
  files: NodeFiles,
  env: Readonly<Record<string, string | undefined>>,
  findings: Findings,
): Pick<Config, 'store' | 'vault'> | undefined {
  const vault = main.within('vault')
  const store = main.get('store')
  const epochSeconds = vault.get('epoch')
  const ring = vault.within('ring').get('path')
  const secret = vault.placed('masterKey')
  const masterKey = secret && readMasterKey(secret, files, env, findings)

  const dataPath = store && files.resolve(store.path)
  const ringPath = ring === undefined ? undefined : files.resolve(ring)
  const keyFile = secret?.value.file
  const problem = (path: Path, message: string) => findings.problem(main.source, path, message)

  if (dataPath !== undefined) {
    if (isFile(dataPath)) problem(['store', 'path'], `is a file, not a folder: ${dataPath}`)
    const apart = (path: Path, file: string | undefined) => {
      if (file === undefined || !isInside(file, dataPath)) return
      problem(path, `lies in store.path (${dataPath}), and would be copied with it; keep it apart`)
    }
    apart(['vault', 'ring', 'path'], ringPath)
    apart(['vault', 'masterKey', 'file'], keyFile && files.resolve(keyFile))
  }
  if (ringPath !== undefined && keyFile !== undefined && files.resolve(keyFile) === ringPath) {
    problem(['vault', 'ring', 'path'], 'is the file of the master key; the ring has its own')
  }
  if (!store || !dataPath || !ringPath || !masterKey || epochSeconds === undefined) return undefined
  return {
    store: {
      engine: store.engine,
      path: dataPath,
      mapBytes: store.map,
      maxReaders: store.readers,
      ballastBytes: store.ballast,
    },
    vault: { masterKey, ringPath, epochSeconds },
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Whether a path lies in a folder, also by way of links; neither has to exist yet. */
function isInside(path: string, folder: string): boolean {
  const way = relative(real(folder), real(path))
  return way === '' || !(way === '..' || way.startsWith('../'))
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(real(parent), path.slice(parent.length))
  }
}
