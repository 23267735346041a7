/**
 * The rows that leave when something has been kept as long as it may (DESIGN 5).
 * @module
 */
import type { Instant, Message, Uuid } from '../../core/message.ts'
import type { Pruned } from '../../relay/ports.ts'
import type { Range, TableName, Write } from './environment.ts'
import { getNumber, numberKey, pairKey, participantKey, putNumber, uuidBytes } from './keys.ts'
import { decodeEvents, decodeSeqs, type Meta } from './records.ts'

/** Groups of the log that one pruning takes away at the most. */
const EVENT_GROUPS = 1_000

/** What is committed, as far as a group builds on it. */
export interface Committed {
  get(table: TableName, key: Buffer): Buffer | undefined
  rows(table: TableName, range: Range): { key: Buffer; value: Buffer }[]
}

/** Where the log begins after a pruning. */
export type Beginning = Pick<Meta, 'logFrom' | 'firstEvent' | 'firstLink'>

/** The removals of a pruning, and where the log begins after it. */
export function prunedRows(
  pruned: Pruned,
  before: Beginning,
  committed: Committed,
): { writes: Write[]; beginning: Beginning } {
  const { logFrom, unlogged, forgotten, conversations } = pruned
  const events = eventRows(pruned.eventsBefore, before, committed)
  const writes = [
    ...events.writes,
    ...lineRows(partiesOf(unlogged), logFrom, committed),
    ...forgotten.flatMap(messageRows),
    ...conversations.flatMap(({ id, asker, answerer }) => {
      const byAsker = pairKey(uuidBytes(asker), uuidBytes(id))
      const number = committed.get('party', byAsker)
      if (number === undefined) throw new Error('a conversation that is forgotten is not there')
      return [
        removal('conversation', number),
        removal('party', byAsker),
        removal('party', pairKey(uuidBytes(answerer), uuidBytes(id))),
      ]
    }),
  ]
  return { writes, beginning: { ...events.checkpoint, logFrom: Math.max(before.logFrom, logFrom) } }
}

function removal(table: TableName, key: Buffer): Write {
  return { table, key, value: undefined }
}

function messageRows({ seq, header }: Message): Write[] {
  return [
    removal('message', numberKey(seq)),
    {
      ...removal('reference', uuidBytes(header.reference)),
      only: putNumber(Buffer.allocUnsafe(8), Number.MAX_SAFE_INTEGER - seq, 0),
    },
  ]
}

/** Whole groups older than an instant, and the checkpoint that they leave. */
function eventRows(
  until: Instant,
  before: Beginning,
  committed: Committed,
): { writes: Write[]; checkpoint: Pick<Meta, 'firstEvent' | 'firstLink'> } {
  let { firstEvent, firstLink } = before
  const writes: Write[] = []
  for (const { key, value } of committed.rows('event', { limit: EVENT_GROUPS })) {
    const first = getNumber(key, 0)
    const { events, link } = decodeEvents(first, value)
    if (events.some(({ at }) => at >= until)) break
    firstEvent = first + events.length
    firstLink = Uint8Array.from(link)
    writes.push(removal('event', Buffer.from(key)))
  }
  return { writes, checkpoint: { firstEvent, firstLink } }
}

/** Rows of histories that hold nothing of the log any more. */
function lineRows(parties: Iterable<Uuid>, logFrom: number, committed: Committed): Write[] {
  return [...parties].flatMap((participant) => {
    const who = uuidBytes(participant)
    const range = { start: participantKey(who, 0), end: participantKey(who, logFrom) }
    return committed
      .rows('line', range)
      .filter(({ value }) => (decodeSeqs(value).at(-1) ?? 0) < logFrom)
      .map(({ key }) => removal('line', Buffer.from(key)))
  })
}

function partiesOf(messages: readonly Message[]): Set<Uuid> {
  return new Set(messages.flatMap(({ header }) => [header.sender, header.recipient]))
}
