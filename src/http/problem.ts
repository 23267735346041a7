/**
 * Refusals and defects as `application/problem+json` (RFC 9457), with the members that NL GOV asks for.
 * @module
 */
import { ERRORS, RelayError } from '../core/errors.ts'
import type { Kind } from '../core/errors/row.ts'
import type { Answer, Fault } from './answer.ts'

/** Kind of a refusal → HTTP status. */
export const STATUS_OF = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  method: 405,
  'not-acceptable': 406,
  conflict: 409,
  gone: 410,
  'too-large': 413,
  'media-type': 415,
  'too-many': 429,
  internal: 500,
  unavailable: 503,
  'storage-full': 507,
} as const satisfies Record<Kind, number>

/** Refusals after which the rest of the body is not read, so that the connection cannot be used again. */
const CLOSING: ReadonlySet<Kind> = new Set(['too-large', 'media-type'])

const FAULT_FRAMES_MAX = 8

/** Members of a problem document, as they go over the wire. */
export interface ProblemDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Support code, `urn:uuid:…`; stands in the request log too. */
  readonly instance: string
  readonly code: string
  readonly errors?: readonly { pad: string; code: string; detail: string }[]
  /** Seconds, for outcomes in a batch, where there is no header of their own. */
  readonly opnieuwNa?: number
}

/**
 * Makes the document of a refusal.
 * @param nodeUrl public address of the REST door, without a path; `type` points into it
 */
export function problemDocument(error: RelayError, nodeUrl: string): ProblemDocument {
  return {
    type: `${nodeUrl}/api/v1/fouten/${error.code}`,
    title: ERRORS[error.code].nl,
    status: STATUS_OF[error.kind],
    detail: error.detail,
    instance: `urn:uuid:${crypto.randomUUID()}`,
    code: error.code,
    ...(error.problems.length > 0 && {
      errors: error.problems.map(({ path, code, detail }) => ({ pad: path, code, detail })),
    }),
    ...(error.retryAfter !== undefined && { opnieuwNa: Math.ceil(error.retryAfter) }),
  }
}

/**
 * Makes the answer to whatever was thrown. What is not a refusal is a defect: the caller gets a support code, the log gets
 * where it happened, and nobody gets the message.
 * @param extra further members of the document
 */
export function problemAnswer(
  thrown: unknown,
  nodeUrl: string,
  extra: Readonly<Record<string, unknown>> = {},
): Answer {
  const isRefusal = thrown instanceof RelayError
  const error = isRefusal ? thrown : new RelayError('interne-fout')
  const document = problemDocument(error, nodeUrl)
  const headers: Record<string, string> = { 'content-language': 'nl' }
  if (error.retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(error.retryAfter))
  if (error.kind === 'unauthenticated') {
    headers['www-authenticate'] = 'ClientCertificate realm="knooppunt"'
  }
  if (CLOSING.has(error.kind)) headers['connection'] = 'close'
  return {
    status: document.status,
    headers,
    body: {
      kind: 'json',
      mediaType: 'application/problem+json',
      value: { ...document, ...extra },
    },
    problem: {
      code: error.code,
      instance: document.instance,
      ...(!isRefusal && { fault: faultOf(thrown) }),
    },
  }
}

/** Kind of error and places in the code; the message is left out because it may quote what was sent. */
export function faultOf(thrown: unknown): Fault {
  if (!(thrown instanceof Error)) return { name: typeof thrown, frames: [] }
  const frames = (thrown.stack ?? '')
    .split('\n')
    .map((line) => /^\s*at (?:async )?(?:[\w$.<>#]+ )?\(?\S+:\d+:\d+\)?$/.exec(line)?.[0].trim())
    .filter((frame) => frame !== undefined)
  return {
    name: /^\w{1,40}$/.test(thrown.name) ? thrown.name : 'Error',
    frames: frames.slice(0, FAULT_FRAMES_MAX),
  }
}
