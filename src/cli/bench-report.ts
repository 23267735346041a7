/**
 * The report of the benchmark, for people and for programs.
 * @module
 */
import { cpus, loadavg, release, totalmem } from 'node:os'
import type { FlatPhases } from '../client/load/flat.ts'
import type { Measured } from '../client/load/figures.ts'
import { VERSION } from '../ops/version.ts'
import type { BenchRun } from './bench-run.ts'
import { table } from './output.ts'

/** Above this share of a core the generator may be what was measured. */
const GENERATOR_CORES_MAX = 0.9

/** Where and when it was measured; a figure without these says nothing. */
export interface Surroundings {
  readonly at: string
  readonly knooppunt: string
  readonly bun: string
  readonly cpu: string
  readonly cores: number
  readonly memoryMiB: number
  readonly kernel: string
  /** Load of the machine in the minute before; above 0.7 others were busy too. */
  readonly loadBefore: number
}

/** All that was measured. */
export interface BenchReport {
  readonly surroundings: Surroundings
  /** The generator against a server that answers at once. */
  readonly calibration: Measured
  readonly runs: readonly BenchRun[]
  readonly flat: readonly FlatPhases[]
}

/** Of this machine, now. */
export function surroundings(): Surroundings {
  return {
    at: new Date().toISOString(),
    knooppunt: VERSION,
    bun: Bun.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 1024 ** 2),
    kernel: release(),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  }
}

/** Whether every run did all that it should. */
export function isClean({ runs }: BenchReport): boolean {
  return runs.every(({ measured }) => Object.keys(measured.failures).length === 0)
}

/** Lines for people. */
export function reportLines(report: BenchReport): readonly string[] {
  const { surroundings: here, calibration, runs, flat } = report
  return [
    `Knooppunt ${here.knooppunt}, Bun ${here.bun}, ${here.cores} × ${here.cpu}, kernel ${here.kernel}, load before ${here.loadBefore}`,
    `The generator alone reaches ${calibration.perSecond} requests/s with ${calibration.generator.cores} of a core.`,
    '',
    ...(runs.length > 0 ? runTable(runs) : []),
    ...runs.flatMap(warnings),
    ...(flat.length > 0 ? ['', ...flatTable(flat)] : []),
  ]
}

function runTable(runs: readonly BenchRun[]): readonly string[] {
  return table(
    [
      'profile',
      'payload',
      'clients',
      'messages/s',
      'p50 ms',
      'p90 ms',
      'p99 ms',
      'max ms',
      'relay µs/msg',
      'relay cores',
      'relay MiB',
      'peak MiB',
      'gen cores',
    ],
    runs.map(({ workload, payload, clients, measured, relayMicroseconds }) => {
      const { perSecond, ms, server, generator } = measured
      return [
        workload,
        payload,
        String(clients),
        String(perSecond),
        ...[ms.p50, ms.p90, ms.p99, ms.max].map((time) => time.toFixed(2)),
        String(relayMicroseconds ?? '-'),
        String(server?.cores ?? '-'),
        String(server?.residentMiB ?? '-'),
        String(server?.peakMiB ?? '-'),
        String(generator.cores),
      ]
    }),
  )
}

function warnings({ workload, payload, measured, idleMiB, clients }: BenchRun): string[] {
  const found: string[] = []
  const failures = Object.entries(measured.failures)
  if (failures.length > 0) {
    const list = failures.map(([what, count]) => `${what} × ${count}`).join(', ')
    found.push(`NOT CLEAN: ${workload} ${payload}: ${list}`)
  }
  if (measured.generator.cores > GENERATOR_CORES_MAX) {
    found.push(`CAREFUL: in ${workload} ${payload} the generator itself used a whole core.`)
  }
  if (workload === 'idle' && idleMiB !== undefined && measured.server !== undefined) {
    const more = measured.server.residentMiB - idleMiB
    found.push(`${clients} waiting connections cost ${more} MiB over ${idleMiB} MiB at rest.`)
  }
  return found
}

function flatTable(flat: readonly FlatPhases[]): readonly string[] {
  const kinds = ['submit', 'page', 'confirm'] as const
  const first = flat[0]
  return table(
    ['waiting', ...kinds.flatMap((kind) => [`${kind} µs`, 'ratio', 'p50 ms', 'p99 ms'])],
    flat.map((phases) => [
      String(phases.waiting),
      ...kinds.flatMap((kind) => {
        const { serverCpuMicroseconds: cost, ms } = phases[kind]
        const base = first?.[kind].serverCpuMicroseconds
        const ratio = cost === undefined || base === undefined ? '-' : (cost / base).toFixed(2)
        return [String(cost ?? '-'), ratio, ms.p50.toFixed(2), ms.p99.toFixed(2)]
      }),
    ]),
  )
}
