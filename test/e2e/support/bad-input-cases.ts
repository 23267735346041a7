/**
 * The bad input of the wire: what a caller with a good certificate can get wrong, and what it must be told.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '../../../src/core/errors.ts'
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts'
import { addedId } from './bad-world.ts'
import type { Answer, Ask } from './line.ts'
import { attachment, messageOf, type Envelope } from './messages.ts'
import { participantId, type RunningNode } from './node.ts'
import { CANARY } from './problem.ts'

/** What was there before anything bad came: a message from the municipality that waits for the creditor. */
export interface Standing {
  readonly waiting: Envelope
}

export interface BadCase {
  readonly name: string
  /** Connection that sends it; the municipality unless said. */
  readonly as?: string
  readonly status: number
  readonly code: ErrorCode
  /** JSON Pointers of the problems, all of them. */
  readonly pads?: readonly string[]
  readonly send: (node: RunningNode, as: string, standing: Standing) => Promise<Answer>
}

/** A saldoverzoek to the creditor with a canary in it, which a case spoils. */
async function canaryMessage(node: RunningNode, to = 'energie-direct'): Promise<Envelope> {
  const message = await messageOf(node, 'saldoverzoek', to)
  message.inhoud['KlantnummerSHV'] = `${CANARY.name} ${CANARY.bsn}`
  return message
}

/** A case in which a good message is spoiled. */
function spoiled(
  name: string,
  [status, code, ...pads]: readonly [number, ErrorCode, ...string[]],
  spoil: (message: Envelope, standing: Standing) => unknown,
  more: { readonly as?: string; readonly headers?: Record<string, string> } = {},
): BadCase {
  const { as, headers } = more
  return {
    name,
    status,
    code,
    ...(as !== undefined && { as }),
    ...(pads.length > 0 && { pads }),
    send: async (node, sender, standing) => {
      const message = await canaryMessage(node)
      const json = spoil(message, standing) ?? message
      return node.ask(sender, 'POST', '/berichten', { json, ...(headers && { headers }) })
    },
  }
}

