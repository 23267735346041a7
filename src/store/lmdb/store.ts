/**
 * The durable engine. One group is one transaction. Rows of a message lie under its seq, rows of a group that belong together
 * share a record, and what only live messages need is kept in memory (`live-index.ts`): the number of writes per message is
 * what costs most.
 *
 * | table | key | value |
 * |---|---|---|
 * | meta | `meta` | vault, generation, next numbers, last time, head of the log |
 * | message | seq | header, state, receipt; mid and slot while it is live |
 * | content | seq | ciphertexts; removed at the end |
 * | line | participant, lowest seq | the seqs that one group added to this participant's history |
 * | reference | reference | seqs that carry it, newest first |
 * | party | participant, conversation id | number of the conversation; one each for asker and answerer |
 * | conversation | number | parties, steps and outcomes |
 * | event | number of the first | the events of one group, chained |
 * @module
 */
import { join } from 'node:path'
import type { Conversation } from '../../core/conversation.ts'
import { isLive, type Instant, type Message, type Seq, type Uuid } from '../../core/message.ts'
import type {
  Group,
  LiveRow,
  LogCheck,
  LogEvent,
  LogHead,
  NumberedConversation,
  SealedContent,
  Snapshot,
  Store,
} from '../../relay/ports.ts'
import { demandNext } from '../group.ts'
import { NO_LINK } from '../log-chain.ts'
import type { Sign } from '../log-chain.ts'
import { checkChain } from './check-chain.ts'
import { checkTables } from './check.ts'
import { demandWhole, StoreDamaged } from './data-file.ts'
import { Environment, type EnvironmentOptions, type ReadRows } from './environment.ts'
import { getNumber, isUuid, numberKey, pairKey, participantKey, uuidBytes } from './keys.ts'
import { LiveIndex } from './live-index.ts'
import {
  decodeConversation,
  decodeMessage,
  decodeMeta,
  decodeParts,
  decodeSeqs,
  encodeMeta,
  type Meta,
} from './records.ts'
import { META_KEY, rowsOf } from './rows.ts'
import { conversationsIn, eventsIn, messagesIn } from './whole.ts'

/** Live rows that one step of a scan reads; a scan holds no snapshot between steps. */
const SCAN_STEP = 1_000

/** An environment, and the key under which the log is signed. */
export interface LmdbOptions extends EnvironmentOptions {
  readonly sign: Sign
}

/**
 * Makes an empty store for a vault.
 * @param vaultId sixteen bytes
 */
export async function createLmdbStore(options: LmdbOptions, vaultId: Uint8Array): Promise<Store> {
  const environment = await Environment.open(options)
  if (environment.get('meta', META_KEY) !== undefined) {
    await environment.close()
    throw new Error('there is a store already; it is not made again')
  }
  const meta: Meta = {
    vaultId,
    generation: 0,
    nextSeq: 1,
    lastTime: 0,
    nextEvent: 1,
    nextConversation: 1,
    logHead: NO_LINK,
    logFrom: 1,
    firstEvent: 1,
    firstLink: NO_LINK,
  }
  const value = encodeMeta(meta, options.sign)
  await environment.write([{ table: 'meta', key: META_KEY, value }], true)
  return new LmdbStore(environment, meta, options.sign)
}

/** Opens the store that is there. @throws StoreDamaged when it is none, or not whole */
export async function openLmdbStore(options: LmdbOptions): Promise<Store> {
  demandWhole(join(options.path, 'data.mdb'))
  const environment = await Environment.open(options)
  try {
    const record = environment.get('meta', META_KEY)
    if (record === undefined)
      throw new StoreDamaged('the store is empty or damaged: it does not know its vault')
    const meta = decodeMeta(record, options.sign)
    // The next commit would sign whatever stands there now.
    if (meta === undefined)
      throw new StoreDamaged(
        'the store was changed from outside, or is of another node: what it says of itself is not signed by this one',
      )
    return new LmdbStore(environment, meta, options.sign)
  } catch (error) {
    await environment.close()
    throw error
  }
}

