/**
 * How a case of bad input is written down.
 * @module
 */
import type { ErrorCode } from '../../../src/core/errors.ts'
import type { Answer, Ask } from '../support/line.ts'
import { messageOf, type Envelope } from '../support/messages.ts'
import type { RunningNode } from '../support/node.ts'
import { CANARY } from '../support/problem.ts'

/** What was there before anything bad came: a message from the municipality that waits for the creditor. */
export interface Standing {
  readonly waiting: Envelope
}

interface Refused {
  readonly name: string
  /** Connection that sends it; the municipality unless said. */
  readonly as?: string
  readonly status: number
  readonly code: ErrorCode
  /** JSON Pointers of the problems, all of them. */
  readonly pads?: readonly string[]
}

/** Something that is offered as a message. */
export interface BadMessage extends Refused {
  readonly headers?: Readonly<Record<string, string>>
  readonly make: (node: RunningNode, standing: Standing) => Promise<unknown>
}

/** A request of its own. */
export interface BadRequest extends Refused {
  readonly send: (node: RunningNode, as: string) => Promise<Answer>
}

/** A case in which a good message, a saldoverzoek to the creditor with a canary in it, is spoiled. */
export function spoiled(
  name: string,
  [status, code, ...pads]: readonly [number, ErrorCode, ...string[]],
  spoil: (message: Envelope, standing: Standing) => unknown,
  more: Pick<BadMessage, 'as' | 'headers'> = {},
): BadMessage {
  return {
    name,
    status,
    code,
    ...more,
    ...(pads.length > 0 && { pads }),
    make: async (node, standing) => {
      const message = await messageOf(node, 'saldoverzoek', 'energie-direct')
      message.inhoud['KlantnummerSHV'] = `${CANARY.name} ${CANARY.bsn}`
      return spoil(message, standing) ?? message
    },
  }
}

/** A case that is a request of its own. */
export function request(
  name: string,
  [status, code]: readonly [number, ErrorCode],
  [method, path]: readonly [string, string],
  asked: Ask = {},
  as?: string,
): BadRequest {
  return {
    name,
    status,
    code,
    ...(as !== undefined && { as }),
    send: (node, sender) => node.ask(sender, method, path, asked),
  }
}
