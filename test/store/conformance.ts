/**
 * What every engine behind the Store port does, in sentences. An engine passes all of them or is none.
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { StorageFull, type Store } from '../../src/relay/ports.ts'
import {
  accepted,
  content,
  conversation,
  CREDITOR,
  DAY,
  ended,
  fetched,
  group,
  HELPER,
  message,
  OTHER,
  T0,
  uuid,
  VAULT_ID,
} from './samples.ts'

/** How a suite gets an empty store that holds at most 64 MiB, and gives it back. */
export interface Bench {
  create(): Promise<Store>
  dispose(): Promise<void>
}

const NEVER = Number.MAX_SAFE_INTEGER
const seqs = (messages: readonly { seq: number }[]) => messages.map(({ seq }) => seq)

/** Runs the whole contract against an engine. */
export function conformance(engine: string, bench: Bench): void {
  describe(`the store contract on ${engine}`, () => {
    let store: Store
    beforeEach(async () => {
      store = await bench.create()
    })
    afterEach(() => bench.dispose())
    const commit = (...changes: Parameters<typeof group>[1]) =>
      store.commit(group(store, changes, T0))

    test('a new store is empty and knows its vault', () => {
      expect(store.vaultId).toEqual(VAULT_ID)
      expect([store.generation, store.nextSeq, store.lastTime]).toEqual([0, 1, 0])
      expect([...store.live()]).toEqual([])
      expect(store.events(0, 10)).toEqual([])
      expect(store.mailbox(CREDITOR, 0, 10)).toEqual([])
      expect(store.find(CREDITOR, uuid(2, 1))).toBeUndefined()
      expect(store.check()).toEqual([])
    })

    test('an accepted message is found by seq, by both parties, in mailbox, history, due and log', async () => {
      const one = message(1)
      await commit(accepted(one))
      expect(store.message(1)).toEqual(one)
      expect(store.find(HELPER, one.header.reference)).toEqual(one)
      expect(store.find(CREDITOR, one.header.reference)).toEqual(one)
      expect(store.find(OTHER, one.header.reference)).toBeUndefined()
      expect(store.content(1)).toEqual(content(1))
      expect(store.mailbox(CREDITOR, 0, 10)).toEqual([one])
      expect(store.mailbox(HELPER, 0, 10)).toEqual([])
      expect(store.history(HELPER, NEVER, 10)).toEqual([one])
      expect(store.history(CREDITOR, NEVER, 10)).toEqual([one])
      expect(store.history(OTHER, NEVER, 10)).toEqual([])
      expect(store.due(one.header.removeAt, 10)).toEqual([one])
      expect(store.due(one.header.removeAt - 1, 10)).toEqual([])
      expect([...store.live()]).toEqual([{ message: one, mid: content(1).mid, slot: 3 }])
      expect(store.events(0, 10)).toEqual([{ number: 1, at: T0, kind: 'accepted', seq: 1 }])
      expect([store.generation, store.nextSeq, store.lastTime]).toEqual([1, 2, T0])
      expect(store.check()).toEqual([])
    })

    test('nothing of a group is readable before its commit resolves', async () => {
      const promise = commit(accepted(message(1)))
      expect(store.message(1)).toBeUndefined()
      expect(store.find(HELPER, uuid(2, 1))).toBeUndefined()
      expect(store.mailbox(CREDITOR, 0, 10)).toEqual([])
      expect(store.history(CREDITOR, NEVER, 10)).toEqual([])
      expect(store.conversation(CREDITOR, uuid(3, 1))).toBeUndefined()
      expect(store.generation).toBe(0)
      await promise
      expect(store.message(1)).toBeDefined()
      expect(store.generation).toBe(1)
    })

    test('a message that ended keeps header, receipt and log, and loses content, mailbox and due', async () => {
      const one = message(1)
      await commit(accepted(one), accepted(message(2)))
      const end = ended(one, 'confirmed')
      await commit(end)
      expect(store.message(1)).toEqual(end.kind === 'ended' ? end.message : undefined)
      expect(store.content(1)).toBeUndefined()
      expect(seqs(store.mailbox(CREDITOR, 0, 10))).toEqual([2])
      expect(seqs(store.due(NEVER, 10))).toEqual([2])
      expect(seqs(store.history(HELPER, NEVER, 10))).toEqual([2, 1])
      expect([...store.live()].map((row) => row.message.seq)).toEqual([2])
      expect(store.events(2, 10)).toEqual([{ number: 3, at: T0, kind: 'confirmed', seq: 1 }])
      expect(store.conversation(CREDITOR, uuid(3, 1))?.steps[0]?.outcome).toBe('confirmed')
      expect(store.check()).toEqual([])
    })

    test('a fetched message stays live with its content', async () => {
      await commit(accepted(message(1)))
      await commit(fetched(message(1), T0 + 5))
      expect(store.message(1)).toMatchObject({ state: 'fetched', fetches: 1, fetchedAt: T0 + 5 })
      expect(store.content(1)).toEqual(content(1))
      expect(seqs(store.mailbox(CREDITOR, 0, 10))).toEqual([1])
      expect(store.events(1, 10).map(({ kind }) => kind)).toEqual(['fetched'])
      expect(store.check()).toEqual([])
    })

    test('one group may hold arrivals, fetches, ends and conversations together', async () => {
      await commit(accepted(message(1)), accepted(message(2)))
      const closed = { ...conversation(message(2)), endedAt: T0 + 9 }
      await commit(
        accepted(message(3)),
        fetched(message(2)),
        ended(message(1), 'refused'),
        accepted(message(4, { recipient: HELPER, sender: OTHER, module: 'knooppunt' })),
        { kind: 'conversation', conversation: closed },
      )
      expect(seqs(store.mailbox(CREDITOR, 0, 10))).toEqual([2, 3])
      expect(seqs(store.mailbox(HELPER, 0, 10))).toEqual([4])
      expect(store.conversation(CREDITOR, closed.id)).toEqual(closed)
      expect(store.events(2, 10).map(({ kind, seq }) => `${kind} ${seq}`)).toEqual([
        'accepted 3',
        'fetched 2',
        'refused 1',
        'accepted 4',
      ])
      expect(store.check()).toEqual([])
    })

    test('a message may be accepted, fetched and ended in one group', async () => {
      const { message: last } = fetched(message(1)) as { message: ReturnType<typeof message> }
      await commit(accepted(message(1)), fetched(message(1)), ended(last, 'confirmed'))
      expect(store.message(1)?.state).toBe('confirmed')
      expect(store.content(1)).toBeUndefined()
      expect(store.mailbox(CREDITOR, 0, 10)).toEqual([])
      expect(store.events(0, 10)).toHaveLength(3)
      expect(store.check()).toEqual([])
    })

    test('an empty group moves generation and time only', async () => {
      await store.commit({ generation: 1, at: T0 + 8, nextSeq: 1, changes: [] })
      expect([store.generation, store.nextSeq, store.lastTime]).toEqual([1, 1, T0 + 8])
      expect(store.events(0, 10)).toEqual([])
    })

    test('mailbox, history, due, conversations and log give pages that join without gap or double', async () => {
      const all = Array.from({ length: 23 }, (_, index) =>
        message(index + 1, { removeAt: T0 + (23 - index) * DAY }),
      )
      for (let at = 0; at < all.length; at += 5)
        await commit(...all.slice(at, at + 5).map((one) => accepted(one)))
      const rising = seqs(all)

      const pages = <T>(page: (last: T | undefined) => T[]): T[] => {
        const found: T[] = []
        for (let items = page(undefined); items.length > 0; items = page(items.at(-1)))
          found.push(...items)
        return found
      }
      const mail = pages<{ seq: number }>((last) => store.mailbox(CREDITOR, last?.seq ?? 0, 4))
      expect(seqs(mail)).toEqual(rising)
      const past = pages<{ seq: number }>((last) => store.history(HELPER, last?.seq ?? NEVER, 4))
      expect(seqs(past)).toEqual([...rising].reverse())
      const talks = pages<{ id: string }>((last) => store.conversations(HELPER, last?.id ?? '', 4))
      expect(talks.map(({ id }) => id)).toEqual(all.map(({ header }) => header.conversation))
      expect(seqs(store.due(NEVER, 30))).toEqual([...rising].reverse())
      expect(seqs(store.due(T0 + 3 * DAY, 2))).toEqual([23, 22])
      const events = pages<{ number: number }>((last) => store.events(last?.number ?? 0, 4))
      expect(events.map(({ number }) => number)).toEqual(rising)
    })

    test('two pairs may use one reference and one conversation id without seeing each other', async () => {
      const shared = { reference: uuid(2, 99), conversation: uuid(3, 99) }
      const one = message(1, shared)
      const two = message(2, { ...shared, sender: OTHER, recipient: uuid(1, 4) })
      await commit(accepted(one))
      await commit(accepted(two))
      expect(store.find(HELPER, shared.reference)?.seq).toBe(1)
      expect(store.find(OTHER, shared.reference)?.seq).toBe(2)
      expect(store.find(uuid(1, 4), shared.reference)?.seq).toBe(2)
      expect(store.conversation(CREDITOR, shared.conversation)).toEqual(conversation(one))
      expect(store.conversation(OTHER, shared.conversation)).toEqual(conversation(two))
      expect(store.check()).toEqual([])
    })

    test('a reference that was used again by the same pair leads to the newest message', async () => {
      const again = { reference: uuid(2, 50) }
      await commit(accepted(message(1, again)))
      await commit(ended(message(1, again), 'withdrawn'))
      await commit(accepted(message(2, again)))
      expect(store.find(HELPER, again.reference)?.seq).toBe(2)
      expect(store.find(CREDITOR, again.reference)?.seq).toBe(2)
    })

    test('a conversation that grew twice in one group is known to both sides', async () => {
      const one = message(1)
      const two = message(2, { conversation: one.header.conversation })
      const grown = { ...conversation(one), steps: [1, 2].flatMap(() => conversation(one).steps) }
      await commit(accepted(one), {
        kind: 'accepted',
        message: two,
        content: content(2),
        conversation: grown,
      })
      expect(store.conversation(HELPER, grown.id)).toEqual(grown)
      expect(store.conversation(CREDITOR, grown.id)).toEqual(grown)
      expect(store.check()).toEqual([])
    })

    test('an id that is no UUID is unknown, not an error', async () => {
      await commit(accepted(message(1)))
      for (const id of ['', 'x', uuid(0xabcdef, 1).toUpperCase(), `${uuid(2, 1)} `]) {
        expect(store.find(HELPER, id)).toBeUndefined()
        expect(store.conversation(HELPER, id)).toBeUndefined()
        expect(store.conversation(id, uuid(3, 1))).toBeUndefined()
        expect(store.mailbox(id, 0, 1)).toEqual([])
        expect(store.history(id, NEVER, 1)).toEqual([])
        expect(store.conversations(id, '', 1)).toEqual([])
      }
    })

    test('header bytes come back as they were sealed, also when they are not the JSON of the header', async () => {
      const odd = { ...message(1), headerBytes: Uint8Array.of(1, 2, 3, 255, 0) }
      await commit(accepted(odd))
      expect(store.message(1)).toEqual(odd)
    })

    test('a message of 20 MiB comes back whole', async () => {
      const one = message(1)
      const large = new Uint8Array(20 * 2 ** 20)
      for (let at = 0; at < large.length; at += 4_093) large[at] = at & 0xff
      const sealed = { ...content(1), parts: [large] }
      await commit({ kind: 'accepted', message: one, content: sealed, conversation: null })
      const back = store.content(1)?.parts[0] ?? new Uint8Array()
      expect(Buffer.compare(back, large)).toBe(0)
    })

    test('a group that does not fit is refused whole, and ends go on', async () => {
      await commit(accepted(message(1)))
      const large = Array.from({ length: 5 }, (_, index) =>
        accepted(message(index + 2), 16 * 2 ** 20),
      )
      await expect(commit(ended(message(1), 'confirmed'), ...large)).rejects.toBeInstanceOf(
        StorageFull,
      )
      expect(store.message(1)?.state).toBe('waiting')
      expect(store.message(2)).toBeUndefined()
      expect([store.generation, store.nextSeq]).toEqual([1, 2])
      await commit(ended(message(1), 'confirmed'))
      expect(store.message(1)?.state).toBe('confirmed')
      expect(store.check()).toEqual([])
    })

    test('room that ended messages leave is used again', async () => {
      for (let seq = 1; seq <= 16; seq += 1) {
        await commit(accepted(message(seq), 12 * 2 ** 20))
        await commit(ended(message(seq), 'confirmed'))
      }
      const { usedBytes, limitBytes } = store.room()
      expect(usedBytes).toBeLessThan(limitBytes / 4)
      expect(limitBytes).toBe(64 * 2 ** 20)
    })

    const wrong: [string, () => Promise<void>][] = [
      ['a generation too far', () => store.commit({ ...group(store, []), generation: 2 })],
      ['a generation again', () => store.commit({ ...group(store, []), generation: 0 })],
      ['a seq that was used', () => commit(accepted(message(1)), accepted(message(1)))],
      [
        'a next seq that is taken',
        () => store.commit({ ...group(store, [accepted(message(1))]), nextSeq: 1 }),
      ],
      [
        'an end without an end',
        () => commit({ ...ended(message(1), 'expired'), message: message(1) } as never),
      ],
    ]
    test.each(wrong)('%s is a defect and changes nothing', async (_, attempt) => {
      await expect(attempt()).rejects.toThrow()
      expect([store.generation, store.nextSeq]).toEqual([0, 1])
      expect(store.events(0, 10)).toEqual([])
    })
  })
}
