/**
 * Change of the master key: ring and header of the vault go under another one (VAULT, Master key). Message keys are wrapped by
 * the epochs, so none of them is touched.
 * @module
 */
import { VaultError } from './errors.ts'
import { demandMasterKey, deriveKey } from './keys.ts'
import { openPagedFile } from './paged-file.ts'
import { openRing, rewriteRing } from './ring.ts'
import { readHeader, writeHeader } from './vault-file.ts'

/** The two files of a vault that nobody has open. */
export interface VaultFiles {
  readonly path: string
  readonly ringPath: string
}

/**
 * Puts the files under another master key. At every moment at least one of both opens them; done again after a crash, it ends
 * the same.
 * @throws VaultError when neither master key opens them
 */
export function changeMasterKey(files: VaultFiles, before: Uint8Array, after: Uint8Array): void {
  demandMasterKey(before)
  demandMasterKey(after)
  if (!opensWith(files, before)) {
    // The ring went over before a crash; the header went before it.
    openRing(files.ringPath, after)
    return
  }
  const file = openPagedFile(files.path)
  try {
    const header = readHeader(file, deriveKey(before, 'vault-header'))
    const under = (writes: number) => {
      writeHeader(file, deriveKey(after, 'vault-header'), { ...header, writes })
      file.sync()
    }
    // One copy for each master key while the ring is in between.
    under(header.writes + 1)
    rewriteRing(files.ringPath, before, after)
    under(header.writes + 2)
  } finally {
    file.close()
  }
}

function opensWith({ ringPath }: VaultFiles, masterKey: Uint8Array): boolean {
  try {
    openRing(ringPath, masterKey)
    return true
  } catch (error) {
    if (error instanceof VaultError) return false
    throw error
  }
}
