/**
 * Nobody gets in who does not belong: a thousand connections, good and bad at the same time, new and resumed; and what
 * happens to connections that are open when a certificate is revoked or ends.
 * @module
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import type { SecureVersion } from 'node:tls'
import { revoke } from '../../src/trust/development/lists.ts'
import {
  expired,
  issued,
  lookAlike,
  notYetValid,
  ofNobody,
  revoked,
  selfSigned,
  serverOnly,
} from './support/certificates.ts'
import type { Answer, Credentials } from './support/line.ts'
import { startNode, type RunningNode } from './support/node.ts'
import { expectProblem } from './support/problem.ts'

// A machine with much else to do is slow, and that alone is no failure.
setDefaultTimeout(40_000)

/** More of them with KNOOPPUNT_TEST_CONNECTIONS. */
const CONNECTIONS = Number(process.env['KNOOPPUNT_TEST_CONNECTIONS'] ?? 1_000)
const AT_ONCE = 40
const VERSIONS: readonly SecureVersion[] = ['TLSv1.3', 'TLSv1.2']
const GOOD = ['gemeente-voorbeeldstad', 'wijkteam-voorbeeldstad', 'energie-direct'] as const

let node: RunningNode
/** Who must not get in, with the code for it. */
let impostors: readonly (readonly [code: string, as: Credentials | null])[]

beforeAll(async () => {
  node = await startNode({
    edit: (config, { pki }) => {
      impostors = [
        ['certificaat-handtekening', lookAlike(pki)],
        ['certificaat-verlopen', expired(pki)],
        ['certificaat-ingetrokken', revoked(pki)],
        ['certificaat-zelfondertekend', selfSigned()],
        ['certificaat-doel', serverOnly(pki)],
        ['certificaat-nog-niet-geldig', notYetValid(pki)],
        ['aansluiting-onbekend', ofNobody(pki)],
        ['certificaat-ontbreekt', null],
      ]
      // All connections come from one address here.
      const limits = { handshakesPerAddressPerSecond: 10_000, connectionsPerAddress: 10_000 }
      return { ...config, limits: { ...config.limits, ...limits } }
    },
  })
})
afterAll(() => node.stop())

/** What came of one connection: who the relay took it for, or the code of every refusal. */
interface Outcome {
  readonly wanted: string
  readonly got: string
  readonly resumed: boolean
}

test(
  `${CONNECTIONS} connections: every impostor is refused for its own reason, everybody else is served as itself`,
  async () => {
    const kinds = [
      ...impostors.map(([code, as]) => ({ wanted: code, as })),
      ...GOOD.map((name) => ({ wanted: name, as: name })),
    ]
    const sessions = new Map<string, Buffer>()
    const connect = async (number: number): Promise<Outcome> => {
      const { wanted, as } = kinds[(number * 7) % kinds.length] ?? kinds[0]!
      const maxVersion = VERSIONS[Math.floor(number / kinds.length) % 2]!
      const key = `${wanted} ${maxVersion}`
      const session = number % 3 === 0 ? undefined : sessions.get(key)
      const line = await node.dial(as, { maxVersion, ...(session && { session }) })
      const resumed = line.socket.isSessionReused()
      const who = await line.ask('GET', '/identiteit')
      const mailbox = await line.ask('GET', '/postbussen')
      const fresh = line.session ?? line.socket.getSession()
      if (fresh !== undefined) sessions.set(key, fresh)
      line.cut()
      return { wanted, got: verdictIn(who, mailbox), resumed }
    }
    const outcomes: Outcome[] = []
    for (let from = 0; from < CONNECTIONS; from += AT_ONCE) {
      const numbers = Array.from({ length: AT_ONCE }, (_, at) => from + at)
      outcomes.push(...(await Promise.all(numbers.map(connect))))
    }
    expect(outcomes.filter(({ wanted, got }) => wanted !== got)).toEqual([])
    expect(outcomes.length).toBe(CONNECTIONS)
    const resumed = outcomes.filter((outcome) => outcome.resumed)
    // Sessions were resumed by good and bad alike, in numbers that mean something.
    expect(resumed.length).toBeGreaterThan(CONNECTIONS / 3)
    expect(new Set(resumed.map(({ wanted }) => wanted)).size).toBe(kinds.length)
  },
  40_000 + 20 * CONNECTIONS,
)

