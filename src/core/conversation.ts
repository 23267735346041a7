/**
 * What the relay remembers of a conversation: who, which module, which messages have passed. Never content.
 * @module
 */
import type { Instant, Outcome, Seq, Side, Uuid } from './message.ts'

/** One message that was sent in a conversation. */
export interface Step {
  readonly reference: Uuid
  readonly seq: Seq
  readonly type: string
  readonly from: Side
  readonly at: Instant
  readonly cross?: Uuid
  readonly answerBy?: Instant
  /** Absent while the message waits or is fetched. */
  readonly outcome?: Outcome
  /** Whether the recipient had it before it ended; an expired message that was fetched may still be answered. */
  readonly fetched?: boolean
}

/** One case between two participants in one module version, tied by the UUID that the opener made (DESIGN 5). */
export interface Conversation {
  readonly id: Uuid
  readonly module: string
  readonly moduleVersion: string
  readonly asker: Uuid
  readonly answerer: Uuid
  readonly startedAt: Instant
  /** When a message that `ends` passed, or a participant ended. */
  readonly endedAt?: Instant
  readonly steps: readonly Step[]
}
