/**
 * How long a message is under way at a fixed rate: from the moment its sender wants to send it until its content is in the
 * hands of a receiver that waits with a long poll.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BATCH_MESSAGES } from './desk.ts'
import type { LoadDesk } from './desk.ts'
import type { Measured } from './figures.ts'
import type { LoadLine } from './load-line.ts'

const WAIT_SECONDS = 1

/** Runs one sender at a fixed rate and one receiver. */
export async function measureLatency(desk: LoadDesk): Promise<Measured> {
  const { job, recorder } = desk
  const senders = await desk.lines(job.sender, job.clients)
  const [watch, end] = await desk.lines(job.receiver, 2)
  if (watch === undefined || end === undefined) throw new Error('no connection for the receiver')
  const sentAt = new Map<string, number>()
  const state = { isOver: false }
  const receiving = receive(desk, watch, end, sentAt, state)
  const sending = send(desk, senders, sentAt, state)
  const running = Promise.all([receiving, sending])
  running.catch(() => {})
  await Promise.race([sleep(job.warmUpSeconds * 1_000), running])
  recorder.start()
  await Promise.race([sleep(job.seconds * 1_000), running])
  const measured = recorder.end()
  state.isOver = true
  await running
  return measured
}

/**
 * Sends at the rate whatever the relay does: a message whose turn has come while every connection is busy waits for one, and
 * that wait counts.
 */
async function send(
  desk: LoadDesk,
  lines: readonly LoadLine[],
  sentAt: Map<string, number>,
  state: { readonly isOver: boolean },
): Promise<void> {
  const free = lines.map((line) => ({ line, request: desk.submitRequest() }))
  const due: number[] = []
  const offers = new Set<Promise<void>>()
  const offer = (): void => {
    while (due.length > 0 && free.length > 0) {
      const one = free.pop()
      const at = due.shift()
      if (one === undefined || at === undefined) return
      let reference = ''
      const bytes = one.request.next((made) => (reference = made))
      sentAt.set(reference, at)
      const done = one.line.exchange(bytes).then(
        ({ status }) => {
          if (status !== 201) desk.recorder.fail(String(status))
          free.push(one)
          offers.delete(done)
          offer()
        },
        () => desk.recorder.fail('connection'),
      )
      offers.add(done)
    }
  }
  const from = performance.now()
  for (let made = 0; !state.isOver;) {
    const now = performance.now()
    for (; made < ((now - from) / 1_000) * desk.job.perSecond; made += 1) due.push(now)
    offer()
    await sleep(1)
  }
  await Promise.all(offers)
}

/** Takes what comes and confirms it on another connection, so that the next look need not wait for that. */
async function receive(
  desk: LoadDesk,
  watch: LoadLine,
  end: LoadLine,
  sentAt: Map<string, number>,
  state: { readonly isOver: boolean },
): Promise<void> {
  let ending: Promise<unknown> = Promise.resolve()
  while (!state.isOver) {
    if ((await desk.list(watch, 1, WAIT_SECONDS)) === 0) continue
    const leased = await desk.lease(watch, BATCH_MESSAGES)
    const now = performance.now()
    if (leased.berichten.length === 0) continue
    for (const { referentienummer } of leased.berichten) {
      const at = sentAt.get(referentienummer)
      sentAt.delete(referentienummer)
      if (at !== undefined) desk.recorder.count(1, now - at)
    }
    ending = ending
      .then(() => desk.confirmAll(end, leased))
      .catch(() => desk.recorder.fail('connection'))
  }
  await ending
}
