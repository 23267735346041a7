/**
 * `knooppunt serve`: run the relay.
 * @module
 */
import { startApp } from '../app.ts'
import type { AppOptions } from '../app.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/config.ts'
import { formatProblem } from '../config/problem.ts'
import { forbidCoreDumps } from '../ops/core-dumps.ts'
import { createLog } from '../ops/log.ts'
import type { Log } from '../ops/log.ts'
import { judgeAnchor } from '../trust/anchor.ts'
import { textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command, Io } from './command.ts'

export const DEFAULT_CONFIG = 'config/knooppunt.yaml'

/** Runs the relay until SIGINT or SIGTERM. */
export const serve: Command = {
  name: 'serve',
  summary: 'Run the relay until it is stopped with SIGINT or SIGTERM.',
  usage: 'knooppunt serve [--config FILE]',
  example: 'knooppunt serve --config config/knooppunt.yaml   # log lines go to standard output',
  options: {
    config: {
      type: 'string',
      default: DEFAULT_CONFIG,
      help: 'FILE configuration of this node',
    },
  },
  run: async (args, io) => {
    // Before the first key is read.
    const dumpable = forbidCoreDumps()
    if (dumpable !== undefined) io.stderr(`warning: ${dumpable}\n`)
    const config = configFor(textOption(args, 'config') ?? DEFAULT_CONFIG, io)
    if (config === undefined) return EXIT.no
    const log = logTo(io)
    const app = await startApp(config, { log, fatal: fatalTo(io) })
    await aborted(io.signal)
    log.info('stopping')
    await app.stop()
    log.info('stopped')
    return EXIT.done
  },
}

/** The configuration, or undefined after every problem was written to standard error. */
export function configFor(file: string, io: Io): Config | undefined {
  const loaded = loadConfig(file, { generation: 1, env: io.env, checkAnchor: judgeAnchor })
  for (const warning of loaded.warnings) io.stderr(`warning: ${formatProblem(warning)}\n`)
  if ('config' in loaded) return loaded.config
  for (const problem of loaded.problems) io.stderr(`${formatProblem(problem)}\n`)
  io.stderr(`Not started: ${loaded.problems.length} problems. knooppunt check says the same.\n`)
  return undefined
}

/** Log lines on standard output, from `info` up. */
function logTo(io: Io): Log {
  return createLog({ sink: io.stdout, now: Date.now, level: 'info' })
}

/** What to do when the disk can no longer be trusted. */
export function fatalTo(io: Io): AppOptions['fatal'] {
  return (reason) =>
    io.fatal(
      `A write to the data folder failed (${reason}). The relay stops without answering, so that nothing untrue is said. ` +
        'Check the disk; after the next start every message that was answered for is there.\n',
    )
}

/** Resolves when the process is asked to stop. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
