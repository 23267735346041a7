/**
 * What holds for every call, tried on every call there is: the list comes from the declarations.
 */
import { describe, expect, test } from 'bun:test'
import { ERRORS } from '../../../src/core/errors.ts'
import { Peer } from '../../../src/http/peer.ts'
import { restRoutes } from '../../../src/http/rest/app.ts'
import { PATH_PARAMETERS } from '../../../src/http/route.ts'
import {
  bodyOf,
  createWorld,
  fakeRelay,
  FakeTrust,
  IDS,
  presentedAs,
  settingsWith,
} from '../support/world.ts'

const ROUTES = restRoutes({
  relay: fakeRelay({}).relay,
  settings: () => settingsWith(),
  trust: new FakeTrust(),
  log: { request: () => {}, error: () => {} },
  now: () => 0,
  version: '1.0.0',
}).map(({ declaration }) => declaration)

const VALUES: Record<string, string> = {
  referentienummer: IDS.reference,
  id: IDS.conversation,
  module: 'schuldregeling',
  versie: '2.0',
  type: 'saldoverzoek',
  code: 'te-groot',
}
const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_all, name: string) => VALUES[name]!)
const PATHS = [...new Set(ROUTES.map(({ path }) => path))]

test('the contract is complete', () => {
  expect(ROUTES.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /',
    'GET /openapi.json',
    'GET /identiteit',
    'GET /deelnemers',
    'GET /deelnemers/{id}',
    'GET /modules',
    'GET /modules/{module}/versies/{versie}',
    'GET /modules/{module}/versies/{versie}/berichttypen/{type}',
    'POST /berichten',
    'GET /berichten',
    'GET /berichten/{referentienummer}',
    'HEAD /berichten/{referentienummer}',
    'POST /aanbiedingen',
    'GET /postbussen',
    'POST /ophalingen',
    'PUT /ophalingen/{id}',
    'DELETE /ophalingen/{id}',
    'PUT /berichten/{referentienummer}/bevestiging',
    'GET /berichten/{referentienummer}/bevestiging',
    'PUT /berichten/{referentienummer}/afwijzing',
    'GET /berichten/{referentienummer}/afwijzing',
    'PUT /berichten/{referentienummer}/intrekking',
    'GET /berichten/{referentienummer}/intrekking',
    'POST /bevestigingen',
    'POST /afwijzingen',
    'GET /logboek',
    'GET /logboek/{referentienummer}',
    'GET /conversaties',
    'GET /conversaties/{id}',
    'GET /fouten',
    'GET /fouten/{code}',
  ])
})

test('names follow the NL GOV rules: kebab-case segments, lowerCamel query keys, known path parameters', () => {
  for (const { path, query } of ROUTES) {
    // The start of the API, and the one name that the rules themselves give.
    if (path === '/' || path === '/openapi.json') continue
    for (const segment of path.slice(1).split('/')) {
      const parameter = /^\{(\w+)\}$/.exec(segment)?.[1]
      if (parameter === undefined) expect(segment).toMatch(/^[a-z]+(-[a-z]+)*$/)
      else expect(Object.keys(PATH_PARAMETERS)).toContain(parameter)
    }
    for (const key of Object.keys(query)) expect(key).toMatch(/^[a-z]+([A-Z][a-z]+)*$/)
  }
})

function expectStandardHeaders(response: Response) {
  const { headers } = response
  expect(headers.get('api-version')).toBe('1.2.3')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('DENY')
}

