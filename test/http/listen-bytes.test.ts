/**
 * The bytes of a connection: all of them, in order, at the pace of the slower end, and an end that both sides hear.
 */
import { describe, expect, test } from 'bun:test'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ListenOptions } from '../../src/http/listen.ts'
import { listeners } from './support/listener.ts'
import { dial, get, type Wire } from './support/wire.ts'

const { pki, start } = listeners()
const MIB = 1024 * 1024

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const post = (path: string, body: string, length = body.length) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n${body}`
const CHUNKED = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`

/** Paths that take and give bytes in every way. */
const handle: ListenOptions['fetch'] = async (request) => {
  const { pathname } = new URL(request.url)
  const [, verb = '', argument = ''] = pathname.split('/')
  switch (verb) {
    case 'digest':
      return new Response(`digest ${digest(new Uint8Array(await request.arrayBuffer()))}.`)
    case 'read': {
      const hash = createHash('sha256')
      let parts = 0
      for await (const part of request.body ?? new ReadableStream<Uint8Array>()) {
        hash.update(part)
        if ((parts += 1) % 10 === 0) await Bun.sleep(1)
      }
      return new Response(`digest ${hash.digest('hex')}.`)
    }
    case 'late':
      await Bun.sleep(Number(argument))
      return new Response(`late ${argument} ${await request.text()}.`)
    case 'stream':
      return new Response(streamOf(Number(argument)))
    case 'wait':
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
      return new Response()
    default:
      return new Response(`answer ${pathname}.`, { status: verb === 'refuse' ? 413 : 200 })
  }
}

function streamOf(count: number): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    async pull(controller) {
      await Bun.sleep(5)
      controller.enqueue(Buffer.from(`part ${at}.`))
      if ((at += 1) === count) controller.close()
    },
  })
}

async function dialOne(as = pki.good, options: Partial<ListenOptions> = {}): Promise<Wire> {
  const { port } = await start({ fetch: handle, ...options })
  return dial(port, pki.anchor, as)
}

describe('bytes', () => {
  test.each(['announced', 'in chunks'])(
    'of a body, %s, arrive as they were sent',
    async (way) => {
      const { port } = await start({ fetch: handle })
      const sendOne = async (number: number) => {
        const body = randomBytes(MIB + number * 77_777)
        const wire = await dial(port, pki.anchor, number % 2 === 0 ? pki.good : pki.rogue)
        if (way === 'announced') {
          wire.send(post('/digest', '', body.length))
          wire.socket.write(body)
        } else {
          wire.send(CHUNKED('/read'))
          for (let at = 0; at < body.length; at += 50_000) {
            const piece = body.subarray(at, at + 50_000)
            wire.send(`${piece.length.toString(16)}\r\n`)
            wire.socket.write(piece)
            wire.send('\r\n')
          }
          wire.send('0\r\n\r\n')
        }
        await wire.expect(new RegExp(`digest ${digest(body)}\\.`), 10_000)
        wire.socket.destroy()
      }
      await Promise.all(Array.from({ length: 8 }, (_, number) => sendOne(number)))
    },
    20_000,
  )

  test('of an answer arrive as they were given, to a slow reader too', async () => {
    const body = randomBytes(5 * MIB)
    const { port } = await start({ fetch: () => new Response(body) })
    const readOne = async (isSlow: boolean) => {
      const wire = await dial(port, pki.anchor, pki.good)
      wire.send(get('/'))
      for (let turn = 0; isSlow && turn < 10; turn += 1) {
        wire.socket.pause()
        await Bun.sleep(20)
        wire.socket.resume()
        await Bun.sleep(2)
      }
      const received = await wire.expect(/^HTTP[^]{5242880}/, 10_000)
      return digest(Buffer.from(received, 'latin1').subarray(-body.length))
    }
    const got = await Promise.all([readOne(true), readOne(false), readOne(true)])
    expect(new Set(got)).toEqual(new Set([digest(body)]))
  }, 20_000)

  test('of an answer that nobody reads are not made', async () => {
    let made = 0
    const { port } = await start({
      fetch: () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              await Bun.sleep(0)
              controller.enqueue(new Uint8Array(256 * 1024))
              if ((made += 256 * 1024) >= 64 * MIB) controller.close()
            },
          }),
        ),
    })
    const wire = await dial(port, pki.anchor, pki.good)
    wire.socket.pause()
    wire.send(get('/'))
    let before = -1
    // Until what lies between us is full.
    for (; made !== before; await Bun.sleep(150)) before = made
    expect(made).toBeWithin(1, 32 * MIB)
  })

  test('one at a time make a request too', async () => {
    const wire = await dialOne()
    for (const byte of post('/late/1', 'abc')) {
      wire.send(byte)
      await Bun.sleep(1)
    }
    await wire.expect(/late 1 abc\./)
  })
})

