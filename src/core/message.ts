/**
 * What the relay knows of one message: its header, where it is in its life, and how it ended. Never content.
 * @module
 */

/** Milliseconds since 1970-01-01T00:00:00Z. Doors turn it into text. */
export type Instant = number

/** A UUID in lower case. */
export type Uuid = string

/** Number of a message in order of acceptance, from 1; never reused. */
export type Seq = number

/** The two sides of a module (catalogue README, `parties`). */
export type Side = 'asker' | 'answerer'

/** Header of a message as it was sealed: fixed at acceptance, bound to the content as associated data. */
export interface Header {
  readonly reference: Uuid
  readonly conversation: Uuid
  /** The message that this one answers or, for a notice, tells about. */
  readonly cross?: Uuid
  readonly module: string
  readonly moduleVersion: string
  readonly type: string
  /** Version of the message definition (header `Versie`). */
  readonly version: string
  readonly sender: Uuid
  readonly recipient: Uuid
  readonly acceptedAt: Instant
  /** Midnight Europe/Amsterdam after the last day of the removal term; never shortened afterwards. */
  readonly removeAt: Instant
  /** End of the day by which an answer is expected; reminds, never blocks. */
  readonly answerBy?: Instant
}

/** `waiting → fetched → confirmed | refused | expired`, or `waiting → withdrawn` (DESIGN 4); `lost` only by a restore. */
export type State =
  | 'waiting'
  | 'fetched'
  | 'confirmed'
  | 'refused'
  | 'withdrawn'
  | 'expired'
  /** Waited when the backup was made from which the node was restored; how it went on is not known. */
  | 'lost'

/** How a message ended. */
export type Outcome = Exclude<State, 'waiting' | 'fetched'>

/** Why a recipient refuses (API, `afwijzing`); `beeindigd` is the relay's own, when a participant ends. */
export const REFUSAL_REASONS = [
  'niet-leesbaar',
  'verkeerde-ontvanger',
  'document-ongeldig',
  'dubbel',
  'anders',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number] | 'beeindigd'

/** Proof of an end, given again to whoever repeats it. Holds no content: an explanation travels in the notice only. */
export interface Receipt {
  readonly outcome: Outcome
  readonly at: Instant
  readonly reason?: RefusalReason
}

/** One message as the store keeps it. Outlives its content, as log line and idempotency record. */
export interface Message {
  readonly seq: Seq
  readonly header: Header
  /** The header exactly as sealed; the associated data, never serialised again (VAULT, SEAL). */
  readonly headerBytes: Uint8Array
  readonly state: State
  /** Bytes of content in clear, documents decoded. */
  readonly size: number
  readonly attachments: number
  readonly fetches: number
  readonly fetchedAt?: Instant
  readonly receipt?: Receipt
}

/** Whether content is still there. */
export function isLive(message: Message): boolean {
  return message.state === 'waiting' || message.state === 'fetched'
}

/** A document in clear. */
export interface Document {
  readonly fileName: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** A document that a sender owes, attached beside the body. */
export interface Attachment {
  readonly kind: string
  readonly document: Document
}

/** Everything in a message that a person can type or attach. */
export interface Content {
  readonly body: Readonly<Record<string, unknown>>
  readonly attachments: readonly Attachment[]
}

/** Module of the relay's own notices (DESIGN 4). */
export const NOTICE_MODULE = 'knooppunt'
export const NOTICE_VERSION = '1.0'
export type NoticeType =
  'melding-afgewezen' | 'melding-verlopen' | 'melding-beeindigd' | 'melding-onbekend'

/** Whether this is a notice of the relay itself: needs no rights, counts in no quota, makes no notice at its own end. */
export function isNotice(header: Pick<Header, 'module'>): boolean {
  return header.module === NOTICE_MODULE
}
