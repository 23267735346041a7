/**
 * Every call of the contract becomes the request that the contract names.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ClientError } from '../../src/client/client-error.ts'
import { createClient } from '../../src/client/client.ts'
import type { Client } from '../../src/client/client.ts'
import type { BatchOutcome, Envelope } from '../../src/client/wire.ts'
import { fakeDoor } from './support/fake-door.ts'
import type { FakeDoor, Reply } from './support/fake-door.ts'
import { throwawayPki } from './support/throwaway-pki.ts'
import type { ThrowawayPki } from './support/throwaway-pki.ts'

let pki: ThrowawayPki
let door: FakeDoor
let client: Client

beforeAll(async () => {
  pki = throwawayPki()
  door = await fakeDoor(pki)
  const { certificate, key } = pki.client('anna')
  client = createClient({
    url: door.url,
    certificate,
    key,
    ca: pki.ca,
    pause: () => Promise.resolve(),
  })
})

afterAll(async () => {
  await door.stop()
  pki.remove()
})

const A = '0f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'
const B = '1f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'

function envelope(referentienummer: string, filler = ''): Envelope {
  return {
    referentienummer,
    conversatieReferentienummer: B,
    module: 'schuldregeling',
    berichttype: 'saldoverzoek',
    versie: '2.0',
    ontvanger: B,
    inhoud: { filler },
  }
}

describe('calls', () => {
  const cases: [string, () => Promise<unknown>, string, string, unknown?][] = [
    ['identity', () => client.identity(), 'GET', '/identiteit'],
    ['participants', () => client.participants(), 'GET', '/deelnemers'],
    [
      'participants with a query',
      () => client.participants({ module: 'schuldregeling', zoek: 'a & b', limiet: 5 }),
      'GET',
      '/deelnemers?module=schuldregeling&zoek=a+%26+b&limiet=5',
    ],
    ['participant', () => client.participant(A), 'GET', `/deelnemers/${A}`],
    ['modules', () => client.modules(), 'GET', '/modules'],
    [
      'module',
      () => client.module('schuldregeling', '2.0'),
      'GET',
      '/modules/schuldregeling/versies/2.0',
    ],
    [
      'message type',
      () => client.messageType('schuldregeling', '2.0', 'saldoverzoek'),
      'GET',
      '/modules/schuldregeling/versies/2.0/berichttypen/saldoverzoek',
    ],
    ['submit', () => client.submit(envelope(A)), 'POST', '/berichten', envelope(A)],
    ['mailboxes', () => client.mailboxes(), 'GET', '/postbussen'],
    ['mailboxes, waiting', () => client.mailboxes(5), 'GET', '/postbussen?wacht=5'],
    ['list', () => client.list(), 'GET', '/berichten'],
    [
      'list with a query',
      () => client.list({ module: 'm', na: '7', limiet: 2, wacht: 1 }),
      'GET',
      '/berichten?module=m&na=7&limiet=2&wacht=1',
    ],
    ['fetch', () => client.fetch(A), 'GET', `/berichten/${A}`],
    [
      'lease',
      () => client.lease({ limiet: 10, leaseSeconden: 60 }),
      'POST',
      '/ophalingen',
      { limiet: 10, leaseSeconden: 60 },
    ],
    ['extend', () => client.extend(A, 60), 'PUT', `/ophalingen/${A}`, { leaseSeconden: 60 }],
    ['release', () => client.release(A), 'DELETE', `/ophalingen/${A}`],
    ['confirm', () => client.confirm(A), 'PUT', `/berichten/${A}/bevestiging`],
    [
      'refuse',
      () => client.refuse(A, { reden: 'dubbel', toelichting: 'Al ontvangen.' }),
      'PUT',
      `/berichten/${A}/afwijzing`,
      { reden: 'dubbel', toelichting: 'Al ontvangen.' },
    ],
    ['withdraw', () => client.withdraw(A), 'PUT', `/berichten/${A}/intrekking`],
    ['receipt', () => client.receipt(A, 'afwijzing'), 'GET', `/berichten/${A}/afwijzing`],
    [
      'log with filters',
      () => client.log({ afzender: A, bevestigd: false, vanafDatum: '2026-01-31' }),
      'GET',
      `/logboek?afzender=${A}&bevestigd=false&vanafDatum=2026-01-31`,
    ],
    ['log line', () => client.logLine(A), 'GET', `/logboek/${A}`],
    [
      'conversations',
      () => client.conversations({ stand: 'open', antwoordVoor: '2026-01-31' }),
      'GET',
      '/conversaties?stand=open&antwoordVoor=2026-01-31',
    ],
    ['conversation', () => client.conversation(A), 'GET', `/conversaties/${A}`],
  ]
  for (const [name, call, method, path, body] of cases) {
    test(name, async () => {
      door.answer(() => ({ status: 200, json: { antwoord: 1 } }))
      expect(await call()).toEqual({ antwoord: 1 })
      expect(door.asked).toHaveLength(1)
      const [asked] = door.asked
      const type = asked?.headers['content-type']
      expect([asked?.method, asked?.path]).toEqual([method, `/api/v1${path}`])
      expect(type).toBe(body === undefined ? undefined : 'application/json')
      expect(asked?.body).toBe(body === undefined ? '' : JSON.stringify(body))
    })
  }

  test('a lease goes along with the calls on what is in it', async () => {
    door.answer(() => ({ status: 200, json: {} }))
    await client.fetch(A, { lease: B })
    await client.confirm(A, { lease: B })
    await client.refuse(A, { reden: 'anders' }, { lease: B })
    await client.confirm(A)
    expect(door.asked.map(({ headers }) => headers['ophaling'])).toEqual([B, B, B, undefined])
  })

  test('an answer without content is no failure', async () => {
    door.answer(() => ({ status: 204 }))
    expect(await client.release(A)).toBeUndefined()
  })

  test('what would leave the path stays inside it', async () => {
    door.answer(() => ({ status: 200, json: {} }))
    await client.fetch('../deelnemers?x=1#y')
    expect(door.asked[0]?.path).toBe('/api/v1/berichten/..%2Fdeelnemers%3Fx%3D1%23y')
  })
})

describe('batches', () => {
  const outcomes = (body: string): BatchOutcome[] =>
    body
      .trimEnd()
      .split('\n')
      .map((line, at) => ({
        regel: at + 1,
        referentienummer: (JSON.parse(line) as Envelope).referentienummer,
        status: 201,
      }))
  const ndjson = (lines: readonly unknown[]): Reply => {
    return (response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    }
  }
  const references = (count: number) =>
    Array.from({ length: count }, (_, at) => `${String(at).padStart(8, '0')}${A.slice(8)}`)

  test('messages are cut into batches by count, and outcomes numbered through', async () => {
    door.answer(({ body }) => ndjson(outcomes(body)))
    const sent = references(25).map((reference) => envelope(reference))
    const got = await Array.fromAsync(client.submitMany(sent, { messagesMax: 10 }))
    expect(door.asked.map(({ body }) => body.trimEnd().split('\n').length)).toEqual([10, 10, 5])
    expect(got.map(({ regel, referentienummer }) => [regel, referentienummer])).toEqual(
      references(25).map((reference, at) => [at + 1, reference]),
    )
  })

  test('and by bytes, but never below one message', async () => {
    door.answer(({ body }) => ndjson(outcomes(body)))
    const sizes = [10, 10, 5_000, 10]
    const sent = references(4).map((reference, at) =>
      envelope(reference, 'é'.repeat(sizes[at] ?? 0)),
    )
    await Array.fromAsync(client.submitMany(sent, { bytesMax: 1_000 }))
    expect(door.asked.map(({ body }) => body.trimEnd().split('\n').length)).toEqual([2, 1, 1])
  })

  test('nothing to send is nothing sent', async () => {
    door.answer(() => ({ status: 500 }))
    expect(await Array.fromAsync(client.submitMany([]))).toEqual([])
    expect(door.asked).toHaveLength(0)
  })

  test('outcomes that come out of order and in pieces are put right', async () => {
    door.answer(({ body }) => (response) => {
      const lines = outcomes(body).reverse()
      const text = Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      for (let at = 0; at < text.length; at += 7) response.write(text.subarray(at, at + 7))
      response.end()
    })
    const got = await Array.fromAsync(client.submitMany(references(5).map((r) => envelope(r))))
    expect(got.map(({ regel }) => regel)).toEqual([1, 2, 3, 4, 5])
  })

  test('a batch that breaks off is sent again as a whole', async () => {
    door.answer(({ body }, at) =>
      at > 0
        ? ndjson(outcomes(body))
        : (response, socket) => {
            response.writeHead(200, { 'content-type': 'application/x-ndjson' })
            response.write(`${JSON.stringify(outcomes(body)[0])}\n`)
            setTimeout(() => socket.destroy(), 20)
          },
    )
    const got = await Array.fromAsync(client.submitMany(references(3).map((r) => envelope(r))))
    expect(got).toHaveLength(3)
    expect(door.asked).toHaveLength(2)
  })

  test('an outcome too few is not taken for success', async () => {
    door.answer(({ body }) => ndjson(outcomes(body).slice(1)))
    const all = Array.fromAsync(client.submitMany(references(3).map((r) => envelope(r))))
    const error = await all.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ClientError)
    expect((error as ClientError).code).toBe('answer-invalid')
  })
})
