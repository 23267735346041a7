/**
 * From a group to the rows that it writes. Pure, as the signing is.
 * @module
 */
import type { Conversation } from '../../core/conversation.ts'
import { isNotice, type Message, type Seq, type Uuid } from '../../core/message.ts'
import type { Group } from '../../relay/ports.ts'
import { eventsOf } from '../group.ts'
import { encodeEventBody, linkOf } from '../log-chain.ts'
import type { Sign } from '../log-chain.ts'
import type { Write } from './environment.ts'
import { numberKey, pairKey, participantKey, putNumber, uuidBytes } from './keys.ts'
import { prunedRows } from './prune.ts'
import type { Beginning, Committed } from './prune.ts'
import {
  decodeSeat,
  encodeConversation,
  encodeEvents,
  encodeMessage,
  encodeMeta,
  encodeParts,
  encodeSeqs,
  type Meta,
  type Seat,
} from './records.ts'

export const META_KEY = Buffer.from('meta')

/** The rows of a group and the meta record after it; `essential` when no participant's message is accepted in it. */
export function rowsOf(
  group: Group,
  before: Meta,
  committed: Committed,
  sign: Sign,
): { writes: Write[]; meta: Meta; essential: boolean } {
  const writes: Write[] = []
  const lines = new Map<Uuid, Seq[]>()
  const seats = new Map<Seq, Seat>()
  const messages = new Map<Seq, Message>()
  const conversations = new Map<string, Conversation>()
  let essential = true
  let beginning: Beginning = before

  for (const change of group.changes) {
    if (change.kind === 'pruned') {
      const pruned = prunedRows(change, beginning, committed)
      writes.push(...pruned.writes)
      beginning = pruned.beginning
    }
    const conversation = 'conversation' in change ? change.conversation : null
    // After-images: the last one of a group holds all the earlier ones.
    if (conversation !== null)
      conversations.set(`${conversation.asker} ${conversation.id}`, conversation)
    if (!('message' in change)) continue
    const { message } = change
    messages.set(message.seq, message)
    if (change.kind === 'restored') {
      writes.push(referenceRow(message))
      addTo(lines, message.header.sender, message.seq)
      addTo(lines, message.header.recipient, message.seq)
    } else if (change.kind === 'ended') {
      seats.delete(message.seq)
      writes.push({ table: 'content', key: numberKey(message.seq), value: undefined })
    } else if (change.kind === 'fetched') {
      const seat =
        seats.get(message.seq) ?? seatIn(committed.get('message', numberKey(message.seq)))
      if (seat === undefined) throw new Error(`message ${message.seq} is fetched but not live`)
      seats.set(message.seq, seat)
    } else {
      if (!isNotice(message.header)) essential = false
      seats.set(message.seq, change.content)
      writes.push(...arrivalOf(message, change.content.parts))
      addTo(lines, message.header.sender, message.seq)
      addTo(lines, message.header.recipient, message.seq)
    }
  }

  for (const [seq, message] of messages)
    writes.push({
      table: 'message',
      key: numberKey(seq),
      value: encodeMessage(message, seats.get(seq)),
    })
  for (const [participant, seqs] of lines)
    writes.push({
      table: 'line',
      key: participantKey(uuidBytes(participant), seqs[0] ?? 0),
      value: encodeSeqs(seqs),
    })
  let { nextConversation } = before
  for (const conversation of conversations.values()) {
    const rows = conversationRows(conversation, nextConversation, committed)
    if (rows.length > 1) nextConversation += 1
    writes.push(...rows)
  }

  const { row, first, logHead, nextEvent } = logOf(group, before, sign)
  if (row !== undefined) writes.push(row)
  // The log of a backup begins where it began there.
  if (before.nextEvent === 1) beginning = { ...beginning, firstEvent: first }
  const meta: Meta = {
    vaultId: before.vaultId,
    generation: group.generation,
    nextSeq: group.nextSeq,
    lastTime: group.at,
    nextEvent,
    nextConversation,
    logHead,
    logFrom: beginning.logFrom,
    firstEvent: beginning.firstEvent,
    firstLink: beginning.firstLink,
  }
  writes.push({ table: 'meta', key: META_KEY, value: encodeMeta(meta, sign) })
  return { writes, meta, essential }
}

/** Rows that are written once, when a message is accepted. */
function arrivalOf(message: Message, parts: readonly Uint8Array[]): Write[] {
  return [
    { table: 'content', key: numberKey(message.seq), value: encodeParts(parts) },
    referenceRow(message),
  ]
}

function referenceRow({ seq, header }: Message): Write {
  return {
    table: 'reference',
    key: uuidBytes(header.reference),
    // Counted down, so that the newest comes first.
    value: putNumber(Buffer.allocUnsafe(8), Number.MAX_SAFE_INTEGER - seq, 0),
  }
}

/** A conversation keeps its number, so that its record stays where it is; a new one gets `next` and is known to both. */
function conversationRows(conversation: Conversation, next: number, committed: Committed): Write[] {
  const value = encodeConversation(conversation)
  const id = uuidBytes(conversation.id)
  const asker = pairKey(uuidBytes(conversation.asker), id)
  const known = committed.get('party', asker)
  if (known !== undefined) return [{ table: 'conversation', key: known, value }]
  const number = numberKey(next)
  return [
    { table: 'conversation', key: number, value },
    { table: 'party', key: asker, value: number },
    { table: 'party', key: pairKey(uuidBytes(conversation.answerer), id), value: number },
  ]
}

function logOf(
  group: Group,
  before: Meta,
  sign: Sign,
): { row: Write | undefined; first: number } & Pick<Meta, 'logHead' | 'nextEvent'> {
  const { first, events } = eventsOf(group, before.nextEvent)
  if (events.length === 0)
    return { row: undefined, first, logHead: before.logHead, nextEvent: before.nextEvent }
  const body = encodeEventBody(events)
  const link = linkOf(sign, before.logHead, first, body)
  return {
    row: { table: 'event', key: numberKey(first), value: encodeEvents(body, link) },
    first,
    logHead: link,
    nextEvent: first + events.length,
  }
}

function seatIn(record: Buffer | undefined): Seat | undefined {
  return record === undefined ? undefined : decodeSeat(record)
}

function addTo(lines: Map<Uuid, Seq[]>, participant: Uuid, seq: Seq): void {
  const line = lines.get(participant)
  if (line === undefined) lines.set(participant, [seq])
  else if (line.at(-1) !== seq) line.push(seq)
}
