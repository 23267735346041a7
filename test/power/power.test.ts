/**
 * The power goes while a relay works, before and after every flush, and what it answered must be kept by the disk alone. The long
 * form is `bun src/scripts/power.ts`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { dirname } from 'node:path'
import { canRecord, record } from './recorder.ts'
import type { Recording } from './recorder.ts'
import { replay } from './replay.ts'
import type { Planted } from './replay.ts'

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
/** Messages that are sent at the same time in each part of the recorded life. */
const LETTERS = 14
const STATES = 180
/** The recording is slow under a tracer on a busy machine. */
const RECORDING_MS = 60_000

const isPossible = canRecord()
if (!isPossible) console.warn('SKIPPED: strace is not here or may not trace, so no power was cut')

describe.skipIf(!isPossible)(`when the power goes (SEED=${seed})`, () => {
  let recording: Recording
  beforeAll(async () => {
    recording = await record(seed, LETTERS)
  }, RECORDING_MS)
  afterAll(() => recording?.files.remove())

  test(
    'what was answered holds, whatever is left of what was not flushed',
    async () => {
      const figures = await replay(recording, { seed, states: STATES })
      expect(figures.complaints).toEqual([])
      expect(figures.states).toBe(STATES)
      // States in which nothing waited and nothing was to be mended would show little.
      expect(figures.withLive).toBeGreaterThan(STATES / 3)
      expect(figures.withOrphans).toBeGreaterThan(STATES / 10)
      for (const act of ['create', 'accept', 'confirm', 'refuse', 'withdraw', 'expire', 'rotate'])
        for (const side of ['before', 'after'])
          expect(Object.keys(figures.byName).join('\n')).toContain(`${side} ${act}: keys`)
    },
    RECORDING_MS,
  )

  /** What the relay is made to leave out, and which states show it. */
  const planted: [string, Planted, string, string][] = [
    [
      'does not flush its keys',
      { deaf: (path, { files, isCreated }) => isCreated && path === files.paths.vault },
      'after accept: commit',
      'does not open with it',
    ],
    [
      'does not flush its key ring',
      { deaf: (path, { files }) => path === files.ringPath },
      'after rotate: keys',
      'wrong master key or ring',
    ],
    [
      'does not flush the name of its data folder',
      { deaf: (path, { files }) => path === dirname(files.dataDir) },
      'after accept',
      'DataIncomplete',
    ],
    [
      'says that it has a message before it is flushed',
      { early: 6 },
      'accept',
      'was accepted and is lost',
    ],
    [
      'says that a message is gone before its key is dead',
      { early: 6 },
      'confirm',
      'which was answered as confirmed',
    ],
  ]
  test.each(planted)(
    'a relay that %s is found out',
    async (_, plant, where, complaint) => {
      const { complaints } = await replay(recording, {
        seed,
        among: (name, cut) => cut === 'lost' && name.includes(where),
        planted: plant,
        until: complaint,
      })
      expect(complaints.join('\n')).toContain(complaint)
    },
    RECORDING_MS,
  )
})
