/**
 * Collect: see what waits, and fetch it. Nothing is consumed; confirming is what ends a message.
 * @module
 */
import type { Caller, Connection } from '../core/directory.ts'
import { RelayError } from '../core/errors.ts'
import type { Message, Seq, Uuid } from '../core/message.ts'
import { mayAct } from '../core/rights.ts'
import type { Context } from './context.ts'
import { readCursor } from './cursor.ts'
import { decrypt, markFetched, receivedLive } from './read.ts'
import type { Delivered, Mailbox, MailboxItem, MailboxQuery, Page } from './relay.ts'

/** Most rows read from the store at a time; between two such steps others get their turn. */
const SCAN_ROWS = 1_000
/** Each step reads so many times as much as the one before it: what is wanted is mostly at the start. */
const SCAN_GROWTH = 2

/** All mailboxes of a connection; waits up to a bound for one that is not empty. */
export async function mailboxes(
  context: Context,
  connection: Connection,
  wait?: { readonly seconds: number; readonly signal?: AbortSignal },
): Promise<Mailbox[]> {
  const { ports, bell, room } = context
  const look = () => {
    const { participants } = ports.settings().directory
    return connection.participants.flatMap((id): Mailbox[] => {
      const status = participants.get(id)?.status
      if (status === undefined || status === 'beeindigd' || status === 'aangemeld') return []
      const [oldest] = ports.store.mailbox(id, 0, 1)
      const box = { participant: id, waiting: room.waiting(id) }
      return [oldest === undefined ? box : { ...box, oldestAcceptedAt: oldest.header.acceptedAt }]
    })
  }
  return waitFor(
    { bell, participants: connection.participants, nextLeaseEnd: () => undefined },
    ports.clock.now,
    async () => look(),
    (found) => found.some(({ waiting }) => waiting > 0),
    wait?.seconds ?? 0,
    wait?.signal,
  )
}

/** Headers of what waits, in order of acceptance, without what other workers hold in a lease. */
export async function list(
  context: Context,
  who: Caller,
  query: MailboxQuery,
): Promise<Page<MailboxItem>> {
  mayAct(who.participant.status, 'read')
  const { ports, bell, leases } = context
  const after = readCursor(query.after)
  return waitFor(
    {
      bell,
      participants: [who.participant.id],
      nextLeaseEnd: () => leases.nextEnd(who.participant.id),
    },
    ports.clock.now,
    () => page(context, who, query, after),
    ({ items }) => items.length > 0,
    query.waitSeconds ?? 0,
    query.signal,
  )
}

/** Header of one waiting message; does not mark it as fetched. */
export async function peek(
  context: Context,
  who: Caller,
  reference: Uuid,
  lease?: Uuid,
): Promise<MailboxItem> {
  mayAct(who.participant.status, 'read')
  const message = await receivedLive(context, who, reference, lease)
  return item(context, who, message)
}

/** One message with its content; repeatable until it is confirmed. */
export async function fetch(
  context: Context,
  who: Caller,
  reference: Uuid,
  lease?: Uuid,
): Promise<Delivered> {
  mayAct(who.participant.status, 'read')
  const message = await receivedLive(context, who, reference, lease)
  const delivered = decrypt(context, message)
  if (delivered === undefined) throw new RelayError('bericht-beschadigd')
  markFetched(context, [message.seq], context.ports.clock.now())
  return delivered
}

/**
 * Walks the visible part of a mailbox in order of acceptance.
 * @param wanted how many messages the caller hopes for; reading each costs time
 * @param visit gets each message; returns false to stop
 */
export async function walkMailbox(
  { ports, writer, leases }: Context,
  who: Caller,
  from: Seq,
  lease: Uuid | undefined,
  wanted: number,
  visit: (message: Message) => boolean,
): Promise<void> {
  let after = from
  for (let step = Math.min(wanted, SCAN_ROWS); ; step = Math.min(step * SCAN_GROWTH, SCAN_ROWS)) {
    const rows = ports.store.mailbox(who.participant.id, after, step)
    for (const message of rows) {
      after = message.seq
      if (writer.isEnding(message.seq)) continue
      if (!leases.allows(message, lease, ports.clock.now())) continue
      if (!visit(message)) return
    }
    if (rows.length < step) return
    if (step === SCAN_ROWS) await new Promise((resolve) => setTimeout(resolve, 0))
  }
}

async function page(
  context: Context,
  who: Caller,
  query: MailboxQuery,
  after: Seq,
): Promise<Page<MailboxItem>> {
  const found: Message[] = []
  await walkMailbox(context, who, after, undefined, query.limit + 1, (message) => {
    const { header } = message
    const fits =
      (query.module === undefined || header.module === query.module) &&
      (query.type === undefined || header.type === query.type) &&
      (query.conversation === undefined || header.conversation === query.conversation)
    if (fits) found.push(message)
    return found.length <= query.limit
  })
  const items = found.slice(0, query.limit).map((message) => item(context, who, message))
  const last = items.at(-1)
  return found.length > query.limit && last !== undefined
    ? { items, next: String(last.message.seq) }
    : { items }
}

function item({ ports }: Context, who: Caller, message: Message): MailboxItem {
  const { cross, conversation } = message.header
  if (cross === undefined) return { message }
  const steps = ports.store.conversation(who.participant.id, conversation)?.steps ?? []
  const answers = steps.filter((step) => step.cross === cross && step.seq <= message.seq)
  return answers.length === 0 ? { message } : { message, answerNumber: answers.length }
}

/** Looks, and while there is nothing, waits for a bell, the end of a lease, the time, or the caller to go away. */
async function waitFor<T>(
  on: {
    readonly bell: Context['bell']
    readonly participants: readonly Uuid[]
    readonly nextLeaseEnd: () => number | undefined
  },
  now: () => number,
  look: () => Promise<T>,
  isNews: (found: T) => boolean,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (seconds <= 0) return look()
  const subscription = on.bell.subscribe(on.participants)
  const deadline = now() + seconds * 1_000
  try {
    for (;;) {
      const found = await look()
      const left = deadline - now()
      if (isNews(found) || left <= 0 || signal?.aborted === true) return found
      const leaseEnd = on.nextLeaseEnd()
      const untilLease = leaseEnd === undefined ? left : Math.max(1, leaseEnd - now() + 1)
      const rang = await subscription.wait(Math.min(left, untilLease), signal)
      // A fixed clock in a test, or a clock that is set back, must not make this wait for ever.
      if (!rang && untilLease >= left) return look()
    }
  } finally {
    subscription.end()
  }
}
