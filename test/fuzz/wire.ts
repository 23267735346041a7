/**
 * Fuzzer of what goes over the connection: whole requests as bytes, well formed, badly framed and senseless.
 * @module
 */
import { connect } from 'node:tls'
import { DEFAULT_LIMITS } from '../../src/core/limits.ts'
import { listen } from '../../src/http/listen.ts'
import { createPki } from '../http/support/pki.ts'
import { CANARY_TEXT, canaryIn } from '../support/canary.ts'
import type { Chance } from '../support/seeded.ts'
import type { Fuzzer, Outcome } from './fuzzer.ts'
import { mutateBytes } from './mutate.ts'
import { readStrictly, type StrictRequest } from './strict-http.ts'

const HIDDEN = 'GET /verborgen HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** Header lines about the length of a body, most of them wrong. */
const FRAMINGS = [
  ...['Content-Length: 0', 'Content-Length: 5', `Content-Length: ${HIDDEN.length}`],
  ...['Content-Length: +5', 'Content-Length: -1', 'Content-Length: 5, 5', 'Content-Length: 0x5'],
  ...['Content-Length: 5 5', 'Content-Length:', 'Content-Length : 5', 'content-length:\t5'],
  ...['Content-Length: 99999999999999999999', 'Content-Length: 1e1', 'Content-Length: 05'],
  ...['Transfer-Encoding: chunked', 'transfer-encoding: CHUNKED', 'Transfer-Encoding : chunked'],
  ...['Transfer-Encoding: xchunked', 'Transfer-Encoding: chunked, identity', 'Transfer-Encoding:'],
  ...[
    'Transfer-Encoding: identity',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding:\x0bchunked',
  ],
  ...[
    'X: y\r\n Transfer-Encoding: chunked',
    'Transfer-Encoding\r\n : chunked',
    'X: y\nContent-Length: 5',
  ],
]
const HEADERS = [
  ...['Host: localhost', 'Host: localhost', 'Host: a b', 'Host:', 'Host: [::1]', 'Host: x@y/z?#'],
  ...[
    'Connection: close',
    'Connection: keep-alive',
    'Expect: 100-continue',
    'Upgrade: h2c',
    'X: y',
  ],
  ...[
    `X-Naam: ${CANARY_TEXT}`,
    `${CANARY_TEXT}: x`,
    ' folded',
    ': nameless',
    'X',
    `X: ${'a'.repeat(99)}`,
  ],
]
const TARGETS = [
  ...[
    '/a',
    '/b?c=d',
    '/%2e%2e/',
    '//a',
    '*',
    'a',
    'http://localhost/e',
    'https://elders.example/f',
  ],
  ...['localhost:443', '/a b', '/a#b', `/${CANARY_TEXT.replaceAll(' ', '-')}`, '', '/..//.'],
]
const METHODS = [
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'OPTIONS',
  'DELETE',
  'TRACE',
  'CONNECT',
  'PRI',
  'get',
]
const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  '',
]
const BODIES = [
  ...['', 'abcde', HIDDEN, `0\r\n\r\n${HIDDEN}`, `5\r\nabcde\r\n0\r\n\r\n${HIDDEN}`],
  ...[
    '5;x=y\r\nabcde\r\n0\r\n\r\n',
    '5;x\nabcde\r\n0\r\n\r\n',
    '-5\r\nabcde\r\n0\r\n\r\n',
    '0\r\nX: y\r\n\r\n',
  ],
  ...['0x5\r\nabcde\r\n0\r\n\r\n', '5 \r\nabcde\r\n0\r\n\r\n', '5\nabcde\n0\n\n', 'fffffffff\r\n'],
]

/** Statuses that mean something went wrong on our side, when nothing did. */
const isDefect = (status: number) => status >= 500 && status !== 501 && status !== 505

const PATIENCE_MS = 3_000

