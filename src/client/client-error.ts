/**
 * What a call can fail with: one class for refusals of the relay and for everything that keeps a caller from reaching it.
 * @module
 */
import type { ErrorCode } from '../core/errors.ts'

/** Failures on this side of the network. */
export type LocalCode =
  /** Nothing answers at the address. */
  | 'unreachable'
  /** No complete answer in time. */
  | 'timeout'
  /** The caller's signal was aborted. */
  | 'aborted'
  /** The server's certificate does not belong to the address or does not come from the given authority. */
  | 'untrusted'
  /** The answer is not what the contract says. */
  | 'answer-invalid'
  /** The answer is larger than this client takes. */
  | 'answer-too-large'
  /** Address, certificate, key or authority cannot be used. */
  | 'configuration'

/** A problem in the input as the relay names it. */
export interface WireProblem {
  /** JSON Pointer (RFC 6901) into the request. */
  readonly pad: string
  readonly code: string
  readonly detail: string
}

/** What is known of a failure besides its code. */
export interface FailureFacts {
  /** Status of the answer; absent for a failure on this side. */
  readonly status?: number
  readonly title?: string
  /** For people: Dutch when the relay says it, English when this client does. */
  readonly detail: string
  readonly errors?: readonly WireProblem[]
  /** Support code of the request, a URN. */
  readonly instance?: string
  /** Seconds after which the relay says that trying again makes sense. */
  readonly retryAfter?: number
  /** The whole problem document, with members that only some problems have. */
  readonly problem?: Readonly<Record<string, unknown>>
  /** What the network said, such as `ECONNREFUSED`. */
  readonly reason?: string
}

/** A call that did not succeed. Holds texts of the relay and of this client only, never of a library. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ErrorCode | LocalCode
  readonly status: number | undefined
  readonly title: string | undefined
  readonly detail: string
  readonly errors: readonly WireProblem[]
  readonly instance: string | undefined
  readonly retryAfter: number | undefined
  readonly problem: Readonly<Record<string, unknown>>
  readonly reason: string | undefined

  constructor(code: ErrorCode | LocalCode, facts: FailureFacts) {
    super(`${code}: ${facts.detail}`)
    this.code = code
    this.status = facts.status
    this.title = facts.title
    this.detail = facts.detail
    this.errors = facts.errors ?? []
    this.instance = facts.instance
    this.retryAfter = facts.retryAfter
    this.problem = facts.problem ?? {}
    this.reason = facts.reason
  }
}
