/**
 * The workloads, each from its preparation to its figures.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BATCH_MESSAGES, LoadDesk } from './desk.ts'
import { fill } from './fill.ts'
import type { Measured } from './figures.ts'
import { measureFlat } from './flat.ts'
import type { FlatPhases } from './flat.ts'
import type { LoadJob, Workload } from './job.ts'
import type { LoadLine } from './load-line.ts'
import { measureLatency } from './latency.ts'

/** Connections that take messages out while others put them in. */
const COLLECTORS = 4
/** Messages that may wait in `mixed`: a relay whose mailbox only grows would be measured at submitting. */
const BACKLOG_MAX = 2_000
const LONG_POLL_SECONDS = 30
/** Share of the messages that are taken out before the clock runs. */
const WARM_UP_SHARE = 0.1

const RUNS: Readonly<Record<Exclude<Workload, 'flat'>, (desk: LoadDesk) => Promise<Measured>>> = {
  submit: (desk) => submitFor(desk, 'one'),
  batch: (desk) => submitFor(desk, 'batch'),
  fetch: collect,
  'fetch-one': collectOne,
  mixed,
  latency: measureLatency,
  idle,
}

/**
 * Does one job.
 * @throws when a connection cannot be made or breaks; refusals are counted in the figures
 */
export async function runLoad(job: LoadJob): Promise<Measured | FlatPhases> {
  const desk = new LoadDesk(job)
  try {
    return await (job.workload === 'flat' ? measureFlat(desk) : RUNS[job.workload](desk))
  } finally {
    desk.close()
  }
}

/** Runs loops, warms up, measures for so long, and lets every loop finish what it began. */
async function measureFor(
  { job, recorder }: LoadDesk,
  loops: readonly ((goesOn: () => boolean) => Promise<void>)[],
): Promise<Measured> {
  let isOver = false
  const running = Promise.all(loops.map((loop) => loop(() => !isOver)))
  // A loop that breaks ends the run; without this it would be an unhandled rejection while we wait.
  running.catch(() => {})
  await Promise.race([sleep(job.warmUpSeconds * 1_000), running])
  recorder.start()
  await Promise.race([sleep(job.seconds * 1_000), running])
  const measured = recorder.end()
  isOver = true
  await running
  return measured
}

async function submitFor(desk: LoadDesk, how: 'one' | 'batch'): Promise<Measured> {
  const lines = await desk.lines(desk.job.sender, desk.job.clients)
  return measureFor(
    desk,
    lines.map((line) => async (goesOn) => {
      const request = how === 'one' ? desk.submitRequest() : desk.batchRequest()
      while (goesOn()) {
        if (how === 'one') await desk.submit(line, request.next())
        else await desk.submitBatch(line, request.next())
      }
    }),
  )
}

async function collect(desk: LoadDesk): Promise<Measured> {
  const { job, recorder } = desk
  const filled = await fill(desk, job.messages)
  const lines = await desk.lines(job.receiver, Math.min(job.clients, COLLECTORS))
  let left = filled.length
  const drainTo = (floor: number) =>
    Promise.all(
      lines.map(async (line) => {
        while (left > floor) {
          const from = performance.now()
          const leased = await desk.lease(line, BATCH_MESSAGES)
          // Others hold the rest.
          if (leased.berichten.length === 0) return
          const ended = await desk.confirmAll(line, leased)
          left -= leased.berichten.length
          recorder.count(ended, performance.now() - from)
        }
      }),
    )
  await drainTo(filled.length * (1 - WARM_UP_SHARE))
  recorder.start()
  await drainTo(0)
  return recorder.end()
}

async function collectOne(desk: LoadDesk): Promise<Measured> {
  const { job, recorder } = desk
  const references = await fill(desk, job.messages)
  const lines = await desk.lines(job.receiver, job.clients)
  let next = 0
  const collectTo = (end: number) =>
    Promise.all(
      lines.map(async (line) => {
        while (next < end) {
          const reference = references[next] ?? ''
          next += 1
          const from = performance.now()
          if (await desk.collectOne(line, reference)) recorder.count(1, performance.now() - from)
        }
      }),
    )
  await collectTo(Math.floor(references.length * WARM_UP_SHARE))
  recorder.start()
  await collectTo(references.length)
  return recorder.end()
}

async function mixed(desk: LoadDesk): Promise<Measured> {
  const { job, recorder } = desk
  const submitters = await desk.lines(job.sender, job.clients)
  const collectors = await desk.lines(job.receiver, COLLECTORS)
  let submitted = 0
  let confirmed = 0
  const submitting = submitters.map((line) => async (goesOn: () => boolean) => {
    const request = desk.submitRequest()
    while (goesOn()) {
      if (submitted - confirmed > BACKLOG_MAX) await sleep(1)
      else submitted += await submitUncounted(desk, line, request.next())
    }
  })
  const collecting = collectors.map((line) => async (goesOn: () => boolean) => {
    while (goesOn()) {
      const from = performance.now()
      const leased = await desk.lease(line, BATCH_MESSAGES)
      if (leased.berichten.length === 0) {
        await desk.list(line, 1, 1)
        continue
      }
      const ended = await desk.confirmAll(line, leased)
      confirmed += ended
      recorder.count(ended, performance.now() - from)
    }
  })
  return measureFor(desk, [...submitting, ...collecting])
}

/** In `mixed` a message counts when it is confirmed. @returns 1 when it was accepted, else 0 */
async function submitUncounted(desk: LoadDesk, line: LoadLine, bytes: Uint8Array): Promise<number> {
  const { status } = await line.exchange(bytes)
  if (status !== 201) desk.recorder.fail(String(status))
  return status === 201 ? 1 : 0
}

/** Connections that wait for news; what is measured is what they cost while nothing happens. */
async function idle(desk: LoadDesk): Promise<Measured> {
  const { job, recorder } = desk
  const lines = await desk.lines(job.receiver, job.clients)
  const polls = lines.map(async (line) => {
    const from = performance.now()
    await desk.list(line, 1, LONG_POLL_SECONDS)
    recorder.count(1, performance.now() - from)
  })
  await sleep(job.warmUpSeconds * 1_000)
  recorder.start()
  await sleep(job.seconds * 1_000)
  const measured = recorder.end()
  desk.close()
  await Promise.allSettled(polls)
  return measured
}
