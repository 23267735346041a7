/**
 * Nobody is taken for another: many connections at once, new and resumed, some broken off, while the listener changes its
 * ticket keys. `KNOOPPUNT_LISTEN_CONNECTIONS` says how many; `KNOOPPUNT_LISTEN_SEED` repeats a failure.
 */
import { expect, test } from 'bun:test'
import type { ConnectionOptions } from 'node:tls'
import { chanceOf, type Chance } from '../support/seeded.ts'
import { fingerprint, listeners } from './support/listener.ts'
import type { Credentials } from './support/pki.ts'
import { dial, get, type Wire } from './support/wire.ts'

const { pki, start } = listeners()
const CONNECTIONS = Number(process.env['KNOOPPUNT_LISTEN_CONNECTIONS'] ?? 1_200)
const SEED = Number(process.env['KNOOPPUNT_LISTEN_SEED'] ?? Date.now() % 1_000_000)
const AT_ONCE = 24
const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const
const ROOMY = { handshakesPerAddressPerSecond: 100_000 }

const nameOf = (as: Credentials | null) =>
  as === null ? 'none undefined' : `${fingerprint(as)} ${as !== pki.rogue}`

/** Asks who it is, several times on one connection, together or one by one, or goes away before it hears. */
async function ask(wire: Wire, chance: Chance, number: number): Promise<string[]> {
  const paths = Array.from({ length: 1 + chance.below(4) }, (_, at) => `/${number}-${at}`)
  const path = (at: number) => new RegExp(`${paths[at]} \\S+ \\w+`)
  const last = paths.length - 1
  if (chance.percent(10)) {
    wire.send(paths.map((each) => get(each)).join(''))
    return []
  }
  if (chance.percent(50)) wire.send(paths.map((each) => get(each)).join(''))
  else
    for (const [at, each] of paths.entries()) {
      wire.send(get(each))
      await wire.expect(path(at))
    }
  const text = await wire.expect(path(last), 10_000)
  return paths.map(
    (each) => new RegExp(`${each} (\\S+ (?:true|false|undefined))`).exec(text)?.[1] ?? '',
  )
}

test(
  `is never mixed up: ${CONNECTIONS} connections of four kinds, seed ${SEED}`,
  async () => {
    const listening = await start({ given: ROOMY })
    const kinds = [pki.good, pki.alsoGood, pki.rogue, null]
    const sessions = new Map<string, Buffer>()
    let number = 0
    let resumed = 0
    let heard = 0
    const wrong: string[] = []
    const caller = async (chance: Chance) => {
      while (number < CONNECTIONS) {
        const mine = (number += 1)
        const as = chance.oneOf(kinds)
        const maxVersion = chance.oneOf(TLS_VERSIONS)
        const key = `${kinds.indexOf(as)} ${maxVersion}`
        const session = chance.percent(50) ? sessions.get(key) : undefined
        const options: ConnectionOptions = { maxVersion, ...(session !== undefined && { session }) }
        const wire = await dial(listening.port, pki.anchor, as, options)
        wire.socket.on('session', (given: Buffer) => sessions.set(key, given))
        if (wire.socket.isSessionReused()) resumed += 1
        const names = await ask(wire, chance, mine)
        heard += names.length
        if (names.some((name) => name !== nameOf(as))) wrong.push(`${mine}: ${names.join()}`)
        wire.socket.destroy()
        if (chance.percent(1)) listening.renewTicketKeys()
      }
    }
    const chance = chanceOf(SEED)
    await Promise.all(Array.from({ length: AT_ONCE }, () => caller(chance.fork())))
    expect(wrong).toEqual([])
    expect(heard).toBeGreaterThan(CONNECTIONS)
    expect(resumed).toBeGreaterThan(CONNECTIONS / 20)
  },
  20_000 + CONNECTIONS * 20,
)

test('whoever resumes a session is who began it, whatever certificate stands ready', async () => {
  const { port } = await start({ given: ROOMY })
  const first = await dial(port, pki.anchor, pki.good, { maxVersion: 'TLSv1.2' })
  const session = first.socket.getSession()
  // Whoever resumes is who began: the secret of the session is proof of that, and the rogue certificate is not even sent.
  const second = await dial(port, pki.anchor, pki.rogue, {
    maxVersion: 'TLSv1.2',
    ...(session !== undefined && { session }),
  })
  second.send(get('/who'))
  expect(second.socket.isSessionReused()).toBe(true)
  await second.expect(new RegExp(nameOf(pki.good)))
})

test('changing certificate and anchors drops no connection and no request', async () => {
  const { port, reload } = await start({ given: ROOMY })
  const material = (server: Credentials) => ({
    certificate: server.cert,
    key: server.key,
    anchors: [pki.anchor],
  })
  let isOver = false
  const callers = Array.from({ length: 8 }, async () => {
    let count = 0
    for (; !isOver; count += 1) {
      const wire = await dial(port, pki.anchor, pki.good)
      wire.send(get('/slow') + get('/who'))
      await wire.expect(new RegExp(`/who ${nameOf(pki.good)}`))
      wire.socket.destroy()
    }
    return count
  })
  for (let turn = 0; turn < 60; turn += 1) {
    reload(material(turn % 2 === 0 ? pki.nextServer : pki.server))
    await Bun.sleep(10)
  }
  isOver = true
  const counts = await Promise.all(callers)
  expect(Math.min(...counts)).toBeGreaterThan(1)
})

test('a protocol is agreed upon with who offers several, and refused to who has none of ours', async () => {
  const { port } = await start()
  const both = await dial(port, pki.anchor, null, { ALPNProtocols: ['h2', 'http/1.1'] })
  expect(both.socket.alpnProtocol).toBe('http/1.1')
  const other = dial(port, pki.anchor, null, { ALPNProtocols: ['h2'] })
  expect(other).rejects.toThrow(/NO_APPLICATION_PROTOCOL/i)
  await other.catch(() => {})
})
