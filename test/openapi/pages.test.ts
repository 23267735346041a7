/**
 * The pages for people: whole, in Dutch, without a request or a script of their own, and with links that lead somewhere.
 */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'bun:test'
import { ERRORS } from '../../src/core/errors.ts'
import { createRestApp } from '../../src/http/rest/app.ts'
import { Peer } from '../../src/http/peer.ts'
import type { RestParts } from '../../src/http/rest/parts.ts'
import { definitionsOf, shippedCatalogue } from '../core/catalogue/shipped.ts'
import { FakeTrust, settingsWith } from '../http/support/world.ts'

const catalogue = shippedCatalogue()
const settings = { ...settingsWith(), catalogue }
const app = createRestApp({
  settings: () => settings,
  trust: new FakeTrust(),
  log: { request: () => {}, error: () => {} },
  now: () => 0,
  version: '1.2.3',
} as unknown as RestParts)

const get = (path: string, accept = 'text/html,application/xhtml+xml,*/*;q=0.8') =>
  app.request(`/api/v1${path}`, { headers: { accept } }, { peer: new Peer(undefined) })

const definitions = definitionsOf(catalogue)
const modules = [...catalogue.modules.values()].flatMap((versions) => [...versions.values()])
const typePaths = modules.flatMap(({ module, version, messages }) =>
  [...messages.keys()].map((type) => `/modules/${module}/versies/${version}/berichttypen/${type}`),
)
const PATHS = [
  '/',
  '/modules',
  ...modules.map(({ module, version }) => `/modules/${module}/versies/${version}`),
  ...typePaths,
  '/fouten',
  '/fouten/te-groot',
]

const pages = new Map(
  await Promise.all(
    PATHS.map(async (path) => {
      const answer = await get(path)
      return [path, { answer, text: await answer.text() }] as const
    }),
  ),
)

/** What the elements of a page say, without its marks. */
const words = (text: string) => text.replace(/<style>[^]*?<\/style>/, '').replace(/<[^>]*>/g, ' ')

test.each(PATHS)('%s is one whole page under a strict policy', (path) => {
  const { answer, text } = pages.get(path)!
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.headers.get('content-language')).toBe('nl')
  expect(answer.headers.get('api-version')).toBe('1.2.3')
  expect(text).toStartWith('<!doctype html>')
  expect(text).toContain('<html lang="nl">')
  expect(text.match(/<h1>/g)).toHaveLength(1)
  expect(words(text)).not.toMatch(/\[object|undefined|NaN/)

  // The policy lets in this style sheet and nothing else, so nothing else may be there.
  const style = /<style>([^]*?)<\/style>/.exec(text)![1]!
  const hash = createHash('sha256').update(style).digest('base64')
  expect(answer.headers.get('content-security-policy')).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect(text).not.toMatch(
    /<(script|link|img|iframe|object|form|base)\b|\sstyle=|\son[a-z]+=|@import|url\(/i,
  )
})

test('every link and every anchor leads somewhere', async () => {
  const anchors = new Map(
    [...pages].map(([path, { text }]) => [
      path,
      new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!)),
    ]),
  )
  const wrong: string[] = []
  const looked = new Set<string>()
  for (const [path, { text }] of pages) {
    for (const [, address = ''] of text.matchAll(/href="([^"]+)"/g)) {
      // Sources of the definitions are somebody else's.
      if (address.startsWith('https://')) continue
      const [place = '', anchor] = address.split('#')
      const target = place === '' ? path : place.replace(/^\/api\/v1/, '')
      if (anchor !== undefined && !anchors.get(target)?.has(anchor))
        wrong.push(`${path}: ${address}`)
      if (looked.has(target)) continue
      looked.add(target)
      if ((await get(target)).status !== 200) wrong.push(`${path}: ${address}`)
    }
  }
  expect(wrong).toEqual([])
  expect(looked.size).toBeGreaterThan(PATHS.length)
})

test('the reference is at the start of the API, with and without a slash', async () => {
  expect(await (await get('')).text()).toBe(pages.get('/')!.text)
})

test('ids are unique on their page', () => {
  for (const [path, { text }] of pages) {
    const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect([path, ids.length]).toEqual([path, new Set(ids).size])
  }
})

describe('the page of a message', () => {
  test('has purpose, parties, terms, every field with where it comes from, and the sample', () => {
    definitions.forEach((definition, index) => {
      const { text } = pages.get(typePaths[index]!)!
      expect(text).toContain(`<h1>${definition.title}</h1>`)
      const plain = words(text)
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&')
      expect(plain).toContain(definition.summary)
      for (const { name } of definition.fields) expect(text).toContain(`<code>${name}</code>`)
      for (const fact of [
        'Afzender',
        'Ontvanger',
        'Opent een conversatie',
        'Wordt verwijderd',
        'Herkomst',
      ]) {
        expect(plain).toContain(fact)
      }
      expect(plain).toContain(JSON.stringify(definition.sample, null, 2))
      if (definition.termDays !== undefined)
        expect(plain).toContain(`binnen ${definition.termDays} werkdagen`)
    })
  })

  test('shows the CSV columns where they are fixed, and where they are to be found', () => {
    const base = '/modules/schuldregeling/versies/2.0/berichttypen'
    const answer = pages.get(`${base}/saldoverzoek-antwoord`)!.text
    for (const column of ['Klant onbekend', 'Standaard akkoord', 'openstaand.Orginele vordering']) {
      expect(answer).toContain(`<td>${column}</td>`)
    }
    expect(words(pages.get(`${base}/saldoverzoek`)!.text)).toContain(
      'reist mee in het bestand CSV Saldoverzoek Antwoord',
    )
  })

  test('is data for a program', async () => {
    const answer = await get(typePaths[0]!, '*/*')
    expect(answer.headers.get('content-type')).toBe('application/json')
  })
})

test('text of definitions cannot become part of a page', async () => {
  const evil = '<script>alert(1)</script>'
  const module = catalogue.modules.get('schuldregeling')!.get('2.0')!
  const message = module.messages.get('saldoverzoek')!
  const spoilt = { ...message, title: evil, summary: evil, aliases: [evil], sample: { a: evil } }
  const changed = {
    ...module,
    title: evil,
    summary: evil,
    messages: new Map([['saldoverzoek', spoilt]]),
  }
  const other = {
    ...settings,
    catalogue: {
      ...catalogue,
      modules: new Map([['schuldregeling', new Map([['2.0', changed]])]]),
    },
  }
  const spoiltApp = createRestApp({
    settings: () => other,
    trust: new FakeTrust(),
    log: { request: () => {}, error: () => {} },
    now: () => 0,
    version: '1.2.3',
  } as unknown as RestParts)
  for (const path of [
    '/',
    '/modules',
    '/modules/schuldregeling/versies/2.0',
    '/modules/schuldregeling/versies/2.0/berichttypen/saldoverzoek',
  ]) {
    const answer = await spoiltApp.request(
      `/api/v1${path}`,
      { headers: { accept: 'text/html' } },
      { peer: new Peer(undefined) },
    )
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toContain('<script')
  }
})

test('the reference has every call, with every code that it can refuse with', () => {
  const { text } = pages.get('/')!
  for (const [path, method] of [
    ['/berichten', 'POST'],
    ['/ophalingen/{id}', 'DELETE'],
    ['/openapi.json', 'GET'],
  ]) {
    expect(text).toContain(`>${method}</span>`)
    expect(text).toContain(`<code>${path}</code>`)
  }
  for (const code of Object.keys(ERRORS)) {
    if (code !== 'methode-niet-toegestaan') expect(text).toContain(`/fouten/${code}"`)
  }
})
