/**
 * Puts the relay beside the brokers that people would take instead: the same work, everything durable, mutual TLS, on the
 * same machine in the same run, in rounds that take turns. Servers run on loopback, with their data in a temporary folder.
 *
 *     bun src/scripts/bench-peers.ts [--rounds 3] [--seconds 5] [--messages 20000] [--only NAME]... [--json FILE]
 * @module
 */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { askChild } from '../cli/bench-child.ts'
import { PAYLOADS } from '../cli/bench-envelope.ts'
import { makeBenchFolder } from '../cli/bench-own-relay.ts'
import type { BenchFolder } from '../cli/bench-own-relay.ts'
import { surroundings } from '../cli/bench-report.ts'
import { LATENCY_PER_SECOND, runWorkload } from '../cli/bench-run.ts'
import { ownTarget } from '../cli/bench.ts'
import type { Measured } from '../client/load/figures.ts'
import { compare, comparisonLines } from './peers/comparison.ts'
import type { Round, SharedWorkload } from './peers/comparison.ts'
import { SHARED_WORKLOADS } from './peers/comparison.ts'
import { PEERS, runPeerJob } from './peers/generate.ts'
import type { PeerJob } from './peers/generate.ts'
import { serverUser } from './peers/peer.ts'
import type { Peer } from './peers/peer.ts'
import { freePort } from './peers/rabbitmq.ts'

const MESSAGE_BYTES = 2_048
const READY_MS = 60_000
const CLIENTS = 32
const KNOOPPUNT = 'Knooppunt'

interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly messages: number
  readonly signal: AbortSignal
}

await (process.argv[2] === 'generate' ? generate() : comparePeers())

/** The process that makes the load for a peer. */
async function generate(): Promise<void> {
  const job = JSON.parse(await new Response(Bun.stdin.stream()).text()) as PeerJob
  process.stdout.write(`${JSON.stringify(await runPeerJob(job))}\n`)
}

async function comparePeers(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      messages: { type: 'string', default: '20000' },
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
    },
  })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const plan: Plan = {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    messages: Number(values.messages),
    signal: stop.signal,
  }
  const wanted = (name: string) =>
    values.only === undefined ||
    values.only.some((part) => name.toLowerCase().includes(part.toLowerCase()))
  const absent = PEERS.flatMap((peer) => {
    const why = wanted(peer.name) ? peer.lacks() : undefined
    return why === undefined ? [] : [{ name: peer.name, why }]
  })
  for (const { name, why } of absent) console.error(`!!! ${name} IS NOT MEASURED: ${why}`)
  const peers = PEERS.filter((peer) => wanted(peer.name) && peer.lacks() === undefined)
  const here = surroundings()
  const rounds = await measureRounds(peers, plan)
  const report = {
    surroundings: here,
    absent,
    setUp: peers.map((peer) => ({
      name: peer.name,
      version: peer.version(),
      setUp: peer.setUp,
    })),
    bytes: MESSAGE_BYTES,
    clients: CLIENTS,
    rounds,
    comparison: compare(KNOOPPUNT, rounds),
  }
  for (const line of comparisonLines(report)) console.log(line)
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
  }
}

/** Everybody in turn, and in each round somebody else first, so that no one always has the quiet moment. */
async function measureRounds(peers: readonly Peer[], plan: Plan): Promise<readonly Round[]> {
  const folder = makeBenchFolder()
  const rounds: Round[] = []
  try {
    const contenders = [undefined, ...peers]
    for (let round = 0; round < plan.rounds; round += 1) {
      const first = round % contenders.length
      const order = [...contenders.slice(first), ...contenders.slice(0, first)]
      for (const workload of SHARED_WORKLOADS) {
        for (const peer of order) {
          if (plan.signal.aborted) throw new Error('interrupted')
          const measured =
            peer === undefined
              ? await measureRelay(folder, workload, plan)
              : await measurePeer(folder, peer, workload, plan)
          const contender = peer?.name ?? KNOOPPUNT
          console.error(
            `round ${round + 1} ${workload} ${contender}: ${measured.perSecond}/s, p50 ${measured.ms.p50} ms`,
          )
          rounds.push({ round, workload, contender, measured })
        }
      }
    }
    return rounds
  } finally {
    folder.remove()
  }
}

function effortOf({ seconds, messages }: Plan) {
  return { clients: CLIENTS, seconds, messages, warmUpSeconds: 1.5 }
}

async function measureRelay(
  folder: BenchFolder,
  workload: SharedWorkload,
  plan: Plan,
): Promise<Measured> {
  const payload = PAYLOADS[0]
  if (payload === undefined) throw new Error('there is no payload')
  const { relay, target } = await ownTarget(folder, payload, plan.signal)
  try {
    const run = await runWorkload(workload, payload, target, effortOf(plan), plan.signal)
    return run.measured
  } finally {
    await relay.stop()
  }
}

async function measurePeer(
  { ca, credentials }: BenchFolder,
  peer: Peer,
  workload: SharedWorkload,
  plan: Plan,
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'knooppunt-peer-'))
  const { uid = -1, gid = -1 } = serverUser()
  const own = join(folder, 'server')
  mkdirSync(own, { mode: 0o700 })
  const write = (name: string, text: string) => {
    const path = join(own, name)
    writeFileSync(path, text, { mode: 0o600 })
    chownSync(path, uid, gid)
    return path
  }
  const server = credentials('server')
  const files = {
    folder: own,
    ca: write('ca.pem', ca),
    certificate: write('server.pem', server.certificate),
    key: write('server.key', server.key),
  }
  chownSync(own, uid, gid)
  chmodSync(folder, 0o711)
  const { certificate, key } = credentials('gemeente-voorbeeldstad')
  const port = await freePort()
  const address = { port, ca, certificate, key }
  const running = await peer.start(files, port)
  try {
    await whenReady(() => peer.prepare(address), join(own, 'server.log'))
    const { messages, seconds } = plan
    const job: PeerJob = {
      ...effortOf(plan),
      peer: peer.name,
      workload,
      address,
      perSecond: LATENCY_PER_SECOND,
      bytes: MESSAGE_BYTES,
      serverPid: running.pid,
    }
    const command = [process.execPath, import.meta.path, 'generate']
    const limit = { seconds: seconds + messages / 500, signal: plan.signal }
    return (await askChild(command, job, limit)) as Measured
  } finally {
    await running.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tries until the server takes it. @throws with the end of its log when that takes too long */
async function whenReady(prepare: () => Promise<void>, log: string): Promise<void> {
  const until = performance.now() + READY_MS
  for (;;) {
    try {
      await prepare()
      return
    } catch (reason) {
      if (performance.now() > until) {
        throw new Error(`the server is not ready: ${readFileSync(log, 'utf8').slice(-2_000)}`, {
          cause: reason,
        })
      }
      await sleep(200)
    }
  }
}
