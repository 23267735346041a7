/**
 * The listener over real TLS: who is at the other end, what TLS it speaks, and how it ends.
 */
import { describe, expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import type { Peer } from '../../src/http/peer.ts'
import { codeOf, fingerprint, leafOf, listeners } from './support/listener.ts'
import { dial, get } from './support/wire.ts'

const { pki, start } = listeners()

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
