/** The load generator: it must count right, or every figure is wrong. */
import { afterAll, describe, expect, test } from 'bun:test'
import { PAYLOADS, RECEIVER } from '../../src/cli/bench-envelope.ts'
import { makeBenchFolder } from '../../src/cli/bench-own-relay.ts'
import type { OwnRelay } from '../../src/cli/bench-own-relay.ts'
import { calibrate, runWorkload } from '../../src/cli/bench-run.ts'
import type { BenchTarget } from '../../src/cli/bench-run.ts'
import { AnswerReader } from '../../src/client/load/answer-reader.ts'
import { percentilesOf } from '../../src/client/load/figures.ts'
import {
  CONVERSATION_MARK,
  MessageRequest,
  REFERENCE_MARK,
  requestBytes,
} from '../../src/client/load/prepared-request.ts'
import { requestEnds } from '../../src/client/load/request-ends.ts'

const PLAIN = 'HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhallo'
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhallo,\r\n7\r\n wereld\r\n0\r\n\r\n'
const EMPTY = 'HTTP/1.1 204 No Content\r\n\r\n'

describe('an answer is whole exactly when its last byte is there', () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['with a length', PLAIN, 201, 'hallo'],
    ['in chunks', CHUNKED, 200, 'hallo, wereld'],
    ['without a body', EMPTY, 204, ''],
  ]
  test.each(cases)('%s, cut anywhere', (_name, text, status, body) => {
    const bytes = Buffer.from(text)
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const reader = new AnswerReader()
      // An empty piece is no news; it must do no harm either.
      expect(reader.push(Buffer.from(bytes.subarray(0, cut)))).toBeUndefined()
      const answer = reader.push(Buffer.from(bytes.subarray(cut)))
      expect([answer?.status, answer?.body.toString()]).toEqual([status, body])
    }
  })

  test('byte by byte, and one after the other on one connection', () => {
    const reader = new AnswerReader()
    const statuses: number[] = []
    for (const byte of Buffer.from(`${PLAIN}${CHUNKED}${PLAIN}`)) {
      const answer = reader.push(Buffer.of(byte))
      if (answer !== undefined) statuses.push(answer.status)
    }
    expect(statuses).toEqual([201, 200, 201])
  })

  test.each([
    ['two at once', `${PLAIN}${PLAIN}`],
    ['two at once, the first in chunks', `${CHUNKED}${PLAIN}`],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhallo\r\n'],
  ])('is refused: %s', (_name, text) => {
    expect(() => new AnswerReader().push(Buffer.from(text))).toThrow()
  })
})

test('the end of every request is seen, however its bytes are cut', () => {
  const of = { host: 'localhost', participant: '' }
  const three = Buffer.concat([
    requestBytes(of, 'POST', '/berichten', { body: 'x'.repeat(100) }),
    requestBytes(of, 'GET', '/berichten'),
    requestBytes(of, 'PUT', '/berichten/1/bevestiging'),
  ])
  for (let cut = 1; cut < three.length; cut += 1) {
    const ends = requestEnds()
    expect(ends(three.subarray(0, cut)) + ends(three.subarray(cut))).toBe(3)
  }
})

test('each use of a request has new references, all of the same length, and nothing else changes', () => {
  const body = JSON.stringify([REFERENCE_MARK, CONVERSATION_MARK, 'rest', REFERENCE_MARK])
  const request = new MessageRequest(Buffer.from(body))
  const seen = new Set<string>()
  for (let use = 0; use < 100; use += 1) {
    const told: string[] = []
    const [first, conversation, rest, second] = JSON.parse(
      Buffer.from(request.next((reference) => told.push(reference))).toString(),
    ) as string[]
    expect(told).toEqual([first ?? '', second ?? ''])
    expect(rest).toBe('rest')
    for (const id of [first, second, conversation]) seen.add(id ?? '')
  }
  expect(seen.size).toBe(300)
})

test('percentiles are of the values themselves, in any order', () => {
  const times = Array.from({ length: 1_000 }, (_, index) => ((index * 617) % 1_000) + 1)
  expect(percentilesOf(times)).toEqual({ count: 1_000, p50: 500, p90: 900, p99: 990, max: 1_000 })
  expect(percentilesOf([])).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 })
})

describe('over mutual TLS', () => {
  const folder = makeBenchFolder()
  const signal = AbortSignal.timeout(110_000)
  const running: OwnRelay[] = []

  afterAll(async () => {
    for (const relay of running) await relay.stop()
    folder.remove()
  })

  test('the generator reaches the server that answers at once, and says what both used', async () => {
    const measured = await calibrate(folder, 1, signal)
    expect(measured.messages).toBeGreaterThan(100)
    expect(measured.failures).toEqual({})
    expect(measured.server?.cpuSeconds).toBeGreaterThan(0)
    expect(measured.generator.cpuSeconds).toBeGreaterThan(0)
  }, 60_000)

  test('every kind of work does what it counts, on a relay of its own', async () => {
    const relay = await folder.start(signal)
    running.push(relay)
    const [payload] = PAYLOADS
    if (payload === undefined) throw new Error('there is no payload')
    const target: BenchTarget = {
      host: 'localhost',
      port: relay.port,
      ca: folder.ca,
      sender: folder.credentials(payload.sender),
      receiver: folder.credentials(RECEIVER),
      pid: relay.pid,
    }
    const effort = { clients: 4, seconds: 0.5, warmUpSeconds: 0.2, messages: 1_200 }
    for (const workload of ['idle', 'submit', 'batch', 'fetch', 'fetch-one', 'mixed'] as const) {
      const { measured, bytes } = await runWorkload(workload, payload, target, effort, signal)
      expect({ workload, failures: measured.failures }).toEqual({ workload, failures: {} })
      if (workload !== 'idle') expect(measured.messages).toBeGreaterThan(0)
      expect(bytes).toBeWithin(payload.bytes - 64, payload.bytes + 1)
    }
  }, 110_000)
})
