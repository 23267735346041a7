/**
 * `knooppunt bench`: how much, how quick, at what cost.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FlatPhases } from '../client/load/flat.ts'
import { WORKLOADS } from '../client/load/job.ts'
import type { LoadParty, Workload } from '../client/load/job.ts'
import { flag, numberOption, textOption, textsOption } from './arguments.ts'
import { PAYLOADS, RECEIVER } from './bench-envelope.ts'
import type { Payload } from './bench-envelope.ts'
import { echo, generate } from './bench-generate.ts'
import { makeBenchFolder } from './bench-own-relay.ts'
import type { BenchFolder } from './bench-own-relay.ts'
import { isClean, reportLines, surroundings } from './bench-report.ts'
import type { BenchReport } from './bench-report.ts'
import { DEFAULTS, calibrate, clientOf, runFlat, runWorkload } from './bench-run.ts'
import type { BenchRun, BenchTarget, Effort } from './bench-run.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, Io } from './command.ts'
import { CommandError, UsageError } from './failure.ts'
import { say } from './output.ts'

const CALIBRATION_SECONDS = 3
const FLAT_LEVELS = [1_000, 100_000]
const FLAT_LEVELS_LONG = [...FLAT_LEVELS, 1_000_000]
/** `flat` takes minutes, so it has to be asked for. */
const USUAL = WORKLOADS.filter((name) => name !== 'flat')

/** Measures a relay of its own, or a given one. */
export const bench: Command = {
  name: 'bench',
  summary: 'Measure throughput, latency, CPU and memory over mutual TLS.',
  usage:
    'knooppunt bench [--profile NAME]... [--payload 2KiB|100KiB]... [--clients N] [--seconds S] [--messages N] [--json FILE]\n' +
    '       [--long] [--url URL --ca FILE --cert FILE --key FILE --receiver-cert FILE --receiver-key FILE [--pid N]]',
  example: 'knooppunt bench --profile submit --profile mixed --json bench.json',
  options: {
    profile: {
      type: 'string',
      multiple: true,
      help: `NAME of a kind of work: ${WORKLOADS.join(', ')}; default all but flat`,
    },
    payload: { type: 'string', multiple: true, help: 'SIZE of a message: 2KiB (default), 100KiB' },
    clients: { type: 'string', help: 'N connections; default depends on the profile' },
    seconds: { type: 'string', default: '10', help: 'S length of each measurement' },
    messages: {
      type: 'string',
      default: '20000',
      help: 'N messages to put in and take out, for the profiles that fetch',
    },
    json: { type: 'string', help: 'FILE to write the whole report to' },
    long: { type: 'boolean', help: 'let flat go on to a million waiting messages' },
    url: { type: 'string', help: 'URL of a relay to measure; never one in production' },
    ca: { type: 'string', help: "FILE authority of the relay's certificate (PEM)" },
    cert: { type: 'string', help: 'FILE certificate of the sender (PEM)' },
    key: { type: 'string', help: 'FILE private key of the sender (PEM)' },
    'receiver-cert': { type: 'string', help: 'FILE certificate of the receiver (PEM)' },
    'receiver-key': { type: 'string', help: 'FILE private key of the receiver (PEM)' },
    pid: { type: 'string', help: 'N process of the relay at URL, when it is on this machine' },
  },
  commands: [generate, echo],
  run: async (args, io) => {
    const plan = planOf(args)
    const folder = makeBenchFolder()
    try {
      const report = await measure(args, io, plan, folder)
      for (const line of reportLines(report)) say(io, line)
      const file = textOption(args, 'json')
      if (file !== undefined) {
        writeFileSync(resolve(io.cwd, file), `${JSON.stringify(report, null, 2)}\n`)
      }
      return isClean(report) ? EXIT.done : EXIT.no
    } finally {
      folder.remove()
    }
  },
}

interface Plan {
  readonly workloads: readonly Workload[]
  readonly payloads: readonly Payload[]
  readonly effort: (workload: Workload) => Effort
  readonly levels: readonly number[]
}

function planOf(args: Arguments): Plan {
  const profiles = textsOption(args, 'profile')
  const unknown = profiles.find((name) => !WORKLOADS.some((known) => known === name))
  if (unknown !== undefined) throw new UsageError(`Profiles are ${WORKLOADS.join(', ')}.`)
  const asked = textsOption(args, 'payload')
  const payloads = (asked.length === 0 ? ['2KiB'] : asked).map((name) => {
    const found = PAYLOADS.find((payload) => payload.name === name)
    if (found === undefined) throw new UsageError('Option --payload takes 2KiB or 100KiB.')
    return found
  })
  const clients = numberOption(args, 'clients', { min: 1, max: 4_000 })
  const seconds = numberOption(args, 'seconds', { min: 1, max: 3_600 }) ?? 10
  const messages = numberOption(args, 'messages', { min: 1_000, max: 10_000_000 }) ?? 20_000
  return {
    workloads: profiles.length === 0 ? USUAL : (profiles as Workload[]),
    payloads,
    effort: (workload) => ({
      clients: clients ?? DEFAULTS[workload].clients,
      seconds,
      warmUpSeconds: Math.min(2, seconds),
      messages,
    }),
    levels: flag(args, 'long') ? FLAT_LEVELS_LONG : FLAT_LEVELS,
  }
}

