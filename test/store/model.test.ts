/**
 * Random histories, played against LMDB and the reference model side by side, with the durable one opened again in between.
 */
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLive, type Message, type Outcome } from '../../src/core/message.ts'
import type { Change, Store } from '../../src/relay/ports.ts'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { openStore } from '../../src/store/open.ts'
import {
  accepted,
  DAY,
  ended,
  fetched,
  group,
  message,
  T0,
  SIGN,
  uuid,
  VAULT_ID,
} from './samples.ts'

const RUNS = 25
const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
const PEOPLE = [1, 2, 3, 4].map((number) => uuid(1, number))

/** Numbers are picked modulo what there is when the step is played. */
type Step =
  | { kind: 'accept'; from: number; to: number; reference: number; days: number; bytes: number }
  | { kind: 'fetch'; which: number }
  | { kind: 'end'; which: number; outcome: Outcome }
  | { kind: 'close'; which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('accept' as const),
      from: fc.nat(3),
      to: fc.nat(3),
      reference: fc.nat(12),
      days: fc.nat(4),
      bytes: fc.constantFrom(16, 500, 5_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fetch' as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(),
      outcome: fc.constantFrom<Outcome>('confirmed', 'refused', 'expired', 'withdrawn'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), which: fc.nat() }) },
)
const history = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.array(step, { maxLength: 12 }) },
    { weight: 2, arbitrary: fc.constant('reopen' as const) },
  ),
  { maxLength: 20 },
)

/** Turns steps into the changes of one group, on what the model says is live. */
function changesOf(model: Store, steps: readonly Step[]): Change[] {
  const live = new Map([...model.live()].map(({ message: one }) => [one.seq, one]))
  const pick = (which: number): Message | undefined => [...live.values()][which % live.size]
  const changes: Change[] = []
  let seq = model.nextSeq
  for (const one of steps) {
    if (one.kind === 'accept') {
      const sender = PEOPLE[one.from] ?? ''
      const recipient = PEOPLE[one.to === one.from ? (one.to + 1) % 4 : one.to] ?? ''
      const made = message(seq, {
        sender,
        recipient,
        reference: uuid(2, one.reference),
        conversation: uuid(3, seq % 7 === 0 ? seq : 1_000 + seq),
        removeAt: T0 + one.days * DAY,
      })
      changes.push(accepted(made, one.bytes))
      live.set(seq, made)
      seq += 1 + (one.reference % 2)
      continue
    }
    const target = pick(one.which)
    if (target === undefined) continue
    if (one.kind === 'close') {
      const conversation = model.conversation(target.header.sender, target.header.conversation)
      if (conversation === undefined) continue
      changes.push({ kind: 'conversation', conversation: { ...conversation, endedAt: T0 + 3 } })
    } else if (one.kind === 'fetch') {
      const change = fetched(target) as Extract<Change, { kind: 'fetched' }>
      live.set(target.seq, change.message)
      changes.push(change)
    } else {
      live.delete(target.seq)
      changes.push(ended(target, one.outcome))
    }
  }
  return changes
}

/** Everything that a reader can see. */
function view(store: Store): unknown {
  const seqs = Array.from({ length: store.nextSeq }, (_, index) => index)
  return {
    counts: [store.generation, store.nextSeq, store.lastTime],
    messages: seqs.map((seq) => store.message(seq)),
    contents: seqs.map((seq) => store.content(seq)),
    found: PEOPLE.map((who) => Array.from({ length: 14 }, (_, n) => store.find(who, uuid(2, n)))),
    mailboxes: PEOPLE.flatMap((who) =>
      [0, 3, 10].flatMap((after) => [1, 5, 500].map((limit) => store.mailbox(who, after, limit))),
    ),
    histories: PEOPLE.flatMap((who) =>
      [4, 11, Number.MAX_SAFE_INTEGER].flatMap((before) =>
        [1, 3, 500].map((limit) => store.history(who, before, limit)),
      ),
    ),
    conversations: PEOPLE.flatMap((who) => {
      const all = store.conversations(who, '', 500)
      const middle = all[Math.floor(all.length / 2)]?.id ?? ''
      return [all, store.conversations(who, middle, 2), store.conversation(who, middle)]
    }),
    due: [0, 1, 2, 9].flatMap((days) => [2, 500].map((n) => store.due(T0 + days * DAY, n))),
    live: [...store.live()],
    events: [0, 1, 7, 20].flatMap((after) => [1, 4, 500].map((n) => store.events(after, n))),
    problems: store.check(),
  }
}

test(`LMDB and the model tell the same, whatever happened and however often it was opened (SEED=${seed})`, async () => {
  let reopened = 0
  let ends = 0
  await fc.assert(
    fc.asyncProperty(history, async (groups) => {
      const dir = await mkdtemp(join(tmpdir(), 'knooppunt-model-'))
      const options = { engine: 'lmdb', path: dir, mapBytes: 64 * 2 ** 20, sign: SIGN } as const
      const model = createMemoryStore({ vaultId: VAULT_ID, sign: SIGN })
      let store = await openStore({ ...options, createFor: VAULT_ID })
      try {
        for (const steps of groups) {
          if (steps === 'reopen') {
            await store.close()
            store = await openStore(options)
            reopened += 1
          } else {
            const next = group(model, changesOf(model, steps), T0 + model.generation)
            await Promise.all([model.commit(next), store.commit(next)])
            ends += next.changes.filter(({ kind }) => kind === 'ended').length
          }
        }
        expect(view(store)).toEqual(view(model))
        expect(store.check()).toEqual([])
        expect([...store.live()].every((row) => isLive(row.message))).toBe(true)
      } finally {
        await store.close()
        await rm(dir, { recursive: true })
      }
    }),
    { seed, numRuns: RUNS },
  )
  // A run that never came to an end or a second opening would show nothing.
  expect(reopened).toBeGreaterThan(5)
  expect(ends).toBeGreaterThan(50)
}, 30_000)
