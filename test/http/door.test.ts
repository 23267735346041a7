/**
 * The whole door, listener and calls together, over real TLS.
 */
import { afterAll, afterEach, expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import { DEFAULT_LIMITS, type Limits } from '../../src/core/limits.ts'
import { listen, type Listening } from '../../src/http/listen.ts'
import { rejudge } from '../../src/http/peer.ts'
import type { Relay } from '../../src/relay/relay.ts'
import { createPki, type Credentials } from './support/pki.ts'
import { createWorld, FakeTrust, IDS, messageOf } from './support/world.ts'
import { dial, get, type Wire } from './support/wire.ts'

const pki = createPki()
const fingerprint = (der: string | Uint8Array) => new X509Certificate(der).fingerprint256
/** Certificates of the PKI → peers of the world. */
const NAMES = new Map([
  [fingerprint(pki.good.cert), 'creditor'],
  [fingerprint(pki.alsoGood.cert), 'suspended'],
])
const open: Listening[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((listening) => listening.stop(0)))
})
afterAll(() => pki.remove())

async function start(verbs: Partial<Relay> = {}, given: Partial<Limits> = {}) {
  const trust = new FakeTrust((leaf) => NAMES.get(fingerprint(leaf)) ?? 'unknown')
  const world = createWorld(verbs, given, trust)
  const limits = { ...DEFAULT_LIMITS, ...given }
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: { certificate: pki.server.cert, key: pki.server.key, anchors: [pki.anchor] },
    fetch: world.app.fetch,
    limits: () => limits,
    sweepMs: 50,
  })
  open.push(listening)
  const dialAs = (as: Credentials | null): Promise<Wire> => dial(listening.port, pki.anchor, as)
  return { ...world, listening, dialAs }
}

const post = (path: string, type: string, body: string, length = Buffer.byteLength(body)) =>
  `POST /api/v1${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n` +
  `Content-Length: ${length}\r\n\r\n${body}`
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

test('500 connections, good, suspended, rogue and none, mixed: nobody is taken for another', async () => {
  const { dialAs } = await start({}, { handshakesPerAddressPerSecond: 10_000 })
  const kinds: [Credentials | null, RegExp][] = [
    [pki.good, /^HTTP\/1\.1 200 .*"naam":"energie-direct"/s],
    [pki.rogue, /^HTTP\/1\.1 401 .*"code":"certificaat-keten"/s],
    [pki.alsoGood, /^HTTP\/1\.1 200 .*"naam":"geschorst"/s],
    [null, /^HTTP\/1\.1 401 .*"code":"certificaat-ontbreekt"/s],
  ]
  const ask = async (number: number): Promise<boolean> => {
    const [as, expected] = kinds[(number * 7) % kinds.length]!
    const wire = await dialAs(as)
    wire.send(get('/api/v1/identiteit'))
    const text = await wire.expect(/\}$/)
    wire.socket.destroy()
    return expected.test(text)
  }
  let right = 0
  for (let from = 0; from < 500; from += 25) {
    const answers = await Promise.all(Array.from({ length: 25 }, (_, at) => ask(from + at)))
    right += answers.filter((each) => each).length
  }
  expect(right).toBe(500)
}, 30_000)

test('a revoked certificate: who waits gets 401, who is idle is closed, others stay', async () => {
  const { dialAs, trust, listening } = await start({
    list: (_who, { signal }) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve({ items: [] }))),
    conversations: async () => ({ items: [] }),
  })
  const [waiting, idle, never] = [
    await dialAs(pki.good),
    await dialAs(pki.good),
    await dialAs(pki.rogue),
  ]
  idle.send(get('/api/v1/conversaties'))
  await idle.expect(/"conversaties"/)
  waiting.send(get('/api/v1/berichten?wacht=60'))
  await Bun.sleep(50)
  expect(rejudge(listening, trust)).toBe(0)
  trust.revoked.add('creditor')
  expect(rejudge(listening, trust)).toBe(2)
  await Promise.all([waiting.closed, idle.closed])
  expect(waiting.received()).toMatch(/^HTTP\/1\.1 401 .*certificaat-keten/s)
  // Who was never let in keeps what is public.
  never.send(get('/api/v1/modules'))
  await never.expect(/^HTTP\/1\.1 200/)
})

test('a request after revocation gets 401 and the connection closes', async () => {
  const { dialAs, trust } = await start({ conversations: async () => ({ items: [] }) })
  const wire = await dialAs(pki.good)
  wire.send(get('/api/v1/conversaties'))
  await wire.expect(/"conversaties"/)
  trust.revoked.add('creditor')
  wire.send(get('/api/v1/conversaties'))
  await wire.closed
  expect(wire.received()).toMatch(/HTTP\/1\.1 401 .*connection: close/is)
})

