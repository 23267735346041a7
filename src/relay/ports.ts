/**
 * What the verbs need from outside, in the language of the relay. Engines implement these; the composition root wires
 * them. The conformance suite in `test/store/` is the definition of the Store contract in practice.
 * @module
 */
import type { Conversation } from '../core/conversation.ts'
import type { Instant, Message, Outcome, Seq, Uuid } from '../core/message.ts'
import type { Settings } from '../core/settings.ts'

/** A place for one key in the vault. */
export type Slot = number

/** Ciphertext of a live message and where its key is. */
export interface SealedContent {
  /** Random identity of this seal, 16 bytes; binds key, content and header together. */
  readonly mid: Uint8Array
  readonly slot: Slot
  /** Part 0 the body with file names, 1.. the documents; each ciphertext followed by its tag. */
  readonly parts: readonly Uint8Array[]
}

/** One thing that happened, with everything an engine must write for it: after-images, no further decisions. */
export type Change =
  | {
      readonly kind: 'accepted'
      readonly message: Message
      readonly content: SealedContent
      /** The conversation with this step in it; null for a notice. */
      readonly conversation: Conversation | null
    }
  | { readonly kind: 'fetched'; readonly message: Message }
  | {
      readonly kind: 'ended'
      /** With its final state and receipt; content, mailbox and due entries go. */
      readonly message: Message
      /** The conversation with the outcome in its step; null for a notice or a forgotten conversation. */
      readonly conversation: Conversation | null
    }
  | { readonly kind: 'conversation'; readonly conversation: Conversation }
  | {
      /** From a backup, with the number that it had; it has ended, and its content is not there. */
      readonly kind: 'restored'
      readonly message: Message
    }
  | {
      /** Events from a backup, or about a restore, as they were numbered and dated. Numbers may be left out before `first`. */
      readonly kind: 'logged'
      readonly first: number
      readonly events: readonly Omit<LogEvent, 'number'>[]
    }
  | ({ readonly kind: 'pruned' } & Pruned)

/** What has been kept as long as it may (DESIGN 5). */
export interface Pruned {
  /** Messages below have left the log; their references may be known for longer. */
  readonly logFrom: Seq
  /** The messages that leave the log by this: ended ones from the former `logFrom` on. */
  readonly unlogged: readonly Message[]
  /** Messages of which nothing stays: ended ones that have left the log, now or before. */
  readonly forgotten: readonly Message[]
  readonly conversations: readonly Conversation[]
  /** Groups of events that are all older go, oldest first; the chain goes on from a signed checkpoint. */
  readonly eventsBefore: Instant
}

/** What one turn of the writer loop commits: all of it or nothing. */
export interface Group {
  /** `generation + 1` of the store (VAULT, G). */
  readonly generation: number
  /** Wall clock of this turn; kept as `lastTime` for the clock guard. */
  readonly at: Instant
  /** Number that the next accepted message gets. */
  readonly nextSeq: Seq
  readonly changes: readonly Change[]
}

/** A live message as the start-up scan and the store check see it. */
export interface LiveRow {
  readonly message: Message
  readonly mid: Uint8Array
  readonly slot: Slot
}

export interface LogEvent {
  readonly number: number
  readonly at: Instant
  readonly kind: 'accepted' | 'fetched' | Outcome | 'restored'
  /** The message; for `restored`, which marks the gap after a backup, the first number that was used after it. */
  readonly seq: Seq
}

/** A conversation with the number by which pages over all of them go on. */
export interface NumberedConversation {
  readonly number: number
  readonly conversation: Conversation
}

/** Where the chain over the log ends, for those who keep note of it elsewhere. */
export interface LogHead {
  /** Number of the last event; 0 before the first. */
  readonly number: number
  /** The link of its group, 32 bytes. */
  readonly link: Uint8Array
}

/** What a walk along the chain over the log found. */
export interface LogCheck {
  readonly events: number
  /** Numbers of the first event that is kept and of the last one. */
  readonly first: number
  readonly head: LogHead
  /** What does not fit, as English sentences without content; empty when nothing was changed. */
  readonly problems: readonly string[]
}

