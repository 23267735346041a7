/**
 * No core dumps: the memory of this process holds messages in clear and the keys of those that wait.
 * @module
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'

/** The C library as Linux distributions name it, with glibc and with musl. */
const C_LIBRARIES = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1']

/** From `<sys/resource.h>` and `<linux/prctl.h>`, the same on every 64-bit Linux. */
const RLIMIT_CORE = 4
const PR_SET_DUMPABLE = 4

/**
 * Turns core dumps off for this process and all that it starts. Both ways are needed: the limit covers children, and the
 * kernel passes a dump on to a program such as systemd-coredump whatever the limit is, unless the process is not dumpable.
 * @returns undefined when they are off, else an English sentence for the operator
 */
export function forbidCoreDumps(): string | undefined {
  if (process.platform !== 'linux') return `core dumps cannot be turned off on ${process.platform}`
  for (const name of C_LIBRARIES) {
    const c = openLibrary(name)
    if (c === undefined) continue
    const none = new BigUint64Array(2)
    const isLimited = c.symbols.setrlimit(RLIMIT_CORE, ptr(none)) === 0
    const isHidden = c.symbols.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) === 0
    c.close()
    return isLimited && isHidden ? undefined : 'the system did not allow to turn core dumps off'
  }
  return 'core dumps were not turned off: no C library was found'
}

function openLibrary(name: string) {
  const { i32, u64, pointer } = FFIType
  try {
    return dlopen(name, {
      setrlimit: { args: [i32, pointer], returns: i32 },
      prctl: { args: [i32, u64, u64, u64, u64], returns: i32 },
    })
  } catch {
    return undefined
  }
}
