/**
 * What every engine demands of a group before it writes anything: the group follows on what is committed.
 * @module
 */
import { isLive } from '../core/message.ts'
import type { Group, LogEvent, Store } from '../relay/ports.ts'

/** @throws when the group is not the next one: a defect of the caller, never of its input */
export function demandNext(store: Pick<Store, 'generation' | 'nextSeq'>, group: Group): void {
  if (group.generation !== store.generation + 1)
    throw new Error(`group ${group.generation} cannot follow generation ${store.generation}`)
  let expected = store.nextSeq
  for (const change of group.changes) {
    if (change.kind === 'conversation') continue
    if (isLive(change.message) === (change.kind === 'ended'))
      throw new Error(`message ${change.message.seq} is ${change.kind} in a state that denies it`)
    if (change.kind !== 'accepted') continue
    if (change.message.seq < expected)
      throw new Error('an accepted message has a seq that was used')
    expected = change.message.seq + 1
  }
  if (group.nextSeq < expected) throw new Error('nextSeq of the group was used in it')
}

/** The log entries of a group, numbered from `first`. */
export function eventsOf(group: Group, first: number): LogEvent[] {
  const events: LogEvent[] = []
  for (const change of group.changes) {
    if (change.kind === 'conversation') continue
    const { seq, state } = change.message
    const kind = change.kind === 'ended' ? state : change.kind
    if (kind === 'waiting') throw new Error('an ended message cannot be waiting')
    events.push({ number: first + events.length, at: group.at, kind, seq })
  }
  return events
}
