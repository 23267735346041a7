/**
 * The processes that the benchmark starts: this very program with another command, so that load and relay never share a
 * process.
 * @module
 */
import { join } from 'node:path'
import { CommandError } from './failure.ts'

/** How long a child may take beyond what its work asks for. */
const GRACE_MS = 120_000
const ERROR_CHARACTERS_MAX = 2_000

/** How this program is started again, also when it is one compiled file. */
export function ownCommand(): readonly string[] {
  const isOneFile = import.meta.dir.startsWith('/$bunfs/')
  return isOneFile ? [process.execPath] : [process.execPath, join(import.meta.dir, '../main.ts')]
}

/** What a child may know of its surroundings: nothing of the operator's settings. */
export function childEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }
}

/**
 * Runs a child that reads one JSON value and writes one.
 * @param seconds how long its work takes by itself
 * @throws CommandError with what the child said when it failed
 */
export async function askChild(
  command: readonly string[],
  input: unknown,
  options: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<unknown> {
  const child = Bun.spawn([...command], {
    env: childEnv(),
    stdin: new Blob([JSON.stringify(input)]),
    stdout: 'pipe',
    stderr: 'pipe',
    signal: AbortSignal.any([
      options.signal,
      AbortSignal.timeout(options.seconds * 1_000 + GRACE_MS),
    ]),
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) === 0) return JSON.parse(out) as unknown
  const said = err.trim().slice(0, ERROR_CHARACTERS_MAX)
  throw new CommandError(`The process that makes the load failed. It said: ${said}`)
}