describe.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    const isPublic = route.access === 'public'

    test(isPublic ? 'is public' : 'asks for a certificate, and for a good one', async () => {
      const { ask, asked, lines } = createWorld()
      const answers = [
        await ask(null, fill(route.path), { method: route.method }),
        await ask('rogue', fill(route.path), { method: route.method }),
      ]
      for (const answer of answers) {
        expectStandardHeaders(answer)
        if (isPublic && route.path !== '/identiteit') expect(answer.status).not.toBe(401)
        else expect(answer.status).toBe(401)
      }
      if (!isPublic && route.method !== 'HEAD') {
        const codes = [await bodyOf(answers[0]!), await bodyOf(answers[1]!)].map(({ code }) => code)
        expect(codes).toEqual(['certificaat-ontbreekt', 'certificaat-keten'])
      }
      expect(asked).toEqual([])
      expect(lines.map((line) => line.route)).toEqual(Array(2).fill(`/api/v1${route.path}`))
    })

    test('sends its headers with a defect too, and logs where but not what', async () => {
      const { ask, lines, faults } = createWorld()
      const { path, method, access } = route
      const bodies: Record<string, object> = {
        '/berichten': {},
        '/ophalingen': { limiet: 1, leaseSeconden: 1 },
        '/ophalingen/{id}': { leaseSeconden: 1 },
        '/berichten/{referentienummer}/afwijzing': { reden: 'dubbel' },
      }
      const body = method === 'GET' || method === 'HEAD' ? undefined : bodies[path]
      const answer = await ask('creditor', fill(path), { method, json: body })
      expectStandardHeaders(answer)
      // The fake relay expects no call at all, so every call that reaches it is a defect.
      const reachesRelay = access !== 'public' && (body !== undefined || !route.takes)
      if (!reachesRelay) return
      expect(answer.status).toBe(500)
      expect(faults).toHaveLength(1)
      expect(JSON.stringify([faults, lines])).not.toContain('nobody expected')
      expect(lines[0]?.code).toBe('interne-fout')
      if (method !== 'HEAD') {
        expect((await bodyOf(answer)).instance).toBe(`urn:uuid:${lines[0]?.requestId}`)
      }
    })

    test('refuses unknown parameters', async () => {
      const { ask } = createWorld()
      const answer = await ask('creditor', `${fill(route.path)}?geheim=1`, { method: route.method })
      expect(answer.status).toBe(400)
      if (route.method === 'HEAD') return
      const problem = await bodyOf(answer)
      expect(problem.code).toBe('parameter-ongeldig')
      expect(problem.errors).toHaveLength(1)
      expect(JSON.stringify(problem)).not.toContain('geheim')
    })

    test('refuses a form that it does not have', async () => {
      const { ask } = createWorld()
      const answer = await ask('creditor', fill(route.path), {
        method: route.method,
        headers: { accept: 'image/png' },
      })
      expect(answer.status).toBe(406)
    })

    if (route.access === 'participant') {
      test('asks for whom a connection acts', async () => {
        const { ask, asked } = createWorld()
        const call = (deelnemer?: string) =>
          ask('supplier', fill(route.path), {
            method: route.method,
            headers: deelnemer === undefined ? {} : { deelnemer },
          })
        expect((await call()).status).toBe(400)
        expect((await call('geen-uuid')).status).toBe(400)
        expect((await call(IDS.creditor)).status).toBe(403)
        expect((await call(IDS.node)).status).toBe(403)
        expect(asked).toEqual([])
        expect([400, 401, 403]).not.toContain((await call(IDS.second)).status)
      })
    }

    if (route.path.includes('{referentienummer}') || route.path.includes('{id}')) {
      test('does not find what is no UUID', async () => {
        const { ask, asked } = createWorld()
        for (const value of ['x', `${IDS.reference}0`, '%00', '..%2f..', `${IDS.reference}%0a`]) {
          const path = route.path.replace(/\{(referentienummer|id)\}/, value)
          const answer = await ask('creditor', path, { method: route.method })
          expect(answer.status).toBe(404)
        }
        expect(asked).toEqual([])
      })
    }

    if (route.takes !== undefined) {
      test.each([
        [undefined, 415],
        ['text/plain', 415],
        ['application/xml', 415],
        ['application/json; charset=iso-8859-1', 415],
      ])('refuses content type %p', async (type, status) => {
        const { ask, asked } = createWorld()
        const headers = new Headers(type === undefined ? {} : { 'content-type': type })
        const body = new TextEncoder().encode('{}')
        const answer = await ask('creditor', fill(route.path), {
          method: route.method,
          headers,
          body,
        })
        expect(answer.status).toBe(status)
        expect(asked).toEqual([])
      })

      test.each([
        ['{', 'json-ongeldig'],
        ['{"a":1,"a":2}', 'json-dubbele-sleutel'],
        ['['.repeat(33) + ']'.repeat(33), 'json-te-diep'],
      ])('refuses the body %s', async (body, code) => {
        const { ask, asked } = createWorld()
        const headers = { 'content-type': 'application/json' }
        const answer = await ask('creditor', fill(route.path), {
          method: route.method,
          headers,
          body,
        })
        expect(answer.status).toBe(400)
        expect((await bodyOf(answer)).code).toBe(code)
        expect(asked).toEqual([])
      })
    }
  },
)

