/**
 * The verbs of the relay as the doors see them. Every door calls these and nothing else, so that every door means the same.
 * All of them refuse with a RelayError.
 * @module
 */
import type { Conversation, Step } from '../core/conversation.ts'
import type { Caller, Connection } from '../core/directory.ts'
import type { Content, Instant, Message, RefusalReason, Uuid } from '../core/message.ts'

export interface Submitted {
  readonly message: Message
  /** True when this very message had been accepted before; the receipt is the first one. */
  readonly repeated: boolean
}

export interface Ended {
  readonly message: Message
  readonly repeated: boolean
}

export interface Delivered {
  readonly message: Message
  readonly content: Content
}

/** A message in a list, with what only the mailbox knows. */
export interface MailboxItem {
  readonly message: Message
  /** Which answer to the same question this is, from 1; absent when it answers nothing. */
  readonly answerNumber?: number
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Give this as `after` for the next page; absent on the last. */
  readonly next?: string
}

export interface MailboxQuery {
  readonly module?: string
  readonly type?: string
  readonly conversation?: Uuid
  readonly after?: string
  readonly limit: number
  /** Seconds to wait for something to list. */
  readonly waitSeconds?: number
  readonly signal?: AbortSignal
}

export interface Mailbox {
  readonly participant: Uuid
  readonly waiting: number
  readonly oldestAcceptedAt?: Instant
}

export interface Lease {
  readonly id: Uuid
  readonly until: Instant
}

export interface LeaseQuery {
  readonly limit: number
  readonly module?: string
  readonly seconds: number
}

export interface LogQuery {
  readonly reference?: Uuid
  readonly cross?: Uuid
  readonly conversation?: Uuid
  readonly module?: string
  readonly type?: string
  readonly version?: string
  readonly sender?: Uuid
  readonly recipient?: Uuid
  readonly fetched?: boolean
  readonly confirmed?: boolean
  readonly outcome?: Message['state']
  /** Dutch days, inclusive. */
  readonly from?: string
  readonly to?: string
  readonly after?: string
  readonly limit: number
}

export interface ConversationQuery {
  /** `open` or `beeindigd`. */
  readonly state?: 'open' | 'ended'
  /** Only conversations in which an answer of the caller is expected by the end of this Dutch day. */
  readonly answerBefore?: string
  readonly after?: string
  readonly limit: number
}

/** A conversation as one of its participants sees it now. */
export interface ConversationView {
  readonly conversation: Conversation
  /** The state of each step's message, in the order of the steps. */
  readonly steps: readonly (Step & { readonly state: Message['state'] })[]
  /** Message types that the caller may send now, each with the references it could answer. */
  readonly next: readonly {
    readonly type: string
    readonly version: string
    readonly answers: readonly Uuid[]
  }[]
  /** Questions without an answer: who must answer, by when, and whether that has passed. */
  readonly expected: readonly {
    readonly reference: Uuid
    readonly by: Uuid
    readonly answerBy: Instant
    readonly late: boolean
  }[]
}

/** The clock as the relay sees it. */
export interface ClockState {
  readonly now: Instant
  /** The same while the clock is believed, else what it would have said by itself. */
  readonly believed: Instant
  /** Nothing expires while this is there. */
  readonly doubt?: 'back' | 'forward'
  /** Nothing expires before: recipients get time after an outage. */
  readonly graceUntil?: Instant
}

/** What was forgotten because its time had come. */
export interface PrunedCounts {
  /** Lines that left the log of the participants. */
  readonly lines: number
  /** Entries that left the chained log. */
  readonly events: number
  readonly conversations: number
  /** Messages of which not even the reference is known any more. */
  readonly messages: number
}

/** What a rotation of the keys did. */
export interface Rotated {
  /** Live messages that were looked at. */
  readonly looked: number
  /** Live messages whose key opens under no epoch; kept and reported, never ended. */
  readonly damaged: number
  /** False when it was called off; it goes on where it was at the next call. */
  readonly finished: boolean
}

export interface Relay {
  /**
   * Accepts one message: header and body checked together, rights, documents, step; sealed, stored, flushed.
   * @param input the envelope as parsed JSON, in the words of the wire
   */
  submit(who: Caller, input: unknown): Promise<Submitted>
  /** All mailboxes of a connection. Waits up to `waitSeconds` for one that is not empty. */
  mailboxes(
    connection: Connection,
    wait?: { seconds: number; signal?: AbortSignal },
  ): Promise<Mailbox[]>
  list(who: Caller, query: MailboxQuery): Promise<Page<MailboxItem>>
  /** Header of one waiting message; does not mark it as fetched. */
  peek(who: Caller, reference: Uuid, lease?: Uuid): Promise<MailboxItem>
  fetch(who: Caller, reference: Uuid, lease?: Uuid): Promise<Delivered>
  lease(who: Caller, query: LeaseQuery): Promise<{ lease: Lease; messages: readonly Delivered[] }>
  extend(who: Caller, lease: Uuid, seconds: number): Promise<Lease>
  release(who: Caller, lease: Uuid): Promise<void>
  confirm(who: Caller, reference: Uuid, lease?: Uuid): Promise<Ended>
  refuse(
    who: Caller,
    reference: Uuid,
    why: { reason: RefusalReason; explanation?: string },
    lease?: Uuid,
  ): Promise<Ended>
  withdraw(who: Caller, reference: Uuid): Promise<Ended>
  /** Receipt of an end, for both sides. @throws niet-gevonden when it has not ended that way */
  receipt(
    who: Caller,
    reference: Uuid,
    outcome: 'confirmed' | 'refused' | 'withdrawn',
  ): Promise<Message>
  log(who: Caller, query: LogQuery): Promise<Page<Message>>
  logLine(who: Caller, reference: Uuid): Promise<Message>
  conversations(who: Caller, query: ConversationQuery): Promise<Page<ConversationView>>
  conversation(who: Caller, id: Uuid): Promise<ConversationView>
  /** Ends what is due. @returns how many messages ended; the scheduler calls again while it is the most per turn */
  expire(): Promise<number>
  /** Refuses what waits for participants that have ended, and ends their conversations. */
  endParticipants(): Promise<number>
  /** Tells the senders of what a restore ended as lost, each once. @returns how many messages were lost */
  tellLost(): Promise<number>
  /** Forgets what has been kept as long as it may. */
  prune(signal?: AbortSignal): Promise<PrunedCounts>
  /** Whether the clock is believed (DESIGN 5). */
  clock(): ClockState
  /** Takes the clock as it is, when somebody has looked at it. */
  acceptClock(): ClockState
  /**
   * Ends the epoch of the keys (VAULT, Rotation), or goes on with a rotation that was interrupted. Others are served meanwhile.
   * Two calls at the same time share one rotation.
   */
  rotate(signal?: AbortSignal): Promise<Rotated>
  /** Whether a rotation was interrupted, or the epoch has lasted as long as it may. */
  isRotationDue(epochMs: number): boolean
  /** Whether new messages are taken now; false on a full disk and while stopping. */
  isAccepting(): boolean
  /** Waits until everything asked so far is durable and answered; new changes are refused with 503 afterwards. */
  drain(): Promise<void>
}
