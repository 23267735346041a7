/**
 * Puts the verbs together over one set of ports.
 * @module
 */
import { Bell } from './bell.ts'
import { fetch, list, mailboxes, peek } from './collect.ts'
import type { Context } from './context.ts'
import { conversation, conversations } from './conversations.ts'
import { confirm, refuse, withdraw } from './end.ts'
import { endParticipants, expire } from './expire.ts'
import { ExpiryGuard } from './expiry-guard.ts'
import { extend, lease, release } from './lease.ts'
import { Leases } from './leases.ts'
import { log, logLine, receipt } from './log.ts'
import type { Ports } from './ports.ts'
import type { Relay } from './relay.ts'
import { prune } from './prune.ts'
import { tellLost } from './restore.ts'
import { Room } from './room.ts'
import { Rotation } from './rotate.ts'
import { submit } from './submit.ts'
import { Terms } from './terms.ts'
import { Writer } from './writer.ts'

/**
 * A relay over a store and vault that already agree (`start.ts`).
 * @returns the verbs; counts what waits by reading every live row once
 */
export function createRelay(ports: Ports): Relay {
  const leases = new Leases()
  const room = new Room()
  const bell = new Bell()
  for (const { message } of ports.store.live()) room.add(message)
  const guard = new ExpiryGuard(ports)
  const writer = new Writer(ports, leases, room, bell, guard)
  const context: Context = { ports, writer, leases, room, bell, guard, terms: new Terms() }
  const rotation = new Rotation(context)
  return {
    submit: (who, input) => submit(context, who, input),
    mailboxes: (connection, wait) => mailboxes(context, connection, wait),
    list: (who, query) => list(context, who, query),
    peek: (who, reference, held) => peek(context, who, reference, held),
    fetch: (who, reference, held) => fetch(context, who, reference, held),
    lease: (who, query) => lease(context, who, query),
    extend: (who, id, seconds) => extend(context, who, id, seconds),
    release: (who, id) => release(context, who, id),
    confirm: (who, reference, held) => confirm(context, who, reference, held),
    refuse: (who, reference, why, held) => refuse(context, who, reference, why, held),
    withdraw: (who, reference) => withdraw(context, who, reference),
    receipt: (who, reference, outcome) => receipt(context, who, reference, outcome),
    log: (who, query) => log(context, who, query),
    logLine: (who, reference) => logLine(context, who, reference),
    conversations: (who, query) => conversations(context, who, query),
    conversation: (who, id) => conversation(context, who, id),
    expire: () => expire(context),
    endParticipants: () => endParticipants(context),
    tellLost: () => tellLost(context),
    prune: (signal) => prune(context, signal),
    clock: () => guard.state(),
    acceptClock: () => guard.accept(),
    rotate: (signal) => rotation.run(signal),
    isRotationDue: (epochMs) => rotation.isDue(epochMs),
    isAccepting: () => writer.isAccepting,
    drain: async () => {
      bell.ringAll()
      await writer.drain()
    },
  }
}
