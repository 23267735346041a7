/**
 * The listener over real TLS: who is at the other end, slow and rude callers, and certificates that change while it runs.
 */
import { afterAll, afterEach, describe, expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { DEFAULT_LIMITS, type Limits } from '../../src/core/limits.ts'
import { listen, type Listening, type ListenOptions } from '../../src/http/listen.ts'
import type { Peer } from '../../src/http/peer.ts'
import { createPki, type Credentials } from './support/pki.ts'
import { dial, get } from './support/wire.ts'

const pki = createPki()
const TLS = { certificate: pki.server.cert, key: pki.server.key, anchors: [pki.anchor] }
const open: Listening[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((listening) => listening.stop(0)))
})
afterAll(() => pki.remove())

const leafOf = (peer: Peer) =>
  peer.presented === undefined
    ? 'none'
    : new X509Certificate(peer.presented.chain[0]!).fingerprint256
const fingerprint = ({ cert }: Credentials) => new X509Certificate(cert).fingerprint256

const codeOf = (thrown: { code?: string }) => thrown.code ?? ''

/** Answers who asks, and waits where the path says so. */
const echo: ListenOptions['fetch'] = async (request, { peer }) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/wait') {
    const signal = AbortSignal.any([request.signal, peer.signal])
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return new Response('waited')
  }
  if (pathname === '/body') return new Response(`read ${(await request.arrayBuffer()).byteLength}`)
  if (pathname === '/slow') await Bun.sleep(100)
  return new Response(`${pathname} ${leafOf(peer)} ${peer.presented?.authorized}`)
}

async function start(
  options: Partial<ListenOptions> & { given?: Partial<Limits> } = {},
): Promise<Listening> {
  const { given, ...rest } = options
  const limits = { ...DEFAULT_LIMITS, ...given }
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: TLS,
    fetch: echo,
    limits: () => limits,
    sweepMs: 50,
    ...rest,
  })
  open.push(listening)
  return listening
}

describe('who is at the other end', () => {
  test('is known from the certificate, with its chain', async () => {
    const seen: Peer[] = []
    const { port } = await start({
      fetch: (_request, { peer }) => {
        seen.push(peer)
        return new Response('ok')
      },
    })
    const wire = await dial(port, pki.anchor, pki.good)
    wire.send(get('/') + get('/'))
    await wire.expect(/ok.*ok/s)
    expect(seen[0]).toBe(seen[1]!)
    expect(seen[0]?.presented?.authorized).toBe(true)
    const chain = seen[0]?.presented?.chain.map((der) => new X509Certificate(der).subject)
    expect(chain).toEqual(['CN=good', 'CN=Proefanker'])
  })

  test.each([
    ['a certificate of itself', pki.rogue, 'false'],
    ['no certificate', null, 'undefined'],
  ])('with %s is let through to be told so', async (_name, as, authorized) => {
    const { port } = await start()
    const wire = await dial(port, pki.anchor, as)
    wire.send(get('/who'))
    await wire.expect(new RegExp(`/who ${as === null ? 'none' : fingerprint(as)} ${authorized}`))
  })

  test('is never another one: 500 connections of four kinds, mixed', async () => {
    const { port } = await start({ given: { handshakesPerAddressPerSecond: 10_000 } })
    const kinds = [pki.good, pki.alsoGood, pki.rogue, null]
    const dialOnce = async (number: number) => {
      const as = kinds[number % kinds.length] ?? null
      const wire = await dial(port, pki.anchor, as)
      wire.send(get(`/${number}/a`) + get(`/${number}/b`))
      const text = await wire.expect(new RegExp(`/${number}/b \\S+ \\w+`))
      wire.socket.destroy()
      const answers = text.match(/\/\d+\/[ab] .*?(true|false|undefined)/g)
      const who = as === null ? 'none undefined' : `${fingerprint(as)} ${as !== pki.rogue}`
      return (
        JSON.stringify(answers) === JSON.stringify([`/${number}/a ${who}`, `/${number}/b ${who}`])
      )
    }
    const right: boolean[] = []
    for (let from = 0; from < 500; from += 25) {
      right.push(...(await Promise.all(Array.from({ length: 25 }, (_, at) => dialOnce(from + at)))))
    }
    expect(right.filter((each) => each)).toHaveLength(500)
  }, 20_000)

  test('is known in a resumed session too, which new ticket keys end', async () => {
    const listening = await start()
    const resume = async (session: Buffer | undefined) => {
      const wire = await dial(listening.port, pki.anchor, pki.good, {
        maxVersion: 'TLSv1.2',
        ...(session !== undefined && { session }),
      })
      wire.send(get('/who'))
      await wire.expect(new RegExp(`/who ${fingerprint(pki.good)} true`))
      const result = { reused: wire.socket.isSessionReused(), session: wire.socket.getSession() }
      wire.socket.destroy()
      return result
    }
    const first = await resume(undefined)
    expect(first.reused).toBe(false)
    expect((await resume(first.session)).reused).toBe(true)
    listening.renewTicketKeys()
    expect((await resume(first.session)).reused).toBe(false)
  })
})

