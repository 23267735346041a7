/**
 * A client that a common generator makes from the served document: it compiles under the strictest settings and runs a
 * conversation against a relay, over mutual TLS.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { participantId, startNode, type RunningNode } from '../e2e/support/node.ts'

const MODULES = join(import.meta.dir, '../../node_modules')
const MUNICIPALITY = 'gemeente-voorbeeldstad'
const CREDITOR = 'energie-direct'

/** What an integrator would write: nothing but the generated client, and certificates for its `fetch`. */
const CONVERSATION = `
import { readFileSync } from 'node:fs'
import * as api from './api.ts'

const [url = '', certs = '', from = '', to = ''] = process.argv.slice(2)
const read = (name: string) => readFileSync(certs + '/' + name, 'utf8')
function as(name: string): NonNullable<Parameters<typeof api.toonIdentiteit>[0]> {
  const tls = { cert: read(name + '.pem'), key: read(name + '.key'), ca: read('ca.pem') }
  const call = (input: string | URL | Request, init?: RequestInit) => fetch(input, { ...init, tls })
  return { baseUrl: url + '/api/v1', fetch: Object.assign(call, { preconnect: fetch.preconnect }) }
}
const [municipality, creditor] = [as('gemeente-voorbeeldstad'), as('energie-direct')]

const question: api.SchuldregelingSaldoverzoekV2 = {
  referentienummer: crypto.randomUUID(),
  conversatieReferentienummer: crypto.randomUUID(),
  module: 'schuldregeling',
  berichttype: 'saldoverzoek',
  versie: '2.0',
  ontvanger: to,
  inhoud: {
    KlantnummerSHV: 'SHV-1',
    Klant: { Voorletters: 'A.B.', Achternaam: 'Testdorp', Geboortedatum: '1984-03-17' },
    Adres: { Straatnaam: 'Voorbeeldlaan', Huisnummer: 12, Postcode: '1234AB', Woonplaats: 'Voorbeeldstad' },
    Contactpersoon: { Naam: 'Team', Emailadres: 'team@voorbeeldstad.example' },
    Vorderingen: [{ FactuurnummerSEVolgensSHV: 'F-1' }],
  },
}
const accepted = await api.biedBerichtAan(question, {}, municipality)
if (accepted.status !== 201) throw new Error('offering: ' + accepted.status)
const repeated = await api.biedBerichtAan(question, {}, municipality)

const mailbox = await api.toonPostbus({ conversatie: question.conversatieReferentienummer }, creditor)
if (mailbox.status !== 200) throw new Error('listing: ' + mailbox.status)
const fetched = await api.haalBerichtOp(mailbox.data.berichten[0]?.referentienummer ?? '', {}, creditor)
if (fetched.status !== 200) throw new Error('fetching: ' + fetched.status)
const received = fetched.data as api.SchuldregelingSaldoverzoekV2Opgehaald
const name: string = received.inhoud.Klant.Achternaam

const confirmed = await api.bevestigBericht(received.referentienummer, {}, creditor)
const answer: api.SchuldregelingGeenMedewerkingV2 = {
  referentienummer: crypto.randomUUID(),
  conversatieReferentienummer: received.conversatieReferentienummer,
  crossReferentienummer: received.referentienummer,
  module: 'schuldregeling',
  berichttype: 'geen-medewerking',
  versie: '2.0',
  ontvanger: from,
  inhoud: { Reden: 'klant-onbekend' },
}
const answered = await api.biedBerichtAan(answer, {}, creditor)
const gone = await api.haalBerichtOp(received.referentienummer, {}, creditor)
const refused = await api.biedBerichtAan({ ...question, versie: '9.9' } as unknown as api.Bericht, {}, municipality)
const conversation = await api.geefConversatie(question.conversatieReferentienummer, {}, municipality)
if (conversation.status !== 200) throw new Error('looking up: ' + conversation.status)

console.log(JSON.stringify({
  name,
  statuses: [repeated, confirmed, answered, gone].map(({ status }) => status),
  sender: received.afzender.naam,
  gone: gone.status === 410 ? gone.data.code : undefined,
  refused: refused.status === 400 ? refused.data.errors?.map(({ pad }) => pad) : undefined,
  steps: conversation.data.stappen.map(({ berichttype }) => berichttype),
}))
`

/** What our own code is held to, but for rules of style that nobody asks of generated code. */
const TSCONFIG = {
  compilerOptions: {
    target: 'esnext',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['esnext'],
    types: ['bun'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noUncheckedIndexedAccess: true,
  },
  include: ['*.ts'],
}

let node: RunningNode
let dir: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-client-'))
  node = await startNode()
})
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true })
  await node.stop()
})

async function runTool(...args: string[]): Promise<string> {
  const tool = Bun.spawn([process.execPath, ...args], { cwd: dir, stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([
    new Response(tool.stdout).text(),
    new Response(tool.stderr).text(),
    tool.exited,
  ])
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}\n${out}\n${err}`)
  return out
}

test('a generated client compiles and runs the conversation', async () => {
  const document = (await node.ask('energie-direct', 'GET', '/openapi.json')).text
  symlinkSync(MODULES, join(dir, 'node_modules'))
  writeFileSync(join(dir, 'openapi.json'), document)
  await runTool(join(MODULES, 'oazapfts/dist/cli.js'), 'openapi.json', 'api.ts')
  writeFileSync(join(dir, 'conversation.ts'), CONVERSATION)
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  await runTool(join(MODULES, 'typescript/bin/tsc'), '-p', '.')

  const out = await runTool(
    'conversation.ts',
    `https://localhost:${node.app.apiPort}`,
    node.certs,
    participantId(MUNICIPALITY),
    participantId(CREDITOR),
  )
  expect(JSON.parse(out)).toEqual({
    name: 'Testdorp',
    statuses: [200, 201, 201, 410],
    sender: MUNICIPALITY,
    gone: 'bericht-weg',
    refused: ['/versie'],
    steps: ['saldoverzoek', 'geen-medewerking'],
  })
}, 60_000)
