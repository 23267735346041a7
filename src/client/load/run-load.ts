/**
 * Does one job against a relay: the workloads of every queue, and those that only a relay has.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { LoadDesk } from './desk.ts'
import type { Measured } from './figures.ts'
import { measureFlat } from './flat.ts'
import type { FlatPhases } from './flat.ts'
import type { LoadJob, Workload } from './job.ts'
import { fetch, latency, measureFor, mixed, submit } from './workloads.ts'
import type { Loop } from './workloads.ts'

const LONG_POLL_SECONDS = 30
/** Share of the messages that are taken out before the clock runs. */
const WARM_UP_SHARE = 0.1

const RUNS: Readonly<Record<Workload, (desk: LoadDesk) => Promise<Measured | FlatPhases>>> = {
  submit,
  fetch,
  mixed,
  latency,
  batch,
  'fetch-one': fetchOne,
  idle,
  flat: measureFlat,
}

/**
 * Does one job.
 * @throws when a connection cannot be made or breaks; refusals are counted in the figures
 */
export async function runLoad(job: LoadJob): Promise<Measured | FlatPhases> {
  const desk = new LoadDesk(job)
  try {
    return await RUNS[job.workload](desk)
  } finally {
    desk.close()
  }
}

/** Offers batches as lines; the times are those of whole batches. */
async function batch(desk: LoadDesk): Promise<Measured> {
  const lines = await desk.lines(desk.job.sender, desk.job.clients)
  return measureFor(
    desk,
    lines.map((line): Loop => {
      const request = desk.batchRequest()
      return async (goesOn) => {
        while (goesOn()) await desk.submitBatch(line, request.next())
      }
    }),
  )
}

/** Fetches each message by its reference and confirms it by itself: two requests a message. */
async function fetchOne(desk: LoadDesk): Promise<Measured> {
  const { job, recorder } = desk
  const references = await desk.fillNamed(job.messages)
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

/** Connections that wait for news; what is measured is what they cost while nothing happens. */
async function idle(desk: LoadDesk): Promise<Measured> {
  const { job, recorder } = desk
  const lines = await desk.lines(job.receiver, job.clients)
  const polls = lines.map(async (line) => {
    await desk.list(line, 1, LONG_POLL_SECONDS)
    recorder.fail('answered')
  })
  await sleep(job.warmUpSeconds * 1_000)
  recorder.start()
  await sleep(job.seconds * 1_000)
  const measured = recorder.end()
  desk.close()
  await Promise.allSettled(polls)
  return measured
}
