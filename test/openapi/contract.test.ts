/**
 * The judge of the contract itself: it must find what is planted, or the tests that it watches over prove nothing.
 */
import { describe, expect, test } from 'bun:test'
import { settingsWith } from '../http/support/world.ts'
import { Contract, type Exchange } from './support/contract.ts'
import { documentOf } from './support/document.ts'

const contract = new Contract(documentOf(settingsWith()), { judgesMessages: true })
const ID = '00000000-0000-4000-8000-000000000100'
const PROBLEM = {
  type: 'https://relay.example.nl/api/v1/fouten/x',
  title: 'Titel',
  detail: 'Detail.',
  instance: `urn:uuid:${ID}`,
}
const RECEIPT = {
  referentienummer: ID,
  conversatieReferentienummer: ID,
  stand: 'wachtend',
  aangebodenOp: '2026-01-05T09:00:00.000Z',
  verlooptOp: '2026-01-12T23:00:00.000Z',
}
const MESSAGE = {
  referentienummer: ID,
  conversatieReferentienummer: ID,
  module: 'schuldregeling',
  berichttype: 'saldoverzoek',
  versie: '2.0',
  ontvanger: ID,
  inhoud: { KlantnummerSHV: '12' },
}

interface Planted {
  readonly method?: string
  readonly path: string
  readonly asked?: unknown
  readonly type?: string
  readonly status: number
  readonly given?: unknown
  readonly headers?: Readonly<Record<string, string | null>>
}

function exchange({
  method = 'GET',
  path,
  asked,
  type,
  status,
  given,
  headers,
}: Planted): Exchange {
  const body = (value: unknown) =>
    value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  const answered: Readonly<Record<string, string | null>> = {
    'api-version': '1.2.3',
    'content-type': status < 300 ? 'application/json' : 'application/problem+json',
    ...headers,
  }
  const requested = type ?? 'application/json'
  return {
    method,
    path: `/api/v1${path}`,
    request: {
      header: (name) => (name === 'content-type' && asked !== undefined ? requested : null),
      body: asked === undefined ? undefined : body(asked),
    },
    status,
    header: (name) => answered[name.toLowerCase()] ?? null,
    body: body(given),
  }
}

const LOCATION = { location: 'https://relay.example.nl/api/v1/logboek/x' }
const offer = (asked: unknown, given: unknown = RECEIPT, status = 201): Planted => ({
  method: 'POST',
  path: '/berichten',
  asked,
  status,
  given,
  headers: LOCATION,
})

describe('finds nothing in', () => {
  test.each<[string, Planted]>([
    ['a message that was taken', offer(MESSAGE)],
    ['a page of a list', { path: '/berichten?limiet=1', status: 200, given: { berichten: [] } }],
    [
      'an unknown path',
      { path: '/anders', status: 404, given: { ...PROBLEM, status: 404, code: 'niet-gevonden' } },
    ],
    ['a release', { method: 'DELETE', path: `/ophalingen/${ID.toUpperCase()}`, status: 204 }],
    [
      'a refusal that the schema foresees',
      offer(
        { ...MESSAGE, inhoud: {} },
        {
          ...PROBLEM,
          status: 400,
          code: 'veld-ontbreekt',
          errors: [{ pad: '/inhoud/KlantnummerSHV', code: 'veld-ontbreekt', detail: 'x' }],
        },
        400,
      ),
    ],
    [
      'a message of a type that is not described',
      offer({ ...MESSAGE, berichttype: 'anders', inhoud: { x: 1 } }),
    ],
  ])('%s', (_name, planted) => {
    expect(contract.differences(exchange(planted))).toEqual([])
  })
})

