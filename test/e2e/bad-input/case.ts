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

export interface BadCase {
  readonly name: string
  /** Connection that sends it; the municipality unless said. */
  readonly as?: string
  readonly status: number
  readonly code: ErrorCode
  /** JSON Pointers of the problems, all of them. */
  readonly pads?: readonly string[]
  readonly send: (node: RunningNode, as: string, standing: Standing) => Promise<Answer>
}

/** A saldoverzoek to the creditor with a canary in it, which a case spoils. */
async function canaryMessage(node: RunningNode, to = 'energie-direct'): Promise<Envelope> {
  const message = await messageOf(node, 'saldoverzoek', to)
  message.inhoud['KlantnummerSHV'] = `${CANARY.name} ${CANARY.bsn}`
  return message
}

/** A case in which a good message is spoiled. */
export function spoiled(
  name: string,
  [status, code, ...pads]: readonly [number, ErrorCode, ...string[]],
  spoil: (message: Envelope, standing: Standing) => unknown,
  more: { readonly as?: string; readonly headers?: Record<string, string> } = {},
): BadCase {
  const { as, headers } = more
  return {
    name,
    status,
    code,
    ...(as !== undefined && { as }),
    ...(pads.length > 0 && { pads }),
    send: async (node, sender, standing) => {
      const message = await canaryMessage(node)
      const json = spoil(message, standing) ?? message
      return node.ask(sender, 'POST', '/berichten', { json, ...(headers && { headers }) })
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
): BadCase {
  return {
    name,
    status,
    code,
    ...(as !== undefined && { as }),
    send: (node, sender) => node.ask(sender, method, path, asked),
  }
}
