/**
 * The shape of one command and what it may touch. A command is a value, so that help and manual are made from it and
 * tests run it in process.
 * @module
 */

/** Exit codes of DESIGN 10. */
export const EXIT = { done: 0, no: 1, usage: 2, unreachable: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** One option of a command, in the terms of `node:util` parseArgs. */
export interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  readonly default?: string
  /** One English phrase; the placeholder of a value is in capitals at its start, as in `DIR folder to work in`. */
  readonly help: string
}

/** What a command may use of the world around it. */
export interface Io {
  /** Writes text as it is; line ends are the caller's. */
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Opens standard input; absent where there is none. */
  readonly stdin?: () => AsyncIterable<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Aborted on SIGINT and SIGTERM; long commands end in order. */
  readonly signal: AbortSignal
  /** Ends the process at once, for a relay that can no longer trust its disk: whatever it said now could be untrue. */
  readonly fatal: (line: string) => never
}

/** Arguments after parsing. */
export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  readonly positionals: readonly string[]
}

export interface Command {
  readonly name: string
  /** One English sentence. */
  readonly summary: string
  /** As in `knooppunt certs inspect FILE`. */
  readonly usage: string
  /** A line that works as it stands, with what it does. */
  readonly example: string
  readonly options: Readonly<Record<string, Option>>
  /** Commands under this one, as in `certs init`. */
  readonly commands?: readonly Command[]
  readonly run: (args: Arguments, io: Io) => Promise<ExitCode>
}
