/**
 * The relay as a queue, and the calls that the workloads are made of.
 * @module
 */
import { Recorder } from './figures.ts'
import type { LoadJob, LoadParty } from './job.ts'
import { LoadLine } from './load-line.ts'
import { MessageRequest, requestBytes } from './prepared-request.ts'
import { BATCH_MESSAGES } from './queue.ts'
import type { Collecting, Queue, Sending } from './queue.ts'
import type { LoadAnswer } from './answer-reader.ts'

const LEASE_SECONDS = 60
const FILLERS = 4

/** A lease as far as the load needs it. */
interface Leased {
  readonly ophaling: string
  readonly berichten: readonly { readonly referentienummer: string }[]
}

/** Both sides of one run. */
export class LoadDesk implements Queue {
  readonly job: LoadJob
  readonly recorder: Recorder
  readonly #lines: LoadLine[] = []

  constructor(job: LoadJob) {
    this.job = job
    this.recorder = new Recorder(job.serverPid)
  }

  /** Opens connections for one side, some at a time, so that their handshakes do not starve each other. */
  async lines(party: LoadParty, count: number): Promise<LoadLine[]> {
    const { host, port, ca } = this.job
    const opened: LoadLine[] = []
    while (opened.length < count) {
      const some = Array.from({ length: Math.min(20, count - opened.length) }, () =>
        LoadLine.open({ host, port, ca, certificate: party.certificate, key: party.key }),
      )
      opened.push(...(await Promise.all(some)))
    }
    this.#lines.push(...opened)
    return opened
  }

  /** Ends every connection. */
  close(): void {
    for (const line of this.#lines) line.close()
  }

  /** A request that offers one new message. */
  submitRequest(): MessageRequest {
    const of = this.#as(this.job.sender)
    return new MessageRequest(requestBytes(of, 'POST', '/berichten', { body: this.job.envelope }))
  }

  /** A request that offers many, as lines. */
  batchRequest(): MessageRequest {
    const body = `${this.job.envelope}\n`.repeat(BATCH_MESSAGES)
    const of = this.#as(this.job.sender)
    return new MessageRequest(
      requestBytes(of, 'POST', '/aanbiedingen', { body, mediaType: 'application/x-ndjson' }),
    )
  }

  async senders(count: number): Promise<readonly Sending[]> {
    const lines = await this.lines(this.job.sender, count)
    return lines.map((line) => {
      const request = this.submitRequest()
      return {
        submit: (made) => this.submitOne(line, request.next(made)),
      }
    })
  }

  async collectors(count: number): Promise<readonly Collecting[]> {
    const lines = await this.lines(this.job.receiver, count)
    return lines.map((line) => {
      let mayHaveMore = true
      return {
        collect: async (limit, waitSeconds, got) => {
          if (!mayHaveMore && waitSeconds > 0) await this.list(line, 1, waitSeconds)
          const leased = await this.#lease(line, limit)
          const references = leased.berichten.map(({ referentienummer }) => referentienummer)
          mayHaveMore = references.length === limit
          if (references.length === 0) return 0
          got?.(references)
          return this.#confirm(line, leased.ophaling, references)
        },
      }
    })
  }

  async fill(messages: number): Promise<number> {
    return (await this.fillNamed(messages)).length
  }

  /** Puts in at least so many messages, by whole batches. @returns their references */
  async fillNamed(messages: number): Promise<string[]> {
    const lines = await this.lines(this.job.sender, FILLERS)
    const references: string[] = []
    await Promise.all(
      lines.map(async (line) => {
        const request = this.batchRequest()
        while (references.length < messages) {
          await this.submitBatch(
            line,
            request.next((reference) => references.push(reference)),
          )
        }
      }),
    )
    return references
  }

  /** Offers one message. @returns whether it was accepted */
  async submitOne(line: LoadLine, request: Uint8Array): Promise<boolean> {
    return this.#isGood(await line.exchange(request), 201)
  }

  /** Offers a batch and counts what was accepted; the time is that of the whole batch. */
  async submitBatch(line: LoadLine, request: Uint8Array): Promise<void> {
    const from = performance.now()
    const answer = await line.exchange(request)
    if (!this.#isGood(answer, 200)) return
    const accepted = countOf(answer.body, '"status":201')
    for (let missed = accepted; missed < BATCH_MESSAGES; missed += 1) this.recorder.fail('line')
    this.recorder.count(accepted, performance.now() - from)
  }

  /** Fetches up to a number of messages under a lease. */
  async #lease(line: LoadLine, limit: number): Promise<Leased> {
    const body = JSON.stringify({ limiet: limit, leaseSeconden: LEASE_SECONDS })
    const of = this.#as(this.job.receiver)
    const answer = await line.exchange(requestBytes(of, 'POST', '/ophalingen', { body }))
    if (!this.#isGood(answer, 201)) return { ophaling: '', berichten: [] }
    // Only references are used, so texts need not be decoded.
    return JSON.parse(answer.body.toString('latin1')) as Leased
  }

  /** Confirms messages of a lease. @returns how many ended */
  async #confirm(
    line: LoadLine,
    lease: string,
    referentienummers: readonly string[],
  ): Promise<number> {
    const body = JSON.stringify({ referentienummers })
    const of = this.#as(this.job.receiver)
    const answer = await line.exchange(requestBytes(of, 'POST', '/bevestigingen', { body, lease }))
    if (!this.#isGood(answer, 200)) return 0
    const ended = countOf(answer.body, '"status":201')
    for (let missed = ended; missed < referentienummers.length; missed += 1) {
      this.recorder.fail('confirm')
    }
    return ended
  }

  /** Fetches one message by its reference, then confirms it. @returns whether both were done */
  async collectOne(line: LoadLine, reference: string): Promise<boolean> {
    const of = this.#as(this.job.receiver)
    const fetched = await line.exchange(requestBytes(of, 'GET', `/berichten/${reference}`))
    if (!this.#isGood(fetched, 200)) return false
    const path = `/berichten/${reference}/bevestiging`
    return this.#isGood(await line.exchange(requestBytes(of, 'PUT', path)), 201)
  }

  /** Reads one page of the mailbox, or waits for the first message. @returns items on the page */
  async list(line: LoadLine, limit: number, waitSeconds: number): Promise<number> {
    const path = `/berichten?limiet=${limit}${waitSeconds > 0 ? `&wacht=${waitSeconds}` : ''}`
    const answer = await line.exchange(requestBytes(this.#as(this.job.receiver), 'GET', path))
    return this.#isGood(answer, 200) ? countOf(answer.body, '"referentienummer"') : 0
  }

  #as(party: LoadParty) {
    return { host: this.job.host, participant: party.participant }
  }

  #isGood({ status }: LoadAnswer, wanted: number): boolean {
    if (status !== wanted) this.recorder.fail(String(status))
    return status === wanted
  }
}

function countOf(bytes: Buffer, text: string): number {
  let count = 0
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) {
    count += 1
  }
  return count
}
