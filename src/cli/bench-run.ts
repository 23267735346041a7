/**
 * One run of the benchmark: which work, on which relay, and what came of it.
 * @module
 */
import type { FlatPhases } from '../client/load/flat.ts'
import type { Measured } from '../client/load/figures.ts'
import { createClient } from '../client/client.ts'
import type { Client } from '../client/client.ts'
import type { LoadJob, LoadParty, Workload } from '../client/load/job.ts'
import { askChild, childEnv, ownCommand } from './bench-child.ts'
import { envelopeOf } from './bench-envelope.ts'
import type { Payload } from './bench-envelope.ts'
import type { BenchFolder } from './bench-own-relay.ts'
import { CommandError } from './failure.ts'

/** What each kind of work takes when the command line does not say. */
export const DEFAULTS: Readonly<Record<Workload, { readonly clients: number }>> = {
  submit: { clients: 32 },
  batch: { clients: 8 },
  fetch: { clients: 4 },
  'fetch-one': { clients: 32 },
  mixed: { clients: 32 },
  latency: { clients: 32 },
  idle: { clients: 1_000 },
  flat: { clients: 32 },
}

/** Rate of `latency`. */
export const LATENCY_PER_SECOND = 500

/** The relay of a run. */
export interface BenchTarget {
  readonly host: string
  readonly port: number
  readonly ca: string
  readonly sender: LoadParty
  readonly receiver: LoadParty
  /** When it runs on this machine. */
  readonly pid?: number
}

/** How much of it. */
export interface Effort {
  readonly clients: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** For work with an end of its own. */
  readonly messages: number
}

/** A run for the report. */
export interface BenchRun {
  readonly workload: Workload
  readonly payload: string
  readonly clients: number
  /** Bytes of one request body. */
  readonly bytes: number
  readonly measured: Measured
  /** CPU of the relay for one message, in microseconds; absent when it is on another machine. */
  readonly relayMicroseconds?: number
  /** Of a relay of our own. */
  readonly startMs?: number
  readonly idleMiB?: number
}

/** A client for preparing runs; its failures have sentences. */
export function clientOf({ host, port, ca }: BenchTarget, party: LoadParty): Client {
  const { participant, ...credentials } = party
  const url = `https://${host}:${port}`
  return createClient({ url, ca, ...credentials, ...(participant !== '' && { participant }) })
}

/**
 * Runs one workload in a process of its own.
 * @throws CommandError, ClientError
 */
export async function runWorkload(
  workload: Exclude<Workload, 'flat'>,
  payload: Payload,
  target: BenchTarget,
  effort: Effort,
  signal: AbortSignal,
): Promise<BenchRun> {
  const envelope = await envelopeOf(
    clientOf(target, target.sender),
    payload,
    target.receiver.participant,
  )
  const job = jobOf(workload, envelope, target, effort)
  const measured = (await generate(job, signal)) as Measured
  const { server, messages } = measured
  return {
    workload,
    payload: payload.name,
    clients: effort.clients,
    bytes: Buffer.byteLength(envelope),
    measured,
    ...(server !== undefined &&
      messages > 0 && {
        relayMicroseconds: Math.round((server.cpuSeconds / messages) * 1e6),
      }),
  }
}

/** Measures what operations cost while `effort.messages` wait. */
export async function runFlat(
  payload: Payload,
  target: BenchTarget,
  effort: Effort,
  signal: AbortSignal,
): Promise<FlatPhases> {
  const { participant } = target.receiver
  const envelope = await envelopeOf(clientOf(target, target.sender), payload, participant)
  return (await generate(jobOf('flat', envelope, target, effort), signal)) as FlatPhases
}

/** Measures the generator alone, against a server that answers at once. */
export async function calibrate(folder: BenchFolder, seconds: number, signal: AbortSignal) {
  const server = folder.credentials('server')
  const echo = Bun.spawn([...ownCommand(), 'bench', 'echo'], {
    env: childEnv(),
    stdin: new Blob([JSON.stringify({ ...server, ca: folder.ca })]),
    stdout: 'pipe',
    stderr: 'inherit',
    signal,
  })
  try {
    const port = await firstLine(echo.stdout)
    const party = folder.credentials('gemeente-voorbeeldstad')
    const target: BenchTarget = {
      host: 'localhost',
      port: Number(port),
      ca: folder.ca,
      sender: party,
      receiver: party,
      pid: echo.pid,
    }
    const effort = { clients: 32, seconds, warmUpSeconds: 1, messages: 0 }
    // Nobody reads it; what counts is its size.
    const envelope = JSON.stringify({ inhoud: 'x'.repeat(2_034) })
    return (await generate(jobOf('submit', envelope, target, effort), signal)) as Measured
  } finally {
    echo.kill()
    await echo.exited
  }
}

function jobOf(
  workload: Workload,
  envelope: string,
  { pid, ...target }: BenchTarget,
  effort: Effort,
): LoadJob {
  return {
    ...target,
    ...effort,
    workload,
    envelope,
    perSecond: LATENCY_PER_SECOND,
    ...(pid !== undefined && { serverPid: pid }),
  }
}

/** Filling a mailbox takes its time too; this many messages each second are the least that we wait for. */
const SLOWEST_PER_SECOND = 500

function generate(job: LoadJob, signal: AbortSignal): Promise<unknown> {
  const seconds = job.warmUpSeconds + job.seconds + job.messages / SLOWEST_PER_SECOND
  return askChild([...ownCommand(), 'bench', 'generate'], job, { seconds, signal })
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'))
  }
  throw new CommandError('The server for calibration did not start.')
}