describe('requests that do not wait for the answer before', () => {
  const ways: readonly [string, (wire: Wire, texts: string[]) => void][] = [
    ['sent at once', (wire: Wire, texts: string[]) => wire.send(texts.join(''))],
    ['sent one by one', (wire: Wire, texts: string[]) => texts.forEach((text) => wire.send(text))],
    [
      'cut anywhere',
      (wire: Wire, texts: string[]) => {
        const text = texts.join('')
        for (let at = 0; at < text.length; at += 37) wire.send(text.slice(at, at + 37))
      },
    ],
  ]
  test.each(ways)('are answered in order, %s', async (_, send) => {
    const wire = await dialOne()
    const texts = Array.from({ length: 12 }, (_each, at) =>
      at % 3 === 2 ? get(`/get${at}`) : post(`/late/${(at * 7) % 20}`, `n${at}\r\n\r\n`),
    )
    send(wire, texts)
    const text = await wire.expect(/answer \/get11\./)
    const order = [...text.matchAll(/n\d+|\/get\d+/g)].map(([each]) => each)
    expect(order).toEqual(texts.map((_each, at) => (at % 3 === 2 ? `/get${at}` : `n${at}`)))
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(12)
  })

  test('wait behind an answer in parts, and behind one without a body', async () => {
    const wire = await dialOne()
    wire.send(get('/stream/5') + get('/x').replace('GET', 'HEAD') + get('/last'))
    const text = await wire.expect(/answer \/last\./)
    expect(text.match(/part \d|\/last|HTTP/g)?.join(' ')).toBe(
      'HTTP part 0 part 1 part 2 part 3 part 4 HTTP HTTP /last',
    )
  })

  test('and that come without end are not kept in memory', async () => {
    const wire = await dialOne()
    wire.send(get('/wait'))
    let isFull = false
    for (let turn = 0; turn < 2_000 && !isFull; turn += 1) {
      isFull = wire.socket.writableLength > 4 * MIB
      wire.send(get('/more', { x: 'a'.repeat(10_000) }))
      if (turn % 50 === 0) await Bun.sleep(1)
    }
    expect(isFull).toBe(true)
  })
})

describe('a body that nobody wants', () => {
  test('is let pass when its length is known, and the next request is answered', async () => {
    const wire = await dialOne()
    wire.send(post('/refuse', 'x'.repeat(10_000), 300_000))
    await wire.expect(/answer \/refuse\./)
    wire.send('\r\n\r\n'.repeat(72_500) + get('/next'))
    await wire.expect(/answer \/next\./)
  })

  test('ends the connection when its length is not known', async () => {
    const wire = await dialOne()
    wire.send(`${CHUNKED('/refuse')}5\r\nabcde\r\n`)
    await wire.closed
    expect(wire.received()).toMatch(/^HTTP\/1\.1 413 .*connection: close.*answer \/refuse\.$/is)
  })

  test('and that keeps coming does not hide the answer', async () => {
    const wire = await dialOne()
    wire.send(CHUNKED('/refuse'))
    const piece = `${(50_000).toString(16)}\r\n${'x'.repeat(50_000)}\r\n`
    const writing = setInterval(() => wire.socket.writable && wire.send(piece), 1)
    await wire.expect(/answer \/refuse\./)
    clearInterval(writing)
  })

  test('is not sent by who asks first, and is asked for when it is wanted', async () => {
    const wire = await dialOne()
    wire.send(post('/late/1', '', 3).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'))
    await wire.expect(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    wire.send('abc')
    await wire.expect(/late 1 abc\./)
  })
})

describe('the end', () => {
  test('of a client that says good-bye ends what it waits for', async () => {
    const ended = Promise.withResolvers<void>()
    const wire = await dialOne(pki.good, {
      fetch: async (request) => {
        request.signal.addEventListener('abort', () => ended.resolve())
        await ended.promise
        return new Response()
      },
    })
    wire.send(get('/'))
    await Bun.sleep(30)
    wire.socket.end()
    await Promise.all([ended.promise, wire.closed])
  })

  test('of a connection that the client wanted comes after the whole answer', async () => {
    const wire = await dialOne()
    wire.send(get('/stream/3', { connection: 'close' }))
    await wire.closed
    expect(wire.received()).toMatch(/part 2\.\r\n0\r\n\r\n$/)
  })

  test('of a body in progress is waited for, when the connection has to end', async () => {
    const listening = await start({ fetch: handle })
    const wire = await dial(listening.port, pki.anchor, pki.good)
    wire.send(post('/late/1', 'ab', 4))
    await Bun.sleep(30)
    const stopped = listening.stop(2_000)
    await Bun.sleep(30)
    wire.send('cd')
    await wire.expect(/late 1 abcd\./)
    await Promise.all([stopped, wire.closed])
  })

  test('leaves no socket and no folder behind', async () => {
    const mine = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith(`knooppunt-front-${process.pid}-`))
    const before = new Set(mine())
    const listening = await start({ fetch: handle })
    const [folder = ''] = mine().filter((name) => !before.has(name))
    const wire = await dial(listening.port, pki.anchor, pki.good)
    wire.send(get('/'))
    await wire.expect(/answer/)
    expect(statSync(join(tmpdir(), folder)).mode & 0o777).toBe(0o700)
    // In use, and yet nobody can find it.
    expect(readdirSync(join(tmpdir(), folder))).toEqual([])
    await listening.stop(0)
    expect(mine()).not.toContain(folder)
  })
})
