/**
 * A terminal that remembers what a command wrote.
 * @module
 */
import type { Io } from '../../../src/cli/command.ts'

export interface Terminal {
  readonly io: Io
  readonly out: () => string
  readonly err: () => string
}

export function terminal(more: Partial<Io> = {}): Terminal {
  let out = ''
  let err = ''
  return {
    io: {
      stdout: (text) => void (out += text),
      stderr: (text) => void (err += text),
      env: {},
      cwd: '/',
      signal: new AbortController().signal,
      fatal: (line) => {
        throw new Error(`the process would have ended here: ${line}`)
      },
      ...more,
    },
    out: () => out,
    err: () => err,
  }
}