test.each([
  ['announced', post('/berichten', 'application/json', 'x', 50_000_000)],
  [
    'in chunks',
    'POST /api/v1/berichten HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Transfer-Encoding: chunked\r\n\r\n${chunk('x'.repeat(60_000))}${chunk('x'.repeat(60_000))}`,
  ],
])('a body over the limit, %s, gets 413 and the connection closes', async (_name, text) => {
  const { dialAs, asked } = await start({}, { requestBytes: 100_000 })
  const wire = await dialAs(pki.good)
  wire.send(text)
  await wire.closed
  expect(wire.received()).toMatch(/^HTTP\/1\.1 413 .*"code":"te-groot"/s)
  expect(asked).toEqual([])
})

test('a long poll of somebody who goes away is ended', async () => {
  const ended = Promise.withResolvers<void>()
  const { dialAs } = await start({
    list: (_who, { signal }) =>
      new Promise((resolve) =>
        signal?.addEventListener('abort', () => {
          ended.resolve()
          resolve({ items: [] })
        }),
      ),
  })
  const wire = await dialAs(pki.good)
  wire.send(get('/api/v1/berichten?wacht=60'))
  await Bun.sleep(50)
  wire.socket.destroy()
  await ended.promise
})

test('HEAD and pipelined requests are answered in order', async () => {
  const { dialAs } = await start({ peek: async () => ({ message: messageOf() }) })
  const wire = await dialAs(pki.good)
  const head = get(`/api/v1/berichten/${IDS.reference}`).replace('GET', 'HEAD')
  wire.send(head + get('/api/v1/fouten/te-groot') + get('/api/v1/nergens'))
  const text = await wire.expect(/niet-gevonden/)
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 404'])
  expect(text.match(/api-version: 1\.2\.3/g)).toHaveLength(3)
})

test('a body that breaks off is no defect of ours', async () => {
  const { dialAs, asked, lines, faults } = await start()
  const wire = await dialAs(pki.good)
  wire.send(post('/berichten', 'application/json', '{"half', 500))
  await Bun.sleep(30)
  wire.socket.destroy()
  await Bun.sleep(50)
  expect(lines).toMatchObject([{ status: 400, code: 'json-ongeldig' }])
  expect([asked, faults]).toEqual([[], []])
})

test('a Host that is none gets 400', async () => {
  const { dialAs } = await start()
  const wire = await dialAs(null)
  wire.send('GET /api/v1/modules HTTP/1.1\r\nHost: a b/c?\r\n\r\n')
  await wire.expect(/^HTTP\/1\.1 400 /)
})

const NDJSON_HEAD =
  'POST /api/v1/aanbiedingen HTTP/1.1\r\nHost: localhost\r\n' +
  'Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n'
const line = (number: number) =>
  `{"referentienummer":"00000000-0000-4000-9000-${String(number).padStart(12, '0')}"}\n`

test('lines are answered while the body is still coming', async () => {
  const { dialAs } = await start({
    submit: async () => ({ message: messageOf(), repeated: false }),
  })
  const wire = await dialAs(pki.good)
  wire.send(NDJSON_HEAD)
  for (const number of [1, 2, 3]) {
    wire.send(chunk(line(number)))
    await wire.expect(new RegExp(`"regel":${number},.*"status":201`))
  }
  wire.send('0\r\n\r\n')
  await wire.expect(/\r\n0\r\n\r\n$/)
})

test('lines that were begun finish when the connection breaks, the half one is not offered', async () => {
  const seen: string[] = []
  const { dialAs, listening } = await start({
    submit: async (_who, input) => {
      await Bun.sleep(30)
      seen.push((input as { referentienummer: string }).referentienummer.slice(-1))
      return { message: messageOf(), repeated: false }
    },
  })
  const wire = await dialAs(pki.good)
  wire.send(NDJSON_HEAD + chunk(`${line(1)}${line(2)}${line(3).trimEnd()}`))
  await Bun.sleep(10)
  wire.socket.destroy()
  await Bun.sleep(150)
  expect(seen).toEqual(['1', '2'])
  expect(listening.connections).toBe(0)
})

test('a client that never reads its outcomes does not fill the memory', async () => {
  let submitted = 0
  const detail = 'x'.repeat(1_000)
  const { dialAs } = await start(
    {
      submit: async () => {
        submitted += 1
        const message = messageOf(
          { receipt: { outcome: 'refused', at: 0, reason: 'anders' } },
          detail,
        )
        return { message, repeated: false }
      },
    },
    {
      batchAnswerBufferBytes: 20_000,
      batchMessages: 100_000,
      submitsBurst: 1e6,
      submitsPerSecond: 1e6,
    },
  )
  const wire = await dialAs(pki.good)
  wire.socket.pause()
  wire.send(NDJSON_HEAD)
  const lines = chunk(Array.from({ length: 500 }, (_, at) => line(at)).join(''))
  for (let turn = 0; turn < 60; turn += 1) {
    wire.send(lines)
    await Bun.sleep(10)
  }
  // 30,000 lines were sent, whose outcomes are 40 MB; what lies between us and the client holds some of them.
  expect(submitted).toBeGreaterThan(20)
  expect(submitted).toBeLessThan(25_000)
  const before = submitted
  await Bun.sleep(100)
  expect(submitted - before).toBeLessThan(200)
}, 10_000)
