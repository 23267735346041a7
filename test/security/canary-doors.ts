/**
 * Every way into the relay, right and wrong, with the canary sent through it. A later door joins with one line in the table.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { requestBytes } from '../e2e/support/line.ts'
import { CANARY, CANARY_TEXT } from '../support/canary.ts'
import { attachmentOf, withCanary } from '../fuzz/samples.ts'
import { selfSignedAs } from './canary-certificate.ts'
import type { CanaryNode } from './canary-node.ts'

/** A way in, and how the canary goes through it. */
export interface Door {
  readonly name: string
  readonly send: (node: CanaryNode) => Promise<unknown>
}

const CREDITOR = { as: 'energie-direct' }
const { name: NAME, bsn: BSN, iban: IBAN } = CANARY
const IN_PATH = encodeURIComponent(CANARY_TEXT)

/** The doors. */
export const DOORS: readonly Door[] = [
  { name: 'a message that is taken, fetched and confirmed', send: wholeLife },
  { name: 'a message with a document', send: withDocument },
  { name: 'a message that is taken and waits', send: (node) => offer(node, {}) },
  { name: 'a refusal with a toelichting', send: refused },
  { name: 'refusals that are none', send: badRefusals },
  { name: 'messages with one thing wrong', send: spoiltMessages },
  { name: 'bodies that are no JSON', send: brokenBodies },
  { name: 'batches', send: batches },
  { name: 'many ends', send: manyEnds },
  { name: 'leases', send: leases },
  { name: 'headers', send: headers },
  { name: 'paths', send: paths },
  { name: 'queries', send: queries },
  { name: 'bytes that are no request', send: nonsense },
  { name: 'a body that breaks off', send: brokenOff },
  { name: 'certificates of strangers', send: strangers },
  { name: 'the name in the handshake', send: serverNames },
  { name: 'the door of browsers', send: portal },
  { name: 'the door of the operator', send: operator },
]

/** A message that is taken, with the canary in its body. */
async function envelope(
  node: CanaryNode,
  module = 'schuldregeling',
  type = 'saldoverzoek-publiek',
): Promise<Record<string, any>> {
  const path = `/modules/${module}/versies/2.0/berichttypen/${type}`
  // The sample of the catalogue has a BSN of its own.
  const answer = await node.ask('GET', path, {}, { isContent: true })
  const { versie, voorbeeld } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
  return {
    referentienummer: randomUUID(),
    conversatieReferentienummer: randomUUID(),
    module,
    berichttype: type,
    versie,
    ontvanger: node.id('energie-direct'),
    inhoud: withCanary(voorbeeld),
  }
}

/** A message with a document whose name and content have the canary, from one who owes it. */
async function withDocument(node: CanaryNode): Promise<void> {
  const as = 'hulp-bij-schulden'
  const bijlagen = [attachmentOf('toestemmingsverklaring')]
  const message = await envelope(node, 'betalingsregeling', 'saldoverzoek')
  const json = { ...message, bijlagen }
  const answer = await node.ask('POST', '/berichten', { json }, { as })
  if (!answer.startsWith('HTTP/1.1 201')) throw new Error(`not taken: ${answer}`)
  const path = `/berichten/${message['referentienummer']}`
  await node.ask('GET', path, {}, { ...CREDITOR, isContent: true })
  await node.ask('GET', '/berichten', {}, CREDITOR)
}

/** Offers a message that would be taken, but for what is given. @returns what it was, and the answer */
async function offer(node: CanaryNode, given: Readonly<Record<string, unknown>>) {
  const message = { ...(await envelope(node)), ...given }
  return { message, answer: await node.ask('POST', '/berichten', { json: message }) }
}

async function taken(node: CanaryNode): Promise<string> {
  const { message, answer } = await offer(node, {})
  if (!answer.startsWith('HTTP/1.1 201')) throw new Error(`not taken: ${answer}`)
  return String(message['referentienummer'])
}

async function wholeLife(node: CanaryNode): Promise<void> {
  const path = `/berichten/${await taken(node)}`
  await node.ask('GET', '/berichten', {}, CREDITOR)
  await node.ask('GET', path, {}, { ...CREDITOR, isContent: true })
  await node.ask('HEAD', path, {}, CREDITOR)
  await node.ask('PUT', `${path}/bevestiging`, {}, CREDITOR)
  await node.ask('GET', path, {}, CREDITOR)
  await node.ask('GET', `${path}/bevestiging`)
}

async function refused(node: CanaryNode): Promise<void> {
  const reference = await taken(node)
  const why = { reden: 'anders', toelichting: CANARY_TEXT }
  await node.ask('PUT', `/berichten/${reference}/afwijzing`, { json: why }, CREDITOR)
  await node.ask('GET', `/berichten/${reference}/afwijzing`)
  await node.ask('GET', '/berichten')
  await node.ask('GET', `/logboek/${reference}`)
}

