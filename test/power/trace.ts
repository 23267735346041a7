/**
 * What a process did to files, as strace saw it: writes with their bytes, flushes with what they cover, names that came and
 * went, in the order of the kernel. The program under test takes no part in this and cannot know of it.
 * @module
 */

/** System calls that can change a file or make it durable; `lseek` says where a `writev` lands. */
export const TRACED =
  'openat,open,creat,close,lseek,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate,fdatasync,fsync,' +
  'sync_file_range,msync,mmap,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,' +
  'copy_file_range,sendfile,splice,io_uring_setup,dup,dup2,dup3,fcntl'

/** One thing that happened; `line` counts lines of the trace, and everything with a lower one came before. */
export type Step =
  | {
      readonly kind: 'write'
      readonly line: number
      /** Line at which the call returned; infinite when the process ended first. */
      readonly done: number
      readonly path: string
      readonly at: number
      readonly bytes: Buffer
      /** Durable by itself when it returns: the file was opened with O_DSYNC. */
      readonly durable: boolean
    }
  | {
      readonly kind: 'resize'
      readonly line: number
      readonly done: number
      readonly path: string
      readonly size: number
    }
  | {
      /** Everything of the path that had returned before line `from` is durable; a folder's names likewise. */
      readonly kind: 'flush'
      readonly line: number
      readonly from: number
      readonly path: string
    }
  | {
      readonly kind: 'name'
      readonly line: number
      readonly path: string
      readonly act: 'make' | 'make-folder' | 'remove'
    }

/** A system call from its first line to its return. */
interface Call {
  readonly name: string
  readonly args: string
  readonly from: number
  readonly to: number
  /** Undefined when the process ended before the call returned. */
  readonly result: number | undefined
}

/** The tracer lost a line: nothing is known about what it would have said, and the recording has to be made again. */
export class TraceTorn extends Error {
  override readonly name = 'TraceTorn'
}

const CUT_OFF = ' <unfinished ...>'
const RESUMED = ' resumed>'

function* callsOf(text: string): Generator<Call> {
  const open = new Map<string, { readonly start: string; readonly from: number }>()
  const isKilled = text.includes('+++ killed by SIGKILL')
  let number = 0
  // Lines of megabytes are common, so that they are cut by position; a regular expression would go back and forth in them.
  const finished = (start: string, from: number): Call => {
    const equals = start.lastIndexOf(' = ')
    const name = start.slice(0, start.indexOf('('))
    // Of a process that is being killed the tracer may not get to the end of a line; what the call did, the files will show.
    if (equals < 0 && isKilled)
      return { name, args: start.slice(name.length + 1), from, to: Infinity, result: undefined }
    if (equals < 0 || name === '')
      throw new TraceTorn(`line ${number} of the trace cannot be read: ${start.slice(0, 200)}`)
    const args = start.slice(name.length + 1, start.lastIndexOf(')', equals))
    const result = Number.parseInt(start.slice(equals + 3))
    return Number.isNaN(result)
      ? { name, args, from, to: Number.POSITIVE_INFINITY, result: undefined }
      : { name, args, from, to: number, result }
  }
  for (const line of text.split('\n')) {
    number += 1
    const gap = line.indexOf(' ')
    const thread = line.slice(0, gap)
    const what = line.slice(gap).trimStart()
    if (gap < 0 || what.startsWith('+++') || what.startsWith('---')) continue
    if (what.startsWith('<... ')) {
      const begun = open.get(thread)
      if (begun === undefined) throw new Error(`line ${number} of the trace resumes nothing`)
      open.delete(thread)
      const rest = what.slice(what.indexOf(RESUMED) + RESUMED.length)
      const call = finished(begun.start + rest, begun.from)
      // The call was never heard of again, because the process ended.
      if (call.result === undefined) open.set(thread, begun)
      else yield call
      continue
    }
    const cut = what.lastIndexOf(CUT_OFF)
    if (cut >= 0) open.set(thread, { start: what.slice(0, cut), from: number })
    else yield finished(what, number)
  }
  // What the end of the process cut off: it may have happened or not.
  for (const { start, from } of open.values()) {
    const name = start.slice(0, start.indexOf('('))
    const args = start.slice(name.length + 1)
    yield { name, args, from, to: Number.POSITIVE_INFINITY, result: undefined }
  }
}

interface OpenFile {
  readonly path: string
  readonly durable: boolean
  position: number
}

/**
 * Reads a trace made with `-f -y -xx`.
 * @param dir only what lies under this folder counts
 * @param ignores paths that are no part of the state
 * @throws when the process did something to a file of the state that a replay would not know of
 */
