/**
 * The client over real mutual TLS: identities stay apart, connections are reused, failures have names, and only what is
 * safe is sent twice.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ClientError } from '../../src/client/client-error.ts'
import { createClient } from '../../src/client/client.ts'
import type { Client, ClientOptions } from '../../src/client/client.ts'
import type { Envelope } from '../../src/client/wire.ts'
import { fakeDoor } from './support/fake-door.ts'
import type { FakeDoor, Reply } from './support/fake-door.ts'
import { throwawayPki } from './support/throwaway-pki.ts'
import type { Pair, ThrowawayPki } from './support/throwaway-pki.ts'

let pki: ThrowawayPki
let anna: Pair
let bert: Pair
let door: FakeDoor

beforeAll(async () => {
  pki = throwawayPki()
  anna = pki.client('anna')
  bert = pki.client('bert')
  door = await fakeDoor(pki)
})

afterAll(async () => {
  await door.stop()
  pki.remove()
})

const ID = '0f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'
const envelope: Envelope = {
  referentienummer: ID,
  conversatieReferentienummer: ID,
  module: 'schuldregeling',
  berichttype: 'saldoverzoek',
  versie: '2.0',
  ontvanger: ID,
  inhoud: {},
}

/** A client that does not wait between attempts and remembers how long it would have. */
function clientOf(pair: Pair, more: Partial<ClientOptions> = {}) {
  const pauses: number[] = []
  const client = createClient({
    url: door.url,
    certificate: pair.certificate,
    key: pair.key,
    ca: pki.ca,
    pause: async (ms) => void pauses.push(ms),
    ...more,
  })
  return { client, pauses }
}

async function failureOf(call: Promise<unknown>): Promise<ClientError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ClientError)
  return error as ClientError
}

const broken: Reply = (_, socket) => socket.destroy()
const busy = (headers: Record<string, string> = {}): Reply => ({
  status: 503,
  headers,
  json: { status: 503, code: 'even-niet-beschikbaar', title: 'Even niet', detail: 'Straks wel.' },
})

describe('identity', () => {
  test('two clients of one process never share a connection, whatever the order', async () => {
    door.answer(({ name }) => ({ status: 200, json: { name } }))
    const clients = { anna: clientOf(anna).client, bert: clientOf(bert).client }
    const mixed = Array.from({ length: 600 }, (_, at) => (at % 3 === 0 ? 'anna' : 'bert'))
    for (let from = 0; from < mixed.length; from += 40) {
      await Promise.all(
        mixed.slice(from, from + 40).map(async (name) => {
          const seen: unknown = await clients[name as 'anna' | 'bert'].identity()
          expect(seen).toEqual({ name })
        }),
      )
    }
    const byConnection = new Map<number, Set<string | undefined>>()
    for (const { name, connection } of door.asked) {
      byConnection.set(connection, (byConnection.get(connection) ?? new Set()).add(name))
    }
    expect([...byConnection.values()].filter((names) => names.size !== 1)).toEqual([])
    expect(byConnection.size).toBeLessThan(mixed.length / 4)
  })

  test('calls one after the other use one connection', async () => {
    door.answer(() => ({ status: 200, json: {} }))
    const { client } = clientOf(anna)
    for (let call = 0; call < 20; call += 1) await client.identity()
    expect(new Set(door.asked.map(({ connection }) => connection)).size).toBe(1)
  })

  test('the participant goes along as a header, and only when there is one', async () => {
    door.answer(() => ({ status: 200, json: {} }))
    const { client } = clientOf(anna)
    await client.identity()
    await client.as(ID).identity()
    await clientOf(anna, { participant: ID }).client.identity()
    expect(door.asked.map(({ headers }) => headers['deelnemer'])).toEqual([undefined, ID, ID])
  })
})