/** The name of the connection when both calls were served; else the code, which must be the same twice. */
function verdictIn(who: Answer, mailbox: Answer): string {
  if (who.status === 200 && mailbox.status === 200) return who.json().aansluiting.naam
  const codes = [who, mailbox].map((answer) => `${answer.status} ${answer.json().code}`)
  return codes[0] === codes[1] && who.status === 401 ? who.json().code : codes.join(' and ')
}

test('revoking ends what is open: who waits gets 401, who is idle is closed, a session is worth nothing', async () => {
  const second = issued(node.pki, { name: 'energie-second' })
  const [waiting, idle, other] = await Promise.all([
    node.dial(second),
    node.dial(second),
    node.dial('energie-direct'),
  ])
  expect((await idle.ask('GET', '/berichten')).status).toBe(200)
  expect((await other.ask('GET', '/berichten')).status).toBe(200)
  const session = idle.session ?? idle.socket.getSession()
  const answer = waiting.ask('GET', '/berichten?wacht=60')
  await Bun.sleep(50)
  expect(node.app.readRevocationLists()).toBe(0)

  revoke(node.pki, 'energie-second')
  const from = performance.now()
  expect(node.app.readRevocationLists()).toBe(2)
  expectProblem(await answer, 401, 'certificaat-ingetrokken')
  await Promise.all([waiting.closed, idle.closed])
  expect(performance.now() - from).toBeLessThan(5_000)

  const again = await node.dial(second, { ...(session && { session }) })
  expect(again.socket.isSessionReused()).toBe(true)
  expectProblem(await again.ask('GET', '/berichten'), 401, 'certificaat-ingetrokken')
  again.cut()
  // The same organisation with its other certificate never noticed.
  expect((await other.ask('GET', '/berichten')).status).toBe(200)
  other.cut()
})

test('lists that cannot be read leave the last good ones in force', async () => {
  const file = `${node.certs}/crl.pem`
  const before = readFileSync(file)
  writeFileSync(file, 'nothing of the kind')
  expect(() => node.app.readRevocationLists()).toThrow()
  const [, revokedOne] = impostors.find(([code]) => code === 'certificaat-ingetrokken')!
  const line = await node.dial(revokedOne)
  expectProblem(await line.ask('GET', '/berichten'), 401, 'certificaat-ingetrokken')
  line.cut()
  expect((await node.ask('energie-direct', 'GET', '/berichten')).status).toBe(200)
  writeFileSync(file, before)
  expect(node.app.readRevocationLists()).toBe(0)
})

test('a certificate that ends while its connections are open: 401 at the next request, and for who waits', async () => {
  const ends = Math.ceil(Date.now() / 1_000) * 1_000 + 1_000
  const brief = issued(node.pki, {
    name: 'energie-brief',
    notBefore: ends - 86_400_000,
    notAfter: ends,
  })
  const [idle, waiting] = [await node.dial(brief), await node.dial(brief)]
  expect((await idle.ask('GET', '/berichten')).status).toBe(200)
  const waited = waiting.ask('GET', '/berichten?wacht=3')
  await Bun.sleep(ends + 20 - Date.now())
  const next = await idle.ask('GET', '/berichten').catch(async () => {
    // The relay looks at its open connections now and then, and may have ended this one a moment before.
    const again = await node.dial(brief)
    return again.ask('GET', '/berichten')
  })
  expectProblem(next, 401, 'certificaat-verlopen')
  const late = await waited
  expectProblem(late, 401, 'certificaat-verlopen')
  expect(late.headers.get('connection')).toBe('close')
  await Promise.all([idle.closed, waiting.closed])
})
