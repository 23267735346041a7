/**
 * What a load run measures: counts, times, and what the processes used.
 * @module
 */
import { readFileSync } from 'node:fs'

/** Milliseconds that something took. */
export interface Percentiles {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** What one process used between two moments. */
export interface Usage {
  /** CPU seconds, of user and kernel. */
  readonly cpuSeconds: number
  /** Share of one core. */
  readonly cores: number
  /** Resident memory at the end. */
  readonly residentMiB: number
  /** The most resident memory that it ever had. */
  readonly peakMiB: number
}

/** @param times in milliseconds, in any order */
export function percentilesOf(times: readonly number[]): Percentiles {
  const sorted = Float64Array.from(times).sort()
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
  return {
    count: sorted.length,
    p50: rounded(at(0.5)),
    p90: rounded(at(0.9)),
    p99: rounded(at(0.99)),
    max: rounded(sorted.at(-1) ?? 0),
  }
}

/** With as many decimals as a reader can use. */
export function rounded(value: number, decimals = 3): number {
  return Number(value.toFixed(decimals))
}

/** A process and all that it started: some servers are many. */
export function familyOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(familyOf)]
}

/** Where a process stands; two of these make a usage. */
export interface UsageMark {
  readonly at: number
  readonly cpuSeconds: number
}

/** Kernel ticks each second; the same on every Linux that Bun runs on. */
const TICKS = 100
const KIB_PER_MIB = 1_024

/**
 * Reads where processes stand, added up: a server may be several.
 * @throws when one of them is gone
 */
export function markUsage(pids: readonly number[]): UsageMark {
  let cpuSeconds = 0
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program stands in parentheses and may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS
  }
  return { at: performance.now(), cpuSeconds }
}

/** What the processes used since a mark. */
export function usageSince(mark: UsageMark, pids: readonly number[]): Usage {
  const now = markUsage(pids)
  const cpuSeconds = now.cpuSeconds - mark.cpuSeconds
  const memory = pids.map(memoryOf)
  const sum = (take: (one: { resident: number; peak: number }) => number) =>
    Math.round(memory.reduce((total, one) => total + take(one), 0) / KIB_PER_MIB)
  return {
    cpuSeconds: rounded(cpuSeconds, 2),
    cores: rounded(cpuSeconds / ((now.at - mark.at) / 1_000), 2),
    residentMiB: sum(({ resident }) => resident),
    peakMiB: sum(({ peak }) => peak),
  }
}

/** Resident memory now and at its most, in KiB. */
function memoryOf(pid: number): { resident: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return { resident: field('VmRSS') || 0, peak: field('VmHWM') || 0 }
}

/** Counts what happens, and times it while the clock of the measurement runs. */
export class Recorder {
  readonly #server: () => readonly number[]
  readonly #times: number[] = []
  readonly #failures = new Map<string, number>()
  #started: { readonly server: UsageMark; readonly generator: UsageMark } | undefined
  #messages = 0
  #ended = false

  /** @param serverPid process of the server; absent when it is on another machine */
  constructor(serverPid: number | undefined) {
    this.#server = () => (serverPid === undefined ? [] : familyOf(serverPid))
  }

  get isRunning(): boolean {
    return this.#started !== undefined && !this.#ended
  }

  /** Forgets what was counted so far, which warmed things up. */
  start(): void {
    this.#times.length = 0
    this.#messages = 0
    this.#started = { server: markUsage(this.#server()), generator: markUsage([process.pid]) }
  }

  /** @param ms what to put among the times */
  count(messages: number, ms?: number): void {
    if (this.#ended) return
    this.#messages += messages
    if (ms !== undefined && this.isRunning) this.#times.push(ms)
  }

  /** Something was not done. @param what status or code, never content */
  fail(what: string): void {
    this.#failures.set(what, (this.#failures.get(what) ?? 0) + 1)
  }

  /** What went wrong so far → how often. */
  failures(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#failures)
  }

  /** Ends the measurement. */
  end(): Measured {
    if (this.#started === undefined) throw new Error('the measurement was not started')
    this.#ended = true
    const { server, generator } = this.#started
    const seconds = (performance.now() - generator.at) / 1_000
    const family = this.#server()
    return {
      messages: this.#messages,
      seconds: rounded(seconds),
      perSecond: Math.round(this.#messages / seconds),
      ms: percentilesOf(this.#times),
      ...(family.length > 0 && { server: usageSince(server, family) }),
      generator: usageSince(generator, [process.pid]),
      failures: this.failures(),
    }
  }
}

/** Outcome of one run. */
export interface Measured {
  readonly messages: number
  readonly seconds: number
  readonly perSecond: number
  readonly ms: Percentiles
  /** Absent when the server is on another machine. */
  readonly server?: Usage
  readonly generator: Usage
  /** What went wrong → how often; empty when all was well. */
  readonly failures: Readonly<Record<string, number>>
}
