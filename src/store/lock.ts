/**
 * One process owns a data folder. The lock is the kernel's (flock) and ends with the process, however it dies; the file holds
 * the number of the owner for the message only.
 * @module
 */
import { dlopen, FFIType } from 'bun:ffi'
import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'

const EXCLUSIVE = 2
const DO_NOT_WAIT = 4
/** glibc, musl and macOS. */
const C_LIBRARIES = ['libc.so.6', `libc.musl-${muslName(process.arch)}.so.1`, 'libSystem.B.dylib']

/** Somebody else has the data folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
}

export interface FolderLock {
  release(): void
}

/**
 * Takes the lock of a data folder at once, or not at all.
 * @param path the lock file, as in `data/lock`; made when it is not there, and never removed
 * @throws FolderInUse naming the process that has it
 */
export function lockFolder(path: string): FolderLock {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  if (!flock(fd)) {
    closeSync(fd)
    const owner = readFileSync(path, 'utf8').trim()
    const who = /^\d{1,10}$/.test(owner) ? `process ${owner}` : 'another process'
    throw new FolderInUse(`the data folder is in use by ${who}; stop that one first`)
  }
  ftruncateSync(fd, 0)
  writeSync(fd, `${process.pid}\n`, 0)
  return { release: () => closeSync(fd) }
}

function flock(fd: number): boolean {
  for (const name of C_LIBRARIES) {
    const library = load(name)
    if (library === undefined) continue
    try {
      return library.symbols.flock(fd, EXCLUSIVE | DO_NOT_WAIT) === 0
    } finally {
      library.close()
    }
  }
  throw new Error('this system has no C library that locks files')
}

function load(name: string) {
  try {
    return dlopen(name, { flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 } })
  } catch {
    return undefined
  }
}

function muslName(arch: string): string {
  return arch === 'arm64' ? 'aarch64' : 'x86_64'
}
