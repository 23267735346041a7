/**
 * Cuts the power in a recorded life of a relay: before and after every flush and write, with what was not flushed lost, kept, kept
 * in part, in another order, or torn; and has each disk judged.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { loadConfig } from '../../src/config/load.ts'
import { chanceOf } from '../support/seeded.ts'
import type { Chance } from '../support/seeded.ts'
import { smallDisk } from '../support/small-disk.ts'
import { CUTS } from './disk.ts'
import type { Cut, Disk, Left } from './disk.ts'
import { judge, learnSeats } from './judge.ts'
import type { Site } from './judge.ts'
import { Ledger } from './ledger.ts'
import { diskOf } from './recorder.ts'
import type { Recording } from './recorder.ts'
import type { Step } from './trace.ts'

const SCRATCH_MEBIBYTES = 128

/** One moment at which the power may go: just before a step. */
interface Moment {
  readonly index: number
  /** As in `confirm: after the flush of the keys`; two where one flush follows upon another. */
  readonly names: readonly string[]
  readonly cuts: readonly Cut[]
}

/** Something that the harness must find. */
export interface Planted {
  /** The flushes of these paths are as if they had not been made. */
  readonly deaf?: (path: string, at: Recording & { readonly isCreated: boolean }) => boolean
  /** Answers come so many steps before they came. */
  readonly early?: number
}

export interface ReplayOptions {
  readonly seed: number
  /** How many states are tried at the most; all that there are when left out. */
  readonly states?: number
  /** Which states are tried; all when left out. */
  readonly among?: (name: string, cut: Cut) => boolean
  readonly planted?: Planted
  /** Stops at the first state with such a complaint. */
  readonly until?: string
  /** Told now and then how far it is. */
  readonly progress?: (tried: number, of: number) => void
}

/** What was tried and what was found. */
export interface Figures {
  readonly seed: number
  readonly steps: number
  readonly flushes: number
  readonly letters: number
  readonly moments: number
  readonly states: number
  /** States by what was left of that which was not flushed. */
  readonly byCut: Readonly<Record<string, number>>
  /** States by the flush that they precede, follow or lead to, and by what was under way. */
  readonly byName: Readonly<Record<string, number>>
  /** States in which the start found keys to erase, and in which messages waited. */
  readonly withOrphans: number
  readonly withLive: number
  readonly complaints: readonly string[]
}

/** Replays a recording; its files must still be there. */
export async function replay(recording: Recording, options: ReplayOptions): Promise<Figures> {
  // Every state is flushed several times over, which on a disk of memory costs nothing.
  const disk = smallDisk(SCRATCH_MEBIBYTES)
  const scratch = mkdtempSync(join(disk?.path ?? tmpdir(), 'knooppunt-power-'))
  try {
    return await new Replay(recording, options, scratch).run()
  } finally {
    rmSync(scratch, { recursive: true, force: true })
    disk?.remove()
  }
}

class Replay {
  readonly #recording: Recording
  readonly #options: ReplayOptions
  readonly #scratch: string
  readonly #site: Site
  readonly #byCut: Record<string, number> = {}
  readonly #byName: Record<string, number> = {}
  readonly #complaints: string[] = []
  #states = 0
  #withOrphans = 0
  #withLive = 0

