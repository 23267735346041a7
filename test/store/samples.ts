/**
 * Made-up messages and groups for the store tests: valid shapes, no meaning.
 * @module
 */
import { createHmac } from 'node:crypto'
import type { Conversation } from '../../src/core/conversation.ts'
import type { Header, Message, Outcome, Seq, Uuid } from '../../src/core/message.ts'
import type { Change, Group, SealedContent, Store } from '../../src/relay/ports.ts'
import type { Sign } from '../../src/store/log-chain.ts'

export const T0 = Date.UTC(2026, 0, 5, 9)
export const DAY = 86_400_000

/** A UUID that a number stands for. */
export function uuid(kind: number, number: number): Uuid {
  const tail = number.toString(16).padStart(12, '0')
  return `${kind.toString(16).padStart(8, '0')}-0000-4000-8000-${tail}`
}

export const VAULT_ID = Uint8Array.from({ length: 16 }, (_, index) => index + 1)
/** A key of the log for tests. */
export const SIGN: Sign = (data) => createHmac('sha256', 'a key for tests').update(data).digest()
export const CREDITOR = uuid(1, 1)
export const HELPER = uuid(1, 2)
export const OTHER = uuid(1, 3)

export function message(seq: Seq, more: Partial<Header> = {}): Message {
  const header: Header = {
    reference: uuid(2, seq),
    conversation: uuid(3, seq),
    module: 'schuldregeling',
    moduleVersion: '2.0',
    type: 'saldoverzoek',
    version: '1.0',
    sender: HELPER,
    recipient: CREDITOR,
    acceptedAt: T0,
    removeAt: T0 + 7 * DAY,
    ...more,
  }
  return {
    seq,
    header,
    headerBytes: new TextEncoder().encode(JSON.stringify(header)),
    state: 'waiting',
    size: 2_000,
    attachments: 0,
    fetches: 0,
  }
}

/** Ciphertext that no key made; stores do not mind. */
export function content(seq: Seq, bytes = 64): SealedContent {
  return {
    mid: Uint8Array.from({ length: 16 }, (_, index) => (seq * 31 + index) & 0xff),
    slot: seq * 3,
    parts: [new Uint8Array(bytes).fill(seq & 0xff), new Uint8Array(17).fill(0xee)],
  }
}

export function conversation(of: Message, outcome?: Outcome): Conversation {
  const { header, seq } = of
  return {
    id: header.conversation,
    module: header.module,
    moduleVersion: header.moduleVersion,
    asker: header.sender,
    answerer: header.recipient,
    startedAt: header.acceptedAt,
    steps: [
      {
        reference: header.reference,
        seq,
        type: header.type,
        from: 'asker',
        ends: false,
        at: header.acceptedAt,
        ...(outcome === undefined ? {} : { outcome }),
      },
    ],
  }
}

export function accepted(of: Message, bytes?: number): Change {
  return {
    kind: 'accepted',
    message: of,
    content: content(of.seq, bytes),
    conversation: conversation(of),
  }
}

export function fetched(of: Message, at = T0 + 1): Change {
  return {
    kind: 'fetched',
    message: { ...of, state: 'fetched', fetches: of.fetches + 1, fetchedAt: at },
  }
}

export function ended(of: Message, outcome: Outcome, at = T0 + 2): Change {
  return {
    kind: 'ended',
    message: { ...of, state: outcome, receipt: { outcome, at } },
    conversation: conversation(of, outcome),
  }
}

/** The next group of a store, with `nextSeq` above what it accepts. */
export function group(store: Store, changes: readonly Change[], at = T0): Group {
  const seqs = changes.map((change) =>
    change.kind === 'accepted' || change.kind === 'restored' ? change.message.seq : 0,
  )
  return {
    generation: store.generation + 1,
    at,
    nextSeq: Math.max(store.nextSeq, ...seqs.map((seq) => seq + 1)),
    changes,
  }
}
