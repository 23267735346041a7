/**
 * Pages over everything in the store, read from the last commit or from a snapshot.
 * @module
 */
import type { Message, Seq } from '../../core/message.ts'
import type { LogEvent, NumberedConversation } from '../../relay/ports.ts'
import type { ReadRows } from './environment.ts'
import { getNumber, numberKey } from './keys.ts'
import { decodeConversation, decodeEvents, decodeMessage } from './records.ts'

/** Rows of the log that are read at a time; each holds the events of one group. */
const EVENT_STEP = 64

/** All messages in any state, in order of acceptance, after a number. */
export function messagesIn(rows: ReadRows, after: Seq, limit: number): Message[] {
  return rows('message', { start: numberKey(after + 1), limit }).map(
    ({ key, value }) => decodeMessage(getNumber(key, 0), value).message,
  )
}

/** All conversations in order of their number, after a number. */
export function conversationsIn(
  rows: ReadRows,
  after: number,
  limit: number,
): NumberedConversation[] {
  return rows('conversation', { start: numberKey(after + 1), limit }).map(({ key, value }) => ({
    number: getNumber(key, 0),
    conversation: decodeConversation(value),
  }))
}

/** Events after a number, oldest first. */
export function eventsIn(rows: ReadRows, after: number, limit: number): LogEvent[] {
  // The row that holds `after + 1` begins at or before it.
  const [first] = rows('event', { start: numberKey(after + 1), limit: 1, reverse: true })
  const found: LogEvent[] = []
  let start = first?.key ?? numberKey(after + 1)
  while (found.length < limit) {
    const step = rows('event', { start, limit: EVENT_STEP })
    const last = step.at(-1)
    if (last === undefined) break
    for (const { key, value } of step)
      found.push(...decodeEvents(getNumber(key, 0), value).events.filter((e) => e.number > after))
    start = numberKey(getNumber(last.key, 0) + 1)
  }
  return found.slice(0, limit)
}
