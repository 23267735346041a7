/**
 * The real program as a child process: started on a configuration, asked to stop, or killed without a chance to say anything.
 * @module
 */
import { join } from 'node:path'

const MAIN = join(import.meta.dir, '../../src/main.ts')
/** Longest time for a start or an ordered stop; on a busy machine both take a fraction of it. */
const PATIENCE_MS = 20_000

/** One line of the program's log. */
export interface LogLine {
  readonly event: string
  readonly [fact: string]: unknown
}

/** How a program ended. */
export interface Ended {
  /** Its own exit code, or 128 plus the number of the signal. */
  readonly exit: number
  readonly out: string
  readonly err: string
}

/** The program ended before it listened. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted'
  readonly ended: Ended

  constructor(ended: Ended) {
    super(`the relay did not start: exit ${ended.exit}: ${ended.err}`)
    this.ended = ended
  }
}

/** A relay that listens. */
export interface NodeProcess {
  /** Address of the REST door. */
  readonly url: string
  readonly pid: number
  /** What it has logged so far. */
  readonly log: readonly LogLine[]
  /** Resolves when the process is gone, whatever made it end. */
  readonly ended: Promise<Ended>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves with how it ended. */
  stop(): Promise<Ended>
}

/** Runs one command of the program to its end. */
export async function runProgram(args: readonly string[]): Promise<Ended> {
  const child = spawn(args)
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exit: await child.exited, out, err }
}

/**
 * Starts `knooppunt serve` and waits until it listens.
 * @param killAfterMs kills it that long after it was spawned, whatever it is doing then
 * @throws NotStarted
 */
export async function startNode(configFile: string, killAfterMs?: number): Promise<NodeProcess> {
  const child = spawn(['serve', '--config', configFile])
  const log: LogLine[] = []
  const err = new Response(child.stderr).text()
  const listening = Promise.withResolvers<number>()
  const read = eachLine(child.stdout, (text) => {
    const line = JSON.parse(text) as LogLine
    log.push(line)
    if (line.event === 'started') listening.resolve(Number(line['port']))
  })
  const ended = (async (): Promise<Ended> => {
    await read
    const exit = await child.exited
    return { exit, out: log.map((line) => JSON.stringify(line)).join('\n'), err: await err }
  })()
  void ended.then((end) => listening.reject(new NotStarted(end)))
  const limit = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? PATIENCE_MS)
  const port = await listening.promise.finally(() => {
    if (killAfterMs === undefined) clearTimeout(limit)
  })
  return {
    url: `https://localhost:${port}`,
    pid: child.pid,
    log,
    ended,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      child.kill('SIGTERM')
      const tooLong = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
      return ended.finally(() => clearTimeout(tooLong))
    },
  }
}

function spawn(args: readonly string[]) {
  return Bun.spawn([process.execPath, MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Whole lines only: a process that was killed may leave half of one. */
async function eachLine(stream: ReadableStream<Uint8Array>, take: (line: string) => void) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') take(line)
  }
}
