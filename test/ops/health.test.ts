/**
 * The operator's door tells the truth, also about parts that hang or throw.
 * @module
 */
import { afterAll, describe, expect, test } from 'bun:test'
import { examine } from '../../src/ops/health.ts'
import type { Probe } from '../../src/ops/health.ts'
import { createLog } from '../../src/ops/log.ts'
import { createOpsApp, serveOps } from '../../src/ops/ops-server.ts'
import { systemTimer } from '../../src/ops/timer.ts'
import { movedTimer, settled } from './support/moved-timer.ts'

const well: Probe = { name: 'store', look: () => null }
const ill: Probe = { name: 'disk', look: () => 'less than 5 % of the disk is free' }
const broken: Probe = {
  name: 'vault',
  look: () => {
    throw new Error('key of Jansen')
  },
}
const rejecting: Probe = { name: 'trust', look: () => Promise.reject(new Error('Jansen')) }
const hanging: Probe = { name: 'writer', look: () => new Promise<null>(() => {}) }

const silent = createLog({ sink: () => {}, now: () => 0, level: 'error' })

describe('examine', () => {
  test('is well when every probe says so, and when there is none', async () => {
    const { timer } = movedTimer()
    expect(await examine([well], 100, timer)).toEqual({ well: true, complaints: [] })
    expect(await examine([], 100, timer)).toEqual({ well: true, complaints: [] })
  })

  test('gives every reason and no text of what was thrown', async () => {
    const { timer } = movedTimer()
    expect(await examine([well, ill, broken, rejecting], 100, timer)).toEqual({
      well: false,
      complaints: [
        { probe: 'disk', reason: 'less than 5 % of the disk is free' },
        { probe: 'vault', reason: 'the check itself failed' },
        { probe: 'trust', reason: 'the check itself failed' },
      ],
    })
  })

  test('does not wait for a part that hangs', async () => {
    const { timer, pass, pending } = movedTimer()
    const asked = examine([well, hanging], 100, timer)
    await settled()
    await pass(100)
    expect(await asked).toEqual({
      well: false,
      complaints: [{ probe: 'writer', reason: 'no answer within 100 ms' }],
    })
    expect(pending()).toBe(0)
  })

  test('the real timer ends the wait too', async () => {
    expect(await examine([hanging], 5, systemTimer)).toMatchObject({ well: false })
  })
})

describe('the door', () => {
  const app = (live: Probe[], ready: Probe[]) =>
    createOpsApp({ live, ready, timer: systemTimer, log: silent })

  const cases: [string, Probe[], Probe[], number, number][] = [
    ['all is well', [well], [well], 200, 200],
    ['a part is not ready', [well], [ill], 200, 503],
    ['the process is beyond help', [ill], [well], 503, 503],
    ['a check throws', [well], [broken], 200, 503],
  ]
  test.each(cases)('%s', async (_, live, ready, liveStatus, readyStatus) => {
    const door = app(live, ready)
    expect((await door.request('/live')).status).toBe(liveStatus)
    expect((await door.request('/ready')).status).toBe(readyStatus)
  })

  test('says what is wrong', async () => {
    const answer = await app([well], [ill]).request('/ready')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({
      status: 'failing',
      complaints: [{ probe: 'disk', reason: 'less than 5 % of the disk is free' }],
    })
  })

  test('has nothing else', async () => {
    expect((await app([], []).request('/config')).status).toBe(404)
  })

  const server = serveOps(app([well], [ill]), { host: '127.0.0.1', port: 0 })
  afterAll(() => server.stop())

  test('answers over the network, follows the parts, and is gone after stop', async () => {
    let reason: string | null = null
    const moving: Probe = { name: 'moving', look: () => reason }
    const own = serveOps(app([], [moving]), { host: '127.0.0.1', port: 0 })
    const url = `http://127.0.0.1:${own.port}/ready`
    expect((await fetch(url)).status).toBe(200)
    reason = 'stopping'
    expect((await fetch(url)).status).toBe(503)
    await own.stop()
    expect(fetch(url)).rejects.toThrow()
  })

  test('a port that is taken is an error at once', () => {
    expect(() => serveOps(app([], []), { host: '127.0.0.1', port: server.port })).toThrow()
  })
})
