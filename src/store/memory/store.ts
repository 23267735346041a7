/**
 * The reference model: the Store contract in plain maps, nothing clever. Tests run the verbs on it and hold the durable engine
 * to it; a node that may forget can use it too.
 * @module
 */
import type { Conversation } from '../../core/conversation.ts'
import {
  isLive,
  isNotice,
  type Instant,
  type Message,
  type Seq,
  type Uuid,
} from '../../core/message.ts'
import {
  type Group,
  type LiveRow,
  type LogEvent,
  type SealedContent,
  StorageFull,
  type Store,
} from '../../relay/ports.ts'
import { demandNext, eventsOf } from '../group.ts'

/** What a message costs besides its ciphertext, in the bookkeeping of `room`. */
const ROW_BYTES = 1_024

export interface MemoryStoreOptions {
  /** Sixteen bytes. */
  readonly vaultId: Uint8Array
  /** The most that ciphertext and rows may take, as `room` counts them; 256 MiB unless said. */
  readonly limitBytes?: number
}

/** A store that lives as long as the process. */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options.vaultId, options.limitBytes ?? 256 * 2 ** 20)
}

class MemoryStore implements Store {
  readonly vaultId: Uint8Array
  readonly #limitBytes: number
  readonly #messages = new Map<Seq, Message>()
  readonly #contents = new Map<Seq, SealedContent>()
  readonly #conversations = new Map<string, Conversation>()
  readonly #events: LogEvent[] = []
  generation = 0
  nextSeq: Seq = 1
  lastTime: Instant = 0

  constructor(vaultId: Uint8Array, limitBytes: number) {
    this.vaultId = vaultId
    this.#limitBytes = limitBytes
  }

  async commit(group: Group): Promise<void> {
    demandNext(this, group)
    // As durable engines do: nothing is visible before the caller had a chance to look.
    await Promise.resolve()
    const accepts = group.changes.filter((change) => change.kind === 'accepted')
    const needBytes = accepts.reduce((sum, { content }) => sum + bytesOf(content), 0)
    const essential = accepts.every((change) => isNotice(change.message.header))
    if (!essential && this.room().usedBytes + needBytes > this.#limitBytes)
      throw new StorageFull('the memory store is full')

    this.#events.push(...eventsOf(group, this.#events.length + 1))
    for (const change of group.changes) {
      const conversation = change.kind === 'fetched' ? null : change.conversation
      if (conversation !== null)
        this.#conversations.set(`${conversation.asker} ${conversation.id}`, conversation)
      if (change.kind === 'conversation') continue
      this.#messages.set(change.message.seq, change.message)
      if (change.kind === 'accepted') this.#contents.set(change.message.seq, change.content)
      if (change.kind === 'ended') this.#contents.delete(change.message.seq)
    }
    this.generation = group.generation
    this.nextSeq = group.nextSeq
    this.lastTime = group.at
  }

  message(seq: Seq): Message | undefined {
    return this.#messages.get(seq)
  }

  find(participant: Uuid, reference: Uuid): Message | undefined {
    return this.#of(participant)
      .filter((message) => message.header.reference === reference)
      .at(-1)
  }

  content(seq: Seq): SealedContent | undefined {
    return this.#contents.get(seq)
  }

  mailbox(recipient: Uuid, after: Seq, limit: number): Message[] {
    return this.#all()
      .filter(isLive)
      .filter((message) => message.header.recipient === recipient && message.seq > after)
      .slice(0, limit)
  }

  conversation(participant: Uuid, id: Uuid): Conversation | undefined {
    return this.#conversationsOf(participant).find((conversation) => conversation.id === id)
  }

  conversations(participant: Uuid, after: Uuid, limit: number): Conversation[] {
    return this.#conversationsOf(participant)
      .filter((conversation) => conversation.id > after)
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit)
  }

  history(participant: Uuid, before: Seq, limit: number): Message[] {
    return this.#of(participant)
      .filter((message) => message.seq < before)
      .reverse()
      .slice(0, limit)
  }

  due(until: Instant, limit: number): Message[] {
    return this.#all()
      .filter(isLive)
      .filter((message) => message.header.removeAt <= until)
      .sort((one, other) => one.header.removeAt - other.header.removeAt || one.seq - other.seq)
      .slice(0, limit)
  }

  *live(): Generator<LiveRow> {
    for (const { seq } of this.#all()) {
      const message = this.#messages.get(seq)
      const content = this.#contents.get(seq)
      if (message !== undefined && content !== undefined)
        yield { message, mid: content.mid, slot: content.slot }
    }
  }

  events(after: number, limit: number): LogEvent[] {
    return this.#events.slice(after, after + limit)
  }

  room(): { usedBytes: number; limitBytes: number; diskFreeBytes: number } {
    let usedBytes = 0
    for (const content of this.#contents.values()) usedBytes += bytesOf(content)
    return { usedBytes, limitBytes: this.#limitBytes, diskFreeBytes: Number.MAX_SAFE_INTEGER }
  }

  check(): string[] {
    return this.#all()
      .filter((message) => isLive(message) !== this.#contents.has(message.seq))
      .map((message) => `message ${message.seq} is ${message.state} against its content`)
  }

  async close(): Promise<void> {}

  #all(): Message[] {
    // A map keeps the order of first insertion, which is the order of acceptance.
    return [...this.#messages.values()]
  }

  #of(participant: Uuid): Message[] {
    return this.#all().filter(
      ({ header }) => header.sender === participant || header.recipient === participant,
    )
  }

  #conversationsOf(participant: Uuid): Conversation[] {
    return [...this.#conversations.values()].filter(
      ({ asker, answerer }) => asker === participant || answerer === participant,
    )
  }
}

function bytesOf(content: SealedContent): number {
  return content.parts.reduce((sum, part) => sum + part.length, ROW_BYTES)
}
