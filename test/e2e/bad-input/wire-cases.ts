/**
 * What can be wrong with bytes, media types, methods, paths and parameters.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts'
import { participantId } from '../support/node.ts'
import { CANARY } from '../support/problem.ts'
import { request, type BadRequest } from './case.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const post = ['POST', '/berichten'] as const
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const TOO_LONG = DEFAULT_LIMITS.requestBytes + 1

/** Bytes, media types, methods and parameters. */
export const WIRE_CASES: readonly BadRequest[] = [
  request('broken JSON', [400, 'json-ongeldig'], post, {
    headers: JSON_TYPE,
    body: `{"referentienummer":"${CANARY.bsn}","inhoud":{"Naam":"${CANARY.name}`,
  }),
  request('an empty body', [400, 'json-ongeldig'], post, { headers: JSON_TYPE, body: '' }),
  request('a text for a message', [400, 'veld-type'], post, { json: CANARY.iban }),
  request('half a character', [400, 'json-ongeldig'], post, {
    headers: JSON_TYPE,
    body: `{"inhoud":"${CANARY.name} \\ud800"}`,
  }),
  request('too deep', [400, 'json-te-diep'], post, {
    headers: JSON_TYPE,
    body: `{"${CANARY.bsn}":${deep(DEFAULT_LIMITS.nestingLevels)}}`,
  }),
  request('a key twice', [400, 'json-dubbele-sleutel'], post, {
    headers: JSON_TYPE,
    body: `{"${CANARY.name}":"${CANARY.iban}",\n  "${CANARY.name}":1}`,
  }),
  request('bytes that are not UTF-8', [400, 'utf8-ongeldig'], post, {
    headers: JSON_TYPE,
    body: Buffer.from(`{"Naam":"${CANARY.name} \xff"}`, 'latin1'),
  }),
  request('XML', [415, 'mediatype-niet-ondersteund'], post, {
    headers: { 'content-type': 'application/xml' },
    body: `<Naam>${CANARY.name}</Naam>`,
  }),
  request('no media type', [415, 'mediatype-niet-ondersteund'], post, { body: '{}' }),
  request('another character set', [415, 'mediatype-niet-ondersteund'], post, {
    headers: { 'content-type': 'application/json; charset=windows-1252' },
    body: '{}',
  }),
  request('a compressed body', [415, 'mediatype-niet-ondersteund'], post, {
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    body: Bun.gzipSync(Buffer.from(`{"Naam":"${CANARY.name}"}`)),
  }),
  request('a body over the limit, announced', [413, 'te-groot'], post, {
    headers: { ...JSON_TYPE, 'content-length': String(TOO_LONG) },
    body: `{"Naam":"${CANARY.name}"`,
  }),
  {
    name: 'a body over the limit, in chunks',
    status: 413,
    code: 'te-groot',
    send: async (node, as) => {
      const line = await node.dial(as)
      line.send(
        'POST /api/v1/berichten HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
          'Transfer-Encoding: chunked\r\n\r\n',
      )
      const piece = CANARY.name.padEnd(1_048_576)
      for (let sent = 0; sent < TOO_LONG; sent += piece.length) {
        line.send(`${piece.length.toString(16)}\r\n${piece}\r\n`)
      }
      const answer = await line.answer('POST')
      line.cut()
      return answer
    },
  },
  request('a form that is not given', [406, 'niet-acceptabel'], ['GET', '/berichten'], {
    headers: { accept: `text/${CANARY.name}` },
  }),
  request('a method that is not there', [405, 'methode-niet-toegestaan'], ['DELETE', '/berichten']),
  request('an address that is not there', [404, 'niet-gevonden'], ['GET', `/${CANARY.name}`]),
  request(
    'a reference in the path that is none',
    [404, 'niet-gevonden'],
    ['GET', `/berichten/${CANARY.bsn}`],
  ),
  request(
    'parameters that are not there or not right',
    [400, 'parameter-ongeldig'],
    ['GET', `/berichten?${CANARY.name}=${CANARY.bsn}&limiet=${CANARY.iban}&wacht=61`],
  ),
  request(
    'a lease that is none',
    [400, 'parameter-ongeldig'],
    ['PUT', `/berichten/${randomUUID()}/bevestiging`],
    { headers: { ophaling: CANARY.name } },
  ),
  request(
    'two units and no Deelnemer',
    [400, 'deelnemer-ontbreekt'],
    ['GET', '/berichten'],
    {},
    'waterbedrijf-noord',
  ),
  request(
    'two units and a Deelnemer of another',
    [403, 'deelnemer-niet-gemachtigd'],
    ['GET', '/berichten'],
    { headers: { deelnemer: participantId('energie-direct') } },
    'waterbedrijf-noord',
  ),
]