async function badRefusals(node: CanaryNode): Promise<void> {
  const path = `/berichten/${await taken(node)}/afwijzing`
  for (const json of [
    { reden: CANARY_TEXT },
    { reden: 'anders', toelichting: CANARY_TEXT.repeat(50) },
    { reden: 'anders', [NAME]: BSN },
    { reden: 'anders', toelichting: [IBAN] },
    CANARY_TEXT,
  ]) {
    await node.ask('PUT', path, { json }, CREDITOR)
  }
}

async function spoiltMessages(node: CanaryNode): Promise<void> {
  const good = await envelope(node)
  const document = attachmentOf('toestemmingsverklaring').document
  const places = ['referentienummer', 'conversatieReferentienummer', 'crossReferentienummer']
  const others = ['module', 'berichttype', 'versie', 'ontvanger', 'afzender', 'bijlagen', 'inhoud']
  for (const spoilt of [
    ...[...places, ...others, NAME].map((key) => ({ [key]: CANARY_TEXT })),
    ...Object.keys(good['inhoud']).map((key) => ({
      inhoud: { ...good['inhoud'], [key]: { [NAME]: BSN } },
    })),
    { inhoud: { ...good['inhoud'], [NAME]: IBAN, [BSN]: NAME } },
    { inhoud: { ...good['inhoud'], KlantnummerSHV: CANARY_TEXT.repeat(100) } },
    { bijlagen: [{ soort: NAME, document }] },
    { bijlagen: [{ soort: 'toestemmingsverklaring', document: { ...document, [NAME]: BSN } }] },
    ...[{ bestandsnaam: `${NAME}/../${BSN}` }, { mediatype: NAME }, { inhoud: CANARY_TEXT }].map(
      (wrong) => ({
        bijlagen: [{ soort: 'toestemmingsverklaring', document: { ...document, ...wrong } }],
      }),
    ),
  ]) {
    const fresh = { referentienummer: randomUUID(), conversatieReferentienummer: randomUUID() }
    await node.ask('POST', '/berichten', { json: { ...good, ...fresh, ...spoilt } })
  }
  // The same reference for something else.
  const { message } = await offer(node, {})
  const inhoud = { ...message['inhoud'], KlantnummerSHV: 'anders' }
  await node.ask('POST', '/berichten', { json: { ...message, inhoud } })
}

async function brokenBodies(node: CanaryNode): Promise<void> {
  const text = JSON.stringify(await envelope(node))
  const bodies: (string | Uint8Array)[] = [
    `${NAME} ${text}`,
    text.replace(`"${NAME}"`, NAME),
    text.replace(`"${BSN}"`, `${BSN}x`),
    text.slice(0, text.indexOf(IBAN) + IBAN.length),
    `{"${NAME}":1,"${NAME}":2}`,
    `${'['.repeat(100)}"${NAME}"`,
    `{"a":"\\ud800${NAME}"}`,
    Buffer.concat([Buffer.from(`{"a":"${NAME}`), Buffer.of(0xff), Buffer.from('"}')]),
    '',
  ]
  for (const body of bodies) {
    await node.ask('POST', '/berichten', { body, headers: { 'content-type': 'application/json' } })
  }
  for (const type of [NAME, `application/json; charset=${NAME}`, 'text/plain']) {
    await node.ask('POST', '/berichten', { body: text, headers: { 'content-type': type } })
  }
}

async function batches(node: CanaryNode): Promise<void> {
  const messages = [await envelope(node), { [NAME]: BSN }, CANARY_TEXT]
  const lines = [...messages.map((one) => JSON.stringify(one)), NAME, `{"${IBAN}`, `"${BSN}"`]
  const type = 'application/x-ndjson'
  const headers = { 'content-type': type, accept: type }
  await node.ask('POST', '/aanbiedingen', { body: `${lines.join('\n')}\n`, headers })
  await node.ask('POST', '/aanbiedingen', { json: { berichten: messages } })
  await node.ask('POST', '/aanbiedingen', { json: { [NAME]: messages } })
}

async function manyEnds(node: CanaryNode): Promise<void> {
  const toelichting = CANARY_TEXT
  const refusal = { referentienummer: await taken(node), reden: 'anders', toelichting }
  const afwijzingen = [refusal, { ...refusal, reden: NAME }, { [NAME]: BSN }, IBAN]
  await node.ask('POST', '/afwijzingen', { json: { afwijzingen } }, CREDITOR)
  const referentienummers = [NAME, BSN, { [IBAN]: NAME }]
  await node.ask('POST', '/bevestigingen', { json: { referentienummers } }, CREDITOR)
}

async function leases(node: CanaryNode): Promise<void> {
  for (const json of [
    { limiet: 1, leaseSeconden: 30, module: NAME },
    { limiet: NAME, leaseSeconden: BSN },
    { limiet: 1, leaseSeconden: 30, [NAME]: 1 },
  ]) {
    await node.ask('POST', '/ophalingen', { json }, CREDITOR)
  }
  await node.ask('PUT', `/ophalingen/${IN_PATH}`, { json: { leaseSeconden: 30 } }, CREDITOR)
  await node.ask('DELETE', `/ophalingen/${IN_PATH}`, {}, CREDITOR)
}

