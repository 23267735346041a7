/**
 * Reading answers: bounded, strict about the encoding, and never passing on what a parser says.
 * @module
 */
import { ERRORS } from '../core/errors.ts'
import type { ErrorCode } from '../core/errors.ts'
import { ClientError } from './client-error.ts'
import type { FailureFacts, WireProblem } from './client-error.ts'

/** A problem document is small; what is larger is not one. */
const PROBLEM_BYTES_MAX = 4 * 1024 * 1024

/** The whole body as text. @throws ClientError answer-too-large, answer-invalid */
async function readText(answer: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readChunks(answer, bytesMax)) chunks.push(chunk)
  return decode(Buffer.concat(chunks))
}

/** The body as JSON. @throws ClientError answer-too-large, answer-invalid */
export async function readJson(answer: Response, bytesMax: number): Promise<unknown> {
  return parse(await readText(answer, bytesMax))
}

/** The lines of an NDJSON body as they come in. @throws ClientError, also when the body breaks off inside a line */
export async function* readLines(answer: Response, bytesMax: number): AsyncGenerator<unknown> {
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of readChunks(answer, bytesMax)) {
    let from = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      const line = Buffer.concat([rest, chunk.subarray(from, end)])
      rest = new Uint8Array()
      from = end + 1
      if (line.length > 0) yield parse(decode(line))
    }
    rest = Buffer.concat([rest, chunk.subarray(from)])
  }
  if (rest.length > 0) yield parse(decode(rest))
}

const LF = 0x0a

async function* readChunks(answer: Response, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw new ClientError('answer-too-large', {
        status: answer.status,
        detail: `The answer is larger than ${bytesMax} bytes.`,
      })
    }
    yield chunk
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid('The answer is not valid UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('The answer is not valid JSON.')
  }
}

function invalid(detail: string): ClientError {
  return new ClientError('answer-invalid', { detail })
}

/** The refusal in an answer that is not a success, whatever stands in front of the relay. */
export async function refusalOf(answer: Response): Promise<ClientError> {
  const { status } = answer
  const problem = await readProblem(answer)
  const code = problem?.['code']
  if (problem === undefined || !isErrorCode(code)) {
    return new ClientError('answer-invalid', {
      status,
      ...retryAfterOf(answer),
      detail: `Status ${status} without an explanation of the relay; is something else in front of it?`,
    })
  }
  return problemError(code, { ...problem, status }, retryAfterOf(answer))
}

/**
 * A problem document as an error.
 * @param code its code, known to us
 * @param problem members as the relay sent them
 */
function problemError(
  code: ErrorCode,
  problem: Readonly<Record<string, unknown>>,
  more: { readonly retryAfter?: number } = {},
): ClientError {
  const { status, title, detail, instance, errors } = problem
  const facts: FailureFacts = {
    ...(typeof status === 'number' ? { status } : {}),
    title: typeof title === 'string' ? title : ERRORS[code].nl,
    detail: typeof detail === 'string' ? detail : ERRORS[code].help,
    ...(typeof instance === 'string' ? { instance } : {}),
    errors: Array.isArray(errors) ? errors.filter(isWireProblem) : [],
    problem,
    ...more,
  }
  return new ClientError(code, facts)
}

async function readProblem(answer: Response): Promise<Record<string, unknown> | undefined> {
  if (!/^application\/(problem\+)?json\b/.test(answer.headers.get('content-type') ?? '')) {
    await answer.body?.cancel()
    return undefined
  }
  try {
    const body = await readJson(answer, PROBLEM_BYTES_MAX)
    return isRecord(body) ? body : undefined
  } catch (error) {
    // Not readable is not an explanation; a connection that broke is a failure of its own.
    if (error instanceof ClientError) return undefined
    throw error
  }
}

/** Seconds or a date (RFC 9110 10.2.3); dates are not for us, since clocks differ. */
function retryAfterOf(answer: Response): { retryAfter?: number } {
  const seconds = answer.headers.get('retry-after')
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? { retryAfter: Number(seconds) } : {}
}

/** Whether this is a code of the relay's table. */
function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWireProblem(value: unknown): value is WireProblem {
  return isRecord(value) && ['pad', 'code', 'detail'].every((key) => typeof value[key] === 'string')
}
