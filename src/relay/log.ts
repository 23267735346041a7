/**
 * The log of one participant: what it sent and received and how that ended. References, parties, types, times; never content.
 * @module
 */
import { addDays, startOfDay } from '../core/calendar.ts'
import type { Caller } from '../core/directory.ts'
import { RelayError } from '../core/errors.ts'
import type { Message, Uuid } from '../core/message.ts'
import { mayAct } from '../core/rights.ts'
import type { Context } from './context.ts'
import { readCursor } from './cursor.ts'
import type { LogQuery, Page } from './relay.ts'

/** Lines read from the store at a time; between two of them others get their turn. */
const SCAN_ROWS = 1_000
/** Lines looked at for one page; a search that finds less goes on from `next`. */
const SCAN_MOST = 50_000
/** A group may commit a little after its messages were dated; this far the order of lines and dates may differ. */
const DATE_SLACK_MS = 86_400_000

/** Own log lines, newest first. */
export async function log(context: Context, who: Caller, query: LogQuery): Promise<Page<Message>> {
  mayAct(who.participant.status, 'read')
  const { ports } = context
  const fits = filterOf(query)
  const found: Message[] = []
  let before = readCursor(query.after, Number.MAX_SAFE_INTEGER)
  const until = query.from === undefined ? 0 : startOfDay(query.from) - DATE_SLACK_MS
  if (query.reference !== undefined) {
    const line = ports.store.find(who.participant.id, query.reference)
    if (line !== undefined && isLogged(context, line) && line.seq < before && fits(line))
      found.push(line)
    return { items: await Promise.all(found.map((message) => settled(context, who, message))) }
  }
  for (let scanned = 0; scanned < SCAN_MOST;) {
    const rows = ports.store.history(who.participant.id, before, SCAN_ROWS)
    for (const message of rows) {
      if (fits(message)) found.push(message)
      before = message.seq
      if (found.length === query.limit) return page(context, who, found, before)
    }
    const oldest = rows.at(-1)
    if (rows.length < SCAN_ROWS || oldest === undefined || oldest.header.acceptedAt < until) {
      return page(context, who, found, undefined)
    }
    scanned += rows.length
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return page(context, who, found, before)
}

/** One own log line. @throws niet-gevonden */
export async function logLine(context: Context, who: Caller, reference: Uuid): Promise<Message> {
  mayAct(who.participant.status, 'read')
  const message = context.ports.store.find(who.participant.id, reference)
  if (message === undefined || !isLogged(context, message))
    throw new RelayError('niet-gevonden', 'Dit bericht is er niet.')
  return settled(context, who, message)
}

/** Whether a message is still in the log: its reference is known for longer, so that it is not used again. */
function isLogged({ ports }: Context, { seq }: Message): boolean {
  return seq >= ports.store.logFrom
}

/** Receipt of an end, for both sides. @throws niet-gevonden when it has not ended that way */
export async function receipt(
  context: Context,
  who: Caller,
  reference: Uuid,
  outcome: 'confirmed' | 'refused' | 'withdrawn',
): Promise<Message> {
  const message = await logLine(context, who, reference)
  if (message.receipt?.outcome === outcome) return message
  throw new RelayError('niet-gevonden', 'Dit bericht is niet op deze manier afgerond.')
}

/** The line once nothing about it is in between: an end is not told before its key is dead. */
async function settled(
  { ports, writer }: Context,
  who: Caller,
  message: Message,
): Promise<Message> {
  if (!writer.isEnding(message.seq)) return message
  await writer.settled(message.seq)
  return ports.store.find(who.participant.id, message.header.reference) ?? message
}

async function page(
  context: Context,
  who: Caller,
  found: readonly Message[],
  before: number | undefined,
): Promise<Page<Message>> {
  const items = await Promise.all(found.map((message) => settled(context, who, message)))
  return before === undefined || before <= 1 ? { items } : { items, next: String(before) }
}

function filterOf(query: LogQuery): (message: Message) => boolean {
  const from = query.from === undefined ? undefined : startOfDay(query.from)
  const to = query.to === undefined ? undefined : startOfDay(addDays(query.to, 1))
  const same = <T>(wanted: T | undefined, value: T) => wanted === undefined || wanted === value
  return ({ header, state, fetches }) =>
    same(query.reference, header.reference) &&
    same<string | undefined>(query.cross, header.cross) &&
    same(query.conversation, header.conversation) &&
    same(query.module, header.module) &&
    same(query.type, header.type) &&
    same(query.version, header.version) &&
    same(query.sender, header.sender) &&
    same(query.recipient, header.recipient) &&
    same(query.fetched, fetches > 0) &&
    same(query.confirmed, state === 'confirmed') &&
    same(query.outcome, state) &&
    (from === undefined || header.acceptedAt >= from) &&
    (to === undefined || header.acceptedAt < to)
}
