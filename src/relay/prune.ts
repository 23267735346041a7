/**
 * Forgets what has been kept as long as it may (DESIGN 5): log lines after their days, conversations some time after their end
 * or long after their beginning, and references with their conversation.
 * @module
 */
import type { Conversation } from '../core/conversation.ts'
import { isLive, isNotice } from '../core/message.ts'
import type { Instant, Message, Seq } from '../core/message.ts'
import type { Settings } from '../core/settings.ts'
import type { Context } from './context.ts'
import type { StoreReader } from './ports.ts'
import type { PrunedCounts } from './relay.ts'

const DAY_MS = 86_400_000
/** Looked at in one group, so that others are not kept waiting. */
const AT_ONCE = 200

/**
 * Forgets everything whose time has come, in small groups.
 * @param signal ends it between two groups; what is left goes the next time
 */
export async function prune(
  { ports, writer, guard }: Context,
  signal?: AbortSignal,
): Promise<PrunedCounts> {
  const counts = { lines: 0, events: 0, conversations: 0, messages: 0 }
  // What is forgotten by a wrong clock is forgotten all the same.
  if (!guard.mayExpire()) return counts
  const firstEvent = () => ports.store.events(0, 1)[0]?.number ?? ports.store.logHead.number + 1
  const began = firstEvent()
  let after = 0
  /** The first event when it was last tried to make events go: a group goes as a whole, or not yet. */
  let tried = 0
  for (let more = true; more && signal?.aborted !== true;) {
    more = await writer.run({
      kind: 'end',
      bytes: 0,
      alone: true,
      decide: (turn) => {
        const { settings, at } = turn
        const page = ports.store.everyConversation(after, AT_ONCE)
        const lines = linesOf(ports.store, settings, at)
        const over = page
          .map(({ conversation }) => conversation)
          .filter((conversation) => isOver(conversation, ports.store, settings, at))
        const forgotten = forgottenOf(ports.store, lines, over)
        const eventsBefore = at - settings.retention.logDays * DAY_MS
        const [oldest] = ports.store.events(0, 1)
        const hasOld = oldest !== undefined && oldest.at < eventsBefore && oldest.number !== tried
        if (lines.length + over.length > 0 || hasOld)
          turn.prune({
            logFrom: logFromAfter(ports.store, lines),
            unlogged: lines,
            forgotten,
            conversations: over,
            eventsBefore,
          })
        after = page.at(-1)?.number ?? after
        tried = oldest?.number ?? tried
        counts.lines += lines.length
        counts.conversations += over.length
        counts.messages += forgotten.length
        return page.length === AT_ONCE || lines.length === AT_ONCE || hasOld
      },
    })
  }
  return { ...counts, events: firstEvent() - began }
}

/** The oldest lines of the log, as far as their days are over. */
function linesOf(store: StoreReader, { retention }: Settings, at: Instant): Message[] {
  const until = at - retention.logDays * DAY_MS
  const lines = store.messages(store.logFrom - 1, AT_ONCE)
  // In order of acceptance: what is younger than the first that has to stay goes with it another time.
  const stays = lines.findIndex(({ receipt }) => receipt === undefined || receipt.at >= until)
  return stays < 0 ? lines : lines.slice(0, stays)
}

/** Whether the time of a conversation is over; never while a message of it waits. */
function isOver(
  { startedAt, endedAt, steps }: Conversation,
  store: StoreReader,
  { retention }: Settings,
  at: Instant,
): boolean {
  const { conversationDaysAfterEnd: afterEnd, conversationDaysAtMost: atMost } = retention
  const isOld =
    at - startedAt >= atMost * DAY_MS ||
    (endedAt !== undefined && at - endedAt >= afterEnd * DAY_MS)
  return isOld && steps.every(({ seq }) => !isWaiting(store, seq))
}

function isWaiting(store: StoreReader, seq: Seq): boolean {
  const message = store.message(seq)
  return message !== undefined && isLive(message)
}

function logFromAfter(store: StoreReader, unlogged: readonly Message[]): Seq {
  return (unlogged.at(-1)?.seq ?? store.logFrom - 1) + 1
}

/** The messages of which nothing has to stay. */
function forgottenOf(
  store: StoreReader,
  unlogged: readonly Message[],
  conversations: readonly Conversation[],
): Message[] {
  const logFrom = logFromAfter(store, unlogged)
  const going = new Set(conversations.map(keyOf))
  const forgotten = new Map<Seq, Message>()
  for (const message of unlogged)
    if (!isKept(message, store, going)) forgotten.set(message.seq, message)
  // Those that left the log before had only their conversation to stay for.
  for (const { seq } of conversations.flatMap(({ steps }) => steps)) {
    const message = seq < logFrom ? store.message(seq) : undefined
    if (message !== undefined) forgotten.set(seq, message)
  }
  return [...forgotten.values()]
}

/** Whether the reference of a message that leaves the log must still be known: its conversation stays. */
function isKept({ seq, header }: Message, store: StoreReader, going: ReadonlySet<string>): boolean {
  if (isNotice(header)) return false
  const conversation = store.conversation(header.sender, header.conversation)
  if (conversation === undefined || going.has(keyOf(conversation))) return false
  return conversation.steps.some((step) => step.seq === seq)
}

function keyOf({ asker, id }: Conversation): string {
  return `${asker} ${id}`
}
