/**
 * Files and options that the `certs` commands share.
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

import { blocksOf, type PemLabel } from '../trust/pem.ts'
import { textOption } from './arguments.ts'
import type { Arguments, Io } from './command.ts'
import { CommandError, UsageError } from './failure.ts'

const FILE_BYTES_MAX = 96 * 1024 * 1024

/** The value of an option without which the command cannot work. @throws UsageError */
export function needed(args: Arguments, name: string): string {
  const value = textOption(args, name)
  if (value === undefined || value === '') throw new UsageError(`Option --${name} is needed.`)
  return value
}

/** The values of an option that may be repeated. */
export function repeated(args: Arguments, name: string): readonly string[] {
  const value = args.values[name]
  return Array.isArray(value) ? value.map(String) : []
}

/** The one file that a command works on. @throws UsageError */
export function onlyFile(args: Arguments): string {
  const [file, ...more] = args.positionals
  if (file === undefined || more.length > 0) throw new UsageError('Give exactly one file.')
  return file
}

/** Refuses what stands on the command line without an option. @throws UsageError */
export function nothingElse(args: Arguments): void {
  const [first] = args.positionals
  if (first !== undefined) throw new UsageError(`${JSON.stringify(first)} is not expected here.`)
}

/** @throws CommandError when it is not a file or too large; a system error with its own sentence when it is not there */
export function readBounded(io: Io, file: string): Uint8Array {
  const path = resolve(io.cwd, file)
  const { size } = statSync(path)
  if (size > FILE_BYTES_MAX) throw new CommandError(`${file}: this file is too large.`)
  return readFileSync(path)
}

/** @throws CommandError that names the file */
export function readBlocks(io: Io, file: string, label: PemLabel): Uint8Array[] {
  const bytes = readBounded(io, file)
  return inSentence(file, () => blocksOf(bytes, label))
}

/** Turns an error with a sentence of ours into one that names the file. System errors pass as they are. */
export function inSentence<T>(subject: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Error) || 'code' in error) throw error
    throw new CommandError(`${subject}: ${error.message}`)
  }
}
