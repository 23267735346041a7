/**
 * The expected ways in which a command ends badly, and what the reader is told about each.
 * @module
 */
import { ClientError } from '../client/client-error.ts'
import type { LocalCode } from '../client/client-error.ts'
import { ERRORS, RelayError } from '../core/errors.ts'
import type { ErrorCode } from '../core/errors.ts'
import { EXIT } from './command.ts'
import type { ExitCode } from './command.ts'
import { printable } from './output.ts'

/** The command line itself is wrong; exit code 2 and a pointer to `--help`. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command could not do what was asked, for a reason that this sentence gives; exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** Lines for stderr and the exit code. */
export interface Failure {
  readonly lines: readonly string[]
  readonly exit: ExitCode
}

const LOCAL_EXITS: Readonly<Record<LocalCode, ExitCode>> = {
  unreachable: EXIT.unreachable,
  timeout: EXIT.unreachable,
  untrusted: EXIT.unreachable,
  aborted: EXIT.no,
  'answer-invalid': EXIT.no,
  'answer-too-large': EXIT.no,
  configuration: EXIT.usage,
}

/** By name: to explain a mistyped option, nobody should have to load the vault, the lock and the judge of certificates. */
const OPERATORS_MATTERS: ReadonlySet<string> = new Set([
  'StartRefused',
  'BackupRefused',
  'StoreDamaged',
  'VaultError',
  'DataIncomplete',
  'FolderInUse',
  'TrustProblem',
])

/** What of the operating system's errors is common enough for a sentence. */
const SYSTEM_SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'it is there already',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EADDRINUSE: 'the address is in use',
  EADDRNOTAVAIL: 'this machine does not have the address',
}

/**
 * Explains what was thrown.
 * @returns undefined for what nobody expected: a defect
 */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof UsageError) return { lines: [error.message], exit: EXIT.usage }
  if (error instanceof CommandError) return { lines: [error.message], exit: EXIT.no }
  if (error instanceof RelayError) {
    return {
      lines: [
        `${titled(error.code)} ${error.detail}`,
        ...error.problems.map(({ path, code, detail }) => problemLine(path, code, detail)),
      ],
      exit: EXIT.no,
    }
  }
  if (error instanceof ClientError) return { lines: clientLines(error), exit: clientExit(error) }
  const lines = operatorLines(error)
  return lines === undefined ? systemFailure(error) : { lines, exit: EXIT.no }
}

/** What keeps a node from its data or its doors; these messages are written for the operator and hold no content. */
function operatorLines(error: unknown): string[] | undefined {
  if (!(error instanceof Error) || !OPERATORS_MATTERS.has(error.name)) return undefined
  return error.message.split('\n').map(sentence)
}

/** With a capital and a full stop, as whoever reads it expects. */
function sentence(text: string): string {
  const whole = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  return printable(/[.!?]$/.test(whole) ? whole : `${whole}.`)
}

function clientExit({ code }: ClientError): ExitCode {
  return Object.hasOwn(LOCAL_EXITS, code) ? LOCAL_EXITS[code as LocalCode] : EXIT.no
}

function clientLines(error: ClientError): string[] {
  const reason = error.reason === undefined ? '' : ` (${error.reason})`
  return [
    `${titled(error.code)} ${error.detail}${reason}`,
    ...error.errors.map(({ pad, code, detail }) => problemLine(pad, code, detail)),
    ...(error.instance === undefined ? [] : [`support code: ${error.instance}`]),
  ].map(printable)
}

/** Code and, for a refusal of the relay, its English title; the detail that follows is Dutch as the relay says it. */
function titled(code: ErrorCode | LocalCode): string {
  return Object.hasOwn(ERRORS, code) ? `${code}: ${ERRORS[code as ErrorCode].en}.` : `${code}:`
}

function problemLine(path: string, code: string, detail: string): string {
  return `  ${path === '' ? '(whole message)' : path}: ${code}: ${detail}`
}

function systemFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return
  const sentence = SYSTEM_SENTENCES[error.code]
  if (sentence === undefined) return undefined
  return { lines: [printable([...placeOf(error), sentence].join(': '))], exit: EXIT.no }
}

/** The file or the address that the operating system speaks of, when it says so. */
function placeOf(error: Error): string[] {
  if ('path' in error && typeof error.path === 'string') return [error.path]
  return 'address' in error && 'port' in error ? [`${error.address}:${error.port}`] : []
}
