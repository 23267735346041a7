/**
 * What every engine keeps, forgets and takes from a backup, in sentences; the second half of the contract.
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Message } from '../../src/core/message.ts'
import type { Change, Pruned, Store } from '../../src/relay/ports.ts'
import type { Bench } from './conformance.ts'
import {
  accepted,
  conversation,
  CREDITOR,
  ended,
  group,
  HELPER,
  message,
  T0,
  uuid,
} from './samples.ts'

const NEVER = Number.MAX_SAFE_INTEGER
const seqs = (messages: readonly { seq: number }[]) => messages.map(({ seq }) => seq)
const noPause = async () => {}

/** The message of a sample after its end. */
function dead(seq: number, outcome: 'confirmed' | 'lost' = 'confirmed'): Message {
  const change = ended(message(seq), outcome)
  if (change.kind !== 'ended') throw new Error('a sample is not what it says')
  return change.message
}

const pruning = (more: Partial<Pruned>): Change => ({
  kind: 'pruned',
  logFrom: 1,
  unlogged: [],
  forgotten: [],
  conversations: [],
  eventsBefore: 0,
  ...more,
})

/** Runs the contract of keeping against an engine. */
export function keeping(engine: string, bench: Bench): void {
  describe(`keeping and forgetting on ${engine}`, () => {
    let store: Store
    beforeEach(async () => {
      store = await bench.create()
    })
    afterEach(() => bench.dispose())
    const commit = (...changes: Change[]) => store.commit(group(store, changes, T0))

    /** Messages 1 to 4 came in pairs; 1 to 3 have ended. */
    async function lived() {
      await commit(accepted(message(1)), accepted(message(2)))
      await commit(accepted(message(3)), accepted(message(4)))
      await commit(...[1, 2, 3].map((seq) => ended(message(seq), 'confirmed')))
    }

    test('a line that left the log is in no history, while its reference is known', async () => {
      await lived()
      await commit(pruning({ logFrom: 2, unlogged: [dead(1)] }))
      expect(store.logFrom).toBe(2)
      expect(seqs(store.history(HELPER, NEVER, 9))).toEqual([4, 3, 2])
      expect(seqs(store.history(CREDITOR, 3, 9))).toEqual([2])
      expect(store.find(HELPER, uuid(2, 1))?.seq).toBe(1)
      expect(store.message(1)?.state).toBe('confirmed')
      await commit(pruning({ logFrom: 4, unlogged: [dead(2), dead(3)] }))
      expect(seqs(store.history(HELPER, NEVER, 9))).toEqual([4])
      expect(seqs(store.messages(0, 9))).toEqual([1, 2, 3, 4])
      expect(store.check()).toEqual([])
    })

    test('of a message that is forgotten nothing is found, and others with its reference stay', async () => {
      const again = { reference: uuid(2, 1) }
      await lived()
      await commit(accepted(message(5, again)))
      await commit(pruning({ logFrom: 2, unlogged: [dead(1)], forgotten: [dead(1)] }))
      expect(store.message(1)).toBeUndefined()
      expect(store.find(HELPER, again.reference)?.seq).toBe(5)
      expect(seqs(store.messages(0, 9))).toEqual([2, 3, 4, 5])
      expect(store.check()).toEqual([])
    })

    test('a conversation that is forgotten is known to nobody, and its id is free', async () => {
      await lived()
      const gone = conversation(message(1))
      await commit(pruning({ conversations: [gone] }))
      expect(store.conversation(HELPER, gone.id)).toBeUndefined()
      expect(store.conversation(CREDITOR, gone.id)).toBeUndefined()
      expect(store.conversations(HELPER, '', 9)).toHaveLength(3)
      const numbers = store.everyConversation(0, 9).map(({ number }) => number)
      expect(numbers).toEqual([...numbers].sort((one, other) => one - other))
      expect(numbers).toHaveLength(3)
      await commit(accepted(message(7, { conversation: gone.id })))
      expect(store.conversation(HELPER, gone.id)?.steps[0]?.seq).toBe(7)
      expect(store.everyConversation(numbers.at(-1) ?? 0, 9)).toHaveLength(1)
      expect(store.check()).toEqual([])
    })

    test('events go by whole groups, and the chain holds from where they ended', async () => {
      await commit(accepted(message(1)), accepted(message(2)))
      await store.commit(group(store, [accepted(message(3)), accepted(message(4))], T0 + 1))
      const ends = [1, 2, 3].map((seq) => ended(message(seq), 'confirmed'))
      await store.commit(group(store, ends, T0 + 2))
      const head = store.logHead
      await commit(pruning({ eventsBefore: T0 + 1 }))
      expect(store.events(0, 9).map(({ number }) => number)).toEqual([3, 4, 5, 6, 7])
      expect(await store.checkLog(noPause)).toEqual({ events: 5, first: 3, head, problems: [] })
      await commit(pruning({ eventsBefore: T0 + 3 }))
      expect(store.events(0, 9)).toEqual([])
      expect(await store.checkLog(noPause)).toEqual({ events: 0, first: 8, head, problems: [] })
      await commit(accepted(message(5)))
      expect(store.events(0, 9).map(({ number }) => number)).toEqual([8])
      const { events, first, problems } = await store.checkLog(noPause)
      expect([events, first, problems]).toEqual([1, 8, []])
    })

    test('a head that was noted lies on the chain, until its group is pruned; any other does not', async () => {
      await commit(accepted(message(1)))
      const noted = store.logHead
      await more()
      const check = async (head: typeof noted) => (await store.checkLog(noPause, head)).problems
      expect(await check(noted)).toEqual([])
      expect(await check(store.logHead)).toEqual([])
      const other = { ...noted, link: new Uint8Array(32) }
      expect(await check(other)).toEqual(['the log is not the one of which event 1 was noted'])
      const ahead = { ...noted, number: 9 }
      expect(await check(ahead)).toEqual(['the log ends before event 9, which was noted'])
      await commit(pruning({ eventsBefore: T0 + 9 }))
      expect(await check(noted)).toEqual([])

      async function more() {
        await commit(accepted(message(2)))
        await commit(ended(message(1), 'confirmed'), ended(message(2), 'confirmed'))
      }
    })

    test('what lives, or is in the log, cannot be forgotten', async () => {
      await lived()
      const attempts = [
        pruning({ logFrom: 5, unlogged: [message(4)] }),
        pruning({ logFrom: 5, forgotten: [message(4)] }),
        pruning({ logFrom: 2, forgotten: [dead(2)] }),
      ]
      for (const attempt of attempts) await expect(commit(attempt)).rejects.toThrow('is pruned')
      expect(seqs(store.messages(0, 9))).toEqual([1, 2, 3, 4])
    })

    test('a store takes what a backup had: messages by their number, conversations, events by theirs', async () => {
      await commit(
        { kind: 'restored', message: dead(3) },
        { kind: 'restored', message: dead(8, 'lost') },
        { kind: 'conversation', conversation: conversation(message(8), 'lost') },
        { kind: 'logged', first: 40, events: [{ at: T0 - 5, kind: 'confirmed', seq: 3 }] },
      )
      await commit({
        kind: 'logged',
        first: 100,
        events: [
          { at: T0, kind: 'restored', seq: 9 },
          { at: T0, kind: 'lost', seq: 8 },
        ],
      })
      expect(store.message(8)).toEqual(dead(8, 'lost'))
      expect(store.content(8)).toBeUndefined()
      expect([...store.live()]).toEqual([])
      expect(seqs(store.history(CREDITOR, NEVER, 9))).toEqual([8, 3])
      expect(store.find(HELPER, uuid(2, 8))?.state).toBe('lost')
      expect(store.nextSeq).toBe(9)
      expect(store.events(0, 9).map(({ number }) => number)).toEqual([40, 100, 101])
      await commit(accepted(message(9, { reference: uuid(2, 8) })))
      expect(store.find(HELPER, uuid(2, 8))?.seq).toBe(9)
      expect(store.check()).toEqual([])
    })

    test('a snapshot shows one moment, whatever is committed after it', async () => {
      await lived()
      const snapshot = store.snapshot()
      const whole = () => ({
        generation: snapshot.generation,
        messages: snapshot.messages(0, 99),
        conversations: snapshot.everyConversation(0, 99),
        events: snapshot.events(0, 99),
        head: snapshot.head,
      })
      const before = whole()
      expect([before.messages.length, before.events.length]).toEqual([4, 7])
      await commit(ended(message(4), 'confirmed'), accepted(message(5)))
      await commit(
        pruning({
          logFrom: 2,
          unlogged: [dead(1)],
          forgotten: [dead(1)],
          conversations: [conversation(message(1))],
          eventsBefore: T0 + 1,
        }),
      )
      expect(whole()).toEqual(before)
      snapshot.close()
      expect(seqs(store.messages(0, 99))).toEqual([2, 3, 4, 5])
    })
  })
}