/** Everything that a backup needs. */
export interface WholeReader {
  /** Messages below have left the log. */
  readonly logFrom: Seq
  /** All messages in any state, in order of acceptance, after a number. */
  messages(after: Seq, limit: number): Message[]
  /** All conversations, after a number. */
  everyConversation(after: number, limit: number): NumberedConversation[]
  /** The append-only log after an event number, oldest first. */
  events(after: number, limit: number): LogEvent[]
}

/** One thing in a backup. */
export type BackupRecord =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'conversation'; readonly conversation: Conversation }
  | { readonly kind: 'event'; readonly event: LogEvent }

/** A backup that was found whole: messages in order of acceptance, then conversations, then the log. */
export interface Backup {
  /** When it was made. */
  readonly at: Instant
  readonly nextSeq: Seq
  readonly logFrom: Seq
  /** Number of the last event in it; 0 when there is none. */
  readonly lastEvent: number
  /** Reads from the start each time. */
  records(): Iterable<BackupRecord>
}

/** One moment of the store, however long the reading takes. Every snapshot must be closed. */
export interface Snapshot extends WholeReader {
  readonly vaultId: Uint8Array
  readonly generation: number
  readonly nextSeq: Seq
  readonly lastTime: Instant
  readonly head: LogHead
  close(): void
}

/** Committed state. Reads are synchronous, see the last commit, and never hold a snapshot across an await. */
export interface StoreReader extends WholeReader {
  message(seq: Seq): Message | undefined
  /** The message that a participant sent or received under this reference. */
  find(participant: Uuid, reference: Uuid): Message | undefined
  /** Undefined once the message has ended. */
  content(seq: Seq): SealedContent | undefined
  /** Live messages for a recipient in order of acceptance, with a seq above `after`. */
  mailbox(recipient: Uuid, after: Seq, limit: number): Message[]
  /** Conversation by its id as one of its two participants knows it. */
  conversation(participant: Uuid, id: Uuid): Conversation | undefined
  /** Conversations of a participant in order of their id, after `after` (exclusive, '' for the first page). */
  conversations(participant: Uuid, after: Uuid, limit: number): Conversation[]
  /** Messages that a participant sent or received, newest first, with a seq below `before`. */
  history(participant: Uuid, before: Seq, limit: number): Message[]
  /** Live messages whose removal time is at or before an instant, soonest first. */
  due(until: Instant, limit: number): Message[]
  /** Every live message, in order of acceptance. */
  live(): Iterable<LiveRow>
}

/** Durable state. One method changes it, and only the writer loop calls that. */
export interface Store extends StoreReader {
  /** Identity of the vault that belongs with this store, 16 bytes. */
  readonly vaultId: Uint8Array
  readonly generation: number
  readonly nextSeq: Seq
  /** Wall clock of the last group; 0 for a new store. */
  readonly lastTime: Instant
  /**
   * Writes a group and resolves once it is durable. Nothing of it is readable before.
   * @throws StorageFull when there is no room; nothing of the group was written
   * @throws anything else: the engine cannot be trusted any more and the process must end
   */
  commit(group: Group): Promise<void>
  /** Bytes used and the most that may be used, for the reserve of VAULT (Disk full). */
  room(): {
    readonly usedBytes: number
    readonly limitBytes: number
    readonly diskFreeBytes: number
  }
  /** The state as of the last commit, for a backup. */
  snapshot(): Snapshot
  readonly logHead: LogHead
  /**
   * Walks the chain over the log.
   * @param pause lets other work go first, now and then
   * @param noted a head of before, kept elsewhere, that must lie on the chain
   */
  checkLog(pause: () => Promise<void>, noted?: LogHead): Promise<LogCheck>
  /** Problems in the engine's own structures, as English sentences; empty when sound. */
  check(): string[]
  close(): Promise<void>
}

/** There is no room on the disk or in the map. Expected: the writer answers 507 and goes on. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull'
}

/** Content sealed under a fresh key that so far exists in memory only. */
export interface Sealed {
  readonly mid: Uint8Array
  readonly parts: readonly Uint8Array[]
  /** Opaque to the relay; the vault wraps and then wipes it. */
  readonly key: Uint8Array
}