describe('finds', () => {
  test.each<[string, RegExp, Planted]>([
    ['a status', /status is not described/, { path: '/berichten', status: 202, given: {} }],
    [
      'a missing member',
      /required property 'verlooptOp'/,
      offer(MESSAGE, { ...RECEIPT, verlooptOp: undefined }),
    ],
    [
      'a member too many',
      /additional properties.*geheim/,
      offer(MESSAGE, { ...RECEIPT, geheim: 1 }),
    ],
    [
      'a value of another form',
      /date-time/,
      offer(MESSAGE, { ...RECEIPT, aangebodenOp: 'gisteren' }),
    ],
    [
      'a missing header',
      /API-Version is missing/,
      { path: '/modules', status: 200, given: { modules: [] }, headers: { 'api-version': null } },
    ],
    ['a missing Location', /Location is missing/, { ...offer(MESSAGE), headers: {} }],
    [
      'a media type',
      /text\/plain is not described/,
      { path: '/modules', status: 200, given: 'x', headers: { 'content-type': 'text/plain' } },
    ],
    [
      'a code',
      /code verlopen is not described/,
      { path: '/modules', status: 400, given: { ...PROBLEM, status: 400, code: 'verlopen' } },
    ],
    [
      'a body after a release',
      /body where none/,
      { method: 'DELETE', path: `/ophalingen/${ID}`, status: 204, given: 'x' },
    ],
    [
      'a page of two hundred answers where nothing is',
      /nothing is described/,
      { path: '/anders', status: 200, given: {} },
    ],
    [
      'a method where there is none',
      /nothing is described/,
      { method: 'PUT', path: '/berichten', status: 200, given: {} },
    ],
    [
      'a parameter',
      /geheim is not described/,
      { path: '/berichten?geheim=1', status: 200, given: { berichten: [] } },
    ],
    [
      'a parameter out of range',
      /taken, though limiet/,
      { path: '/berichten?limiet=0', status: 200, given: { berichten: [] } },
    ],
    [
      'a parameter in a path',
      /taken, though referentienummer/,
      { path: '/logboek/x', status: 200, given: {} },
    ],
    [
      'a parameter refused that is right',
      /limiet is refused, though right/,
      {
        path: '/berichten?limiet=1',
        status: 400,
        given: {
          ...PROBLEM,
          status: 400,
          code: 'parameter-ongeldig',
          errors: [{ pad: '/query/limiet', code: 'parameter-ongeldig', detail: 'x' }],
        },
      },
    ],
    [
      'a message taken that is wrong',
      /taken, though.*KlantnummerSHV/,
      offer({ ...MESSAGE, inhoud: {} }),
    ],
    [
      'a message refused that is right',
      /refused for veld-onbekend, though right/,
      offer(
        MESSAGE,
        {
          ...PROBLEM,
          status: 400,
          code: 'veld-onbekend',
          errors: [{ pad: '/x', code: 'veld-onbekend', detail: 'x' }],
        },
        400,
      ),
    ],
    [
      'a wrong item of a list that was taken',
      /taken, though/,
      {
        method: 'POST',
        path: '/aanbiedingen',
        asked: { berichten: [{ ...MESSAGE, versie: 2 }] },
        status: 200,
        given: { uitkomsten: [{ regel: 1, status: 201, ontvangst: RECEIPT }] },
      },
    ],
    [
      'a wrong line that was taken',
      /taken, though/,
      {
        method: 'POST',
        path: '/aanbiedingen',
        asked: `${JSON.stringify(MESSAGE)}\n${JSON.stringify({ ...MESSAGE, ontvanger: 'x' })}\n`,
        type: 'application/x-ndjson',
        status: 200,
        given: `{"regel":1,"status":201}\n{"regel":2,"status":201}\n`,
        headers: { 'content-type': 'application/x-ndjson' },
      },
    ],
    [
      'a line of an answer',
      /required property 'status'/,
      {
        method: 'POST',
        path: '/aanbiedingen',
        asked: '',
        type: 'application/x-ndjson',
        status: 200,
        given: '{"regel":1}\n',
        headers: { 'content-type': 'application/x-ndjson' },
      },
    ],
  ])('%s', (_name, expected, planted) => {
    expect(contract.differences(exchange(planted)).join('\n')).toMatch(expected)
  })
})
