/**
 * What every engine demands of a group before it writes anything: the group follows on what is committed.
 * @module
 */
import { isLive } from '../core/message.ts'
import type { Group, LogEvent, Pruned, Store } from '../relay/ports.ts'
import type { EventGroup } from './log-chain.ts'

/** @throws when the group is not the next one: a defect of the caller, never of its input */
export function demandNext(store: Pick<Store, 'generation' | 'nextSeq'>, group: Group): void {
  if (group.generation !== store.generation + 1)
    throw new Error(`group ${group.generation} cannot follow generation ${store.generation}`)
  let expected = store.nextSeq
  for (const change of group.changes) {
    if (change.kind === 'pruned') demandEnded(change)
    if (!('message' in change)) continue
    const mustBeLive = change.kind === 'accepted' || change.kind === 'fetched'
    if (isLive(change.message) !== mustBeLive)
      throw new Error(`message ${change.message.seq} is ${change.kind} in a state that denies it`)
    if (change.kind !== 'accepted' && change.kind !== 'restored') continue
    if (change.message.seq < expected)
      throw new Error('an accepted message has a seq that was used')
    expected = change.message.seq + 1
  }
  if (group.nextSeq < expected) throw new Error('nextSeq of the group was used in it')
}

/** Only what has ended, and left the log, may be forgotten. */
function demandEnded({ unlogged, forgotten, logFrom }: Pruned): void {
  for (const message of [...unlogged, ...forgotten])
    if (isLive(message) || message.seq >= logFrom)
      throw new Error(`message ${message.seq} is pruned, but live or in the log`)
}

/**
 * The log entries of a group.
 * @param next the number that the next event gets
 * @throws when numbers from a backup were used already, or stand beside other events
 */
export function eventsOf(group: Group, next: number): EventGroup {
  const events: Omit<LogEvent, 'number'>[] = []
  let first = next
  for (const change of group.changes) {
    if (change.kind === 'logged') {
      if (change.first < next || events.length > 0)
        throw new Error('events from a backup come first, with numbers that nobody used')
      first = change.first
      events.push(...change.events)
      continue
    }
    if (change.kind === 'restored' || !('message' in change)) continue
    const { seq, state } = change.message
    const kind = change.kind === 'ended' ? state : change.kind
    if (kind === 'waiting') throw new Error('an ended message cannot be waiting')
    events.push({ at: group.at, kind, seq })
  }
  return { first, events: events.map((event, index) => ({ number: first + index, ...event })) }
}
