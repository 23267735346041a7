/**
 * Every bad input, against the whole relay: each gets its own code and a sentence that a Dutch integrator understands, repeats
 * nothing that was sent, and leaves nothing behind. With KNOOPPUNT_SHOW_CASES=1 the sentences are printed, to be read aloud.
 * @module
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { withBadWorld } from './support/bad-world.ts'
import type { BadMessage, BadRequest, Standing } from './bad-input/case.ts'
import { MESSAGE_CASES } from './bad-input/message-cases.ts'
import { PLACE_CASES } from './bad-input/place-cases.ts'
import { WIRE_CASES } from './bad-input/wire-cases.ts'
import {
  expired,
  lookAlike,
  notYetValid,
  ofNobody,
  revoked,
  selfSigned,
  serverOnly,
} from './support/certificates.ts'
import type { Answer, Credentials } from './support/line.ts'
import { messageOf } from './support/messages.ts'
import { startNode, type RunningNode } from './support/node.ts'
import { CANARY, canariesIn, expectProblem, sentencesOf } from './support/problem.ts'

// A machine with much else to do is slow, and that alone is no failure.
setDefaultTimeout(40_000)

const SHOW = process.env['KNOOPPUNT_SHOW_CASES'] === '1'

let node: RunningNode
let standing: Standing
/** Certificates that must not get in, by what is wrong with them. */
let bad: ReadonlyMap<string, Credentials>

beforeAll(async () => {
  node = await startNode({
    edit: (config, folder) => {
      const { pki } = folder
      bad = new Map([
        ['self-signed', selfSigned()],
        ['expired', expired(pki)],
        ['not yet valid', notYetValid(pki)],
        ['revoked', revoked(pki)],
        ['for a server only', serverOnly(pki)],
        ['with the OIN of nobody', ofNobody(pki)],
        ['of a root that looks alike', lookAlike(pki)],
      ])
      return withBadWorld(config, folder)
    },
  })
  const waiting = await messageOf(node, 'saldoverzoek', 'energie-direct')
  const accepted = await node.ask('gemeente-voorbeeldstad', 'POST', '/berichten', { json: waiting })
  expect(accepted.status).toBe(201)
  standing = { waiting }
})
afterAll(() => node.stop())

/** Says the case aloud, when asked. */
function show(name: string, answer: Answer): void {
  if (!SHOW) return
  const { status, code, title } = answer.json()
  console.log(`${name} → ${status} ${code} (${title})`)
  for (const sentence of sentencesOf(answer)) console.log(`    ${sentence}`)
}

/** Whatever was refused: nothing is stored, and nothing that was sent comes back or stands in the log. */
async function refused(name: string, ask: () => Promise<Answer>): Promise<Answer> {
  const before = await node.held()
  const lines = node.log.length
  const answer = await ask()
  show(name, answer)
  expect(await node.held()).toEqual(before)
  expect(canariesIn([...answer.headers].flat().join('\n') + answer.text)).toEqual([])
  const said = node.log.slice(lines)
  expect(said.length).toBeGreaterThan(0)
  expect(canariesIn(said.join(''))).toEqual([])
  // The line in the log and the answer carry the same support code.
  expect(said.join('')).toContain(answer.json().instance.slice('urn:uuid:'.length))
  return answer
}

/** Asks what a case asks, and holds the answer against it. */
async function expectCase(
  given: BadMessage | BadRequest,
  ask: (as: string) => Promise<Answer>,
): Promise<void> {
  const { name, as = 'gemeente-voorbeeldstad', status, code, pads } = given
  const answer = await refused(name, () => ask(as))
  expectProblem(answer, status, code)
  if (pads !== undefined) expect(padsIn(answer.json())).toEqual([...pads])
}

const padsIn = ({ errors = [] }: { errors?: { pad: string }[] }) => errors.map(({ pad }) => pad)
const named = <T extends { name: string }>(cases: readonly T[]) =>
  cases.map((given) => [given.name, given] as const)
const MESSAGES = named([...MESSAGE_CASES, ...PLACE_CASES])

describe('what is wrong with a message:', () => {
  test.each(MESSAGES)('%s', async (_name, given) => {
    const json = await given.make(node, standing)
    const { headers } = given
    await expectCase(given, (as) =>
      node.ask(as, 'POST', '/berichten', { json, ...(headers && { headers }) }),
    )
  })
})

describe('what is wrong with the wire:', () => {
  test.each(named(WIRE_CASES))('%s', (_name, given) =>
    expectCase(given, (as) => given.send(node, as)),
  )
})

