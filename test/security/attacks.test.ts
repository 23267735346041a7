/**
 * Callers who mean harm do not keep others waiting: while each attack runs, a participant asks for its mailbox and is served within
 * a bound. The bound is for a busy machine; the figures are printed.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { TLSSocket } from 'node:tls'
import { startSiege, waitsOf, type Siege } from './siege.ts'

/** How long the honest caller is measured, and within what it is served. */
const MEASURED_MS = Number(process.env['ATTACK_SECONDS'] ?? 1) * 1_000
const BOUNDS_MS = { p50: 100, p99: 500, most: 1_500 }

let siege: Siege
beforeAll(async () => {
  // The attackers are thousands at a few addresses of this one machine.
  siege = await startSiege({ handshakesPerAddressPerSecond: 2_000 })
}, 30_000)
afterAll(() => siege.stop())

/** An attack goes on until it is called off. */
interface Attack {
  readonly name: string
  readonly begin: () => Promise<() => void>
}

/** Many at once, from an address of their own. */
async function crowd(count: number, host: number, as: string | null = null): Promise<TLSSocket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => siege.open({ host, as })))
  const open = sockets.filter((socket) => socket !== undefined)
  expect(open.length).toBeGreaterThan(count * 0.9)
  return open
}

/** Repeats something for each of a crowd, until called off. */
function drip(sockets: readonly TLSSocket[], everyMs: number, say: (socket: TLSSocket) => void) {
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.writable) say(socket)
  }, everyMs)
  return () => {
    clearInterval(timer)
    for (const socket of sockets) socket.destroy()
  }
}

const HEAD = 'GET /api/v1/berichten HTTP/1.1\r\nHost: localhost\r\n'
const PUBLIC = 'GET /api/v1/modules HTTP/1.1\r\nHost: localhost\r\n\r\n'
const POST =
  'POST /api/v1/berichten HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

const ATTACKS: readonly Attack[] = [
  {
    name: 'heads that come byte by byte',
    begin: async () => {
      const sockets = await crowd(150, 11)
      for (const socket of sockets) socket.write(HEAD)
      return drip(sockets, 100, (socket) => socket.write('X'))
    },
  },
  {
    name: 'bodies that come byte by byte, from a participant',
    begin: async () => {
      const sockets = await crowd(150, 12, 'waterbedrijf-noord')
      const deelnemer = 'Deelnemer: 0d000000-0000-4000-8000-000000000006\r\n'
      for (const socket of sockets) {
        socket.write(`${POST}${deelnemer}Content-Length: 1000000\r\n\r\n{`)
      }
      return drip(sockets, 100, (socket) => socket.write(' '))
    },
  },
  {
    name: 'answers that nobody reads',
    begin: async () => {
      const sockets = await crowd(50, 13)
      for (const socket of sockets) socket.pause()
      return drip(sockets, 50, (socket) => {
        if (socket.writableLength < 100_000) socket.write(PUBLIC.repeat(20))
      })
    },
  },
  {
    name: 'heads beyond the limit',
    begin: async () => {
      const sockets = await crowd(100, 14)
      const head = `${HEAD}X: ${'x'.repeat(64 * 1_024)}\r\n\r\n`
      return drip(sockets, 100, (socket) => socket.write(head))
    },
  },
  {
    name: 'hundreds of requests without waiting for an answer',
    begin: async () => {
      const sockets = await crowd(10, 15)
      for (const socket of sockets) socket.resume()
      return drip(sockets, 100, (socket) => {
        if (socket.writableLength < 100_000) socket.write(PUBLIC.repeat(20))
      })
    },
  },
  {
    name: 'handshakes that are begun and left, and what is no handshake',
    begin: async () => {
      const timer = setInterval(() => {
        for (const [index, noise] of [
          '\x16\x03\x01\x02\x00\x01',
          'GET / HTTP/1.1\r\n\r\n',
          '',
        ].entries()) {
          const socket = siege.knock(16 + index)
          socket.on('connect', () => socket.write(noise))
          setTimeout(() => socket.destroy(), 200)
        }
      }, 5)
      return () => clearInterval(timer)
    },
  },
  {
    name: 'connections that are opened, used for nonsense and thrown away',
    begin: async () => {
      let isOver = false
      const one = async () => {
        while (!isOver) {
          const socket = await siege.open({ host: 20 })
          socket?.write(
            `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${PUBLIC}`,
          )
          await Bun.sleep(5)
          socket?.destroy()
        }
      }
      void Promise.all([one(), one(), one(), one()])
      return () => void (isOver = true)
    },
  },
]

describe('a participant is served', () => {
  test.each(
    [{ name: 'nothing', begin: async () => () => {} }, ...ATTACKS].map(
      (one) => [one.name, one] as const,
    ),
  )(
    'during %s',
    async (name, { begin }) => {
      const honest = await siege.line('energie-direct')
      const end = await begin()
      try {
        const waits = await waitsOf(honest, MEASURED_MS)
        console.log(`${name}: ${JSON.stringify(waits)} ms`)
        expect(waits.count).toBeGreaterThan(20)
        expect(waits.p50).toBeLessThan(BOUNDS_MS.p50)
        expect(waits.p99).toBeLessThan(BOUNDS_MS.p99)
        expect(waits.most).toBeLessThan(BOUNDS_MS.most)
      } finally {
        end()
        honest.cut()
      }
    },
    MEASURED_MS + 30_000,
  )

  test('and the relay is none the worse for it', async () => {
    const line = await siege.line('energie-direct')
    expect((await line.ask('GET', '/berichten')).status).toBe(200)
    line.cut()
    expect(siege.process.log.filter(({ event }) => event === 'request-fault')).toEqual([])
  })
})

describe('connections that do nothing', () => {
  test('fill what their address may have, and no more', async () => {
    const sockets = await crowd(500, 21)
    expect(await siege.open({ host: 21 })).toBeUndefined()
    expect(await siege.open({ host: 22 })).toBeDefined()
    for (const socket of sockets) socket.destroy()
  }, 30_000)

  test('make room for participants when there are too many, and never cost one its connection', async () => {
    const small = await startSiege({ connectionsTotal: 60, handshakesPerAddressPerSecond: 2_000 })
    try {
      const early = await small.line('energie-direct')
      expect((await early.ask('GET', '/berichten')).status).toBe(200)
      // Three times as many strangers as there is room for.
      const strangers = await Promise.all(
        Array.from({ length: 180 }, (_, index) => small.open({ host: 30 + (index % 6) })),
      )
      const late = await small.line('gemeente-voorbeeldstad')
      expect((await late.ask('GET', '/berichten')).status).toBe(200)
      expect((await early.ask('GET', '/berichten')).status).toBe(200)
      await Bun.sleep(200)
      const left = strangers.filter((socket) => socket !== undefined && !socket.destroyed)
      expect(left.length).toBeLessThanOrEqual(60)
      expect(left.length).toBeGreaterThan(30)
    } finally {
      await small.stop()
    }
  }, 30_000)
})
