/**
 * The folder of the sockets between front and HTTP servers: for this user only, gone with the process. A socket lies in it for
 * the moment between two system calls.
 * @module
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = /^knooppunt-front-(\d+)-\w+$/
/** What the kernel takes as the path of a socket, less its closing zero and room for the name. */
const PATH_BYTES_MAX = 107 - '/1234567890'.length

export interface SocketFolder {
  /** A path that was never given before. */
  next(): string
  remove(): void
}

/**
 * Makes the folder, and removes those of processes that were killed.
 * @param base where temporary files go
 * @throws when its path is too long for a socket
 */
export function createSocketFolder(base: string = tmpdir()): SocketFolder {
  removeLeftOver(base)
  // Made with mode 0700, whatever the umask.
  const path = mkdtempSync(join(base, `knooppunt-front-${process.pid}-`))
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    rmSync(path, { recursive: true })
    throw new Error(`the folder for temporary files has too long a path for a socket: ${base}`)
  }
  let count = 0
  return {
    next: () => join(path, String((count += 1))),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

function removeLeftOver(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = NAME.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    try {
      rmSync(join(base, name), { recursive: true, force: true })
    } catch {
      // Of another user, and therefore not ours to remove.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    // There is one, but not ours to send a signal to.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
