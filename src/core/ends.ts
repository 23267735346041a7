/**
 * How a message ends: the decision table of the contract (API, table under Calls).
 * @module
 */
import { RelayError } from './errors.ts'
import type { ErrorCode } from './errors.ts'
import type { Instant, Message, Receipt, RefusalReason, State } from './message.ts'

/** What somebody asks of a message. */
export type EndAsked =
  | { readonly outcome: 'confirmed' }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason }
  | { readonly outcome: 'withdrawn' }

export interface EndDecided {
  /** The message with its final state and receipt. */
  readonly message: Message
  /** True when it had ended this way before; the receipt is the first one. */
  readonly repeated: boolean
}

/** The refusal for a message that already ended some other way. */
const ALREADY: Readonly<Record<Exclude<State, 'waiting' | 'fetched'>, ErrorCode>> = {
  confirmed: 'al-bevestigd',
  refused: 'al-afgewezen',
  withdrawn: 'ingetrokken',
  expired: 'verlopen',
  lost: 'onbekend-na-herstel',
}

/**
 * Decides one end on the state of this moment.
 * @throws al-bevestigd, al-afgewezen, andere-reden, al-opgehaald (conflict), verlopen, ingetrokken (gone)
 */
export function decideEnd(message: Message, asked: EndAsked, at: Instant): EndDecided {
  if (message.state === 'waiting' || message.state === 'fetched') {
    if (asked.outcome === 'withdrawn' && message.state === 'fetched') {
      throw new RelayError('al-opgehaald')
    }
    return { message: ended(message, asked, at), repeated: false }
  }
  if (message.state !== asked.outcome) throw new RelayError(ALREADY[message.state])
  if (asked.outcome === 'refused' && message.receipt?.reason !== asked.reason) {
    throw new RelayError('andere-reden')
  }
  return { message, repeated: true }
}

/** The end that nobody asks for: the removal term has passed. */
export function expired(message: Message, at: Instant): Message {
  return { ...message, state: 'expired', receipt: { outcome: 'expired', at } }
}

/** The end of what waited when a backup was made, after a restore from it. */
export function lost(message: Message, at: Instant): Message {
  return { ...message, state: 'lost', receipt: { outcome: 'lost', at } }
}

function ended(message: Message, asked: EndAsked, at: Instant): Message {
  const receipt: Receipt =
    asked.outcome === 'refused'
      ? { outcome: 'refused', at, reason: asked.reason }
      : { outcome: asked.outcome, at }
  return { ...message, state: asked.outcome, receipt }
}

/** The message after a fetch at some moment; the first one stays on record. */
export function fetched(message: Message, at: Instant): Message {
  return {
    ...message,
    state: 'fetched',
    fetches: message.fetches + 1,
    fetchedAt: message.fetchedAt ?? at,
  }
}
