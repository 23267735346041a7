/**
 * The listener and callers that are slow, rude, or too many.
 */
import { describe, expect, test } from 'bun:test'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { listeners } from './support/listener.ts'
import { dial, get } from './support/wire.ts'

const { pki, start } = listeners()
/** A process of its own, since a limit of the system is for a whole process. */
const SMALL_LISTENER = join(import.meta.dir, 'support', 'small-listener.ts')

describe('a caller that takes too long', () => {
  const patience = { idleMs: 300, headMs: 300, bodyMs: 600, silenceMs: 300, farewellMs: 200 }

  test('over its handshake is cut off', async () => {
    const listening = await start({ given: { handshakeSeconds: 1 } })
    const from = performance.now()
    const socket = connectTcp(listening.port, '127.0.0.1')
    await new Promise((resolve) => socket.once('close', resolve))
    expect(performance.now() - from).toBeWithin(900, 2_500)
    expect(listening.connections).toBe(0)
  })

  test('over the head of a request is cut off, however steadily it writes', async () => {
    const { port } = await start({ patience })
    const wire = await dial(port, pki.anchor, null)
    wire.send('GET / HTTP/1.1\r\nX: ')
    const writing = setInterval(() => wire.socket.writable && wire.send('a'), 20)
    const took = await wire.closed
    clearInterval(writing)
    expect(took).toBeWithin(250, 1_500)
  })

  test('over a body is cut off when it falls silent, and when it goes on for ever', async () => {
    const { port } = await start({ patience })
    const head = 'POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n'
    const silent = await dial(port, pki.anchor, null)
    silent.send(head)
    const slow = await dial(port, pki.anchor, null)
    slow.send(head)
    const writing = setInterval(() => slow.socket.writable && slow.send('a'), 20)
    expect(await silent.closed).toBeWithin(250, 1_500)
    expect(await slow.closed).toBeWithin(550, 2_000)
    clearInterval(writing)
  })

  test('between requests is let go, and one that waits for us is not', async () => {
    const { port } = await start({ patience })
    const idle = await dial(port, pki.anchor, null)
    const polling = await dial(port, pki.anchor, null)
    polling.send(get('/wait'))
    expect(await idle.closed).toBeWithin(250, 1_500)
    await Bun.sleep(400)
    expect(polling.socket.destroyed).toBe(false)
  })

  test('over reading its answer is cut off', async () => {
    const big = new Uint8Array(32 * 1024 * 1024)
    const listening = await start({ patience, fetch: () => new Response(big) })
    const wire = await dial(listening.port, pki.anchor, null)
    wire.socket.pause()
    wire.send(get('/'))
    await Bun.sleep(200)
    expect(listening.connections).toBe(1)
    // A paused socket does not see its own end, so the other side is looked at.
    for (let waited = 0; listening.connections > 0 && waited < 3_000; waited += 20) {
      await Bun.sleep(20)
    }
    expect(listening.connections).toBe(0)
  })

  test('over reading its answer, but reading, is not', async () => {
    const big = new Uint8Array(8 * 1024 * 1024)
    const { port } = await start({ patience, fetch: () => new Response(big) })
    const wire = await dial(port, pki.anchor, null)
    wire.send(get('/'))
    for (let turn = 0; turn < 10; turn += 1) {
      wire.socket.pause()
      await Bun.sleep(60)
      wire.socket.resume()
      await Bun.sleep(5)
    }
    while (wire.received().length < big.length) await Bun.sleep(5)
  })
})

