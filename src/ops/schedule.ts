/**
 * Work that comes back: expiry, sweeps, refreshes. A job never overlaps itself, and a failure never ends its series.
 * @module
 */
import type { Timer } from './health.ts'
import type { Log } from './log.ts'

export interface Job {
  /** Kebab-case word for the log. */
  readonly name: string
  /** From the end of one run to the start of the next; the first run comes one interval after the start. */
  readonly everyMs: number
  /** The first run comes at once: for work that a stop may have interrupted. */
  readonly atOnce?: boolean
  /**
   * @param signal aborted by `stop`; a long run should end soon after
   * @returns `'again'` when there was more to do than one run takes: the next run follows at once
   */
  readonly run: (signal: AbortSignal) => Promise<'again' | void>
}

export interface Schedule {
  /** Calls all jobs off; resolves when the runs that were under way have ended. */
  stop(): Promise<void>
}

/** Starts all jobs. What a job throws is logged by its name alone, since its text could hold anything. */
export function startSchedule(jobs: readonly Job[], timer: Timer, log: Log): Schedule {
  const stopping = new AbortController()
  const { signal } = stopping
  const callOffs = new Map<string, () => void>()
  const running = new Map<string, Promise<void>>()

  const plan = (job: Job, ms: number): void => {
    if (signal.aborted) return
    callOffs.set(
      job.name,
      timer(ms, () => running.set(job.name, turn(job))),
    )
  }
  const turn = async (job: Job): Promise<void> => {
    let again: 'again' | void = undefined
    try {
      again = await job.run(signal)
    } catch (error) {
      log.error('job-failed', { job: job.name, error: nameOf(error) })
    }
    plan(job, again === 'again' ? 0 : job.everyMs)
  }

  for (const job of jobs) {
    if (callOffs.has(job.name)) throw new Error(`two jobs are called ${job.name}`)
    plan(job, job.atOnce === true ? 0 : job.everyMs)
  }
  return {
    stop: async () => {
      stopping.abort()
      for (const callOff of callOffs.values()) callOff()
      await Promise.all(running.values())
    },
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
