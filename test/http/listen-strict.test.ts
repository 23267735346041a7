/**
 * Requests that two readers could understand in two ways: the listener understands them in none, and hears nothing behind them.
 */
import { describe, expect, test } from 'bun:test'
import { listeners } from './support/listener.ts'
import { dial, get } from './support/wire.ts'

const { pki, start } = listeners()

const HOST = 'Host: localhost\r\n'
const BEHIND = get('/behind')
/** A request with these header lines, a body, and another request behind it. */
const post = (lines: string, body: string) =>
  `POST /body HTTP/1.1\r\n${HOST}${lines}\r\n\r\n${body}${BEHIND}`
const chunked = (body: string) => post('Transfer-Encoding: chunked', body)
const head = (lines: string) => `GET / HTTP/1.1\r\n${lines}\r\n\r\n${BEHIND}`
const first = (line: string) => `${line}\r\n${HOST}\r\n${BEHIND}`

const EMPTY = '0\r\n\r\n'

/** What is sent, and what it is refused with. */
const REFUSED: Readonly<Record<string, readonly [string, number]>> = {
  'two lengths': [post('Content-Length: 2\r\nContent-Length: 3', 'abc'), 400],
  'one length twice': [post('Content-Length: 2\r\nContent-Length: 2', 'ab'), 400],
  'a list of lengths': [post('Content-Length: 2, 2', 'ab'), 400],
  'a signed length': [post('Content-Length: +2', 'ab'), 400],
  'a length below zero': [post('Content-Length: -2', 'ab'), 400],
  'a hexadecimal length': [post('Content-Length: 0x2', 'ab'), 400],
  'a length of two numbers': [post('Content-Length: 1 2', 'ab'), 400],
  'an empty length': [post('Content-Length: ', 'ab'), 400],
  'a length beyond all numbers': [post('Content-Length: 99999999999999999999', 'ab'), 400],
  'a length, then chunks': [post('Content-Length: 5\r\nTransfer-Encoding: chunked', EMPTY), 400],
  'chunks, then a length': [post('Transfer-Encoding: chunked\r\nContent-Length: 5', EMPTY), 400],
  'a coding that is none': [post('Transfer-Encoding: xchunked', EMPTY), 400],
  'the coding identity': [post('Transfer-Encoding: identity', EMPTY), 400],
  'chunks before another coding': [post('Transfer-Encoding: chunked, identity', EMPTY), 400],
  'another coding before chunks': [post('Transfer-Encoding: gzip, chunked', EMPTY), 400],
  'two codings': [post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', EMPTY), 400],
  'a coding in quotes': [post('Transfer-Encoding: "chunked"', EMPTY), 400],
  'a coding behind a control character': [post('Transfer-Encoding: \x0bchunked', EMPTY), 400],
  'a coding with a space before its colon': [post('Transfer-Encoding : chunked', EMPTY), 400],
  'chunks in HTTP/1.0': [chunked(EMPTY).replace('/1.1', '/1.0'), 400],
  'a size of a chunk that is none': [chunked(`zz\r\nab\r\n${EMPTY}`), 400],
  'a size with a prefix': [chunked(`0x2\r\nab\r\n${EMPTY}`), 400],
  'a size below zero': [chunked(`-2\r\nab\r\n${EMPTY}`), 400],
  'a size beyond all numbers': [chunked(`ffffffffffffffffff\r\nab\r\n${EMPTY}`), 400],
  'a size with a space': [chunked(`2 \r\nab\r\n${EMPTY}`), 400],
  'a chunk longer than its size': [chunked(`2\r\nabXX${EMPTY}`), 400],
  'chunks that end with a bare line feed': [chunked('2\nab\n0\n\n'), 400],
  'an extension of a chunk with a bare line feed': [chunked(`2;\nxx\r\nab\r\n${EMPTY}`), 400],
  'a header with a bare line feed': [head(`${HOST}X: a\nY: b`), 400],
  'a header with a bare carriage return': [head(`${HOST}X: a\rY: b`), 400],
  'a header over two lines': [head(`${HOST}X: a\r\n  b`), 400],
  'a first header that begins with a space': [head(` X: a\r\n${HOST}X: b`), 400],
  'a header with a space before its colon': [head(`${HOST}X : a`), 400],
  'a header without a name': [head(`${HOST}: a`), 400],
  'a header without a colon': [head(`${HOST}Xa`), 400],
  'a header with an odd name': [head(`${HOST}X(y): a`), 400],
  'a header with a zero byte': [head(`${HOST}X: a\0b`), 400],
  'more headers than anybody needs': [head(HOST + 'X: a\r\n'.repeat(300) + 'X: a'), 431],
  'no host': [head('X: a'), 400],
  'an empty host': [head('Host: '), 400],
  'a host that is none': [head('Host: a b/c?'), 400],
  'two hosts': [head('Host: a\r\nHost: b'), 400],
  'a method in lower case': [first('get / HTTP/1.1'), 0],
  'a method that nobody knows': [first('FOO / HTTP/1.1'), 0],
  'a tunnel': [first('CONNECT localhost:1 HTTP/1.1'), 400],
  'a target without a slash': [first('GET a HTTP/1.1'), 400],
  'a target with a space': [first('GET /a b HTTP/1.1'), 505],
  'a target with a control character': [first('GET /a\x01b HTTP/1.1'), 505],
  'tabs for spaces': [first('GET\t/\tHTTP/1.1'), 505],
  'no version': ['GET /\r\n\r\n', 505],
  'another version': [first('GET / HTTP/1.2'), 505],
  'bare line feeds alone': ['GET / HTTP/1.1\nHost: localhost\n\n', 505],
  'an empty line first': [`\r\n\r\n${get('/')}`, 400],
  'an expectation that nobody can meet': [head(`${HOST}Expect: wonders`), 417],
}

describe('a request is refused, and nothing behind it heard, with', () => {
  test.each(Object.entries(REFUSED))('%s', async (_name, [text, status]) => {
    const heard: string[] = []
    const { port } = await start({
      fetch: async (request) => {
        // The body may turn out to be none, which is the only way on from here.
        await request.text().catch(() => heard.push('a broken body'))
        if (heard.length === 0) heard.push(request.url)
        return new Response('heard')
      },
    })
    const wire = await dial(port, pki.anchor, null)
    wire.socket.write(Buffer.from(text, 'latin1'))
    await wire.closed
    expect(heard.filter((each) => each !== 'a broken body')).toEqual([])
    const statuses = [...wire.received().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, each]) => each)
    expect(statuses).toEqual(status === 0 ? [] : [String(status)])
  })
})

