/**
 * Puts a backup into an empty store (VAULT, Restore). Content was never in the backup, so what waited when it was made is ended
 * as lost: nobody knows whether its recipient has it since. Its sender is told, and may offer it again.
 * @module
 */
import { withOutcome } from '../core/conversation.ts'
import type { Conversation } from '../core/conversation.ts'
import { lost } from '../core/ends.ts'
import { isLive, isNotice } from '../core/message.ts'
import type { Instant, Message, Seq } from '../core/message.ts'
import type { Context } from './context.ts'
import { notify } from './notice.ts'
import type { Backup, Change, LogEvent, Store, Vault } from './ports.ts'

/** Records in one group. */
const AT_ONCE = 1_000
/** Numbers left out, so that none is used again that was given out after the backup was made. */
const GAP = 1_000_000

/** What came out of a backup. */
export interface Restored {
  readonly messages: number
  readonly conversations: number
  /** Messages that waited when the backup was made. */
  readonly lost: number
}

/**
 * Fills an empty store.
 * @param at the time of the restore
 */
export async function restore(
  { store, vault }: { readonly store: Store; readonly vault: Vault },
  backup: Backup,
  at: Instant,
): Promise<Restored> {
  if (store.generation !== 0) throw new Error('a backup goes into an empty store only')
  const lostBy = new Map<Seq, Message>()
  const counts = { messages: 0, conversations: 0 }
  let changes: Change[] = []
  let events: LogEvent[] = []
  let nextSeq: Seq = 1

  const commit = async (more: readonly Change[] = []) => {
    const [first] = events
    const logged: Change[] =
      first === undefined ? [] : [{ kind: 'logged', first: first.number, events }]
    const all = [...logged, ...changes, ...more]
    changes = []
    events = []
    const generation = store.generation + 1
    await vault.flush({ put: [], kill: [], generation })
    await store.commit({ generation, at, nextSeq, changes: all })
  }

  const { logFrom } = backup
  const begins = { unlogged: [], forgotten: [], conversations: [], eventsBefore: 0 }
  await commit([{ kind: 'pruned', logFrom, ...begins }])
  for (const record of backup.records()) {
    if (record.kind === 'message') {
      const { message } = record
      const ended = isLive(message) ? lost(message, at) : message
      if (ended !== message) lostBy.set(message.seq, ended)
      changes.push({ kind: 'restored', message: ended })
      nextSeq = message.seq + 1
      counts.messages += 1
    } else if (record.kind === 'conversation') {
      const conversation = withLost(record.conversation, lostBy)
      changes.push({ kind: 'conversation', conversation })
      counts.conversations += 1
    } else {
      const last = events.at(-1)
      // A gap in the numbers of an earlier restore begins a group of its own.
      if (last !== undefined && record.event.number !== last.number + 1) await commit()
      events.push(record.event)
    }
    if (changes.length + events.length >= AT_ONCE) await commit()
  }
  if (changes.length + events.length > 0) await commit()

  nextSeq = backup.nextSeq + GAP
  const told: Omit<LogEvent, 'number'>[] = [
    { at, kind: 'restored', seq: nextSeq },
    ...[...lostBy.keys()].map((seq) => ({ at, kind: 'lost' as const, seq })),
  ]
  await commit([{ kind: 'logged', first: backup.lastEvent + GAP, events: told }])
  return { ...counts, lost: lostBy.size }
}

/** The conversation with the outcome of its lost messages. */
function withLost(conversation: Conversation, lostBy: ReadonlyMap<Seq, Message>): Conversation {
  return conversation.steps.reduce((known, { seq, reference }) => {
    const message = lostBy.get(seq)
    return message === undefined
      ? known
      : withOutcome(known, reference, 'lost', message.fetches > 0)
  }, conversation)
}

/**
 * Tells the senders of lost messages, each once.
 * @returns how many messages were lost
 */
export async function tellLost(context: Context): Promise<number> {
  const { ports, writer } = context
  let count = 0
  for (let after = 0; ;) {
    const page = ports.store.messages(after, AT_ONCE)
    const last = page.at(-1)
    if (last === undefined) return count
    after = last.seq
    const gone = page.filter(({ state }) => state === 'lost')
    count += gone.length
    await writer.run({
      kind: 'end',
      bytes: 0,
      decide: (turn) => {
        for (const { header, fetches } of gone) {
          if (isNotice(header)) continue
          notify(context, turn, {
            type: 'melding-onbekend',
            to: header.sender,
            conversation: header.conversation,
            about: header.reference,
            reason: 'herstel',
            fetched: fetches > 0,
          })
        }
      },
    })
  }
}