  constructor(recording: Recording, options: ReplayOptions, scratch: string) {
    this.#recording = recording
    this.#options = options
    this.#scratch = scratch
    const { dir, dataDir, ringPath, masterKey, configFile } = recording.files
    const loaded = loadConfig(configFile, { generation: 1 })
    if (!('config' in loaded)) throw new Error('the configuration of the recording is not good')
    this.#site = {
      dir,
      dataDir,
      ringPath,
      masterKey,
      settings: loaded.config.settings,
      seats: new Map(),
    }
  }

  async run(): Promise<Figures> {
    const {
      seed,
      states = Infinity,
      among = () => true,
      planted = {},
      until,
      progress,
    } = this.#options
    await this.#learn()
    const moments = momentsOf(this.#recording)
    const chosen = choose(moments, states, among, chanceOf(seed))
    const total = [...chosen.values()].reduce((sum, cuts) => sum + cuts.length, 0)
    for (const { index, disk, ledger } of walk(this.#recording, planted)) {
      const moment = moments[index]
      if (moment === undefined) throw new Error('a moment that nobody named')
      for (const cut of chosen.get(moment) ?? []) {
        // Chance of its own for each state, so that it does not hang on which others are tried.
        const chance = chanceOf(seed + index * CUTS.length + CUTS.indexOf(cut))
        await this.#try(disk.after(cut, chance), ledger, moment, cut)
        if (this.#states % 250 === 0) progress?.(this.#states, total)
        if (until !== undefined && this.#complaints.some((one) => one.includes(until)))
          return this.#figures(moments)
      }
    }
    return this.#figures(moments)
  }

  /** Every message waits in the commit that accepted it. */
  async #learn(): Promise<void> {
    const { steps } = this.#recording
    for (const { index, disk, ledger } of walk(this.#recording, {})) {
      const step = steps[index - 1]
      if (ledger.isCreated && step?.kind === 'write' && step.durable)
        await learnSeats(disk.after('lost', chanceOf(0)), this.#site, this.#scratch)
    }
  }

  async #try(left: Left, ledger: Ledger, { index, names }: Moment, cut: Cut): Promise<void> {
    const { complaints, erased, live } = await judge(left, ledger, this.#site, this.#scratch)
    this.#states += 1
    if (erased > 0) this.#withOrphans += 1
    if (live > 0) this.#withLive += 1
    this.#byCut[cut] = (this.#byCut[cut] ?? 0) + 1
    for (const name of names) this.#byName[name] = (this.#byName[name] ?? 0) + 1
    for (const complaint of complaints)
      this.#complaints.push(`step ${index}, ${cut}, ${names.join(' / ')}: ${complaint}`)
  }

  #figures(moments: readonly Moment[]): Figures {
    const { steps, lines } = this.#recording
    return {
      seed: this.#options.seed,
      steps: steps.length,
      flushes: steps.filter(isFlush).length,
      letters: lines.filter(({ entry }) => 'offered' in entry).length,
      moments: moments.length,
      states: this.#states,
      byCut: this.#byCut,
      byName: Object.fromEntries(Object.entries(this.#byName).toSorted()),
      withOrphans: this.#withOrphans,
      withLive: this.#withLive,
      complaints: this.#complaints,
    }
  }
}

/** Goes through a recording step by step, with the disk and the books as they were before each, and after the last. */
function* walk(
  recording: Recording,
  { deaf, early = 0 }: Planted,
): Generator<{ readonly index: number; readonly disk: Disk; readonly ledger: Ledger }> {
  const { steps, lines, files } = recording
  const ledger = new Ledger()
  const isDeaf = (path: string) =>
    deaf?.(path, { ...recording, isCreated: ledger.isCreated }) === true
  const disk = diskOf(files, isDeaf)
  const lineOf = (index: number) => steps[index]?.line ?? Infinity
  let noted = 0
  let returning: Extract<Step, { kind: 'write' }>[] = []
  for (let index = 0; index <= steps.length; index += 1) {
    for (const step of returning) if (step.done < lineOf(index)) disk.returned(step)
    returning = returning.filter(({ done }) => done >= lineOf(index))
    for (let next = lines[noted]; next !== undefined; next = lines[noted]) {
      if (next.line >= lineOf(index + early)) break
      ledger.note(next)
      noted += 1
    }
    yield { index, disk, ledger }
    const step = steps[index]
    if (step === undefined) return
    disk.take(step)
    if (step.kind === 'write' && step.durable) returning.push(step)
  }
}

function momentsOf(recording: Recording): Moment[] {
  const { steps } = recording
  /** What each flush is called: by what was under way when it was made. */
  const flushes = new Map<number, string>()
  const cuts: (readonly Cut[])[] = []
  for (const { index, disk, ledger } of walk(recording, {})) {
    cuts.push(disk.isClean ? ['lost'] : CUTS)
    const step = steps[index]
    if (step === undefined || !isFlush(step)) continue
    const acts = [...new Set(ledger.underWay.values())]
    const act = acts.length > 1 ? 'several at once' : (acts[0] ?? 'nobody waits')
    flushes.set(index, `${act}: ${whatOf(step, recording)}`)
  }
  let next = 'the end'
  const named = cuts.map((some, index) => ({ index, cuts: some, names: [] as string[] }))
  for (const moment of named.toReversed()) {
    const [here, before] = [flushes.get(moment.index), flushes.get(moment.index - 1)]
    next = here ?? next
    if (here !== undefined) moment.names.push(`before ${here}`)
    if (before !== undefined) moment.names.push(`after ${before}`)
    if (moment.names.length === 0) moment.names.push(`on the way to ${next}`)
  }
  return named
}

function isFlush(step: Step): boolean {
  return step.kind === 'flush' || (step.kind === 'write' && step.durable)
}

/** What a flush makes durable, in words. */
function whatOf({ kind, path }: Step, { files: { paths, ringPath } }: Recording): string {
  if (path === paths.vault) return 'keys'
  if (path === ringPath) return 'ring'
  if (path !== join(paths.store, 'data.mdb')) return `names in ${basename(path)}`
  return kind === 'write' ? 'commit of rows and log' : 'pages of the store'
}

/** As many states as are wanted, from each name in turn. */
function choose(
  moments: readonly Moment[],
  states: number,
  among: (name: string, cut: Cut) => boolean,
  chance: Chance,
): ReadonlyMap<Moment, readonly Cut[]> {
  const byName = new Map<string, { readonly moment: Moment; readonly cut: Cut }[]>()
  for (const moment of moments)
    for (const cut of moment.cuts) {
      const [name = ''] = moment.names
      if (among(name, cut)) byName.set(name, [...(byName.get(name) ?? []), { moment, cut }])
    }
  const chosen = new Map<Moment, Cut[]>()
  let left = [...byName.values()]
  for (let taken = 0; taken < states && left.length > 0;) {
    for (const some of left.slice(0, states - taken)) {
      const [one] = some.splice(chance.below(some.length), 1)
      if (one === undefined) throw new Error('nothing is left of a name that has states left')
      chosen.set(one.moment, [...(chosen.get(one.moment) ?? []), one.cut])
      taken += 1
    }
    left = left.filter((some) => some.length > 0)
  }
  return chosen
}
