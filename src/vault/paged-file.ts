/**
 * The little that the vault needs from a file, so that tests can tear, drop and count its writes.
 * @module
 */
import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { fsync, fsyncSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export interface PagedFile {
  /** Bytes in the file now. */
  size(): number
  /** Fills the buffer from a position. @throws when the file is shorter */
  read(into: Uint8Array, position: number): void
  /** Writes all bytes in place. @throws with the code of the operating system */
  write(bytes: Uint8Array, position: number): void
  /** Flushes data, once; never called again after it failed. */
  datasync(): Promise<void>
  /** Flushes data and size and waits for it. */
  sync(): void
  /** Gives back the end of the file. */
  truncate(bytes: number): void
  close(): void
}

/** Opens a file that is there, or with `create` makes one that is not, readable for its owner only. */
export function openPagedFile(path: string, create = false): PagedFile {
  const flags = constants.O_RDWR | (create ? constants.O_CREAT | constants.O_EXCL : 0)
  return pagedFileOn(openSync(path, flags, 0o600))
}

/** Opens a file that somebody else may be writing; writing to it fails. */
export function openToRead(path: string): PagedFile {
  return pagedFileOn(openSync(path, constants.O_RDONLY))
}

function pagedFileOn(fd: number): PagedFile {
  return {
    size: () => fstatSync(fd).size,
    read(into, position) {
      for (let done = 0; done < into.length;) {
        const got = readSync(fd, into, done, into.length - done, position + done)
        if (got === 0) throw new Error('the file ends too early')
        done += got
      }
    },
    write(bytes, position) {
      for (let done = 0; done < bytes.length;)
        done += writeSync(fd, bytes, done, bytes.length - done, position + done)
    },
    datasync: () =>
      new Promise((resolve, reject) =>
        fdatasync(fd, (error) =>
          error === null || error === undefined ? resolve() : reject(error),
        ),
      ),
    sync: () => fsyncSync(fd),
    truncate: (bytes) => ftruncateSync(fd, bytes),
    close: () => closeSync(fd),
  }
}

/** Makes the name of a new file durable, not only its bytes. */
export function syncFolderOf(path: string): Promise<void> {
  const fd = openSync(dirname(path), constants.O_RDONLY)
  return new Promise<void>((resolve, reject) =>
    fsync(fd, (error) => (error === null || error === undefined ? resolve() : reject(error))),
  ).finally(() => closeSync(fd))
}
