/**
 * What one operation costs while a given number of messages waits. Messages go in and out again in small rounds, so that the
 * number stays what it is.
 * @module
 */
import type { LoadDesk } from './desk.ts'
import { familyOf, markUsage, percentilesOf, rounded } from './figures.ts'
import type { Percentiles } from './figures.ts'
import type { LoadLine } from './load-line.ts'

const ROUND_MESSAGES = 1_000
const ROUND_PAGES = 100
const PAGE_ITEMS = 100
/** The first rounds warm things up. */
const WARM_UP_ROUNDS = 2

/** Cost of one kind of operation. */
export interface FlatPhase {
  readonly ms: Percentiles
  /** CPU of the server for one operation, in microseconds; absent when it is on another machine. */
  readonly serverCpuMicroseconds?: number
}

/** What waited, and what operations cost then. */
export interface FlatPhases {
  readonly waiting: number
  readonly submit: FlatPhase
  /** One page of a hundred from the start of the mailbox. */
  readonly page: FlatPhase
  /** Fetching one message and confirming it, two requests. */
  readonly confirm: FlatPhase
}

/** Fills the mailbox with `messages` and measures for about `seconds`. */
export async function measureFlat(desk: LoadDesk): Promise<FlatPhases> {
  const { job } = desk
  const waiting = (await desk.fillNamed(job.messages)).length
  const senders = await desk.lines(job.sender, job.clients)
  const receivers = await desk.lines(job.receiver, job.clients)
  const [submit, page, confirm] = [new Phase(desk), new Phase(desk), new Phase(desk)]
  const until = performance.now() + job.seconds * 1_000
  for (let round = 0; round <= WARM_UP_ROUNDS || performance.now() < until; round += 1) {
    if (round === WARM_UP_ROUNDS) for (const one of [submit, page, confirm]) one.forget()
    const references: string[] = []
    await submit.run(senders, ROUND_MESSAGES, async (line) => {
      const request = desk.submitRequest().next((reference) => references.push(reference))
      if (!(await desk.submitOne(line, request))) throw new Error('a message was refused')
    })
    await page.run(receivers.slice(0, 1), ROUND_PAGES, async (line) => {
      await desk.list(line, PAGE_ITEMS, 0)
    })
    await confirm.run(receivers, references.length, async (line) => {
      await desk.collectOne(line, references.pop() ?? '')
    })
  }
  const failures = desk.recorder.failures()
  if (Object.keys(failures).length > 0) throw new Error(`refused: ${JSON.stringify(failures)}`)
  return {
    waiting,
    submit: submit.figures(),
    page: page.figures(),
    confirm: confirm.figures(),
  }
}

/** Adds up the rounds of one kind of operation. */
class Phase {
  readonly #serverPid: number | undefined
  #times: number[] = []
  #cpuSeconds = 0

  constructor({ job }: LoadDesk) {
    this.#serverPid = job.serverPid
  }

  async run(
    lines: readonly LoadLine[],
    count: number,
    operation: (line: LoadLine) => Promise<void>,
  ): Promise<void> {
    const before = this.#cpu()
    let left = count
    await Promise.all(
      lines.map(async (line) => {
        while (left > 0) {
          left -= 1
          const from = performance.now()
          await operation(line)
          this.#times.push(performance.now() - from)
        }
      }),
    )
    this.#cpuSeconds += this.#cpu() - before
  }

  forget(): void {
    this.#times = []
    this.#cpuSeconds = 0
  }

  figures(): FlatPhase {
    const ms = percentilesOf(this.#times)
    if (this.#serverPid === undefined) return { ms }
    return { ms, serverCpuMicroseconds: rounded((this.#cpuSeconds / ms.count) * 1e6, 1) }
  }

  #cpu(): number {
    return this.#serverPid === undefined ? 0 : markUsage(familyOf(this.#serverPid)).cpuSeconds
  }
}