describe('TLS', () => {
  test('older than 1.2 is refused', async () => {
    const { port } = await start()
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const
    const attempt = dial(port, pki.anchor, null, old).catch(codeOf)
    expect(await attempt).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
  })

  test.each(['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA'])(
    'refuses suite %s',
    async (ciphers) => {
      const { port } = await start()
      const only = { ciphers, maxVersion: 'TLSv1.2' } as const
      const attempt = dial(port, pki.anchor, null, only).catch(codeOf)
      // The alert comes from the other side, which knows the suite and does not want it.
      expect(await attempt).toBe('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')
    },
  )

  test('takes a suite with forward secrecy', async () => {
    const { port } = await start()
    const only = { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' } as const
    const wire = await dial(port, pki.anchor, null, only)
    expect(wire.socket.getProtocol()).toBe('TLSv1.2')
  })

  test('asks for no certificate at a door for browsers', async () => {
    const { port } = await start({ askCertificate: false })
    const wire = await dial(port, pki.anchor, pki.good)
    wire.send(get('/who'))
    await wire.expect(/\/who none undefined/)
  })

  test('changes certificate and anchors while it runs, without dropping a request in flight', async () => {
    const listening = await start()
    const before = await dial(listening.port, pki.anchor, pki.good)
    expect(before.socket.getPeerCertificate().subject.CN).toBe('server')
    before.send(get('/slow'))
    await Bun.sleep(20)
    listening.reload({
      certificate: pki.nextServer.cert,
      key: pki.nextServer.key,
      anchors: [pki.rogue.cert],
    })
    await before.expect(/\/slow .* true/)
    const after = await dial(listening.port, pki.anchor, pki.good)
    expect(after.socket.getPeerCertificate().subject.CN).toBe('nextServer')
    after.send(get('/who'))
    await after.expect(/\/who \S+ false/)
    const other = await dial(listening.port, pki.anchor, pki.rogue)
    other.send(get('/who'))
    await other.expect(/\/who \S+ true/)
  })

  test('keeps the old certificate when the new one does not fit its key', async () => {
    const listening = await start()
    const misfit = { certificate: pki.nextServer.cert, key: pki.server.key, anchors: [pki.anchor] }
    expect(() => listening.reload(misfit)).toThrow()
    const wire = await dial(listening.port, pki.anchor, pki.good)
    expect(wire.socket.getPeerCertificate().subject.CN).toBe('server')
  })
})

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

describe('ending', () => {
  test('closes the connections that are picked: who waits is answered first, the others stay', async () => {
    const listening = await start()
    const [picked, waiting, other] = [
      await dial(listening.port, pki.anchor, pki.good),
      await dial(listening.port, pki.anchor, pki.good),
      await dial(listening.port, pki.anchor, pki.alsoGood),
    ]
    waiting.send(get('/wait'))
    await Bun.sleep(30)
    const count = listening.closeWhere((peer) => leafOf(peer) === fingerprint(pki.good))
    expect(count).toBe(2)
    await Promise.all([picked.closed, waiting.closed])
    expect(waiting.received()).toContain('waited')
    other.send(get('/who'))
    await other.expect(/\/who/)
    expect(listening.connections).toBe(1)
  })

  test('cuts off who does not take its answer in time', async () => {
    const listening = await start({
      patience: { farewellMs: 100 },
      fetch: () => new Promise<Response>(() => {}),
    })
    const wire = await dial(listening.port, pki.anchor, pki.good)
    wire.send(get('/never'))
    await Bun.sleep(30)
    listening.closeWhere(() => true)
    expect(await wire.closed).toBeLessThan(2_000)
  })

  test('stop lets an answer in progress finish and takes nothing new', async () => {
    const listening = await start()
    const busy = await dial(listening.port, pki.anchor, pki.good)
    const idle = await dial(listening.port, pki.anchor, pki.good)
    busy.send(get('/slow'))
    await Bun.sleep(20)
    const stopped = listening.stop(2_000)
    await idle.closed
    await busy.expect(/\/slow .* true/)
    await stopped
    const late = dial(listening.port, pki.anchor, pki.good)
    expect(late).rejects.toThrow()
    await late.catch(() => {})
  })

  test('stop does not wait longer than it was told', async () => {
    const listening = await start({ fetch: () => new Promise<Response>(() => {}) })
    const wire = await dial(listening.port, pki.anchor, pki.good)
    wire.send(get('/never'))
    await Bun.sleep(20)
    const from = performance.now()
    await listening.stop(100)
    expect(performance.now() - from).toBeLessThan(1_000)
  })

  test('a port that is taken is told', async () => {
    const { port } = await start()
    expect(start({ port })).rejects.toThrow()
    await Bun.sleep(20)
  })
})