/** One flush of the vault (VAULT, step 2). */
export interface VaultBatch {
  readonly put: readonly { readonly slot: Slot; readonly sealed: Sealed }[]
  readonly kill: readonly Slot[]
  readonly generation: number
}

/** Where the key of a live message is. */
export interface Seat {
  readonly mid: Uint8Array
  readonly slot: Slot
}

/**
 * Epochs of the keys that wrap message keys (VAULT, Rotation). Each step is durable when it is done, and only the writer loop
 * takes one, between two groups.
 */
export interface Epochs {
  /** When the newest epoch began. */
  readonly began: Instant
  /** Whether an older epoch is still there: a rotation has begun and not ended. */
  readonly isRotating: boolean
  /** Step a: an epoch with a fresh key beside the one there is; from now on keys are wrapped under it. */
  begin(at: Instant): void
  /**
   * Step c for some live messages: wraps their keys under the newest epoch as well, flushes, then zeroes the old wraps and
   * flushes. Those that are under it already are left alone.
   * @returns the seats that no key of the ring opens; nothing is changed there
   */
  move(seats: readonly Seat[]): Promise<Seat[]>
  /** Step d, when no live message is left under the old epoch: its key is destroyed. */
  finish(): Promise<void>
}

/** Message keys that can die. */
export interface Vault {
  readonly id: Uint8Array
  readonly generation: number
  readonly epochs: Epochs
  /**
   * Encrypts content under a fresh key (VAULT, SEAL). Synchronous and without side effects on the file.
   * @param header the stored header bytes, the associated data
   * @param parts part 0 the body, 1.. the documents
   */
  seal(header: Uint8Array, parts: readonly Uint8Array[]): Sealed
  /** Decrypts with the key in a slot; undefined when the key is not there or does not fit. */
  open(header: Uint8Array, content: SealedContent): Uint8Array[] | undefined
  /** Whether the slot holds a key that fits this mid (invariant I1). */
  holds(slot: Slot, mid: Uint8Array): boolean
  /**
   * Takes a free slot. Slots that are taken and not yet written are given back with `giveBack`.
   * @param spare true for notices, which may use the 1,024 reserved slots
   * @throws StorageFull when none is free and the file cannot grow
   */
  take(spare?: boolean): Slot
  giveBack(slots: readonly Slot[]): void
  /** Writes keys and zeroes, header, one fdatasync; killed slots are free afterwards. Wipes the keys in memory. */
  flush(batch: VaultBatch): Promise<void>
  /** Slots that are not all zero, for start-up and check. */
  used(): Iterable<Slot>
  /** Tells the vault at start-up which slots live rows hold; all other slots are free. */
  adopt(held: Iterable<Slot>): void
  close(): Promise<void>
}

/** Space kept back so that ends can be committed on a full disk (VAULT, Disk full). */
export interface Ballast {
  /** Frees one step. @returns false when there is nothing left to free */
  release(): boolean
  /** Fills up again when there is room. */
  refill(): void
}

export interface Clock {
  now(): Instant
  /** Milliseconds that really passed, from any start. A clock without it is believed whatever it says: tests move it. */
  elapsed?(): number
}

export interface Ids {
  /** A random UUID. */
  random(): Uuid
  /** UUIDv5 of a message and its outcome, so that a notice made twice has one reference (DESIGN 4). */
  notice(original: Uuid, outcome: string): Uuid
}

/** What the relay tells the operator; implementations never receive content. */
export interface Journal {
  /** Something that needs a person, with facts that are no content. */
  alarm(event: string, facts: Record<string, string | number>): void
}

export interface Ports {
  readonly store: Store
  readonly vault: Vault
  readonly ballast: Ballast
  readonly clock: Clock
  readonly ids: Ids
  readonly journal: Journal
  /** The configuration of this moment. */
  readonly settings: () => Settings
  /** A write or flush failed in a way that cannot be trusted: the process must end without answering. */
  readonly fatal: (reason: string) => never
}
