/**
 * The contract of what can be looked up: identity, address book, catalogue, log and conversations.
 * @module
 */
import { expect, test } from 'bun:test'
import { randomUUID } from 'node:crypto'
import { oinOf } from '../support/certificates.ts'
import type { Answer } from '../support/line.ts'
import { pairOf } from '../support/messages.ts'
import { participantId, voiceOf, type RunningNode } from '../support/node.ts'
import { expectProblem, expectStandardHeaders } from '../support/problem.ts'

const DAY_MS = 86_400_000
/** A Dutch day, as filters take it. */
const dayOf = (at: number) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' }).format(at)

/** Registers the tests. */
export function recordsContract(node: () => RunningNode): void {
  // A pair that no other part of the contract uses, so that these are the only lines.
  const pair = () => pairOf(node(), 'wijkteam-voorbeeldstad', 'energie-direct')
  const inventory = { module: 'schuldinventarisatie' }

  test('a caller sees who it is here, and for whom it may act', async () => {
    const answer = await node().ask('softwareleverancier', 'GET', '/identiteit')
    expect(answer.status).toBe(200)
    expectStandardHeaders(answer)
    expect(answer.json()).toMatchObject({
      knooppunt: 'Knooppunt demo',
      omgeving: 'demo',
      certificaat: { oin: oinOf('softwareleverancier'), sleutel: 'EC P-256' },
      aansluiting: { naam: 'softwareleverancier', soort: 'leverancier' },
      deelnemers: [{ naam: 'gemeente-duinrand' }, { naam: 'gemeente-polderveen' }],
    })
  })

  test('the address book is public and searchable; OINs are for participants', async () => {
    const stranger = await node().dial(null)
    const names = (answer: Answer) =>
      answer.json().deelnemers.map(({ naam }: { naam: string }) => naam)
    const all = await stranger.ask('GET', '/deelnemers')
    expect(names(all)).toHaveLength(11)
    expect(names(all)).toEqual(names(all).toSorted())
    expect(all.text).not.toContain(oinOf('energie-direct'))
    const paged: string[] = []
    for (let next = ''; ;) {
      const page = await stranger.ask('GET', `/deelnemers?limiet=4${next && `&na=${next}`}`)
      paged.push(...names(page))
      next = page.json().volgende ?? ''
      if (next === '') break
    }
    expect(paged).toEqual(names(all))
    const at = async (query: string) => names(await stranger.ask('GET', `/deelnemers?${query}`))
    expect(await at('type=verwerker')).toEqual(['signaal-platform', 'waarborgfonds-demo'])
    expect(await at('module=meldingen-bewindvoering&versie=1.0&zoek=balans')).toEqual([
      'bewind-en-balans',
    ])
    expect(await at('zoek=90000006')).toEqual([
      'waterbedrijf-noord-particulier',
      'waterbedrijf-noord-zakelijk',
    ])
    expectProblem(await stranger.ask('GET', '/deelnemers?type=bakker'), 400, 'parameter-ongeldig')
    const one = `/deelnemers/${participantId('energie-direct')}`
    expect((await stranger.ask('GET', one)).json()).not.toHaveProperty('oin')
    expect((await pair().sender('GET', one)).json()).toMatchObject({
      naam: 'energie-direct',
      handelsnamen: ['Energie Direct'],
      kenmerken: ['bsn', 'csv'],
      oin: [oinOf('energie-direct')],
    })
    expectProblem(await stranger.ask('GET', `/deelnemers/${randomUUID()}`), 404, 'niet-gevonden')
    stranger.cut()
  })

  test('the catalogue is public: modules, versions, message types with schema and sample', async () => {
    const stranger = await node().dial(null)
    const { modules } = (await stranger.ask('GET', '/modules')).json()
    expect(modules.map(({ module }: { module: string }) => module)).toContain('schuldregeling')
    const path = '/modules/schuldregeling/versies/2.0'
    const module = (await stranger.ask('GET', path)).json()
    expect(module).toMatchObject({
      partijen: { vrager: ['shv-fase-2'], beantwoorder: ['schuldeiser'] },
      documentenBij: 'opening',
      termijnen: { verwijderenWerkdagen: 5, antwoordWerkdagen: 10 },
    })
    const type = (await stranger.ask('GET', `${path}/berichttypen/saldoverzoek`)).json()
    expect(type).toMatchObject({ begint: true, schema: { type: 'object' } })
    expect(type.voorbeeld).toBeObject()
    for (const wrong of [
      '/modules/geen/versies/2.0',
      '/modules/schuldregeling/versies/9.9',
      `${path}/berichttypen/geen`,
    ]) {
      expectProblem(await stranger.ask('GET', wrong), 404, 'niet-gevonden')
    }
    stranger.cut()
  })

  test('the description of the API and the page that shows it are there for everybody', async () => {
    const stranger = await node().dial(null)
    const answer = await stranger.ask('GET', '/openapi.json')
    expect(answer.status).toBe(200)
    const { openapi, paths } = answer.json()
    expect(openapi).toStartWith('3.1.')
    expect(Object.keys(paths).filter((path) => path.endsWith('/berichten'))).toHaveLength(1)
    const page = await stranger.ask('GET', '/')
    expect([page.status, page.headers.get('content-type')]).toEqual([
      ...[200, 'text/html; charset=utf-8'],
    ])
    expect(page.text).toContain('lang="nl"')
    stranger.cut()
  })

  test('codes have a page for programs and one for people', async () => {
    const { fouten } = (await node().ask('energie-direct', 'GET', '/fouten')).json()
    expect(fouten.length).toBeGreaterThan(50)
    const page = await node().ask('energie-direct', 'GET', '/fouten/verlopen', {
      headers: { accept: 'text/html' },
    })
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.text).toContain('<html lang="nl">')
    expectProblem(await node().ask('energie-direct', 'GET', '/fouten/geen'), 404, 'niet-gevonden')
  })

  test('HEAD gives what GET gives, without the body; OPTIONS and a wrong method name what there is', async () => {
    const { recipient } = pair()
    for (const path of [
      ...['/identiteit', '/deelnemers', '/modules', '/postbussen', '/berichten', '/logboek'],
      ...['/conversaties', '/fouten', '/fouten/verlopen', '/modules/schuldregeling/versies/2.0'],
    ]) {
      const [get, head] = [await recipient('GET', path), await recipient('HEAD', path)]
      expect([path, head.status, head.text]).toEqual([path, 200, ''])
      expectStandardHeaders(head)
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    }
    const options = await recipient('OPTIONS', '/berichten')
    expect([options.status, options.headers.get('allow')]).toEqual([
      ...[204, 'POST, GET, HEAD, OPTIONS'],
    ])
    const wrong = await recipient('PATCH', '/berichten')
    expectProblem(wrong, 405, 'methode-niet-toegestaan')
    expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
  })

  test('the log finds by every filter what it should, and only one’s own', async () => {
    const { sender, recipient, offer, answer } = pair()
    const question = await offer('saldoverzoek', inventory)
    await recipient('GET', `/berichten/${question.referentienummer}`)
    await recipient('PUT', `/berichten/${question.referentienummer}/bevestiging`)
    const reply = await answer(question, 'saldoverzoek-antwoord')
    const other = await offer('saldoverzoek', inventory)
    const [asked, replied, again] = [question, reply, other].map(
      ({ referentienummer }) => referentienummer,
    )
    const found = async (query: string) =>
      (await sender('GET', `/logboek?${query}`))
        .json()
        .regels.map((line: { referentienummer: string }) => line.referentienummer)

    const [us, them] = [participantId('wijkteam-voorbeeldstad'), participantId('energie-direct')]
    const today = dayOf(Date.now() + node().clock.aheadMs)
    const tomorrow = dayOf(Date.now() + node().clock.aheadMs + DAY_MS)
    const all = [again, replied, asked]
    const FILTERS: [string, (string | undefined)[]][] = [
      ['', all],
      [`referentienummer=${asked}`, [asked]],
      [`crossReferentienummer=${asked}`, [replied]],
      [`conversatie=${question.conversatieReferentienummer}`, [replied, asked]],
      ['module=schuldinventarisatie', all],
      ['module=schuldregeling', []],
      [`afzender=${us}`, [again, asked]],
      [`ontvanger=${us}`, [replied]],
      [`afzender=${them}&berichttype=saldoverzoek-antwoord`, [replied]],
      ['berichttype=saldoverzoek', [again, asked]],
      [`versie=${question.versie}`, all],
      ['versie=9.9', []],
      ['opgehaald=true', [asked]],
      ['opgehaald=false', [again, replied]],
      ['bevestigd=true', [asked]],
      ['bevestigd=false', [again, replied]],
      ['uitkomst=bevestigd', [asked]],
      ['uitkomst=wachtend', [again, replied]],
      ['uitkomst=verlopen', []],
      [`vanafDatum=${today}`, all],
      [`totDatum=${today}`, all],
      [`vanafDatum=${tomorrow}`, []],
      ['totDatum=2020-01-01', []],
    ]
    for (const [query, expected] of FILTERS) {
      expect([query, await found(query)]).toEqual([query, expected])
    }
    const pages: string[] = []
    for (let next = ''; ;) {
      const page = (await sender('GET', `/logboek?limiet=1${next && `&na=${next}`}`)).json()
      pages.push(...page.regels.map((line: { referentienummer: string }) => line.referentienummer))
      next = page.volgende ?? ''
      if (next === '') break
    }
    expect(pages).toEqual(all as string[])
    expectProblem(
      await sender('GET', '/logboek?uitkomst=weg&vanafDatum=31-01-2026'),
      400,
      'parameter-ongeldig',
    )
    const stranger = voiceOf(node(), 'gemeente-duinrand')
    expectProblem(await stranger('GET', `/logboek/${asked}`), 404, 'niet-gevonden')
    expect((await stranger('GET', `/logboek?referentienummer=${asked}`)).json().regels).toEqual([])
    for (const reference of [replied]) await sender('PUT', `/berichten/${reference}/bevestiging`)
    await recipient('PUT', `/berichten/${again}/bevestiging`)
  })

  test('a conversation says where it stands, what may follow, and who answers by when', async () => {
    const { sender, recipient, offer, answer } = pairOf(
      node(),
      'gemeente-voorbeeldstad',
      'waterbedrijf-noord-zakelijk',
    )
    const question = await offer()
    const id = question.conversatieReferentienummer
    const path = `/conversaties/${id}`
    const open = (await sender('GET', path)).json()
    expect(open).toMatchObject({
      conversatieReferentienummer: id,
      module: 'schuldregeling',
      stand: 'open',
      vrager: participantId('gemeente-voorbeeldstad'),
      beantwoorder: participantId('waterbedrijf-noord-zakelijk'),
      stappen: [{ referentienummer: question.referentienummer, stand: 'wachtend' }],
      verwacht: [
        {
          referentienummer: question.referentienummer,
          door: participantId('waterbedrijf-noord-zakelijk'),
          teLaat: false,
        },
      ],
    })
    const may = async (voice: typeof sender) =>
      (await voice('GET', path)).json().mogelijk.map((each: any) => each.berichttype)
    expect(await may(recipient)).toContain('saldoverzoek-antwoord')
    expect(await may(sender)).toContain('betaalvoorstel')
    expect(await may(sender)).not.toContain('saldoverzoek-antwoord')

    const ids = async (voice: typeof sender, query: string): Promise<string[]> =>
      (await voice('GET', `/conversaties?${query}`))
        .json()
        .conversaties.map((each: any) => each.conversatieReferentienummer)
    const by = dayOf(Date.parse(open.verwacht[0].antwoordVerwachtOp) - 1)
    const before = dayOf(Date.parse(open.verwacht[0].antwoordVerwachtOp) - 1 - DAY_MS)
    expect(await ids(recipient, `antwoordVoor=${by}`)).toContain(id)
    expect(await ids(recipient, `antwoordVoor=${before}`)).not.toContain(id)
    // It is the other side that has to answer.
    expect(await ids(sender, `antwoordVoor=${by}`)).not.toContain(id)
    expect(await ids(sender, 'stand=open&limiet=500')).toContain(id)

    const reply = await answer(question, 'saldoverzoek-antwoord')
    const replied = (await sender('GET', path)).json()
    expect(replied.verwacht).toEqual([])
    expect(replied.stappen[1]).toMatchObject({
      berichttype: 'saldoverzoek-antwoord',
      crossReferentienummer: question.referentienummer,
      afzender: participantId('waterbedrijf-noord-zakelijk'),
    })
    // A second answer is a correction, and says so.
    const correction = await answer(question, 'saldoverzoek-antwoord')
    const { berichten } = (await sender('GET', `/berichten?conversatie=${id}`)).json()
    expect(berichten.map((item: any) => [item.referentienummer, item.volgnummerAntwoord])).toEqual([
      [reply.referentienummer, 1],
      [correction.referentienummer, 2],
    ])

    const stranger = voiceOf(node(), 'energie-direct')
    expectProblem(await stranger('GET', path), 404, 'niet-gevonden')
    expect(await ids(stranger, 'limiet=500')).not.toContain(id)
  })

  test('conversations come in pages, and those that have ended apart from the open ones', async () => {
    const { sender, recipient, offer } = pairOf(
      node(),
      'gemeente-polderveen',
      'waterbedrijf-noord-zakelijk',
    )
    const begun: string[] = []
    for (let count = 0; count < 3; count += 1) {
      begun.push((await offer()).conversatieReferentienummer)
    }
    const [first = ''] = begun
    const { json } = await sender('GET', `/conversaties/${first}`)
    const ending = json().mogelijk.map((each: any) => each.berichttype)
    expect(ending).toContain('schuldregeling-beeindigd')
    await offer('schuldregeling-beeindigd', { conversatieReferentienummer: first })
    const page = async (voice: typeof sender, query: string) =>
      (await voice('GET', `/conversaties?${query}`)).json()
    const ended = await page(sender, 'stand=beeindigd&limiet=500')
    expect(ended.conversaties).toMatchObject([{ conversatieReferentienummer: first }])
    expect(ended.conversaties[0].beeindigdOp).toMatch(/Z$/)
    const seen: string[] = []
    for (let next = ''; ;) {
      const one = await page(recipient, `limiet=1${next && `&na=${next}`}`)
      seen.push(...one.conversaties.map((each: any) => each.conversatieReferentienummer))
      next = one.volgende ?? ''
      if (next === '') break
    }
    expect(seen).toEqual(seen.toSorted())
    for (const id of begun) expect(seen).toContain(id)
    expectProblem(await sender('GET', '/conversaties?stand=dicht'), 400, 'parameter-ongeldig')
    expectProblem(await sender('GET', '/conversaties?na=zomaar'), 400, 'parameter-ongeldig')
  })
}
