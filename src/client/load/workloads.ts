/**
 * The workloads that any queue can do, each from its preparation to its figures.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Measured } from './figures.ts'
import { BATCH_MESSAGES } from './queue.ts'
import type { Collecting, Queue, Sending } from './queue.ts'

/** Connections that take messages out while others put them in. */
const COLLECTORS = 4
/** Messages that may wait in `mixed`: a queue that only grows would be measured at submitting. */
const BACKLOG_MAX = 2_000
const WAIT_SECONDS = 1
/** Share of the messages that are taken out before the clock runs. */
const WARM_UP_SHARE = 0.1
/** While one confirms, the other looks. */
const LATENCY_COLLECTORS = 2

/** Something that goes on until it is told to stop, and finishes what it began. */
export type Loop = (goesOn: () => boolean) => Promise<void>

/** Runs loops, warms up, measures for so long, and lets every loop finish. @throws what a loop throws */
export async function measureFor(
  { job, recorder }: Pick<Queue, 'job' | 'recorder'>,
  loops: readonly Loop[],
): Promise<Measured> {
  let isOver = false
  const running = Promise.all(loops.map((loop) => loop(() => !isOver)))
  // Without this a loop that breaks while we wait would be an unhandled rejection.
  running.catch(() => {})
  await Promise.race([sleep(job.warmUpSeconds * 1_000), running])
  recorder.start()
  await Promise.race([sleep(job.seconds * 1_000), running])
  const measured = recorder.end()
  isOver = true
  await running
  return measured
}

/** Every connection offers one message after the other. */
export async function submit(queue: Queue): Promise<Measured> {
  const { job, recorder } = queue
  const senders = await queue.senders(job.clients)
  return measureFor(
    queue,
    senders.map((sender): Loop => async (goesOn) => {
      while (goesOn()) {
        const from = performance.now()
        if (await sender.submit()) recorder.count(1, performance.now() - from)
      }
    }),
  )
}

/** Takes out what was put in before, a hundred at a time; the times are those of a hundred. */
export async function fetch(queue: Queue): Promise<Measured> {
  const { job, recorder } = queue
  const filled = await queue.fill(job.messages)
  const collectors = await queue.collectors(COLLECTORS)
  let left = filled
  const drainTo = (floor: number) =>
    Promise.all(
      collectors.map(async ({ collect }) => {
        while (left > floor) {
          const from = performance.now()
          const count = await collect(BATCH_MESSAGES, WAIT_SECONDS)
          left -= count
          // What others hold comes to nothing here.
          if (count === 0) return
          recorder.count(count, performance.now() - from)
        }
      }),
    )
  await drainTo(filled * (1 - WARM_UP_SHARE))
  recorder.start()
  // The last batches wait for what others hold, which is no work.
  await drainTo(BATCH_MESSAGES * COLLECTORS)
  return recorder.end()
}

/** Puts in and takes out at the same time; a message counts when it is confirmed. */
export async function mixed(queue: Queue): Promise<Measured> {
  const { job, recorder } = queue
  const senders = await queue.senders(job.clients)
  const collectors = await queue.collectors(COLLECTORS)
  let waiting = 0
  const sending = ({ submit: offer }: Sending): Loop => {
    return async (goesOn) => {
      while (goesOn()) {
        if (waiting > BACKLOG_MAX) await sleep(1)
        else if (await offer()) waiting += 1
      }
    }
  }
  const collecting = ({ collect }: Collecting): Loop => {
    return async (goesOn) => {
      while (goesOn()) {
        const from = performance.now()
        const count = await collect(BATCH_MESSAGES, WAIT_SECONDS)
        waiting -= count
        if (count > 0) recorder.count(count, performance.now() - from)
      }
    }
  }
  return measureFor(queue, [...senders.map(sending), ...collectors.map(collecting)])
}

/**
 * At a fixed rate: from the moment that a sender wants to send until the content is in the hands of a receiver that waits.
 * The rate is kept whatever the queue does, so waiting for a free connection counts too.
 */
export async function latency(queue: Queue): Promise<Measured> {
  const { job, recorder } = queue
  const free = [...(await queue.senders(job.clients))]
  const collectors = await queue.collectors(LATENCY_COLLECTORS)
  const sentAt = new Map<string, number>()
  const due: number[] = []
  const offer = (): void => {
    const sender = due.length === 0 ? undefined : free.pop()
    const at = sender === undefined ? undefined : due.shift()
    if (sender === undefined || at === undefined) return
    void sender
      .submit((id) => sentAt.set(id, at))
      .then(
        () => free.push(sender),
        () => recorder.fail('connection'),
      )
      .then(offer)
  }
  const pacing: Loop = async (goesOn) => {
    const from = performance.now()
    for (let made = 0; goesOn(); await sleep(1)) {
      const now = performance.now()
      for (; made < ((now - from) / 1_000) * job.perSecond; made += 1) {
        due.push(now)
        offer()
      }
    }
  }
  const collecting = ({ collect }: Collecting): Loop => {
    const arrived = (ids: readonly string[]) => {
      const now = performance.now()
      for (const id of ids) {
        const at = sentAt.get(id)
        sentAt.delete(id)
        if (at !== undefined) recorder.count(1, now - at)
      }
    }
    return async (goesOn) => {
      while (goesOn()) await collect(BATCH_MESSAGES, WAIT_SECONDS, arrived)
    }
  }
  return measureFor(queue, [pacing, ...collectors.map(collecting)])
}
