#!/usr/bin/env bun
/**
 * Arguments in, exit code out; the only place that ends the process.
 * @module
 */
import { run } from './cli/cli.ts'
import type { CommandTable } from './cli/cli.ts'

const COMMANDS: CommandTable = {
  send: async () => (await import('./cli/send.ts')).send,
  receive: async () => (await import('./cli/receive.ts')).receive,
  confirm: async () => (await import('./cli/confirm.ts')).confirm,
  log: async () => (await import('./cli/log.ts')).log,
  whoami: async () => (await import('./cli/whoami.ts')).whoami,
  version: async () => (await import('./cli/version.ts')).version,
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time the reader means it: 128 plus the number of the signal, as shells do.
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143)
    stop.abort()
  })
}
// A reader that goes away (`knooppunt log | head`) is no failure.
process.stdout.on('error', () => process.exit(0))

const code = await run(
  process.argv.slice(2),
  {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdin: () => Bun.stdin.stream(),
    env: process.env,
    cwd: process.cwd(),
    signal: stop.signal,
  },
  COMMANDS,
)
// Ending the process throws away what a slow reader has not taken yet.
await new Promise((taken) => process.stdout.write('', taken))
await new Promise((taken) => process.stderr.write('', taken))
process.exit(code)