export function stepsOf(text: string, dir: string, ignores: (path: string) => boolean): Step[] {
  const files = new Map<number, OpenFile>()
  const steps: Step[] = []
  const isOurs = (path: string) => (path === dir || path.startsWith(`${dir}/`)) && !ignores(path)
  for (const call of callsOf(text)) {
    const { name, args, from, to: done, result } = call
    const fd = Number(/^(\d+)</.exec(args)?.[1] ?? Number.NaN)
    const file = files.get(fd)
    if (name === 'io_uring_setup') throw new Error('the process writes in a way that is not traced')
    if (name === 'openat' && result !== undefined && result >= 0) {
      const path = pathIn(args)
      files.set(result, { path, durable: /O_D?SYNC/.test(args), position: 0 })
      if (args.includes('O_CREAT') && isOurs(path) && !steps.some((step) => isMadeBy(step, path)))
        steps.push({ kind: 'name', line: done, path, act: 'make' })
      continue
    }
    if (name === 'mkdir' && result === 0 && isOurs(pathIn(args)))
      steps.push({ kind: 'name', line: done, path: pathIn(args), act: 'make-folder' })
    if ((name === 'unlink' || name === 'unlinkat') && result === 0 && isOurs(pathIn(args)))
      steps.push({ kind: 'name', line: done, path: pathIn(args), act: 'remove' })
    if (file === undefined || !isOurs(file.path)) {
      if (name === 'close') files.delete(fd)
      continue
    }
    const { path, durable } = file
    switch (name) {
      case 'close':
        files.delete(fd)
        break
      case 'lseek':
        if (result !== undefined) file.position = result
        break
      case 'pwrite64':
        steps.push(write(call, path, durable, numberAtEnd(args)))
        break
      case 'write':
      case 'writev': {
        const step = write(call, path, durable, file.position)
        file.position += step.bytes.length
        steps.push(step)
        break
      }
      case 'ftruncate':
        steps.push({ kind: 'resize', line: from, done, path, size: numberAtEnd(args) })
        break
      case 'fsync':
      case 'fdatasync':
        if (result === 0) steps.push({ kind: 'flush', line: done, from, path })
        break
      case 'mmap':
        if (args.includes('PROT_WRITE') && args.includes('MAP_SHARED'))
          throw new Error(`${path} is written through memory, which a trace does not show`)
        break
      case 'fcntl':
        if (args.includes('DUPFD')) throw new Error(`${path} has a second number`)
        break
      default:
        throw new Error(`${name} on ${path} is not understood`)
    }
  }
  return steps.toSorted((one, other) => one.line - other.line)
}

function isMadeBy(step: Step, path: string): boolean {
  return step.kind === 'name' && step.act === 'make' && step.path === path
}

function write({ args, from, to, result }: Call, path: string, durable: boolean, at: number) {
  const bytes = bytesIn(args)
  const length = result ?? bytes.length
  if (length < 0 || length > bytes.length) throw new Error(`a write to ${path} failed or was cut`)
  return {
    kind: 'write',
    line: from,
    done: to,
    path,
    at,
    bytes: bytes.subarray(0, length),
    durable,
  } as const
}

/** The path of `openat(…, "path", …)` and the like. */
function pathIn(args: string): string {
  const from = args.indexOf('"') + 1
  return unescaped(args, from, args.indexOf('"', from)).toString()
}

/** All strings of a call in a row: one of `pwrite64`, several of `writev`. */
function bytesIn(args: string): Buffer {
  const found: Buffer[] = []
  for (let at = args.indexOf('"'); at >= 0;) {
    const end = args.indexOf('"', at + 1)
    found.push(unescaped(args, at + 1, end))
    at = args.indexOf('"', end + 1)
  }
  return Buffer.concat(found)
}

/** What stands between two quotes: `\x` and two digits for each byte, or for paths the text itself. */
function unescaped(text: string, from: number, to: number): Buffer {
  if (!text.startsWith('\\x', from)) return Buffer.from(text.slice(from, to))
  const bytes = Buffer.alloc((to - from) / 4)
  for (let index = 0; index < bytes.length; index += 1) {
    const at = from + 4 * index + 2
    bytes[index] = 16 * digit(text.charCodeAt(at)) + digit(text.charCodeAt(at + 1))
  }
  return bytes
}

/** Value of a hexadecimal digit in small letters, by its code. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87
}

function numberAtEnd(args: string): number {
  const found = /(\d+)$/.exec(args)
  if (found === null) throw new Error('a call without its last number')
  return Number(found[1])
}
