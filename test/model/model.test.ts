/**
 * Whatever is asked of a relay, in whatever order: over LMDB and files it answers as it does over the engines in memory, also when it
 * was stopped and started in between. `RUNS` makes it long.
 */
import { afterAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { smallDisk } from '../support/small-disk.ts'
import type { Open } from '../vault/folder.ts'
import { fileSide, memorySide } from './side.ts'
import type { Side } from './side.ts'
import { play, step, view } from './steps.ts'
import type { Memory, Step } from './steps.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
const RUNS = Number(process.env['RUNS'] ?? 6)
const LONGEST = 90
const SCRATCH_MEBIBYTES = 256
const PER_RUN_MS = 5_000

/** Each group is flushed twice, which on a disk of memory costs nothing. */
const disk = smallDisk(SCRATCH_MEBIBYTES)
afterAll(() => disk?.remove())

/** What a history did, so that one in which nothing happened does not count as a proof. */
interface Seen {
  accepted: number
  ended: number
  refused: number
  restarts: number
}

/** Plays the same steps on both sides. @throws at the first difference, naming the step */
async function sideBySide(steps: readonly Step[], files: Side, seen: Seen): Promise<void> {
  const model = memorySide()
  const memories: [Memory, Memory] = [
    { letters: [], leases: [] },
    { letters: [], leases: [] },
  ]
  try {
    for (const [index, one] of steps.entries()) {
      const expected = await play(model, memories[0], one)
      const found = await play(files, memories[1], one)
      expect({ index, one, answer: found }).toEqual({ index, one, answer: expected })
      if (one.kind === 'restart') seen.restarts += 1
      if (one.kind === 'submit' && hasKey(found, 'message')) seen.accepted += 1
      if (one.kind === 'end' && hasKey(found, 'message')) seen.ended += 1
      if (hasKey(found, 'refused')) seen.refused += 1
    }
    expect(await view(files)).toEqual(await view(model))
    await files.restart()
    await model.restart()
    expect(await view(files)).toEqual(await view(model))
    expect(files.check()).toEqual([])
    expect(model.check()).toEqual([])
  } finally {
    await model.end()
    await files.end()
  }
}

function hasKey(answer: unknown, key: string): boolean {
  return typeof answer === 'object' && answer !== null && key in answer
}

test(
  `the relay on files answers as the model does (SEED=${seed})`,
  async () => {
    const seen: Seen = { accepted: 0, ended: 0, refused: 0, restarts: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: LONGEST / 3, maxLength: LONGEST }),
        async (steps) => sideBySide(steps, await fileSide(disk?.path), seen),
      ),
      { seed, numRuns: RUNS },
    )
    expect(seen.accepted).toBeGreaterThan(RUNS * 2)
    expect(seen.ended).toBeGreaterThan(RUNS)
    expect(seen.refused).toBeGreaterThan(RUNS)
    expect(seen.restarts).toBeGreaterThan(RUNS / 4)
  },
  RUNS * PER_RUN_MS,
)

/** Ways in which an engine could be wrong that only a sequence of verbs would show. */
const spoilt: [string, (open: Open) => Open][] = [
  [
    'forgets who a message was for in its history',
    (open) => ({
      ...open,
      store: changed(open.store, 'history', (rows) => (rows as unknown[]).slice(1)),
    }),
  ],
  [
    'gives a mailbox from the wrong end',
    (open) => ({
      ...open,
      store: changed(open.store, 'mailbox', (rows) => (rows as unknown[]).toReversed()),
    }),
  ],
  [
    'forgets its last conversation',
    (open) => ({ ...open, store: changed(open.store, 'conversation', () => undefined) }),
  ],
]
test.each(spoilt)(
  `a store that %s is found out (SEED=${seed})`,
  async (_, spoil) => {
    const seen: Seen = { accepted: 0, ended: 0, refused: 0, restarts: 0 }
    const found = await fc.check(
      fc.asyncProperty(
        fc.array(step, { minLength: LONGEST / 3, maxLength: LONGEST }),
        async (steps) => sideBySide(steps, await fileSide(disk?.path, spoil), seen),
      ),
      { seed, numRuns: 5, endOnFailure: true },
    )
    expect(found.failed).toBe(true)
  },
  RUNS * PER_RUN_MS,
)

/** The same, with one method that gives something else. */
function changed<T extends object>(
  it: T,
  method: keyof T,
  change: (answer: unknown) => unknown,
): T {
  return new Proxy(it, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      const call = value.bind(target) as (...args: unknown[]) => unknown
      return name === method ? (...args: unknown[]) => change(call(...args)) : call
    },
  })
}