/** A case that is a request of its own. */
function request(
  name: string,
  [status, code]: readonly [number, ErrorCode],
  [method, path]: readonly [string, string],
  asked: Ask = {},
  as?: string,
): BadCase {
  return {
    name,
    status,
    code,
    ...(as !== undefined && { as }),
    send: (node, sender) => node.ask(sender, method, path, asked),
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const post = ['POST', '/berichten'] as const
const set = (changes: object) => (message: Envelope) => void Object.assign(message, changes)
const inBody = (changes: object) => (message: Envelope) =>
  void Object.assign(message.inhoud, changes)
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const TOO_LONG = DEFAULT_LIMITS.requestBytes + 1

/** Header and body of a message. */
export const MESSAGE_CASES: readonly BadCase[] = [
  spoiled(
    'unknown fields in header and body',
    [400, 'veld-onbekend', '/onbekend[1]', '/inhoud/onbekend[1]'],
    (message) => {
      Object.assign(message, { [CANARY.name]: CANARY.bsn })
      message.inhoud[CANARY.iban] = CANARY.name
    },
  ),
  spoiled(
    'a number where text belongs',
    [400, 'veld-type', '/inhoud/KlantnummerSHV'],
    inBody({ KlantnummerSHV: Number(CANARY.bsn) }),
  ),
  spoiled('a list for a body', [400, 'veld-type', '/inhoud'], set({ inhoud: [CANARY.name] })),
  spoiled(
    'a required field of the body missing',
    [400, 'veld-ontbreekt', '/inhoud/KlantnummerSHV'],
    (message) => void delete message.inhoud['KlantnummerSHV'],
  ),
  spoiled('no body', [400, 'veld-ontbreekt', '/inhoud'], set({ inhoud: undefined })),
  spoiled(
    'nothing of a header',
    [
      ...[400, 'veld-ontbreekt', '/referentienummer', '/conversatieReferentienummer'],
      ...['/module', '/berichttype', '/versie', '/ontvanger', '/inhoud'],
    ] as unknown as [number, ErrorCode],
    () => ({}),
  ),
  spoiled(
    'a reference that is a name',
    [400, 'veld-patroon', '/referentienummer'],
    set({ referentienummer: CANARY.name }),
  ),
  spoiled(
    'problems in header and body together',
    [400, 'bericht-ongeldig', '/ontvanger', '/inhoud/KlantnummerSHV'],
    (message) => {
      message.ontvanger = CANARY.bsn
      message.inhoud['KlantnummerSHV'] = ''
    },
  ),
  spoiled('a wrong version', [400, 'versie-onbekend', '/versie'], set({ versie: '9.9' })),
  spoiled(
    'an unknown type',
    [400, 'berichttype-onbekend', '/berichttype'],
    set({ berichttype: CANARY.name.toLowerCase() }),
  ),
  spoiled(
    'an unknown module',
    [400, 'module-onbekend', '/module'],
    set({ module: CANARY.name.toLowerCase() }),
  ),
  spoiled(
    'the module of the notices',
    [400, 'module-onbekend', '/module'],
    set({ module: 'knooppunt', berichttype: 'melding-afgewezen' }),
  ),
  spoiled(
    'a recipient that nobody knows',
    [400, 'ontvanger-onbekend', '/ontvanger'],
    set({ ontvanger: randomUUID() }),
  ),
  spoiled(
    'a recipient that is not yet active',
    [400, 'ontvanger-onbekend', '/ontvanger'],
    set({ ontvanger: addedId('incasso-aangemeld') }),
  ),
  spoiled(
    'a recipient without the module',
    [409, 'ontvanger-zonder-module'],
    set({ ontvanger: addedId('incasso-zonder-module') }),
  ),
  spoiled(
    'a recipient that is suspended',
    [409, 'ontvanger-niet-actief'],
    set({ ontvanger: addedId('incasso-geschorst') }),
  ),
  spoiled(
    'a recipient that has ended',
    [409, 'ontvanger-niet-actief'],
    set({ ontvanger: addedId('incasso-beeindigd') }),
  ),
  spoiled(
    'a recipient on the same side',
    [403, 'ontvanger-niet-bevoegd'],
    set({ ontvanger: participantId('gemeente-duinrand') }),
  ),
  spoiled(
    'a message to oneself',
    [400, 'aan-zichzelf', '/ontvanger'],
    set({ ontvanger: participantId('gemeente-voorbeeldstad') }),
  ),
  spoiled(
    'in the name of another',
    [400, 'afzender-past-niet', '/afzender'],
    set({ afzender: participantId('gemeente-duinrand') }),
  ),
  spoiled('a sender that is suspended', [403, 'deelnemer-geschorst'], () => undefined, {
    as: 'gemeente-geschorst',
  }),
  spoiled('a sender that is not yet active', [403, 'deelnemer-aangemeld'], () => undefined, {
    as: 'incasso-aangemeld',
  }),
  spoiled('a sender that has ended', [403, 'deelnemer-beeindigd'], () => undefined, {
    as: 'incasso-beeindigd',
  }),
  spoiled('a sender without the module', [403, 'afzender-zonder-module'], () => undefined, {
    as: 'gemeente-zonder-module',
  }),
  spoiled(
    'a sender on the wrong side',
    [403, 'afzender-niet-bevoegd'],
    set({ ontvanger: participantId('waterbedrijf-noord-zakelijk') }),
    { as: 'energie-direct' },
  ),
  {
    name: 'a BSN to who may not have it',
    status: 400,
    code: 'bsn-niet-toegestaan',
    pads: ['/inhoud/Burgerservicenummer'],
    send: async (node, as) => {
      const to = 'waterbedrijf-noord-zakelijk'
      const json = await messageOf(node, 'saldoverzoek-publiek', to)
      json.inhoud['Burgerservicenummer'] = CANARY.bsn
      return node.ask(as, 'POST', '/berichten', { json })
    },
  },
  spoiled(
    'a document that nobody asked for',
    [400, 'document-onverwacht', '/bijlagen/0/soort'],
    set({ bijlagen: [attachment('beschikking', `${CANARY.name}.pdf`)] }),
  ),
  spoiled(
    'a document that is something else',
    [400, 'document-ongeldig', '/bijlagen/0/document/inhoud'],
    set({
      bijlagen: [
        {
          soort: 'beschikking',
          document: {
            bestandsnaam: `${CANARY.name}.pdf`,
            mediatype: 'application/pdf',
            inhoud: Buffer.from(CANARY.name).toString('base64'),
          },
        },
      ],
    }),
  ),
]

/** A case of a participant that owes a document with what opens a conversation. */
function owing(as: string, document: string, bijlagen?: unknown[]): BadCase {
  return {
    name: `${as} without its ${document}${bijlagen ? ', with another document' : ''}`,
    as,
    status: 400,
    code: bijlagen ? 'bericht-ongeldig' : 'document-ontbreekt',
    pads: bijlagen ? ['/bijlagen/0/soort', '/bijlagen'] : ['/bijlagen'],
    send: async (node, sender) => {
      const json = await messageOf(node, 'saldoverzoek', 'energie-direct', {
        module: 'schuldinventarisatie',
        ...(bijlagen && { bijlagen }),
      })
      return node.ask(sender, 'POST', '/berichten', { json })
    },
  }
}

const supplier = (name: string, status: number, code: ErrorCode, header?: string): BadCase =>
  spoiled(name, [status, code], () => undefined, {
    as: 'softwareleverancier',
    ...(header !== undefined && { headers: { deelnemer: header } }),
  })

/** Who acts for whom, which documents are owed, and what belongs to which conversation. */
export const PLACE_CASES: readonly BadCase[] = [
  supplier('a supplier without Deelnemer', 400, 'deelnemer-ontbreekt'),
  supplier(
    'a supplier for a participant of another',
    403,
    'deelnemer-niet-gemachtigd',
    participantId('gemeente-voorbeeldstad'),
  ),
  supplier('a supplier for nobody', 403, 'deelnemer-niet-gemachtigd', randomUUID()),
  supplier('a supplier with a name for Deelnemer', 400, 'parameter-ongeldig', CANARY.name),
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
  owing('hulp-bij-schulden', 'toestemmingsverklaring'),
  owing('bewind-en-balans', 'beschikking'),
  owing('hulp-bij-schulden', 'toestemmingsverklaring', [attachment('beschikking')]),
  {
    name: 'an answer to a message that is not there',
    as: 'energie-direct',
    status: 400,
    code: 'conversatie-onbekend',
    send: async (node, as) => {
      const json = await messageOf(node, 'saldoverzoek-antwoord', 'gemeente-voorbeeldstad', {
        crossReferentienummer: randomUUID(),
      })
      json.inhoud['KlantnummerSE'] = CANARY.name
      return node.ask(as, 'POST', '/berichten', { json })
    },
  },
  {
    name: 'an answer to a message between others',
    as: 'waterbedrijf-noord',
    status: 400,
    code: 'conversatie-onbekend',
    send: async (node, as, { waiting }) => {
      const json = await messageOf(node, 'saldoverzoek-antwoord', 'gemeente-voorbeeldstad', {
        conversatieReferentienummer: waiting.conversatieReferentienummer,
        crossReferentienummer: waiting.referentienummer,
      })
      const headers = { deelnemer: participantId('waterbedrijf-noord-zakelijk') }
      return node.ask(as, 'POST', '/berichten', { json, headers })
    },
  },
  {
    name: 'an answer of the wrong kind',
    as: 'energie-direct',
    status: 409,
    code: 'stap-niet-toegestaan',
    send: async (node, as, { waiting }) => {
      const json = await messageOf(node, 'betaalvoorstel-antwoord', 'gemeente-voorbeeldstad', {
        conversatieReferentienummer: waiting.conversatieReferentienummer,
        crossReferentienummer: waiting.referentienummer,
      })
      return node.ask(as, 'POST', '/berichten', { json })
    },
  },
  spoiled(
    'a used reference with other bytes',
    [409, 'referentienummer-bezet'],
    (message, { waiting }) => ({ ...waiting, inhoud: { ...message.inhoud } }),
  ),
]

/** Bytes, media types, methods and parameters. */
export const WIRE_CASES: readonly BadCase[] = [
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
]
