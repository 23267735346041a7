/**
 * A relay of the benchmark's own: the demo's participants in a temporary folder, with limits that do not get in the way.
 * @module
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { familyOf, usageSince, markUsage } from '../client/load/figures.ts'
import type { LoadParty } from '../client/load/job.ts'
import { childEnv, ownCommand } from './bench-child.ts'
import { prepareDemo } from './demo-folder.ts'
import { DEMO_CONNECTIONS } from './demo-world.ts'
import { CommandError } from './failure.ts'

const START_MS_MAX = 20_000
const SETTLE_MS = 500
const MANY = 100_000_000

/** Rates, rooms and connections beyond what any run needs; everything else is as shipped. */
const LIMITS = {
  waitingMessagesPerRecipient: MANY,
  waitingBytesPerRecipient: '512 GiB',
  waitingMessagesPerSender: MANY,
  waitingBytesPerSender: '512 GiB',
  pairSharePercent: 100,
  submitsPerSecond: MANY,
  submitsBurst: MANY,
  endsPerSecond: MANY,
  endsBurst: MANY,
  leasesPerParticipant: 10_000,
  connectionsPerIdentity: 5_000,
  connectionsPerAddress: 10_000,
  handshakesPerAddressPerSecond: 10_000,
} as const

/** A folder in which relays can be started, one after the other. */
export interface BenchFolder {
  readonly configFile: string
  /** Authority of every certificate in it, PEM. */
  readonly ca: string
  /** Credentials by the name of a connection, with its first participant; `server` has none. */
  credentials(name: string): LoadParty
  /** Starts a relay on empty data. @throws CommandError when it does not listen in time */
  start(signal: AbortSignal): Promise<OwnRelay>
  remove(): void
}

/** A relay that runs. */
export interface OwnRelay {
  readonly port: number
  readonly pid: number
  /** From the start of the process until it listened. */
  readonly startMs: number
  /** CPU until then, of all its threads, in milliseconds. */
  readonly startCpuMs: number
  /** Resident memory with nothing to do. */
  readonly idleMiB: number
  stop(): Promise<void>
}

/** Makes the folder with a PKI of its own. */
export function makeBenchFolder(): BenchFolder {
  const dir = mkdtempSync(join(tmpdir(), 'knooppunt-bench-'))
  const { configFile, certs } = prepareDemo(dir, { api: 0, portal: 0, ops: 0 })
  const config = parse(readFileSync(configFile, 'utf8')) as Record<string, object | undefined>
  config['limits'] = { ...config['limits'], ...LIMITS }
  config['store'] = { ...config['store'], map: '64 GiB' }
  writeFileSync(configFile, stringify(config))
  const read = (name: string) => readFileSync(join(certs, name), 'utf8')
  return {
    configFile,
    ca: read('ca.pem'),
    credentials: (name) => ({
      participant: DEMO_CONNECTIONS.find((one) => one.name === name)?.participants[0]?.id ?? '',
      certificate: read(`${name}.pem`),
      key: read(`${name}.key`),
    }),
    start: (signal) => startRelay(dir, configFile, signal),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

async function startRelay(dir: string, configFile: string, signal: AbortSignal): Promise<OwnRelay> {
  rmSync(join(dir, 'data'), { recursive: true, force: true })
  rmSync(join(dir, 'keys', 'ring'), { force: true })
  const logFile = join(dir, 'data.log')
  // Into a file, as a service manager would have it; a pipe that somebody reads would cost the reader's time too.
  const log = openSync(logFile, 'w')
  const from = performance.now()
  const child = Bun.spawn([...ownCommand(), 'serve', '--config', configFile], {
    env: childEnv(),
    stdio: ['ignore', log, log],
    signal,
  })
  closeSync(log)
  const port = await listening(logFile, () => child.exitCode !== null)
  const startMs = Math.round(performance.now() - from)
  if (port === undefined) {
    child.kill('SIGKILL')
    throw new CommandError(`The relay did not start:\n${readFileSync(logFile, 'utf8')}`)
  }
  const startCpuMs = Math.round(markUsage([child.pid]).cpuSeconds * 1_000)
  await sleep(SETTLE_MS)
  const idle = usageSince(markUsage([child.pid]), familyOf(child.pid))
  return {
    port,
    pid: child.pid,
    startMs,
    startCpuMs,
    idleMiB: idle.residentMiB,
    async stop() {
      child.kill('SIGTERM')
      const tooLong = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX)
      await child.exited
      clearTimeout(tooLong)
    },
  }
}

/** Port of the REST door as the log tells it; undefined when the relay ended or takes too long. */
async function listening(logFile: string, hasEnded: () => boolean): Promise<number | undefined> {
  const until = performance.now() + START_MS_MAX
  while (performance.now() < until && !hasEnded()) {
    const port = /"event":"started".*?"port":(\d+)/.exec(readFileSync(logFile, 'utf8'))?.[1]
    if (port !== undefined) return Number(port)
    await sleep(2)
  }
  return undefined
}
