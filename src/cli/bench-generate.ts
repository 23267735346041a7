/**
 * The two commands that `knooppunt bench` starts as processes of their own.
 * @module
 */
import { runLoad } from '../client/load/run-load.ts'
import { startEcho } from '../client/load/echo.ts'
import type { EchoTls } from '../client/load/echo.ts'
import type { LoadJob } from '../client/load/job.ts'
import { EXIT } from './command.ts'
import type { Command, Io } from './command.ts'
import { CommandError, UsageError } from './failure.ts'
import { aborted } from './serve.ts'

/** Makes the load of one job and prints what it measured. */
export const generate: Command = {
  name: 'generate',
  summary: 'Make the load of one run; knooppunt bench starts this as a process of its own.',
  usage: 'knooppunt bench generate < job.json',
  example: 'knooppunt bench --profile submit   # starts it by itself',
  options: {},
  run: async (_args, io) => {
    const job = (await readInput(io)) as LoadJob
    try {
      io.stdout(`${JSON.stringify(await runLoad(job))}\n`)
    } catch (reason) {
      throw new CommandError(reason instanceof Error ? reason.message : 'unknown failure')
    }
    return EXIT.done
  },
}

/** Answers every request at once, to see how much load the generator can make. */
export const echo: Command = {
  name: 'echo',
  summary: 'Answer every request at once; knooppunt bench measures its generator against it.',
  usage: 'knooppunt bench echo < tls.json',
  example: 'knooppunt bench --profile submit   # starts it by itself',
  options: {},
  run: async (_args, io) => {
    const server = startEcho((await readInput(io)) as EchoTls)
    io.stdout(`${server.port}\n`)
    await aborted(io.signal)
    server.stop()
    return EXIT.done
  },
}

async function readInput(io: Io): Promise<unknown> {
  const chunks: Uint8Array[] = []
  for await (const chunk of io.stdin?.() ?? []) chunks.push(chunk)
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new UsageError('Standard input must be one JSON value; knooppunt bench gives it.')
  }
}
