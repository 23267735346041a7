/**
 * `aanbiedingen`: offer many messages in one call. NDJSON is read and answered as it comes, a transaction a line; a list in
 * JSON is read whole. Repeating is always safe.
 * @module
 */
import { RelayError } from '../../core/errors.ts'
import type { Limits } from '../../core/limits.ts'
import { json, type Answer } from '../answer.ts'
import { jsonBounds, readJsonBody, requireMediaType, tooLarge } from '../body.ts'
import { listOf, readObject, required } from '../input.ts'
import { readJson } from '../json.ts'
import { readLines, type Line } from '../lines.ts'
import { orderedStream } from '../ordered-stream.ts'
import { route, type ParticipantCall, type Route } from '../route.ts'
import { referenceIn } from './many-ends.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import type { Pace, RestParts } from './parts.ts'
import { receiptWire } from './wire.ts'

const NDJSON = 'application/x-ndjson'

/** Lines of one call that may be between reading and flushed; more would not make the writer's groups any fuller. */
const LINES_AT_ONCE = 128

export function batchRoutes(parts: RestParts, pace: Pace): readonly Route[] {
  return [
    route(
      {
        method: 'POST',
        path: '/aanbiedingen',
        id: 'biedBerichtenAan',
        tag: 'Aanbieden',
        access: 'participant',
        summary: 'Biedt veel berichten aan; elk heeft zijn eigen uitkomst.',
        query: {},
        takes: [NDJSON, 'application/json'],
        body: 'AanbiedingenVraag',
        lines: { body: 'Bericht', answer: 'Uitkomst' },
        gives: [NDJSON, 'application/json'],
        answers: { 200: 'Een uitkomst per bericht, in de volgorde van aanbieden.' },
        answer: 'Uitkomsten',
        codes: ['mediatype-niet-ondersteund', 'te-groot', 'lijst-aantal'],
      },
      (call) =>
        requireMediaType(call.request, [NDJSON, 'application/json']) === NDJSON
          ? submitLines(parts, pace, call)
          : submitList(parts, pace, call),
    ),
  ]
}

async function submitList(parts: RestParts, pace: Pace, call: ParticipantCall): Promise<Answer> {
  const { limits } = call.settings
  const input = await readJsonBody(call.request, limits, limits.batchBytes)
  const { berichten } = readObject(input, { berichten: required(listOf(limits.batchMessages)) })
  // Begun in order and not one after the other, so that they share flushes; the writer keeps the order.
  const outcomes = berichten.map((item, index) =>
    submitOne(parts, pace, call, index + 1, () => item),
  )
  return json(200, { uitkomsten: await Promise.all(outcomes) })
}

function submitLines(parts: RestParts, pace: Pace, call: ParticipantCall): Answer {
  const { limits } = call.settings
  const signal = call.signal()
  const stream = orderedStream(
    { bufferBytes: limits.batchAnswerBufferBytes, atOnce: LINES_AT_ONCE },
    async (sink) => {
      const add = (outcome: Promise<Outcome>) =>
        sink.add(outcome.then((value) => `${JSON.stringify(value)}\n`))
      const bounds = { lineBytes: limits.requestBytes, bodyBytes: limits.batchBytes }
      let messages = 0
      try {
        for await (const line of readLines(call.request.body ?? new Blob([]).stream(), bounds)) {
          // Lines that were begun finish; the others may be offered again.
          if (signal.aborted || sink.isCancelled) return
          messages += 1
          if (line.kind === 'body-too-long' || messages > limits.batchMessages) {
            await add(refuseRest(parts, line.number, limits))
            return
          }
          await add(submitLine(parts, pace, call, line))
        }
      } catch {
        // The connection broke while reading; what was begun finishes, and there is nobody left to tell.
      }
    },
  )
  return { status: 200, body: { kind: 'stream', mediaType: NDJSON, stream } }
}

function submitLine(
  parts: RestParts,
  pace: Pace,
  call: ParticipantCall,
  line: Exclude<Line, { kind: 'body-too-long' }>,
): Promise<Outcome> {
  const { limits } = call.settings
  return submitOne(parts, pace, call, line.number, () => {
    if (line.kind === 'line-too-long') throw tooLarge(limits.requestBytes)
    return readJson(line.bytes, jsonBounds(limits))
  })
}

/** @param read gives the envelope, or throws why it cannot be read */
function submitOne(
  parts: RestParts,
  pace: Pace,
  { caller, settings }: ParticipantCall,
  regel: number,
  read: () => unknown,
): Promise<Outcome> {
  let input: unknown
  let unreadable: unknown
  try {
    input = read()
  } catch (thrown) {
    unreadable = thrown
  }
  const reference = referenceIn(input)
  const at = { regel, ...(reference !== undefined && { referentienummer: reference }) }
  return outcomeOf(parts, at, async () => {
    pace.submit(caller, settings)
    if (unreadable !== undefined) throw unreadable
    const { message, repeated } = await parts.relay.submit(caller, input)
    return { status: repeated ? 200 : 201, ontvangst: receiptWire(message) }
  })
}

/** Says from which line on nothing was read. */
function refuseRest(parts: RestParts, regel: number, limits: Limits): Promise<Outcome> {
  const { batchMessages, batchBytes } = limits
  return outcomeOf(parts, { regel }, () => {
    throw new RelayError(
      'te-groot',
      `Een aanroep heeft hoogstens ${batchMessages} berichten en ${batchBytes} bytes; vanaf deze regel is niets gelezen.`,
    )
  })
}
