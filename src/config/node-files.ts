/**
 * The files that a configuration names: found, bounded, read, and remembered so that a change in them can be noticed.
 *
 * One rule for every name in every file: it is relative to the node's folder, which is the folder that holds `config/`;
 * for a configuration file that does not lie in a folder called `config`, the folder of that file itself.
 * @module
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Findings, Placed } from './problem.ts'

const MIB = 1_024 ** 2
/** A participants file of 2 MiB holds some thousands of participants. */
export const YAML_BYTES_MAX = 2 * MIB
export const CERTIFICATE_BYTES_MAX = MIB
/** Revocation lists of large issuers have hundreds of thousands of entries. */
export const CRL_BYTES_MAX = 64 * MIB
const MATCHES_MAX = 1_000

/** The folder that names in the configuration are relative to. */
export function nodeFolder(configFile: string): string {
  const folder = dirname(resolve(configFile))
  return basename(folder) === 'config' ? dirname(folder) : folder
}

/** Reads files for one load of the configuration. */
export class NodeFiles {
  readonly folder: string
  /** Every file that was read. */
  readonly read = new Set<string>()
  /** Every folder in which a name with `*` was looked up. */
  readonly searched = new Set<string>()
  readonly #findings: Findings

  constructor(folder: string, findings: Findings) {
    this.folder = folder
    this.#findings = findings
  }

  resolve(name: string): string {
    return resolve(this.folder, name)
  }

  /**
   * Reads a file that a setting names.
   * @returns its bytes; undefined after noting why not
   */
  bytes(name: Placed<string>, bytesMax: number): Uint8Array | undefined {
    const path = this.resolve(name.value)
    this.read.add(path)
    const bytes = readBounded(path, bytesMax)
    if (typeof bytes !== 'string') return bytes
    const base = name.value.startsWith('/') ? '' : `; names are relative to ${this.folder}`
    this.#findings.problem(name.source, name.path, `${bytes}: ${path}${base}`)
    return undefined
  }

  /** As `bytes`, for a file that nobody but the relay may read. */
  secretBytes(name: Placed<string>, bytesMax: number): Uint8Array | undefined {
    const bytes = this.bytes(name, bytesMax)
    if (bytes === undefined) return undefined
    const path = this.resolve(name.value)
    if (process.platform !== 'win32' && (statSync(path).mode & 0o027) !== 0) {
      const remedy = `anyone on this machine may read or change it; run: chmod 600 ${path}`
      this.#findings.problem(name.source, name.path, remedy)
    }
    return bytes
  }

  /** The files that a name stands for, in alphabetical order; none is a problem. */
  matches(name: Placed<string>): Placed<string>[] {
    if (!/[*?]/.test(name.value)) return [name]
    const pattern = this.resolve(name.value)
    const folder = dirname(pattern)
    this.searched.add(folder)
    const found = listFolder(folder)
      .filter((entry) => fits(basename(pattern), entry))
      .sort()
    if (found.length === 0) {
      this.#findings.problem(name.source, name.path, `matches no file: ${pattern}`)
    }
    if (found.length > MATCHES_MAX) {
      const message = `matches ${found.length} files; at most ${MATCHES_MAX} are read`
      this.#findings.problem(name.source, name.path, message)
    }
    return found.slice(0, MATCHES_MAX).map((entry) => ({ ...name, value: resolve(folder, entry) }))
  }
}

/**
 * Reads a regular file; never a device or a pipe, which might have no end.
 * @returns bytes, or what is the matter in a few words
 */
export function readBounded(path: string, bytesMax: number): Uint8Array | string {
  try {
    const facts = statSync(path)
    if (facts.isDirectory()) return 'is a folder, not a file'
    if (!facts.isFile()) return 'is not a regular file'
    if (facts.size > bytesMax) return `is larger than ${bytesMax / MIB} MiB`
    return readFileSync(path)
  } catch (error) {
    return failure(error)
  }
}

function failure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user'
  return 'cannot be read'
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).filter((entry) => !entry.startsWith('.'))
  } catch {
    return []
  }
}

/**
 * Whether a name fits: `*` for any run of characters, `?` for one, everything else for itself. Goes back to the last star
 * only, so that no pattern is slow.
 */
function fits(pattern: string, name: string): boolean {
  let star = -1
  let resume = 0
  let at = 0
  for (let index = 0; index < name.length;) {
    if (pattern[at] === '*') {
      star = at++
      resume = index
    } else if (pattern[at] === '?' || pattern[at] === name[index]) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}
