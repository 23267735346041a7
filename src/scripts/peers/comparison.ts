/**
 * From rounds to ratios: medians, so that one bad moment of the machine decides nothing.
 * @module
 */
import { table } from '../../cli/output.ts'
import type { Surroundings } from '../../cli/bench-report.ts'
import type { Measured } from '../../client/load/figures.ts'

/** The work that every broker can do. */
export const SHARED_WORKLOADS = ['submit', 'fetch', 'mixed', 'latency'] as const
export type SharedWorkload = (typeof SHARED_WORKLOADS)[number]

/** One measurement. */
export interface Round {
  readonly round: number
  readonly workload: SharedWorkload
  readonly contender: string
  readonly measured: Measured
}

/** Medians of one contender at one kind of work, and how the relay compares. */
export interface Comparison {
  readonly workload: SharedWorkload
  readonly contender: string
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** CPU of the server and all its processes for one message. */
  readonly serverMicroseconds: number
  readonly residentMiB: number
  /** Highest of the rounds: near 1 the generator is what was measured. */
  readonly generatorCores: number
  /** Messages each second of the relay, divided by this; above 1 the relay is quicker. */
  readonly ratio: number
}

/** @param ours name of the relay among the contenders */
export function compare(ours: string, rounds: readonly Round[]): readonly Comparison[] {
  return SHARED_WORKLOADS.flatMap((workload) => {
    const mine = rounds.filter((one) => one.workload === workload)
    const names = [...new Set(mine.map(({ contender }) => contender))]
    const of = (name: string) => mine.filter(({ contender }) => contender === name)
    const rate = (name: string) => median(of(name).map(({ measured }) => measured.perSecond))
    return names.map((contender) => {
      const runs = of(contender).map(({ measured }) => measured)
      return {
        workload,
        contender,
        perSecond: rate(contender),
        p50: median(runs.map(({ ms }) => ms.p50)),
        p99: median(runs.map(({ ms }) => ms.p99)),
        serverMicroseconds: Math.round(
          median(runs.map(({ server, messages }) => ((server?.cpuSeconds ?? 0) / messages) * 1e6)),
        ),
        residentMiB: median(runs.map(({ server }) => server?.residentMiB ?? 0)),
        generatorCores: Math.max(...runs.map(({ generator }) => generator.cores)),
        ratio: Number((rate(ours) / rate(contender)).toFixed(2)),
      }
    })
  })
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

/** Lines for people. */
export function comparisonLines(report: {
  readonly surroundings: Surroundings
  readonly absent: readonly { readonly name: string; readonly why: string }[]
  readonly setUp: readonly {
    readonly name: string
    readonly version: string
    readonly setUp: string
  }[]
  readonly comparison: readonly Comparison[]
}): readonly string[] {
  const { surroundings: here, absent, setUp, comparison } = report
  return [
    `Bun ${here.bun}, ${here.cores} × ${here.cpu}, kernel ${here.kernel}, load before ${here.loadBefore}`,
    ...setUp.map(({ name, version, setUp: how }) => `${name} (${version}): ${how}`),
    ...absent.map(({ name, why }) => `NOT MEASURED: ${name}: ${why}`),
    '',
    ...table(
      [
        'work',
        'contender',
        'messages/s',
        'relay is × as quick',
        'p50 ms',
        'p99 ms',
        'server µs/msg',
        'server MiB',
        'gen cores',
      ],
      comparison.map((one) => [
        one.workload,
        one.contender,
        String(Math.round(one.perSecond)),
        one.workload === 'latency' ? '-' : one.ratio.toFixed(2),
        one.p50.toFixed(2),
        one.p99.toFixed(2),
        String(one.serverMicroseconds),
        String(one.residentMiB),
        String(one.generatorCores),
      ]),
    ),
  ]
}
