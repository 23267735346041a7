/**
 * kill -9 at random moments under sixteen clients, as a process, with all their books held against what is left. The long form
 * is `bun src/scripts/crash.ts`.
 */
import { expect, test } from 'bun:test'
import { campaign } from './campaign.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
/** With what is done to each, more than two thousand changes. */
const LETTERS = 1_000
const KILLS = 6

test(`nothing accepted is lost, nothing ended comes back, whenever the relay is killed (SEED=${seed})`, async () => {
  const figures = await campaign({ seed, letters: LETTERS, kills: KILLS })
  expect(figures.complaints).toEqual([])
  expect(figures.kills).toBeGreaterThan(KILLS)
  // Half of everything may have been turned away or be under way; a relay that did nothing would break no promise.
  expect(figures.accepted).toBeGreaterThan(LETTERS / 2)
  expect(figures.confirmed).toBeGreaterThan(LETTERS / 10)
  expect(figures.waiting).toBeGreaterThan(0)
  // Kills that always came between two groups would show nothing.
  expect(figures.startsThatErased).toBeGreaterThan(0)
}, 90_000)

test(`a relay that is put back to an earlier day between two starts is found out (SEED=${seed})`, async () => {
  let killed = 0
  let copy: string | undefined
  const { complaints } = await campaign({
    seed,
    letters: 100,
    kills: 1,
    meddle: (files) => {
      killed += 1
      // With the ring, or the start itself would refuse: the epochs of the copy are over by then.
      if (copy === undefined) copy = files.copy('copy')
      else if (killed === 2) files.putBack(copy)
    },
  })
  expect(killed).toBe(2)
  expect(complaints.join('\n')).toContain('is lost')
}, 60_000)