describe.each(PATHS)('%s', (path) => {
  test('with a slash behind it is not found, and not redirected', async () => {
    const { ask } = createWorld()
    const answer = await ask('creditor', `${fill(path)}/`, { redirect: 'manual' })
    expect(answer.status).toBe(404)
    expectStandardHeaders(answer)
    expect((await bodyOf(answer)).code).toBe('niet-gevonden')
  })

  test('tells which methods it has', async () => {
    const { ask } = createWorld()
    const methods = ROUTES.filter((route) => route.path === path).map(({ method }) => method)
    const answer = await ask('creditor', fill(path), { method: 'PATCH' })
    expect(answer.status).toBe(405)
    expectStandardHeaders(answer)
    const allow = (answer.headers.get('allow') ?? '').split(', ')
    for (const method of methods) expect(allow).toContain(method)
    expect(allow).not.toContain('PATCH')
    const options = await ask(null, fill(path), { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow.join(', ')])
  })

  test('is open to pages of others only when it is public', async () => {
    const { ask } = createWorld()
    const isPublic = ROUTES.some((route) => route.path === path && route.access === 'public')
    const answer = await ask(null, fill(path))
    expect(answer.headers.get('access-control-allow-origin')).toBe(isPublic ? '*' : null)
  })
})

test('HEAD gives what GET gives, without the body', async () => {
  const { ask } = createWorld()
  for (const path of ['/modules', '/deelnemers', '/fouten', '/fouten/te-groot', '/identiteit']) {
    const [get, head] = [
      await ask('creditor', path),
      await ask('creditor', path, { method: 'HEAD' }),
    ]
    expect(head.status).toBe(get.status)
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    expect(await head.text()).toBe('')
  }
})

test('an unknown path is a problem document like any other', async () => {
  const { ask, lines } = createWorld()
  const answer = await ask(null, '/geheim-123456782')
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(await bodyOf(answer)).toMatchObject({
    status: 404,
    code: 'niet-gevonden',
    title: 'Niet gevonden',
    type: 'https://relay.example.nl:8443/api/v1/fouten/niet-gevonden',
  })
  expect(JSON.stringify(lines)).not.toContain('geheim')
})

test('who was let in and is not any more gets 401 and loses the connection', async () => {
  const { ask, trust } = createWorld({ log: async () => ({ items: [] }) })
  const peer = new Peer(presentedAs('creditor'))
  expect((await ask(peer, '/logboek')).status).toBe(200)
  trust.revoked.add('creditor')
  const answer = await ask(peer, '/logboek')
  expect([answer.status, answer.headers.get('connection')]).toEqual([401, 'close'])
  // Who never was let in may go on and read what is public.
  const rogue = await ask('rogue', '/logboek')
  expect([rogue.status, rogue.headers.get('connection')]).toEqual([401, null])
})

test('every code has a page that its problems point at, for programs and for people', async () => {
  const { ask } = createWorld()
  const { fouten } = await bodyOf(await ask(null, '/fouten'))
  expect(fouten.map(({ code }: { code: string }) => code)).toEqual(Object.keys(ERRORS))
  for (const [code, row] of Object.entries(ERRORS)) {
    expect(await bodyOf(await ask(null, `/fouten/${code}`))).toMatchObject({ code, titel: row.nl })
    const page = await ask(null, `/fouten/${code}`, { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const text = await page.text()
    expect(text).toContain(`<code>${code}</code>`)
    expect(text).toContain('lang="nl"')
    expect(text).not.toContain('[object')
  }
  expect((await ask(null, '/fouten/bestaat-niet')).status).toBe(404)
  expect((await ask(null, '/fouten/constructor')).status).toBe(404)
})
