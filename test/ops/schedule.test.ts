/**
 * Jobs come back, never overlap, survive their own failures, and have ended when stop resolves.
 * @module
 */
import { expect, test } from 'bun:test'
import { createLog } from '../../src/ops/log.ts'
import { startSchedule } from '../../src/ops/schedule.ts'
import { movedTimer, settled } from './support/moved-timer.ts'

function recorded() {
  const lines: string[] = []
  return { lines, log: createLog({ sink: (l) => lines.push(l), now: () => 0, level: 'debug' }) }
}

test('a job runs after each interval, not at the start', async () => {
  const { timer, pass } = movedTimer()
  let runs = 0
  const schedule = startSchedule(
    [{ name: 'sweep', everyMs: 1_000, run: async () => void (runs += 1) }],
    timer,
    recorded().log,
  )
  await pass(999)
  expect(runs).toBe(0)
  await pass(1)
  expect(runs).toBe(1)
  await pass(3_000)
  expect(runs).toBe(4)
  await schedule.stop()
  await pass(10_000)
  expect(runs).toBe(4)
})

test('a slow run is not overtaken by the next, and the interval starts after it', async () => {
  const { timer, pass } = movedTimer()
  const gates: (() => void)[] = []
  const schedule = startSchedule(
    [{ name: 'slow', everyMs: 100, run: () => new Promise((done) => gates.push(done)) }],
    timer,
    recorded().log,
  )
  await pass(1_000)
  expect(gates).toHaveLength(1)
  gates[0]?.()
  await settled()
  await pass(99)
  expect(gates).toHaveLength(1)
  await pass(1)
  expect(gates).toHaveLength(2)
  gates[1]?.()
  await schedule.stop()
})

test('a run with more to do is followed at once', async () => {
  const { timer, pass } = movedTimer()
  const left = [3, 2, 1]
  const schedule = startSchedule(
    [
      {
        name: 'expire',
        everyMs: 1_000,
        run: async () => (left.pop() === undefined || left.length === 0 ? undefined : 'again'),
      },
    ],
    timer,
    recorded().log,
  )
  await pass(1_000)
  expect(left).toEqual([])
  await schedule.stop()
})

test('a failure is logged by its name alone and the job goes on', async () => {
  const { timer, pass } = movedTimer()
  const { log, lines } = recorded()
  let runs = 0
  const run = () => {
    runs += 1
    if (runs === 1) throw new TypeError('Jansen 123456782')
    return Promise.reject(new RangeError('Jansen 123456782'))
  }
  const schedule = startSchedule([{ name: 'refresh', everyMs: 10, run }], timer, log)
  await pass(20)
  await schedule.stop()
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'error', event: 'job-failed', job: 'refresh', error: 'TypeError' },
    { level: 'error', event: 'job-failed', job: 'refresh', error: 'RangeError' },
  ])
  expect(lines.join()).not.toContain('Jansen')
})

test('stop asks the run under way to end and waits for it', async () => {
  const { timer, pass, pending } = movedTimer()
  let ended = false
  const schedule = startSchedule(
    [
      {
        name: 'long',
        everyMs: 10,
        run: async (signal) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          await settled()
          ended = true
        },
      },
    ],
    timer,
    recorded().log,
  )
  await pass(10)
  await schedule.stop()
  expect(ended).toBe(true)
  expect(pending()).toBe(0)
})

test('two jobs of one name are a mistake', () => {
  const { timer } = movedTimer()
  const job = { name: 'twice', everyMs: 10, run: async () => {} }
  expect(() => startSchedule([job, job], timer, recorded().log)).toThrow('twice')
})
