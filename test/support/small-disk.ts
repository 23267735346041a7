/**
 * A small file system of its own, so that a disk can really be full.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A mounted file system. */
export interface SmallDisk {
  readonly path: string
  /** Writes until nothing is left but what is told; gives back a function that makes room again. */
  stuff(leaveBytes?: number): () => void
  remove(): void
}

/** Mounts one; undefined where that is not allowed. @param mebibytes its size */
export function smallDisk(mebibytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'knooppunt-disk-'))
  const mount = ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]
  if (spawnSync('mount', mount).status !== 0) {
    rmSync(path, { recursive: true })
    return undefined
  }
  return {
    path,
    stuff: (leaveBytes = 0) => {
      const [kept, rest] = [join(path, 'kept-free'), join(path, 'somebody-elses')]
      if (leaveBytes > 0) writeFileSync(kept, Buffer.alloc(leaveBytes, 1))
      for (const bytes of [2 ** 20, 2 ** 12]) writeUntilFull(rest, bytes)
      rmSync(kept, { force: true })
      return () => rmSync(rest)
    },
    remove: () => {
      spawnSync('umount', [path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}

function writeUntilFull(file: string, bytes: number): void {
  for (;;)
    try {
      writeFileSync(file, Buffer.alloc(bytes, 1), { flag: 'a' })
    } catch {
      return
    }
}
