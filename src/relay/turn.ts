/**
 * One turn of the writer loop: committed state, plus what the operations of this turn have decided so far.
 * @module
 */
import type { Conversation } from '../core/conversation.ts'
import type { Header, Instant, Message, Seq, Uuid } from '../core/message.ts'
import type { Settings } from '../core/settings.ts'
import type { Leases } from './leases.ts'
import type { Change, Pruned, Sealed, SealedContent, Slot, StoreReader, Vault } from './ports.ts'
import type { Room } from './room.ts'

/** A message to be accepted, all but its number. */
export interface Newcomer {
  readonly header: Header
  readonly headerBytes: Uint8Array
  readonly sealed: Sealed
  /** The content in clear, to compare with a repeat in the same turn. */
  readonly parts: readonly Uint8Array[]
  readonly size: number
  readonly attachments: number
}

const refKey = (participant: Uuid, reference: Uuid): string => `${participant} ${reference}`

/** What operations read and change. Reads see committed state and the changes of this turn before them. */
export class Turn {
  readonly at: Instant
  readonly settings: Settings
  readonly leases: Leases
  readonly room: Room
  readonly changes: Change[] = []
  readonly puts: { slot: Slot; sealed: Sealed }[] = []
  /** Messages that end in this turn, with the slot of the key that has to die. */
  readonly ends = new Map<Seq, Slot>()
  readonly #store: StoreReader
  readonly #vault: Vault
  readonly #messages = new Map<Seq, Message>()
  readonly #slots = new Map<Seq, Slot>()
  readonly #clear = new Map<Seq, readonly Uint8Array[]>()
  readonly #references = new Map<string, Seq>()
  readonly #conversations = new Map<string, Conversation>()
  #nextSeq: Seq

  constructor(from: {
    store: StoreReader
    vault: Vault
    settings: Settings
    leases: Leases
    room: Room
    at: Instant
    nextSeq: Seq
  }) {
    this.#store = from.store
    this.#vault = from.vault
    this.settings = from.settings
    this.leases = from.leases
    this.room = from.room
    this.at = from.at
    this.#nextSeq = from.nextSeq
  }

  get nextSeq(): Seq {
    return this.#nextSeq
  }

  message(seq: Seq): Message | undefined {
    return this.#messages.get(seq) ?? this.#store.message(seq)
  }

  find(participant: Uuid, reference: Uuid): Message | undefined {
    const seq = this.#references.get(refKey(participant, reference))
    if (seq !== undefined) return this.message(seq)
    const stored = this.#store.find(participant, reference)
    return stored === undefined ? undefined : (this.#messages.get(stored.seq) ?? stored)
  }

  conversation(participant: Uuid, id: Uuid): Conversation | undefined {
    return (
      this.#conversations.get(refKey(participant, id)) ?? this.#store.conversation(participant, id)
    )
  }

  due(limit: number): Message[] {
    return this.#store.due(this.at, limit).filter((message) => !this.ends.has(message.seq))
  }

  /** Content of a live message in clear, also of one accepted in this turn; undefined when its key does not fit. */
  open(message: Message): readonly Uint8Array[] | undefined {
    const clear = this.#clear.get(message.seq)
    if (clear !== undefined) return clear
    const content = this.#store.content(message.seq)
    return content === undefined ? undefined : this.#vault.open(message.headerBytes, content)
  }

  /** Seals content under a fresh key. */
  seal(headerBytes: Uint8Array, parts: readonly Uint8Array[]): Sealed {
    return this.#vault.seal(headerBytes, parts)
  }

  /**
   * Records acceptance. Takes the slot first: when there is none, nothing has changed.
   * @param conversation the conversation with this step; null for a notice
   * @throws StorageFull
   */
  accept(newcomer: Newcomer, conversation: Conversation | null): Message {
    const slot = this.#vault.take(conversation === null)
    const { header, headerBytes, sealed, parts, size, attachments } = newcomer
    const seq = this.#nextSeq
    this.#nextSeq += 1
    const message: Message = {
      seq,
      header,
      headerBytes,
      state: 'waiting',
      size,
      attachments,
      fetches: 0,
    }
    const content: SealedContent = { mid: sealed.mid, slot, parts: sealed.parts }
    this.puts.push({ slot, sealed })
    this.#messages.set(seq, message)
    this.#slots.set(seq, slot)
    this.#clear.set(seq, parts)
    this.#references.set(refKey(header.sender, header.reference), seq)
    this.#references.set(refKey(header.recipient, header.reference), seq)
    this.#remember(conversation)
    this.room.add(message)
    this.changes.push({ kind: 'accepted', message, content, conversation })
    return message
  }

  /** Records that a live message was read once more. */
  mark(message: Message): void {
    this.#messages.set(message.seq, message)
    this.changes.push({ kind: 'fetched', message })
  }

  /** Records an end; the key dies in the next turn, and only then may anybody hear of it. */
  end(message: Message, conversation: Conversation | null): void {
    const slot = this.#slots.get(message.seq) ?? this.#store.content(message.seq)?.slot
    if (slot === undefined) throw new Error('a live message has no key')
    this.ends.set(message.seq, slot)
    this.#messages.set(message.seq, message)
    this.#remember(conversation)
    this.room.remove(message)
    this.changes.push({ kind: 'ended', message, conversation })
  }

  /** Records a conversation that changed by itself, as when a participant ends. */
  update(conversation: Conversation): void {
    this.#remember(conversation)
    this.changes.push({ kind: 'conversation', conversation })
  }

  /** Records what is forgotten; only for an operation that is alone in its turn. */
  prune({ logFrom, unlogged, forgotten, conversations, eventsBefore }: Pruned): void {
    this.changes.push({
      kind: 'pruned',
      ...{ logFrom, unlogged, forgotten, conversations, eventsBefore },
    })
  }

  /** Takes the counters back to where they were, when nothing of this turn was committed. */
  undo(): void {
    for (const change of this.changes.toReversed()) {
      if (change.kind === 'accepted') this.room.remove(change.message)
      if (change.kind === 'ended') this.room.add(change.message)
    }
  }

  #remember(conversation: Conversation | null): void {
    if (conversation === null) return
    this.#conversations.set(refKey(conversation.asker, conversation.id), conversation)
    this.#conversations.set(refKey(conversation.answerer, conversation.id), conversation)
  }
}