describe('offered among many, as a line and in a list, it is refused for the same:', () => {
  test.each(MESSAGES)('%s', async (_name, given) => {
    const { as = 'gemeente-voorbeeldstad', status, code, pads, headers } = given
    const json = await given.make(node, standing)
    const before = await node.held()
    const lines = node.log.length
    const asLine = await node.ask(as, 'POST', '/aanbiedingen', {
      headers: { ...headers, 'content-type': 'application/x-ndjson' },
      body: JSON.stringify(json),
    })
    const inList = await node.ask(as, 'POST', '/aanbiedingen', {
      json: { berichten: [json] },
      ...(headers && { headers }),
    })
    expect(await node.held()).toEqual(before)
    expect(canariesIn(asLine.text + inList.text + node.log.slice(lines).join(''))).toEqual([])
    for (const [answer, outcome] of [
      [asLine, () => asLine.json()],
      [inList, () => inList.json().uitkomsten[0]],
    ] as const) {
      // Who may not call at all is not told so line by line.
      const problem = answer.status === 200 ? outcome().probleem : answer.json()
      expect(problem).toMatchObject({ status, code })
      if (pads !== undefined) expect(padsIn(problem)).toEqual([...pads])
    }
  })
})

test('what was accepted, fetched, refused and withdrawn stands in no line of the log either', async () => {
  const lines = node.log.length
  const offer = async () => {
    const json = await messageOf(node, 'saldoverzoek-publiek', 'energie-direct')
    Object.assign(json.inhoud, { KlantnummerSHV: CANARY.name, Burgerservicenummer: CANARY.bsn })
    const answer = await node.ask('gemeente-voorbeeldstad', 'POST', '/berichten', { json })
    expect([answer.status, canariesIn(answer.text)]).toEqual([201, []])
    return `/berichten/${json.referentienummer}`
  }
  const [first, second] = [await offer(), await offer()]
  // So the canaries are really there to be found.
  const read = await node.ask('energie-direct', 'GET', first)
  expect(canariesIn(read.text)).toEqual([CANARY.bsn, CANARY.name])
  const refusal = { reden: 'anders', toelichting: `Klant ${CANARY.name}, ${CANARY.iban}` }
  for (const answer of [
    await node.ask('energie-direct', 'GET', '/berichten'),
    await node.ask('energie-direct', 'PUT', `${first}/afwijzing`, { json: refusal }),
    await node.ask('gemeente-voorbeeldstad', 'PUT', `${second}/intrekking`),
    await node.ask('gemeente-voorbeeldstad', 'GET', '/logboek'),
    await node.ask('gemeente-voorbeeldstad', 'GET', '/conversaties'),
    await node.ask('gemeente-voorbeeldstad', 'GET', '/berichten'),
  ]) {
    expect([answer.status < 300, canariesIn(answer.text)]).toEqual([true, []])
  }
  const said = node.log.slice(lines)
  expect(said.length).toBeGreaterThan(8)
  expect(canariesIn(said.join(''))).toEqual([])
})

describe('what is wrong with a certificate:', () => {
  const CERTIFICATES = [
    ['none at all', 'certificaat-ontbreekt', 'certificaat'],
    ['self-signed', 'certificaat-zelfondertekend', 'keten'],
    ['expired', 'certificaat-verlopen', 'geldigheid'],
    ['not yet valid', 'certificaat-nog-niet-geldig', 'geldigheid'],
    ['revoked', 'certificaat-ingetrokken', 'intrekking'],
    ['for a server only', 'certificaat-doel', 'doel'],
    ['with the OIN of nobody', 'aansluiting-onbekend', 'aansluiting'],
    ['of a root that looks alike', 'certificaat-handtekening', 'keten'],
  ] as const

  test.each(CERTIFICATES)('%s', async (name, code, layer) => {
    const line = await node.dial(bad.get(name) ?? null)
    const json = await messageOf(node, 'saldoverzoek', 'energie-direct')
    const answer = await refused(name, () => line.ask('POST', '/berichten', { json }))
    expectProblem(answer, 401, code)
    // The same connection may ask why, and gets the same code with the layer that failed.
    const why = await refused(name, () => line.ask('GET', '/identiteit'))
    expectProblem(why, 401, code)
    expect(why.json().laag).toBe(layer)
    // What is public stays so.
    expect((await line.ask('GET', '/modules')).status).toBe(200)
    line.cut()
  })

  test('the certificate of a suspended participant is known, and may do nothing new', async () => {
    const who = await node.ask('incasso-geschorst', 'GET', '/identiteit')
    expect(who.status).toBe(200)
    expect(who.json().deelnemers).toMatchObject([{ status: 'geschorst' }])
    const answer = await refused('the certificate of a suspended participant', () =>
      node.ask('incasso-geschorst', 'GET', '/berichten'),
    )
    expectProblem(answer, 403, 'deelnemer-geschorst')
  })
})

describe('every code that was seen', () => {
  test('has a page that the problem points at, with what to do', async () => {
    const codes = [...MESSAGE_CASES, ...PLACE_CASES, ...WIRE_CASES].map(({ code }) => code)
    expect(new Set(codes).size).toBeGreaterThan(30)
    for (const code of new Set(codes)) {
      const page = await node.ask('energie-direct', 'GET', `/fouten/${code}`)
      expect(page.status).toBe(200)
      expect(page.json()).toMatchObject({ code, hulp: expect.stringMatching(/\.$/) })
    }
  })
})
