/**
 * The reference model: the Store contract in plain maps, nothing clever. Tests run the verbs on it and hold the durable engine
 * to it; a node that may forget can use it too.
 * @module
 */
import { createHash } from 'node:crypto'
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
  type LogCheck,
  type LogEvent,
  type LogHead,
  type NumberedConversation,
  type Pruned,
  type SealedContent,
  type Snapshot,
  StorageFull,
  type Store,
} from '../../relay/ports.ts'
import { demandNext, eventsOf } from '../group.ts'
import { encodeEventBody, linkOf, NO_LINK, notedWatch } from '../log-chain.ts'
import type { EventGroup, Sign } from '../log-chain.ts'

/** What a message costs besides its ciphertext, in the bookkeeping of `room`. */
const ROW_BYTES = 1_024

export interface MemoryStoreOptions {
  /** Sixteen bytes. */
  readonly vaultId: Uint8Array
  /** The most that ciphertext and rows may take, as `room` counts them; 256 MiB unless said. */
  readonly limitBytes?: number
  /** The key of the log; without it the chain shows accidents only, which is enough for what ends with the process. */
  readonly sign?: Sign
}

const unkeyed: Sign = (data) => createHash('sha256').update(data).digest()

/** A store that lives as long as the process. */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const { vaultId, limitBytes = 256 * 2 ** 20, sign = unkeyed } = options
  return new MemoryStore(vaultId, limitBytes, sign)
}

class MemoryStore implements Store {
  readonly vaultId: Uint8Array
  readonly #limitBytes: number
  readonly #messages = new Map<Seq, Message>()
  readonly #contents = new Map<Seq, SealedContent>()
  readonly #conversations = new Map<string, NumberedConversation>()
  readonly #groups: (EventGroup & { readonly link: Uint8Array })[] = []
  readonly #sign: Sign
  #nextConversation = 1
  #nextEvent = 1
  /** Where the log begins: the first event that is kept, and the link before it. */
  #beginning = { first: 1, link: NO_LINK }
  generation = 0
  nextSeq: Seq = 1
  lastTime: Instant = 0
  logFrom: Seq = 1

  constructor(vaultId: Uint8Array, limitBytes: number, sign: Sign) {
    this.vaultId = vaultId
    this.#limitBytes = limitBytes
    this.#sign = sign
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

    this.#log(eventsOf(group, this.#nextEvent))
    for (const change of group.changes) {
      if (change.kind === 'pruned') this.#prune(change)
      const conversation = 'conversation' in change ? change.conversation : null
      if (conversation !== null) this.#keep(conversation)
      if (!('message' in change)) continue
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
      .filter((message) => message.seq < before && message.seq >= this.logFrom)
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

  messages(after: Seq, limit: number): Message[] {
    return this.#all()
      .filter(({ seq }) => seq > after)
      .slice(0, limit)
  }

  everyConversation(after: number, limit: number): NumberedConversation[] {
    return [...this.#conversations.values()].filter(({ number }) => number > after).slice(0, limit)
  }

  events(after: number, limit: number): LogEvent[] {
    return this.#groups
      .flatMap(({ events }) => events)
      .filter(({ number }) => number > after)
      .slice(0, limit)
  }

  get logHead(): LogHead {
    const link = this.#groups.at(-1)?.link ?? this.#beginning.link
    return { number: this.#nextEvent - 1, link }
  }

  snapshot(): Snapshot {
    const frozen = new MemoryStore(this.vaultId, this.#limitBytes, this.#sign)
    for (const message of this.#all()) frozen.#messages.set(message.seq, message)
    for (const [key, one] of this.#conversations) frozen.#conversations.set(key, one)
    frozen.#groups.push(...this.#groups)
    const { generation, nextSeq, lastTime, logFrom, logHead: head, vaultId } = this
    return {
      ...{ generation, nextSeq, lastTime, logFrom, head, vaultId },
      messages: (after, limit) => frozen.messages(after, limit),
      everyConversation: (after, limit) => frozen.everyConversation(after, limit),
      events: (after, limit) => frozen.events(after, limit),
      close: () => {},
    }
  }

  async checkLog(_pause: () => Promise<void>, noted?: LogHead): Promise<LogCheck> {
    const problems: string[] = []
    const watch = notedWatch(noted, this.#beginning.first)
    let { link } = this.#beginning
    for (const { first, events, link: stored } of this.#groups) {
      link = linkOf(this.#sign, link, first, encodeEventBody(events))
      if (!Buffer.from(link).equals(Buffer.from(stored)))
        problems.push(`event ${first} or what stood before it was changed, removed or put in`)
      watch.see(first + events.length - 1, link)
    }
    const unlike = watch.end()
    if (unlike !== undefined) problems.push(unlike)
    const events = this.#groups.reduce((sum, group) => sum + group.events.length, 0)
    return { events, first: this.#beginning.first, head: this.logHead, problems }
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

  #log({ first, events }: EventGroup): void {
    if (events.length === 0) return
    // The log of a backup begins where it began there.
    if (this.#nextEvent === 1) this.#beginning = { first, link: NO_LINK }
    const link = linkOf(this.#sign, this.logHead.link, first, encodeEventBody(events))
    this.#groups.push({ first, events, link })
    this.#nextEvent = first + events.length
  }

  #keep(conversation: Conversation): void {
    const key = `${conversation.asker} ${conversation.id}`
    const number = this.#conversations.get(key)?.number ?? this.#nextConversation
    if (number === this.#nextConversation) this.#nextConversation += 1
    this.#conversations.set(key, { number, conversation })
  }

  #prune({ logFrom, forgotten, conversations, eventsBefore }: Pruned): void {
    this.logFrom = Math.max(this.logFrom, logFrom)
    for (const { seq } of forgotten) this.#messages.delete(seq)
    for (const { asker, id } of conversations) this.#conversations.delete(`${asker} ${id}`)
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      if (group.events.some(({ at }) => at >= eventsBefore)) break
      this.#beginning = { first: group.first + group.events.length, link: group.link }
      this.#groups.shift()
    }
  }

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
    return [...this.#conversations.values()]
      .map(({ conversation }) => conversation)
      .filter(({ asker, answerer }) => asker === participant || answerer === participant)
  }
}

function bytesOf(content: SealedContent): number {
  return content.parts.reduce((sum, part) => sum + part.length, ROW_BYTES)
}
