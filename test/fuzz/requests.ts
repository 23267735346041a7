/**
 * Fuzzer of paths, queries, methods and headers.
 * @module
 */
import { CANARY_TEXT } from '../support/canary.ts'
import type { Chance } from '../support/seeded.ts'
import { PEOPLE, uuid, type Person } from '../support/world.ts'
import { createDoor, faultIn, readAnswer, type Answer } from './door.ts'
import type { Fuzzer } from './fuzzer.ts'
import { mutateBytes } from './mutate.ts'

/** Paths of calls, with what may stand in them. */
const PATHS = [
  ...['identiteit', 'deelnemers', `deelnemers/${PEOPLE.energie().id}`, 'modules', 'openapi.json'],
  ...['modules/schuldregeling/versies/2.0', 'modules/schuldregeling/versies/2.0/berichttypen'],
  ...['modules/schuldregeling/versies/2.0/berichttypen/saldoverzoek', 'berichten', 'aanbiedingen'],
  ...[`berichten/${uuid(1)}`, `berichten/${uuid(1)}/bevestiging`, `berichten/${uuid(1)}/afwijzing`],
  ...[`berichten/${uuid(1)}/intrekking`, 'postbussen', 'ophalingen', `ophalingen/${uuid(2)}`],
  ...['bevestigingen', 'afwijzingen', 'logboek', `logboek/${uuid(3)}`, 'conversaties', 'fouten'],
  ...[`conversaties/${uuid(4)}`, 'fouten/te-groot', 'gebeurtenissen', 'cijfers', '', '.', '..'],
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'QUERY', 'get', 'X']
const QUERIES = [
  ...['module', 'versie', 'type', 'zoek', 'na', 'limiet', 'berichttype', 'conversatie', 'stand'],
  ...[
    'antwoordVoor',
    'vanafDatum',
    'totDatum',
    'opgehaald',
    'uitkomst',
    'werkgebied',
    'x',
    '_',
    '',
  ],
]
const HEADERS = [
  ...['accept', 'content-type', 'content-encoding', 'deelnemer', 'ophaling', 'range', 'if-match'],
  ...[
    'accept-language',
    'accept-encoding',
    'origin',
    'forwarded',
    'client-cert',
    'cookie',
    'expect',
  ],
  ...['x-http-method-override', 'authorization', 'traceparent', 'last-event-id', 'host', 'te'],
]
const VALUES = [
  ...[
    'application/json',
    'application/x-ndjson',
    'text/html',
    '*/*',
    'application/json;q=0',
    ';',
    ',',
  ],
  ...[
    'schuldregeling',
    '2.0',
    'schuldeiser',
    '1',
    '0',
    '-1',
    '500',
    '501',
    '1e9',
    'ja',
    'true',
    '',
  ],
  ...['2026-03-02', '2026-02-30', '2026-03-02T00:00:00Z', uuid(1), uuid(1).toUpperCase(), 'gzip'],
  ...[PEOPLE.gemeente().id, PEOPLE.energie().id, 'bytes=0-', '"x"', CANARY_TEXT, 'é', '%zz', '%00'],
]
const CALLERS = ['gemeente', 'energie', 'fonds', null] as const satisfies (Person | null)[]

/** What is asked, written as JSON so that an input is bytes like any other. */
interface Asked {
  readonly as: Person | null
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

export const requests: Fuzzer = {
  name: 'requests',
  property:
    'Whatever the method, path, query and headers, the answer is a good one or a problem, soon; what was sent is in no refusal, header or log line.',
  planted: 'A path that is not found is repeated in the refusal, decoded.',
  findsWithin: 500,
  slowestMs: 2_000,
  open(isPlanted) {
    const door = createDoor()
    return {
      make: (chance) => Buffer.from(JSON.stringify(askedBy(chance))),
      async attempt(input) {
        const asked = JSON.parse(Buffer.from(input).toString()) as Asked
        const request = requestOf(asked)
        // What the runtime itself does not let through never comes to the door.
        if (request === undefined) return { taken: false }
        const answered = await readAnswer(await door.fetch(request, door.peer(asked.as)))
        const answer = isPlanted ? withPath(answered, request.url) : answered
        const broken = faultIn(answer) ?? door.faultInLog()
        return { taken: answer.status < 400, ...(broken !== undefined && { broken }) }
      },
      close: () => {},
    }
  },
}

function askedBy(chance: Chance): Asked {
  const path = spoilt(chance, chance.oneOf(PATHS))
  const query = Array.from({ length: chance.percent(50) ? chance.below(4) : 0 }, () => {
    const value = spoilt(chance, chance.oneOf(VALUES))
    return `${chance.oneOf(QUERIES)}=${chance.percent(70) ? encodeURIComponent(value) : value}`
  })
  const prefix = chance.percent(95) ? '/api/v1/' : chance.oneOf(['/', '//', '/api/', '/api/v2/'])
  const headers = Array.from(
    { length: chance.below(4) },
    () => [chance.oneOf(HEADERS), spoilt(chance, chance.oneOf(VALUES))] as const,
  )
  return {
    as: chance.oneOf(CALLERS),
    method: chance.percent(60) ? 'GET' : chance.oneOf(METHODS),
    target: `${prefix}${path}${query.length > 0 ? '?' : ''}${query.join('&')}`,
    headers,
    body: chance.percent(30) ? spoilt(chance, '{"leaseSeconden":30,"limiet":1}') : '',
  }
}

function spoilt(chance: Chance, text: string): string {
  if (chance.percent(60)) return text.toWellFormed()
  return Buffer.from(mutateBytes(chance, Buffer.from(text))).toString()
}

function requestOf({ method, target, headers, body }: Asked): Request | undefined {
  try {
    const hasBody = body !== '' && !['GET', 'HEAD', 'get'].includes(method)
    return new Request(`https://localhost${target}`, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(hasBody && { body }),
    })
  } catch {
    return undefined
  }
}

function withPath(answer: Answer, url: string): Answer {
  if (answer.status !== 404 || answer.text === '') return answer
  const problem = JSON.parse(answer.text) as { detail: string }
  const detail = `${problem.detail} ${decodeURIComponent(url)}`
  return { ...answer, text: JSON.stringify({ ...problem, detail }) }
}
