/**
 * Lease: fetch many at once, and keep their conversations from the other workers of the same participant (DESIGN 4, Delivery).
 * @module
 */
import type { Caller } from '../core/directory.ts'
import type { Uuid } from '../core/message.ts'
import { mayAct } from '../core/rights.ts'
import { walkMailbox } from './collect.ts'
import type { Context } from './context.ts'
import { decrypt, markFetched } from './read.ts'
import type { Delivered, Lease, LeaseQuery } from './relay.ts'

/** Fetches up to `limit` messages, never more than the batch bound but at least one, under a new lease. */
export async function lease(
  context: Context,
  who: Caller,
  query: LeaseQuery,
): Promise<{ lease: Lease; messages: readonly Delivered[] }> {
  mayAct(who.participant.status, 'read')
  const { ports, leases } = context
  const { limits } = ports.settings()
  const now = ports.clock.now()
  const granted: Lease = { id: ports.ids.random(), until: now + query.seconds * 1_000 }
  leases.open(granted.id, who.participant.id, granted.until, now, limits.leasesPerParticipant)

  const messages: Delivered[] = []
  let bytes = 0
  const most = Math.min(query.limit, limits.batchMessages)
  await walkMailbox(context, who, 0, granted.id, most, (message) => {
    if (query.module !== undefined && message.header.module !== query.module) return true
    if (messages.length > 0 && bytes + message.size > limits.batchBytes) return false
    // A damaged message stays where it is and is reported; it must not keep the rest from being fetched.
    const delivered = decrypt(context, message)
    if (delivered === undefined) return true
    leases.hold(granted.id, message)
    messages.push(delivered)
    bytes += message.size
    return messages.length < most
  })
  if (messages.length === 0) leases.release(granted.id, who.participant.id, now)
  else {
    const seqs = messages.map(({ message }) => message.seq)
    markFetched(context, seqs, now)
  }
  return { lease: granted, messages }
}

/** Makes a lease last `seconds` from now. @throws niet-gevonden */
export async function extend(
  { ports, leases }: Context,
  who: Caller,
  id: Uuid,
  seconds: number,
): Promise<Lease> {
  mayAct(who.participant.status, 'read')
  const now = ports.clock.now()
  const until = now + seconds * 1_000
  leases.extend(id, who.participant.id, until, now)
  return { id, until }
}

/** Gives the messages of a lease back to all workers. @throws niet-gevonden */
export async function release(
  { ports, leases, bell }: Context,
  who: Caller,
  id: Uuid,
): Promise<void> {
  mayAct(who.participant.status, 'end')
  leases.release(id, who.participant.id, ports.clock.now())
  bell.ring(who.participant.id)
}
