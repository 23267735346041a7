#!/usr/bin/env bun
/**
 * Arguments in, exit code out; the only place that ends the process.
 * @module
 */
import { writeSync } from 'node:fs'
import { run } from './cli/cli.ts'
import type { CommandTable } from './cli/cli.ts'

const COMMANDS: CommandTable = {
  demo: async () => (await import('./cli/demo.ts')).demo,
  serve: async () => (await import('./cli/serve.ts')).serve,
  check: async () => (await import('./cli/check.ts')).check,
  catalogue: async () => (await import('./cli/catalogue.ts')).catalogue,
  certs: async () => (await import('./cli/certs.ts')).certs,
  send: async () => (await import('./cli/send.ts')).send,
  receive: async () => (await import('./cli/receive.ts')).receive,
  confirm: async () => (await import('./cli/confirm.ts')).confirm,
  log: async () => (await import('./cli/log.ts')).log,
  'verify-erasure': async () => (await import('./cli/verify-erasure.ts')).verifyErasure,
  vault: async () => (await import('./cli/vault.ts')).vault,
  backup: async () => (await import('./cli/backup.ts')).backup,
  restore: async () => (await import('./cli/restore.ts')).restore,
  clock: async () => (await import('./cli/clock.ts')).clock,
  whoami: async () => (await import('./cli/whoami.ts')).whoami,
  bench: async () => (await import('./cli/bench.ts')).bench,
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

// A proxy of the organisation cannot reach a relay on this very machine, and would be asked all the same.
if (process.env['NO_PROXY'] === undefined && process.env['no_proxy'] === undefined) {
  process.env['NO_PROXY'] = 'localhost,127.0.0.1,::1'
}

const code = await run(
  process.argv.slice(2),
  {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdin: () => Bun.stdin.stream(),
    env: process.env,
    cwd: process.cwd(),
    signal: stop.signal,
    fatal: (line) => {
      // The stream of the process takes a file descriptor when it is first used, and there may be none left.
      writeSync(2, line)
      process.exit(1)
    },
  },
  COMMANDS,
)
// Ending the process throws away what a slow reader has not taken yet. Only `end` waits for it: the callback of a write comes at
// once.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((taken) => stream.end(taken))
}
process.exit(code)