async function headers(node: CanaryNode): Promise<void> {
  const names = ['deelnemer', 'ophaling', 'accept', 'accept-language', 'host', 'user-agent']
  const others = ['cookie', 'authorization', 'traceparent', 'x-request-id', 'origin', 'referer']
  const more = ['last-event-id', 'if-none-match', 'range', 'client-cert', 'forwarded', NAME]
  for (const name of [...names, ...others, ...more]) {
    for (const path of ['/berichten', '/identiteit', `/berichten/${randomUUID()}`]) {
      await node.ask('GET', path, { headers: { [name]: CANARY_TEXT } })
    }
  }
  const supplier = { as: 'softwareleverancier' }
  await node.ask('GET', '/berichten', { headers: { deelnemer: CANARY_TEXT } }, supplier)
}

async function paths(node: CanaryNode): Promise<void> {
  const below = ['', 'berichten/', 'modules/', 'modules/schuldregeling/versies/', 'fouten/']
  const others = ['deelnemers/', 'logboek/', 'conversaties/', 'ophalingen/']
  for (const start of [...below, ...others]) {
    await node.ask('GET', `/${start}${IN_PATH}`)
    await node.ask('GET', `/${start}${BSN}/${NAME}`)
    await node.ask('PUT', `/${start}${NAME}`, { json: {} })
  }
  await node.ask(NAME.toUpperCase(), '/berichten')
  await node.say(`GET /${IN_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  await node.say(
    `GET https://${NAME}:${BSN}@localhost/api/v1/${IBAN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  )
}

async function queries(node: CanaryNode): Promise<void> {
  const log = ['referentienummer', 'crossReferentienummer', 'conversatie', 'module', 'afzender']
  const more = ['ontvanger', 'berichttype', 'versie', 'opgehaald', 'bevestigd', 'uitkomst', 'na']
  const rest = ['vanafDatum', 'totDatum', 'limiet', 'wacht', 'stand', 'antwoordVoor', 'zoek', NAME]
  for (const name of [...log, ...more, ...rest]) {
    for (const path of ['berichten', 'logboek', 'conversaties', 'deelnemers', 'postbussen']) {
      await node.ask('GET', `/${path}?${name}=${IN_PATH}`)
    }
  }
}

async function nonsense(node: CanaryNode): Promise<void> {
  for (const bytes of [
    `${CANARY_TEXT}\r\n\r\n`,
    `GET /${NAME}\r\n\r\n`,
    `POST /api/v1/berichten HTTP/1.1\r\nHost: a\r\nContent-Length: ${BSN}x\r\n\r\n${NAME}`,
    `GET / HTTP/1.1\r\nHost: a\r\n${NAME} ${BSN}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${CANARY_TEXT.repeat(1_000)}\r\n\r\n`,
  ]) {
    await node.say(bytes)
  }
}

function brokenOff(node: CanaryNode): Promise<string> {
  const body = `{"inhoud":"${CANARY_TEXT}`
  const head = `POST /api/v1/berichten HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`
  return node.say(`${head}Content-Length: 5000\r\n\r\n${body}`)
}

async function strangers(node: CanaryNode): Promise<void> {
  const stranger = selfSignedAs(`/CN=${NAME}/serialNumber=${BSN}/OU=${IBAN}`)
  await node.ask('GET', '/berichten', {}, { with: stranger })
  // Its holder is told what stands in it.
  await node.ask('GET', '/identiteit', {}, { with: stranger, isContent: true })
  await node.ask('POST', '/berichten', { json: await envelope(node) }, { as: null })
}

async function serverNames(node: CanaryNode): Promise<void> {
  for (const servername of [NAME, `${BSN}.${IBAN}.nl`]) {
    await node.ask('GET', '/identiteit', {}, { servername })
  }
}

async function portal(node: CanaryNode): Promise<void> {
  const message = await envelope(node)
  const close = { connection: 'close' }
  for (const path of [`/${IN_PATH}`, `/deelnemers?zoek=${IN_PATH}`, `/fouten/${NAME}`]) {
    await node.sayToPortal(requestBytes('GET', path, { headers: close }))
    await node.sayToPortal(requestBytes('POST', path, { headers: close, json: message }))
  }
}

async function operator(node: CanaryNode): Promise<void> {
  for (const path of [
    `/${IN_PATH}`,
    `/live?${NAME}=${BSN}`,
    `/ready/${IBAN}`,
    '/metrics',
    '/ready',
  ]) {
    await node.sayToOps(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-${NAME}: ${BSN}\r\nConnection: close\r\n\r\n`,
    )
  }
  await node.sayToOps(`${CANARY_TEXT}\r\n\r\n`)
}