class LmdbStore implements Store {
  readonly #environment: Environment
  readonly #live = new LiveIndex()
  readonly #sign: Sign
  readonly #rows: ReadRows
  #meta: Meta
  #state: 'ready' | 'writing' | 'broken' = 'ready'

  constructor(environment: Environment, meta: Meta, sign: Sign) {
    this.#environment = environment
    this.#meta = meta
    this.#sign = sign
    this.#rows = (table, range) => environment.rows(table, range)
    for (const key of environment.keys('content')) {
      const seq = getNumber(key, 0)
      const message = this.message(seq)
      if (message === undefined || !isLive(message))
        throw new Error(`the store holds content of message ${seq}, which is not live`)
      this.#live.add(message)
    }
  }

  get vaultId(): Uint8Array {
    return this.#meta.vaultId
  }

  get generation(): number {
    return this.#meta.generation
  }

  get nextSeq(): Seq {
    return this.#meta.nextSeq
  }

  get lastTime(): Instant {
    return this.#meta.lastTime
  }

  get logFrom(): Seq {
    return this.#meta.logFrom
  }

  get logHead(): LogHead {
    return headOf(this.#meta)
  }

  async commit(group: Group): Promise<void> {
    if (this.#state !== 'ready') throw new Error(`the store is ${this.#state}; it takes no group`)
    demandNext(this, group)
    const { writes, meta, essential } = rowsOf(group, this.#meta, this.#environment, this.#sign)
    this.#state = 'writing'
    try {
      await this.#environment.write(writes, essential)
      this.#meta = meta
      for (const change of group.changes) {
        if (change.kind === 'accepted') this.#live.add(change.message)
        if (change.kind === 'ended') this.#live.remove(change.message)
      }
      this.#state = 'ready'
    } catch (error) {
      // Only a full disk leaves the engine as it was; after anything else nobody may build on it.
      this.#state = error instanceof Error && error.name === 'StorageFull' ? 'ready' : 'broken'
      throw error
    }
  }

  message(seq: Seq): Message | undefined {
    const record = this.#environment.get('message', numberKey(seq))
    return record === undefined ? undefined : decodeMessage(seq, record).message
  }

  find(participant: Uuid, reference: Uuid): Message | undefined {
    if (!isUuid(reference)) return undefined
    const key = uuidBytes(reference)
    // Nearly every new message asks for a reference that nobody used yet.
    if (this.#environment.get('reference', key) === undefined) return undefined
    for (const value of this.#environment.values(key)) {
      const message = this.message(Number.MAX_SAFE_INTEGER - getNumber(value, 0))
      if (message?.header.sender === participant || message?.header.recipient === participant)
        return message
    }
    return undefined
  }

  content(seq: Seq): SealedContent | undefined {
    const record = this.#environment.get('message', numberKey(seq))
    const parts = this.#environment.get('content', numberKey(seq))
    if (record === undefined || parts === undefined) return undefined
    const { seat } = decodeMessage(seq, record)
    return seat === undefined ? undefined : { ...seat, parts: decodeParts(parts) }
  }

  mailbox(recipient: Uuid, after: Seq, limit: number): Message[] {
    return this.#liveMessages(this.#live.mailbox(recipient, after, limit))
  }

  conversation(participant: Uuid, id: Uuid): Conversation | undefined {
    if (!isUuid(participant) || !isUuid(id)) return undefined
    return this.#conversation(
      this.#environment.get('party', pairKey(uuidBytes(participant), uuidBytes(id))),
    )
  }

  conversations(participant: Uuid, after: Uuid, limit: number): Conversation[] {
    if (!isUuid(participant) || (after !== '' && !isUuid(after))) return []
    const who = uuidBytes(participant)
    const last = pairKey(who, Buffer.alloc(16, 0xff))
    const start =
      after === ''
        ? pairKey(who, Buffer.alloc(16))
        : Buffer.concat([who, uuidBytes(after), Buffer.of(0)])
    return this.#environment
      .rows('party', { start, end: Buffer.concat([last, Buffer.of(0)]), limit })
      .map(({ value }) => this.#conversation(value))
      .filter((conversation) => conversation !== undefined)
  }

  history(participant: Uuid, before: Seq, limit: number): Message[] {
    if (!isUuid(participant)) return []
    const who = uuidBytes(participant)
    const below = Math.min(before, Number.MAX_SAFE_INTEGER)
    const { logFrom } = this.#meta
    const found: Message[] = []
    // Each row holds at least one seq of this participant, so `limit` rows always suffice.
    for (let start = below - 1; start > 0 && found.length < limit;) {
      const rows = this.#environment.rows('line', {
        start: participantKey(who, start),
        end: participantKey(who, 0),
        limit: limit - found.length,
        reverse: true,
      })
      for (const { value } of rows)
        for (const seq of decodeSeqs(value).reverse()) {
          const isWanted = seq < below && seq >= logFrom && found.length < limit
          const message = isWanted ? this.message(seq) : undefined
          if (message !== undefined) found.push(message)
        }
      const lowest = rows.at(-1)
      if (lowest === undefined) break
      start = getNumber(lowest.key, 16) - 1
    }
    return found
  }

  due(until: Instant, limit: number): Message[] {
    return this.#liveMessages(this.#live.due(until, limit))
  }

  *live(): Generator<LiveRow> {
    for (let after = 0; ;) {
      const seqs = this.#live.all(after, SCAN_STEP)
      for (const seq of seqs) {
        const record = this.#environment.get('message', numberKey(seq))
        if (record === undefined) continue
        const { message, seat } = decodeMessage(seq, record)
        // The scan may last longer than the message.
        if (seat !== undefined) yield { message, ...seat }
      }
      const last = seqs.at(-1)
      if (last === undefined) return
      after = last
    }
  }

  messages(after: Seq, limit: number): Message[] {
    return messagesIn(this.#rows, after, limit)
  }

  everyConversation(after: number, limit: number): NumberedConversation[] {
    return conversationsIn(this.#rows, after, limit)
  }

  events(after: number, limit: number): LogEvent[] {
    return eventsIn(this.#rows, after, limit)
  }

  snapshot(): Snapshot {
    const { rows, close } = this.#environment.snapshot()
    const [record] = rows('meta', { limit: 1 })
    const meta = record === undefined ? undefined : decodeMeta(record.value, this.#sign)
    if (meta === undefined) throw new Error('the store was changed from outside while it was open')
    return {
      vaultId: meta.vaultId,
      generation: meta.generation,
      nextSeq: meta.nextSeq,
      lastTime: meta.lastTime,
      logFrom: meta.logFrom,
      head: headOf(meta),
      messages: (after, limit) => messagesIn(rows, after, limit),
      everyConversation: (after, limit) => conversationsIn(rows, after, limit),
      events: (after, limit) => eventsIn(rows, after, limit),
      close,
    }
  }

  checkLog(pause: () => Promise<void>, noted?: LogHead): Promise<LogCheck> {
    return checkChain(this.#environment, () => this.#meta, this.#sign, pause, noted)
  }

  room(): { usedBytes: number; limitBytes: number; diskFreeBytes: number } {
    return this.#environment.room()
  }

  check(): string[] {
    return checkTables(this.#environment, this.#meta)
  }

  async close(): Promise<void> {
    await this.#environment.close()
  }

  #liveMessages(seqs: readonly Seq[]): Message[] {
    return seqs
      .map((seq) => this.message(seq))
      .filter((message) => message !== undefined)
      .filter(isLive)
  }

  #conversation(number: Buffer | undefined): Conversation | undefined {
    if (number === undefined) return undefined
    const record = this.#environment.get('conversation', number)
    return record === undefined ? undefined : decodeConversation(record)
  }
}

function headOf({ nextEvent, logHead }: Meta): LogHead {
  return { number: nextEvent - 1, link: logHead }
}
