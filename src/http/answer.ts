/**
 * What a call answers, as data. One place turns it into a response, so that every answer carries the same headers.
 * @module
 */
import type { ErrorCode } from '../core/errors.ts'

export type AnswerBody =
  | { readonly kind: 'json'; readonly mediaType: string; readonly value: unknown }
  | { readonly kind: 'text'; readonly mediaType: string; readonly text: string }
  | {
      readonly kind: 'stream'
      readonly mediaType: string
      readonly stream: ReadableStream<Uint8Array>
    }

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: AnswerBody
  /** For the request log, when this is a problem. */
  readonly problem?: { readonly code: ErrorCode; readonly instance: string; readonly fault?: Fault }
}

/** Where a defect showed itself; without its message, which may quote input. */
export interface Fault {
  readonly name: string
  readonly frames: readonly string[]
}

/** An answer in JSON. @param value what `JSON.stringify` can write; absent members are left out */
export function json(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): Answer {
  return {
    status,
    body: { kind: 'json', mediaType: 'application/json', value },
    ...(headers !== undefined && { headers }),
  }
}

/** An answer without a body. */
export function empty(status: number, headers?: Readonly<Record<string, string>>): Answer {
  return { status, ...(headers !== undefined && { headers }) }
}

/** The headers of NL GOV API Design Rules 2.x (transport/security-headers, version-header). */
export function standardHeaders(version: string): Readonly<Record<string, string>> {
  return Object.freeze({
    'api-version': version,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  })
}

/**
 * Makes the response.
 * @param standard headers for every answer
 * @param withoutBody for HEAD
 */
export function toResponse(
  answer: Answer,
  standard: Readonly<Record<string, string>>,
  withoutBody = false,
): Response {
  const headers: Record<string, string> = { ...standard, ...answer.headers }
  const { body } = answer
  if (body === undefined) return new Response(null, { status: answer.status, headers })
  headers['content-type'] = body.mediaType
  if (withoutBody) {
    if (body.kind === 'stream') void body.stream.cancel()
    return new Response(null, { status: answer.status, headers })
  }
  return new Response(payload(body), { status: answer.status, headers })
}

function payload(body: AnswerBody): string | ReadableStream<Uint8Array> {
  switch (body.kind) {
    case 'json':
      return JSON.stringify(body.value)
    case 'text':
      return body.text
    case 'stream':
      return body.stream
  }
}
