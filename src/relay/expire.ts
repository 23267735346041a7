/**
 * The ends that nobody asks for: the removal term has passed, or a participant has ended.
 * @module
 */
import { counterpart } from '../core/conversation.ts'
import { decideEnd, expired } from '../core/ends.ts'
import { isLive, isNotice } from '../core/message.ts'
import type { Message, Uuid } from '../core/message.ts'
import type { Context } from './context.ts'
import { conversationAfter } from './end.ts'
import { notify } from './notice.ts'

/** Most messages that expire in one group, so that others are not kept waiting (VAULT, expire). */
const EXPIRE_AT_ONCE = 1_000
/** Messages and conversations of an ended participant that one group closes. */
const CLOSE_AT_ONCE = 500

/**
 * Ends what is due and not in somebody's hands, unless the clock is in doubt or the relay was away.
 * @returns how many messages ended; the scheduler calls again while this is not zero
 */
export function expire(context: Context): Promise<number> {
  const { writer, leases, guard } = context
  return writer.run({
    kind: 'end',
    bytes: 0,
    decide: (turn) => {
      if (!guard.mayExpire()) return 0
      const due = turn
        .due(EXPIRE_AT_ONCE * 2)
        .filter((message) => leases.holder(message, turn.at) === undefined)
        .slice(0, EXPIRE_AT_ONCE)
      for (const message of due) {
        const ended = expired(message, turn.at)
        if (!isNotice(message.header)) {
          notify(context, turn, {
            type: 'melding-verlopen',
            to: message.header.sender,
            conversation: message.header.conversation,
            about: message.header.reference,
            reason: 'verlopen',
            fetched: message.fetches > 0,
          })
        }
        turn.end(ended, conversationAfter(turn, ended))
      }
      return due.length
    },
  })
}

/**
 * Refuses what waits for participants that have ended or left the directory, and closes their conversations (DESIGN 6).
 * @returns how many messages and conversations ended
 */
export async function endParticipants(context: Context): Promise<number> {
  const { ports, room, leases } = context
  const { participants } = ports.settings().directory
  const hasEnded = (id: Uuid) => (participants.get(id)?.status ?? 'beeindigd') === 'beeindigd'
  const listed = [...participants.values()].filter(({ status }) => status === 'beeindigd')
  const gone = new Set([...listed.map(({ id }) => id), ...room.recipients().filter(hasEnded)])
  let ended = 0
  for (const id of gone) {
    leases.releaseAll(id)
    for (let count = CLOSE_AT_ONCE; count === CLOSE_AT_ONCE; ended += count) {
      count = await refuseWaiting(context, id)
    }
    ended += await closeConversations(context, id)
  }
  return ended
}

/** Refuses the oldest messages that wait for an ended participant. */
function refuseWaiting(context: Context, id: Uuid): Promise<number> {
  const { ports, writer } = context
  return writer.run({
    kind: 'end',
    bytes: 0,
    decide: (turn) => {
      const rows = ports.store.mailbox(id, 0, CLOSE_AT_ONCE)
      const waiting = rows.flatMap((row): Message[] => {
        const message = turn.message(row.seq)
        return message !== undefined && isLive(message) ? [message] : []
      })
      for (const message of waiting) {
        const asked = { outcome: 'refused', reason: 'beeindigd' } as const
        const { message: ended } = decideEnd(message, asked, turn.at)
        if (!isNotice(message.header)) {
          notify(context, turn, {
            type: 'melding-beeindigd',
            to: message.header.sender,
            conversation: message.header.conversation,
            about: message.header.reference,
            reason: 'beeindigd',
            fetched: message.fetches > 0,
          })
        }
        turn.end(ended, conversationAfter(turn, ended))
      }
      return waiting.length
    },
  })
}

/** Closes the open conversations of an ended participant and tells the other side of each. */
async function closeConversations(context: Context, id: Uuid): Promise<number> {
  const { ports, writer } = context
  let closed = 0
  for (let after = ''; ;) {
    const rows = ports.store.conversations(id, after, CLOSE_AT_ONCE)
    closed += await writer.run({
      kind: 'end',
      bytes: 0,
      decide: (turn) => {
        const open = rows.flatMap((row) => {
          const conversation = turn.conversation(id, row.id)
          return conversation !== undefined && conversation.endedAt === undefined
            ? [conversation]
            : []
        })
        for (const conversation of open) {
          const last = conversation.steps.at(-1)
          if (last !== undefined) {
            notify(context, turn, {
              type: 'melding-beeindigd',
              to: counterpart(conversation, id),
              conversation: conversation.id,
              about: last.reference,
              reason: 'beeindigd',
              fetched: last.fetched === true,
            })
          }
          turn.update({ ...conversation, endedAt: turn.at })
        }
        return open.length
      },
    })
    const last = rows.at(-1)
    if (rows.length < CLOSE_AT_ONCE || last === undefined) return closed
    after = last.id
  }
}
