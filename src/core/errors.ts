/**
 * Every refusal the relay can give, one row each. The code is stable and is what integrators program against; the kind
 * is translated to a status only at the doors.
 * @module
 */
import { IDENTITY_ERRORS } from './errors/identity.ts'
import { INPUT_ERRORS } from './errors/input.ts'
import type { Kind, Row } from './errors/row.ts'
import { STATE_ERRORS } from './errors/state.ts'

/** The table; rows are grouped by the layer that gives them. */
export const ERRORS = {
  ...INPUT_ERRORS,
  ...IDENTITY_ERRORS,
  ...STATE_ERRORS,
} as const satisfies Record<string, Row>

/** A stable code; the union makes `switch` checked. */
export type ErrorCode = keyof typeof ERRORS

/** One problem in the input: a JSON Pointer (RFC 6901) into the request, a code, and a Dutch sentence without values. */
export interface Problem {
  readonly path: string
  readonly code: ErrorCode
  readonly detail: string
}

/** A refusal: expected, explained, and never a defect. Its texts are ours and hold nothing that a person typed. */
export class RelayError extends Error {
  override readonly name = 'RelayError'
  readonly code: ErrorCode
  readonly detail: string
  readonly problems: readonly Problem[]
  /** Seconds after which trying again makes sense, where that is known. */
  readonly retryAfter: number | undefined

  /**
   * @param code row of the table
   * @param detail Dutch sentence about this case; defaults to title and help of the row, since many readers see nothing else
   */
  constructor(
    code: ErrorCode,
    detail?: string,
    more: { problems?: readonly Problem[]; retryAfter?: number } = {},
  ) {
    super(`${code}: ${ERRORS[code].en}`)
    this.code = code
    this.detail = detail ?? `${ERRORS[code].nl}. ${ERRORS[code].help}`
    this.problems = more.problems ?? []
    this.retryAfter = more.retryAfter
  }

  get kind(): Kind {
    return ERRORS[this.code].kind
  }
}

/**
 * One refusal for a list of problems: the common code when there is only one, else `bericht-ongeldig`.
 * @param problems at least one
 */
export function refusalFor(problems: readonly Problem[]): RelayError {
  const codes = new Set(problems.map((problem) => problem.code))
  const [only] = codes
  const code = codes.size === 1 && only !== undefined ? only : 'bericht-ongeldig'
  const detail =
    problems.length === 1 && problems[0] !== undefined
      ? problems[0].detail
      : `Er zijn ${problems.length} problemen; errors noemt ze allemaal.`
  return new RelayError(code, detail, { problems })
}