test('what comes behind a whole request and is none ends the connection, after its answer', async () => {
  const { port } = await start()
  const wire = await dial(port, pki.anchor, null)
  wire.send(`POST /body HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nabRUBBISH\r\n\r\n`)
  await wire.closed
  expect(wire.received()).toMatch(/^HTTP\/1\.1 200 .*read 2HTTP\/1\.1 400 [^]*$/s)
})

test.each([
  ['a web socket', { upgrade: 'websocket', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }],
  ['HTTP/2', { upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }],
])('a wish for %s is passed over', async (_name, headers) => {
  const { port } = await start()
  const wire = await dial(port, pki.anchor, null)
  wire.send(get('/who', { connection: 'upgrade', 'sec-websocket-version': '13', ...headers }))
  await wire.expect(/^HTTP\/1\.1 200 .*\/who none/s)
  wire.send(get('/again'))
  await wire.expect(/\/again none/)
})

test('a head over the limit of the configuration is refused, however small that is', async () => {
  const { port } = await start({ given: { headerBytes: 2_000 } })
  const within = await dial(port, pki.anchor, null)
  within.send(get('/who', { x: 'a'.repeat(1_900) }) + get('/who', { x: 'a'.repeat(1_900) }))
  await within.expect(/who.*who/s)
  const beyond = await dial(port, pki.anchor, null)
  beyond.send(get('/who', { x: 'a'.repeat(2_000) }))
  await beyond.closed
  expect(beyond.received()).toMatch(/^HTTP\/1\.1 431 /)
})