async function measure(
  args: Arguments,
  io: Io,
  plan: Plan,
  folder: BenchFolder,
): Promise<BenchReport> {
  const here = surroundings()
  const given = await givenTarget(args, io)
  const calibration = await calibrate(folder, CALIBRATION_SECONDS, io.signal)
  const runs: BenchRun[] = []
  const flat: FlatPhases[] = []
  for (const payload of plan.payloads) {
    for (const workload of plan.workloads) {
      io.stderr(`${workload} ${payload.name} …\n`)
      const effort = plan.effort(workload)
      if (workload === 'flat') {
        flat.push(...(await measureLevels(plan, folder, payload, effort, given, io.signal)))
      } else {
        runs.push(
          await withRelay(folder, payload, given, io.signal, (target) =>
            runWorkload(workload, payload, target, effort, io.signal),
          ),
        )
      }
    }
  }
  return { surroundings: here, calibration, runs, flat }
}

/** One relay for all levels: each fills up to the next. */
async function measureLevels(
  { levels }: Plan,
  folder: BenchFolder,
  payload: Payload,
  effort: Effort,
  given: BenchTarget | undefined,
  signal: AbortSignal,
): Promise<FlatPhases[]> {
  if (given !== undefined) {
    throw new UsageError('Profile flat needs a relay with an empty mailbox; leave out --url.')
  }
  const own = await ownTarget(folder, payload, signal)
  const found: FlatPhases[] = []
  let waiting = 0
  try {
    for (const level of levels) {
      const messages = level - waiting
      const phases = await runFlat(payload, own.target, { ...effort, messages }, signal)
      waiting += phases.waiting
      found.push({ ...phases, waiting })
    }
  } finally {
    await own.relay.stop()
  }
  return found
}

/** Each run gets a relay on empty data, so that none pays for what another left; a given one is what it is. */
async function withRelay(
  folder: BenchFolder,
  payload: Payload,
  given: BenchTarget | undefined,
  signal: AbortSignal,
  run: (target: BenchTarget) => Promise<BenchRun>,
): Promise<BenchRun> {
  if (given !== undefined) return run(given)
  const { relay, target } = await ownTarget(folder, payload, signal)
  try {
    const { startMs, idleMiB } = relay
    return { ...(await run(target)), startMs, idleMiB }
  } finally {
    await relay.stop()
  }
}

/** Starts a relay and says how it is reached. */
export async function ownTarget(folder: BenchFolder, payload: Payload, signal: AbortSignal) {
  const relay = await folder.start(signal)
  const target: BenchTarget = {
    host: 'localhost',
    port: relay.port,
    ca: folder.ca,
    sender: folder.credentials(payload.sender),
    receiver: folder.credentials(RECEIVER),
    pid: relay.pid,
  }
  return { relay, target }
}

/** The relay that the options name, unless it is a real one: a benchmark fills mailboxes of people. */
async function givenTarget(args: Arguments, io: Io): Promise<BenchTarget | undefined> {
  const url = textOption(args, 'url')
  if (url === undefined) return undefined
  const address = URL.parse(url)
  if (address?.protocol !== 'https:') {
    throw new UsageError('Option --url takes an address of the form https://name:port.')
  }
  const file = (name: string) => {
    const path = textOption(args, name)
    if (path === undefined) throw new UsageError(`Option --url needs --${name} FILE too.`)
    return readFileSync(resolve(io.cwd, path), 'utf8')
  }
  const pid = numberOption(args, 'pid', { min: 1, max: 2 ** 22 })
  const partyOf = (certificate: string, key: string): LoadParty => ({
    // Its certificate says who it is.
    participant: '',
    certificate: file(certificate),
    key: file(key),
  })
  const bare = {
    host: address.hostname,
    port: Number(address.port === '' ? 443 : address.port),
    ca: file('ca'),
    sender: partyOf('cert', 'key'),
    receiver: partyOf('receiver-cert', 'receiver-key'),
    ...(pid !== undefined && { pid }),
  }
  const [sender, receiver] = [await named(bare, bare.sender), await named(bare, bare.receiver)]
  return { ...bare, sender, receiver }
}

/** The party with the participant that its certificate may act for. */
async function named(target: BenchTarget, party: LoadParty): Promise<LoadParty> {
  const { omgeving, deelnemers } = await clientOf(target, party).identity()
  if (omgeving === 'productie') {
    throw new CommandError('This relay is in production. A benchmark would fill its mailboxes.')
  }
  const first = deelnemers[0]
  if (first === undefined) throw new CommandError('This certificate acts for no participant.')
  return { ...party, participant: first.id }
}
