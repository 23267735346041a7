/**
 * Requests inside requests: whatever a proxy in front may have made of these bytes, the relay does not act on what is hidden in them.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { listeners } from '../http/support/listener.ts'
import { dial } from '../http/support/wire.ts'

const { pki, start } = listeners()

const HIDDEN = 'GET /verborgen HTTP/1.1\r\nHost: localhost\r\n\r\n'
const CHUNKED = `0\r\n\r\n${HIDDEN}`
const LENGTH = HIDDEN.length
const POST = 'POST /body HTTP/1.1\r\nHost: localhost\r\n'

/** Header lines that frame a body, and the body. In each, a reader somewhere finds a second request. */
const TRIES: readonly [name: string, framing: string, body: string][] = [
  ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', CHUNKED],
  ['chunks and a length', `Transfer-Encoding: chunked\r\nContent-Length: ${LENGTH}`, CHUNKED],
  ['two lengths', `Content-Length: 0\r\nContent-Length: ${LENGTH}`, HIDDEN],
  ['two lengths in one line', `Content-Length: 0, ${LENGTH}`, HIDDEN],
  ['a length below zero', 'Content-Length: -1', HIDDEN],
  ['a length with a sign', 'Content-Length: +0', HIDDEN],
  ['a length in hexadecimal digits', 'Content-Length: 0x0', HIDDEN],
  ['a length beyond all bounds', 'Content-Length: 18446744073709551616', HIDDEN],
  ['a length with a space inside', 'Content-Length: 0 0', HIDDEN],
  ['a space before the colon', 'Content-Length : 0', HIDDEN],
  ['a space before the colon of the coding', 'Transfer-Encoding : chunked', CHUNKED],
  ['a coding that nobody knows', 'Transfer-Encoding: xchunked', HIDDEN],
  ['a coding with a vertical tab', 'Transfer-Encoding:\x0bchunked', CHUNKED],
  ['identity', 'Transfer-Encoding: identity', HIDDEN],
  ['chunked, then identity', 'Transfer-Encoding: chunked, identity', CHUNKED],
  ['two codings', 'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked', CHUNKED],
  ['no coding, then chunked', 'Transfer-Encoding:\r\nTransfer-Encoding: chunked', CHUNKED],
  ['a folded line', 'X: y\r\n Transfer-Encoding: chunked', CHUNKED],
  ['a bare line feed', `X: y\nContent-Length: ${LENGTH}\n`, HIDDEN],
  ['a bare carriage return', `X: y\rContent-Length: ${LENGTH}`, HIDDEN],
  ['a null in a header', `X: y\0\r\nContent-Length: ${LENGTH}`, HIDDEN],
  ['a chunk of negative length', 'Transfer-Encoding: chunked', `-1\r\n\r\n${CHUNKED}`],
  ['a chunk length in C', 'Transfer-Encoding: chunked', `0x0\r\n\r\n${HIDDEN}`],
  [
    'a chunk length beyond 64 bits',
    'Transfer-Encoding: chunked',
    `10000000000000000\r\n${CHUNKED}`,
  ],
  ['chunk lines that end in a line feed', 'Transfer-Encoding: chunked', `0\n\n${HIDDEN}`],
  ['a chunk extension with a line feed', 'Transfer-Encoding: chunked', `5;x\nabcde\r\n${CHUNKED}`],
  ['a chunk that is longer than it says', 'Transfer-Encoding: chunked', `1\r\nabc\r\n${CHUNKED}`],
]

/** What the handler was asked, in order. */
async function seenBy(bytes: string): Promise<readonly string[]> {
  const seen: string[] = []
  const { port } = await start({
    fetch: async (request) => {
      seen.push(new URL(request.url).pathname)
      await request.arrayBuffer().catch(() => {})
      return new Response('read')
    },
  })
  const wire = await dial(port, pki.anchor, pki.good)
  wire.send(bytes)
  await Promise.race([wire.closed, Bun.sleep(150)])
  expect(wire.received()).not.toMatch(/HTTP\/1\.1 500/)
  wire.socket.destroy()
  return seen
}

describe('a hidden request is not acted on behind', () => {
  test.each(TRIES)('%s', async (_, framing, body) => {
    expect(await seenBy(`${POST}${framing}\r\n\r\n${body}`)).not.toContain('/verborgen')
  })
})

describe('what is plain is acted on, so that the above can fail', () => {
  test.each([
    ['a length of nothing', 'Content-Length: 0', HIDDEN],
    ['no body', 'X: y', HIDDEN],
    ['the last chunk', 'Transfer-Encoding: chunked', CHUNKED],
    ['the coding in capitals', 'TRANSFER-ENCODING: CHUNKED', CHUNKED],
    ['a chunk with an extension', 'Transfer-Encoding: chunked', `5;x=y\r\nabcde\r\n${CHUNKED}`],
  ])('%s', async (_, framing, body) => {
    expect(await seenBy(`${POST}${framing}\r\n\r\n${body}`)).toEqual(['/body', '/verborgen'])
  })

  test('and a body is a body', async () => {
    const bytes = `${POST}Content-Length: ${LENGTH}\r\n\r\n${HIDDEN}`
    expect(await seenBy(bytes)).toEqual(['/body'])
  })
})

describe('hosts and targets', () => {
  test.each([
    ['two hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: elders\r\n\r\n'],
    ['a host with a user', 'GET / HTTP/1.1\r\nHost: x@localhost\r\n\r\n'],
    ['a host with a path', 'GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a target without a slash', 'GET x HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ])('%s: refused or read as one thing', async (_, bytes) => {
    expect((await seenBy(bytes)).length).toBeLessThanOrEqual(1)
  })

  test('what follows a CONNECT is not acted on', async () => {
    const bytes = `CONNECT /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`
    expect(await seenBy(bytes)).toEqual([])
  })

  test('an address as target means its path here, whatever machine it names', async () => {
    const bytes = 'GET https://elders.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n'
    expect(await seenBy(bytes)).toSatisfy((seen) => seen.every((path) => path === '/a'))
  })
})