describe('a rude caller', () => {
  test('with a head over the limit gets 431', async () => {
    const { port } = await start()
    const wire = await dial(port, pki.anchor, null)
    wire.send(get('/', { 'x-long': 'a'.repeat(17 * 1024) }))
    await wire.expect(/^HTTP\/1\.1 431 /)
    await wire.closed
  })

  test('with a head just under the limit is answered', async () => {
    const { port } = await start()
    const wire = await dial(port, pki.anchor, null)
    wire.send(get('/', { 'x-long': 'a'.repeat(15 * 1024) }))
    await wire.expect(/^HTTP\/1\.1 200 /)
  })

  test.each([
    ['a word that is no method', 'BLAH\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bare line feed in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\nY\r\n\r\n'],
    ['an old HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('with %s gets 400 and loses the connection', async (_name, text) => {
    const { port } = await start()
    const wire = await dial(port, pki.anchor, null)
    wire.send(text)
    await wire.expect(/^HTTP\/1\.1 400 /)
    await wire.closed
  })

  test('that speaks no TLS, or breaks off anywhere, leaves the door open for others', async () => {
    const listening = await start()
    for (const noise of ['GET / HTTP/1.0\r\n\r\n', '\x16\x03\x01\x00\xff', '']) {
      const socket = connectTcp(listening.port, '127.0.0.1', () => socket.write(noise))
      socket.on('error', () => {})
      await Bun.sleep(20)
      socket.destroy()
    }
    for (const text of [
      '',
      'GET',
      get('/wait'),
      'POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx',
    ]) {
      const wire = await dial(listening.port, pki.anchor, pki.good)
      wire.send(text)
      await Bun.sleep(10)
      wire.socket.destroy()
    }
    const wire = await dial(listening.port, pki.anchor, pki.good)
    wire.send(get('/who'))
    await wire.expect(/\/who .* true/)
    wire.socket.destroy()
    await wire.closed
    await Bun.sleep(50)
    expect(listening.connections).toBe(0)
  })

  test('that goes away during a long poll ends it', async () => {
    const ended = Promise.withResolvers<void>()
    const { port } = await start({
      fetch: async (request) => {
        request.signal.addEventListener('abort', () => ended.resolve())
        await ended.promise
        return new Response('late')
      },
    })
    const wire = await dial(port, pki.anchor, pki.good)
    wire.send(get('/wait'))
    await Bun.sleep(30)
    wire.socket.destroy()
    await ended.promise
  })
})

describe('too many', () => {
  const refused = async (attempt: Promise<{ closed: Promise<number> }>) => {
    try {
      await Promise.race([(await attempt).closed, Bun.sleep(2_000).then(() => Promise.reject())])
      return true
    } catch (thrown) {
      return thrown instanceof Error
    }
  }

  test('from one address are refused, and there is room again when one goes', async () => {
    const { port } = await start({ given: { connectionsPerAddress: 2 } })
    const first = await dial(port, pki.anchor, pki.good)
    await dial(port, pki.anchor, null)
    expect(await refused(dial(port, pki.anchor, pki.good))).toBe(true)
    first.socket.destroy()
    await Bun.sleep(50)
    const next = await dial(port, pki.anchor, pki.good)
    next.send(get('/who'))
    await next.expect(/\/who/)
  })

  test('with one certificate are refused, others are not', async () => {
    const { port } = await start({ given: { connectionsPerIdentity: 2 } })
    await dial(port, pki.anchor, pki.good)
    await dial(port, pki.anchor, pki.good)
    expect(await refused(dial(port, pki.anchor, pki.good))).toBe(true)
    for (const as of [pki.alsoGood, null, null, null]) {
      const wire = await dial(port, pki.anchor, as)
      wire.send(get('/who'))
      await wire.expect(/\/who/)
    }
  })

  test('handshakes in a second from one address are refused', async () => {
    const { port } = await start({ given: { handshakesPerAddressPerSecond: 1 } })
    await dial(port, pki.anchor, null)
    await dial(port, pki.anchor, null)
    expect(await refused(dial(port, pki.anchor, null))).toBe(true)
  })
})

test('without descriptors for a connection it is refused, and the others and the next are served', async () => {
  const child = Bun.spawn(
    ['bash', '-c', 'ulimit -n 90 && exec "$0" "$1"', process.execPath, SMALL_LISTENER],
    { stdio: ['pipe', 'pipe', 'inherit'], timeout: 20_000 },
  )
  const line = (await child.stdout.getReader().read()).value
  const { port, anchor } = JSON.parse(Buffer.from(line ?? []).toString()) as {
    port: number
    anchor: string
  }
  const wires = await Promise.allSettled(
    Array.from({ length: 60 }, async () => {
      const wire = await dial(port, anchor, null)
      wire.send(get('/held'))
      await wire.expect(/held/, 2_000)
      return wire
    }),
  )
  const served = wires.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  expect(served.length).toBeWithin(5, 60)
  for (const wire of served) {
    wire.send(get('/still'))
    await wire.expect(/still/)
    wire.socket.destroy()
  }
  await Bun.sleep(100)
  const next = await dial(port, anchor, null)
  next.send(get('/next'))
  await next.expect(/next/)
  child.kill('SIGKILL')
  await child.exited
}, 20_000)
