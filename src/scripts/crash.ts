/**
 * `bun src/scripts/crash.ts`: the long form of the crash tests. Rounds of kill -9 under sixteen clients, each with a seed of its
 * own, and a report of what was seen.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { campaign } from '../../test/crash/campaign.ts'
import type { Figures } from '../../test/crash/campaign.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    letters: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '12' },
    report: { type: 'string' },
  },
})
const [rounds, seed, letters, kills] = [
  values.rounds,
  values.seed,
  values.letters,
  values.kills,
].map(Number) as [number, number, number, number]

/** What is added up over the rounds. */
const COUNTED = [
  'letters',
  'accepted',
  'confirmed',
  'refused',
  'withdrawn',
  'waiting',
  'kills',
  'killedStarts',
  'startsThatErased',
  'keysWithoutMessage',
  'keysOfEnded',
  'rotations',
  'rotationsCutOff',
] as const satisfies readonly (keyof Figures)[]

/** Plays one round after the other and tells of each. */
async function playAll(): Promise<Figures[]> {
  const played: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    const figures = await campaign({ seed: seed + round, letters, kills })
    played.push(figures)
    const counts = COUNTED.map((name) => `${name} ${figures[name]}`)
    console.log(`seed ${seed + round}: ${counts.join(', ')}`)
    for (const complaint of figures.complaints) console.log(`  ${complaint}`)
  }
  return played
}

const seen = await playAll()
const sum = Object.fromEntries(
  COUNTED.map((name) => [name, seen.reduce((total, figures) => total + figures[name], 0)]),
)
const complaints = seen.flatMap((figures) => figures.complaints)
// A run that never hit the moments that matter most has proved little, and must not look like a proof.
const missed = (['keysWithoutMessage', 'keysOfEnded', 'rotationsCutOff'] as const).filter(
  (name) => sum[name] === 0,
)
const report = { rounds, seed, ...sum, complaints, missed }
console.log(JSON.stringify(report, null, 2))
if (values.report !== undefined)
  writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`)
process.exitCode = complaints.length + missed.length === 0 ? 0 : 1
