/**
 * `bun src/scripts/power.ts`: the long form of the power-cut tests. Rounds with a seed of their own: a relay is recorded at work, and
 * the power goes at every moment of its life in every way. Writes a report of what was tried.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { record } from '../../test/power/recorder.ts'
import { replay } from '../../test/power/replay.ts'
import type { Figures } from '../../test/power/replay.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    letters: { type: 'string', default: '40' },
    states: { type: 'string' },
    report: { type: 'string' },
  },
})
const [rounds, first, letters] = [values.rounds, values.seed, values.letters].map(Number) as [
  number,
  number,
  number,
]
const states = values.states === undefined ? {} : { states: Number(values.states) }

/** What every flush of every verb must have been tried with: a run that missed some has proved less than it seems. */
const ACTS = ['create', 'accept', 'confirm', 'refuse', 'withdraw', 'expire', 'rotate', 'start']

/** One life after the other, each told as it is done. */
async function everyRound(): Promise<readonly Figures[]> {
  const told: Figures[] = []
  for (let seed = first; seed < first + rounds; seed += 1) {
    const recording = await record(seed, letters)
    try {
      const figures = await replay(recording, {
        seed,
        ...states,
        progress: (tried, of) => console.error(`seed ${seed}: ${tried} of ${of} states`),
      })
      told.push(figures)
      console.log(
        `seed ${seed}: ${figures.states} states of ${figures.moments} moments, ` +
          `${figures.flushes} flushes, ${figures.letters} letters, ${figures.complaints.length} complaints`,
      )
      for (const complaint of figures.complaints.slice(0, 20)) console.log(`  ${complaint}`)
    } finally {
      recording.files.remove()
    }
  }
  return told
}

const seen = await everyRound()
const sum = (pick: (figures: Figures) => number) =>
  seen.reduce((total, figures) => total + pick(figures), 0)
const total = (pick: (figures: Figures) => Readonly<Record<string, number>>) => {
  const added: Record<string, number> = {}
  for (const figures of seen)
    for (const [name, count] of Object.entries(pick(figures)))
      added[name] = (added[name] ?? 0) + count
  return Object.fromEntries(Object.entries(added).toSorted())
}
const byName = total((figures) => figures.byName)
const report = {
  rounds,
  seed: first,
  letters: sum((figures) => figures.letters),
  flushes: sum((figures) => figures.flushes),
  moments: sum((figures) => figures.moments),
  states: sum((figures) => figures.states),
  withOrphans: sum((figures) => figures.withOrphans),
  withLive: sum((figures) => figures.withLive),
  byCut: total((figures) => figures.byCut),
  byName,
  missed: ACTS.filter((act) => !Object.keys(byName).some((name) => name.includes(`${act}: `))),
  complaints: seen.flatMap(({ complaints }) => complaints),
}
console.log(JSON.stringify(report, null, 2))
if (values.report !== undefined)
  writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
process.exitCode = report.complaints.length + report.missed.length === 0 ? 0 : 1
