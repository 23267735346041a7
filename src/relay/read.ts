/**
 * Reads one waiting message for its recipient: looks up, decrypts, marks. Shared by fetch and lease, so that both say the same.
 * @module
 */
import { fromParts } from '../core/content.ts'
import type { Caller } from '../core/directory.ts'
import { fetched } from '../core/ends.ts'
import { RelayError } from '../core/errors.ts'
import type { ErrorCode } from '../core/errors.ts'
import { isLive } from '../core/message.ts'
import type { Instant, Message, Seq, State, Uuid } from '../core/message.ts'
import type { Context } from './context.ts'
import type { Delivered } from './relay.ts'

const GONE: Readonly<Record<Exclude<State, 'waiting' | 'fetched'>, ErrorCode>> = {
  confirmed: 'bericht-weg',
  refused: 'bericht-weg',
  expired: 'verlopen',
  withdrawn: 'ingetrokken',
  lost: 'onbekend-na-herstel',
}

/**
 * The live message that a participant received under a reference.
 * @throws niet-gevonden, also for another's message; bericht-weg, verlopen, ingetrokken (410); in-ophaling (409)
 */
export async function receivedLive(
  { ports, writer, leases }: Context,
  who: Caller,
  reference: Uuid,
  lease: Uuid | undefined,
): Promise<Message> {
  const look = () => {
    const message = ports.store.find(who.participant.id, reference)
    if (message === undefined || message.header.recipient !== who.participant.id) {
      throw new RelayError('niet-gevonden', 'Dit bericht is er niet.')
    }
    return message
  }
  let message = look()
  if (writer.isEnding(message.seq)) {
    await writer.settled(message.seq)
    message = look()
  }
  if (message.state !== 'waiting' && message.state !== 'fetched') {
    throw new RelayError(GONE[message.state])
  }
  if (!leases.allows(message, lease, ports.clock.now())) throw new RelayError('in-ophaling')
  return message
}

/**
 * Decrypts a live message in the same tick as it was looked up, so that nothing can end in between.
 * @returns undefined when it is damaged: live, but its key or bytes do not fit. The operator is told.
 */
export function decrypt({ ports }: Context, message: Message): Delivered | undefined {
  const content = ports.store.content(message.seq)
  const parts = content && ports.vault.open(message.headerBytes, content)
  if (parts === undefined) {
    ports.journal.alarm('message-damaged', { seq: message.seq })
    return undefined
  }
  return { message: fetched(message, ports.clock.now()), content: fromParts(parts) }
}

/** Records that messages were read; nobody waits for it, since confirming implies it. */
export function markFetched({ writer }: Context, seqs: readonly Seq[], at: Instant): void {
  writer
    .run({
      kind: 'mark',
      bytes: 0,
      decide: (turn) => {
        for (const seq of seqs) {
          const message = turn.message(seq)
          if (message !== undefined && isLive(message)) turn.mark(fetched(message, at))
        }
      },
    })
    // On a full disk the mark is lost, and with it only the time of the first fetch.
    .catch(() => undefined)
}