export const wire: Fuzzer = {
  name: 'wire',
  property:
    'The door acts on nothing but what a strict reader of HTTP finds in the bytes, answers in HTTP or hangs up, soon, and repeats nothing.',
  planted: 'Something in front of the door takes away spaces before the colon of a header.',
  findsWithin: 1_500,
  slowestMs: 2_500,
  async open(isPlanted) {
    const pki = createPki()
    let seen: Promise<StrictRequest>[] = []
    const listening = await listen({
      host: '127.0.0.1',
      port: 0,
      tls: { certificate: pki.server.cert, key: pki.server.key, anchors: [pki.anchor] },
      fetch: (request) => {
        seen.push(understood(request.clone() as Request))
        return request.text().then(
          (body) => new Response(`${body.length}`),
          () => new Response('broken off'),
        )
      },
      limits: () => ({ ...DEFAULT_LIMITS, handshakesPerAddressPerSecond: 1_000_000 }),
    })
    return {
      make: inputBy,
      async attempt(input) {
        seen = []
        const given = Buffer.from(input)
        const sent = isPlanted ? withoutSpaces(given) : given
        const received = await exchange(listening.port, pki.anchor, sent)
        if (received === undefined) return { taken: false, broken: 'it keeps the caller waiting' }
        return outcomeOf(received, await Promise.all(seen), readStrictly(given))
      },
      async close() {
        await listening.stop(0)
        pki.remove()
      },
    }
  },
}

function inputBy(chance: Chance): Uint8Array {
  const requests = Array.from({ length: 1 + chance.below(3) }, () => {
    const headers = Array.from({ length: chance.below(3) }, () => chance.oneOf(HEADERS))
    const framing = chance.percent(70) ? [chance.oneOf(FRAMINGS)] : []
    const doubled = chance.percent(15) ? [chance.oneOf(FRAMINGS)] : []
    const host = chance.percent(90) ? ['Host: localhost'] : []
    const method = chance.percent(60) ? 'POST' : chance.oneOf(METHODS)
    const target = chance.percent(60) ? '/a' : chance.oneOf(TARGETS)
    const version = chance.percent(80) ? 'HTTP/1.1' : chance.oneOf(VERSIONS)
    const lines = [`${method} ${target} ${version}`, ...host, ...headers, ...framing, ...doubled]
    const lineEnd = chance.percent(95) ? '\r\n' : chance.oneOf(['\n', '\r', '\r\r\n', '\0\r\n'])
    return `${lines.join(lineEnd)}\r\n\r\n${chance.oneOf(BODIES)}`
  })
  const bytes = Buffer.from(requests.join(''), 'latin1')
  return chance.percent(30) ? mutateBytes(chance, bytes) : bytes
}

const withoutSpaces = (bytes: Buffer) =>
  Buffer.from(bytes.toString('latin1').replace(/[ \t]+:/g, ':'), 'latin1')

async function understood(request: Request): Promise<StrictRequest> {
  const { method } = request
  const path = URL.parse(request.url)?.pathname ?? request.url
  try {
    return { method, path, body: Buffer.from(await request.arrayBuffer()) }
  } catch {
    return { method, path }
  }
}

/** Sends bytes, says that there are no more, and gives what came until the end; undefined when none came. */
function exchange(port: number, ca: string, bytes: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca }, () =>
      socket.end(bytes),
    )
    const tooLong = setTimeout(() => {
      resolve(undefined)
      socket.destroy()
    }, PATIENCE_MS)
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(tooLong)
      resolve(Buffer.concat(parts).toString('latin1'))
    })
  })
}

function outcomeOf(
  received: string,
  seen: readonly StrictRequest[],
  strict: readonly StrictRequest[],
): Outcome {
  const broken = faultInAnswers(received) ?? faultInReading(seen, strict)
  return { taken: seen.length > 0, ...(broken !== undefined && { broken }) }
}

function faultInAnswers(received: string): string | undefined {
  if (received !== '' && !received.startsWith('HTTP/1.1 '))
    return `no HTTP: ${received.slice(0, 80)}`
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) =>
    Number(status),
  )
  const defect = statuses.find(isDefect)
  if (defect !== undefined) return `status ${defect}`
  const [leak] = canaryIn(received)
  return leak === undefined ? undefined : `an answer holds ${leak}`
}

function faultInReading(
  seen: readonly StrictRequest[],
  strict: readonly StrictRequest[],
): string | undefined {
  for (const [index, { method, path, body }] of seen.entries()) {
    const expected = strict[index]
    if (expected === undefined)
      return `acts on request ${index + 1}, ${method} ${path}: there is none`
    if (method !== expected.method || path !== (expected.path ?? path)) {
      return `acts on ${method} ${path} where ${expected.method} ${expected.path} stands`
    }
    // These have a body on the wire, and none for whoever handles them.
    if (['GET', 'HEAD', 'TRACE'].includes(method)) continue
    if (body && expected.body && Buffer.compare(body, expected.body) !== 0) {
      return `reads another body of ${method} ${path}`
    }
  }
  return undefined
}
