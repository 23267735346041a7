/**
 * Offering many messages: any number of them, cut into batches that the relay takes.
 * @module
 */
import { DEFAULT_LIMITS } from '../core/limits.ts'
import { readLines } from './answer.ts'
import { ClientError } from './client-error.ts'
import type { Transport } from './transport.ts'
import type { BatchOutcome, Envelope } from './wire.ts'

export interface BatchOptions {
  readonly signal?: AbortSignal
  /** Most messages in one request; default the relay's own starting value. */
  readonly messagesMax?: number
  /** Most bytes in one request. */
  readonly bytesMax?: number
}

/** How a batch is sent. */
export interface BatchRoute {
  readonly transport: Transport
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly answerBytesMax: number
}

/**
 * Sends batches one after the other and gives their outcomes in the order of the messages. A batch whose connection breaks
 * is sent again as a whole: references make that safe, and the second time tells of each message how the first time went.
 */
export async function* submitMany(
  route: BatchRoute,
  envelopes: Iterable<Envelope> | AsyncIterable<Envelope>,
  options: BatchOptions,
): AsyncGenerator<BatchOutcome> {
  let sent = 0
  for await (const lines of batches(envelopes, options)) {
    const outcomes = await sendBatch(route, lines, options.signal)
    for (const outcome of outcomes) yield { ...outcome, regel: sent + outcome.regel }
    sent += lines.length
  }
}

async function sendBatch(
  { transport, answerBytesMax, ...route }: BatchRoute,
  lines: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly BatchOutcome[]> {
  return transport(
    {
      ...route,
      method: 'POST',
      headers: {
        ...route.headers,
        'content-type': 'application/x-ndjson',
        accept: 'application/x-ndjson',
      },
      body: lines.map((line) => `${line}\n`).join(''),
      repeat: 'safe',
      ...(signal === undefined ? {} : { signal }),
    },
    async (answer) => {
      const outcomes: BatchOutcome[] = []
      for await (const line of readLines(answer, answerBytesMax)) {
        outcomes.push(line as BatchOutcome)
      }
      outcomes.sort((a, b) => a.regel - b.regel)
      if (outcomes.length !== lines.length || outcomes.some(({ regel }, at) => regel !== at + 1)) {
        throw new ClientError('answer-invalid', {
          detail: `The answer has ${outcomes.length} outcomes for ${lines.length} messages.`,
        })
      }
      return outcomes
    },
  )
}

async function* batches(
  envelopes: Iterable<Envelope> | AsyncIterable<Envelope>,
  {
    messagesMax = DEFAULT_LIMITS.batchMessages,
    bytesMax = DEFAULT_LIMITS.batchBytes,
  }: BatchOptions,
): AsyncGenerator<string[]> {
  let lines: string[] = []
  let bytes = 0
  for await (const envelope of envelopes) {
    const line = JSON.stringify(envelope)
    const size = Buffer.byteLength(line) + 1
    // One message alone is sent whatever its size: refusing it is the relay's to do.
    if (lines.length > 0 && (lines.length === messagesMax || bytes + size > bytesMax)) {
      yield lines
      lines = []
      bytes = 0
    }
    lines.push(line)
    bytes += size
  }
  if (lines.length > 0) yield lines
}