describe('a relay that is not the right one', () => {
  test('a certificate from another authority is not trusted, and nothing is sent', async () => {
    const other = throwawayPki()
    try {
      door.answer(() => ({ status: 200, json: {} }))
      const error = await failureOf(clientOf(anna, { ca: other.ca }).client.submit(envelope))
      expect(error.code).toBe('untrusted')
      expect(door.asked).toEqual([])
    } finally {
      other.remove()
    }
  })

  test('a certificate for another name is not trusted', async () => {
    const url = door.url.replace('localhost', '127.0.0.2')
    const server = Bun.listen({
      hostname: '127.0.0.2',
      port: Number(new URL(url).port),
      tls: { cert: pki.server.certificate, key: pki.server.key },
      socket: { data: () => {} },
    })
    try {
      expect((await failureOf(clientOf(anna, { url }).client.identity())).code).toBe('untrusted')
    } finally {
      server.stop(true)
    }
  })

  test('a redirect is not followed', async () => {
    door.answer(() => ({ status: 307, headers: { location: 'https://localhost:1/elsewhere' } }))
    const error = await failureOf(clientOf(anna).client.identity())
    expect(error).toMatchObject({ code: 'answer-invalid', status: 307 })
    expect(door.asked).toHaveLength(1)
  })

  test('nothing listens', async () => {
    const { client, pauses } = clientOf(anna, { url: 'https://localhost:1' })
    expect(await failureOf(client.identity())).toMatchObject({
      code: 'unreachable',
      status: undefined,
    })
    expect(pauses).toHaveLength(3)
  })
})

describe('wrong use is refused before anything is sent', () => {
  const cases: [string, () => Partial<ClientOptions>, string][] = [
    ['an address without TLS', () => ({ url: 'http://localhost' }), 'https://name:port'],
    ['no address', () => ({ url: 'localhost' }), 'https://name:port'],
    ['a path in the address', () => ({ url: `${door.url}/api` }), 'no path'],
    ['a password in the address', () => ({ url: 'https://a:b@localhost' }), 'user name'],
    ['a certificate that is none', () => ({ certificate: 'x' }), 'certificate'],
    ['a key that is none', () => ({ key: 'x' }), 'key'],
    ['an authority that is none', () => ({ ca: 'x' }), 'authority'],
    ['the key of another', () => ({ key: bert.key }), 'does not belong'],
  ]
  test.each(cases)('%s', (_, more, words) => {
    const make = () => clientOf(anna, more())
    expect(make).toThrow(ClientError)
    expect(make).toThrow(words)
  })
})

describe('sending again', () => {
  test('a submit whose connection breaks is sent again, unchanged', async () => {
    door.answer((_, at) => (at < 2 ? broken : { status: 201, json: { referentienummer: ID } }))
    const { client, pauses } = clientOf(anna)
    expect(await client.submit(envelope)).toMatchObject({ referentienummer: ID })
    expect(new Set(door.asked.map(({ body }) => body)).size).toBe(1)
    expect(door.asked).toHaveLength(3)
    expect(pauses[1]).toBeGreaterThan(pauses[0] ?? Infinity)
  })

  test('gives up after four attempts', async () => {
    door.answer(() => broken)
    const error = await failureOf(clientOf(anna).client.submit(envelope))
    expect(error.code).toBe('unreachable')
    expect(door.asked).toHaveLength(4)
  })

  test('an answer that breaks off half-way counts as broken', async () => {
    door.answer((_, at) =>
      at > 0
        ? { status: 200, json: { berichten: [] } }
        : (response, socket) => {
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99' })
            response.write('{"berichten":[')
            setTimeout(() => socket.destroy(), 20)
          },
    )
    expect(await clientOf(anna).client.list()).toEqual({ berichten: [] })
    expect(door.asked).toHaveLength(2)
  })

  test('a lease is not asked twice when it is not known whether the first was given', async () => {
    door.answer(() => broken)
    await failureOf(clientOf(anna).client.lease({ limiet: 10, leaseSeconden: 60 }))
    expect(door.asked).toHaveLength(1)
  })

  test('a busy relay is asked again, also for a lease, after the time that it names', async () => {
    door.answer((_, at) =>
      at === 0 ? busy({ 'retry-after': '7' }) : { status: 201, json: { ophaling: ID } },
    )
    const { client, pauses } = clientOf(anna)
    await client.lease({ limiet: 10, leaseSeconden: 60 })
    expect(pauses).toEqual([7_000])
  })

  test('a relay that asks for more patience than is bearable is not asked again', async () => {
    door.answer(() => busy({ 'retry-after': '3600' }))
    const { client, pauses } = clientOf(anna)
    expect(await failureOf(client.identity())).toMatchObject({
      code: 'even-niet-beschikbaar',
      status: 503,
      retryAfter: 3_600,
    })
    expect(pauses).toEqual([])
  })

  const final: [number, string][] = [
    [400, 'veld-ontbreekt'],
    [401, 'certificaat-verlopen'],
    [403, 'deelnemer-geschorst'],
    [409, 'stap-niet-toegestaan'],
    [410, 'bericht-weg'],
    [500, 'interne-fout'],
    [507, 'opslag-vol'],
  ]
  test.each(final)('a refusal with %d is final', async (status, code) => {
    door.answer(() => ({ status, json: { status, code, title: 'T', detail: 'D' } }))
    expect(await failureOf(clientOf(anna).client.submit(envelope))).toMatchObject({ status, code })
    expect(door.asked).toHaveLength(1)
  })

  test('stopping ends the pauses', async () => {
    const stop = new AbortController()
    door.answer(() => busy({ 'retry-after': '20' }))
    const client = createClient({
      url: door.url,
      certificate: anna.certificate,
      key: anna.key,
      ca: pki.ca,
    })
    setTimeout(() => stop.abort(), 50)
    const from = performance.now()
    const error = await failureOf(client.identity({ signal: stop.signal }))
    expect(error.code).toBe('aborted')
    expect(performance.now() - from).toBeLessThan(5_000)
  })
})

describe('answers', () => {
  test('a problem is passed on whole', async () => {
    const errors = [{ pad: '/inhoud/Klant', code: 'veld-ontbreekt', detail: 'Vul in.' }]
    const problem = {
      status: 400,
      code: 'veld-ontbreekt',
      title: 'Verplicht veld ontbreekt',
      detail: 'Er is 1 probleem.',
      instance: `urn:uuid:${ID}`,
      errors: [...errors, { pad: 7 }, null],
    }
    door.answer(() => ({ status: 400, json: problem }))
    expect(await failureOf(clientOf(anna).client.submit(envelope))).toMatchObject({
      code: 'veld-ontbreekt',
      status: 400,
      title: problem.title,
      detail: problem.detail,
      instance: problem.instance,
      errors,
      problem,
    })
  })

  const odd: [string, Reply, string][] = [
    ['no JSON', raw('application/json', '{"naam":"Jansen"'), 'answer-invalid'],
    ['no UTF-8', raw('application/json', Buffer.from([0x22, 0xff, 0x22])), 'answer-invalid'],
    ['a page of a proxy', raw('text/html', '<h1>Jansen</h1>', 502), 'answer-invalid'],
    ['a code that nobody knows', { status: 400, json: { code: 'x' } }, 'answer-invalid'],
    ['a list for a problem', { status: 400, json: ['Jansen'] }, 'answer-invalid'],
  ]
  test.each(odd)('%s is said to be so, without its text', async (_, reply, code) => {
    door.answer(() => reply)
    const error = await failureOf(clientOf(anna).client.identity())
    expect(error.code).toBe(code as ClientError['code'])
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('Jansen')
  })

  test('an endless answer is cut off', async () => {
    door.answer(() => (response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const piece = Buffer.alloc(4 * 1024 * 1024, 0x20)
      const pour = () => {
        while (!socket.destroyed && response.write(piece)) continue
      }
      response.on('drain', pour)
      pour()
    })
    expect((await failureOf(clientOf(anna).client.identity())).code).toBe('answer-too-large')
  })

  const slow: [string, Reply][] = [
    ['never begins', () => {}],
    [
      'never ends',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write('{')
      },
    ],
  ]
  test.each(slow)('an answer that %s runs into the time limit', async (_, reply) => {
    door.answer(() => reply)
    const { client } = clientOf(anna, { timeoutMs: 100 })
    expect((await failureOf(client.identity())).code).toBe('timeout')
    expect(door.asked).toHaveLength(1)
  })

  test('a long poll may take its time on top of the limit', async () => {
    door.answer(() => (response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end('{"berichten":[]}')
      }, 200)
    })
    const client: Client = clientOf(anna, { timeoutMs: 100 }).client
    expect(await client.list({ wacht: 1 })).toEqual({ berichten: [] })
    expect((await failureOf(client.list())).code).toBe('timeout')
  })

  test('the caller can stop a call', async () => {
    door.answer(() => () => {})
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    const call = clientOf(anna).client.list({ wacht: 60 }, { signal: stop.signal })
    expect((await failureOf(call)).code).toBe('aborted')
  })
})

function raw(type: string, body: string | Uint8Array, status = 200): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }
}
