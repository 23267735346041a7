/**
 * The NL GOV API Design Rules, on the document: by the ruleset of the standard where it lies, and by tests of our own for what the
 * rules ask and no linter checks. What they ask of answers is tried on every call in `test/http/rest`.
 */
import { fullFormats } from 'ajv-formats/dist/formats'
import { describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ERRORS } from '../../src/core/errors.ts'
import { DEFAULT_LIMITS } from '../../src/core/limits.ts'
import { STATUS_OF } from '../../src/http/problem.ts'
import { definitionsOf, shippedCatalogue } from '../core/catalogue/shipped.ts'
import { createWorld, settingsWith } from '../http/support/world.ts'
import { documentOf } from './support/document.ts'

const catalogue = shippedCatalogue()
const document: any = documentOf({ node: settingsWith().node, catalogue, limits: DEFAULT_LIMITS })
const schemas: Record<string, any> = document.components.schemas
const operations: any[] = Object.entries<any>(document.paths).flatMap(([path, methods]) =>
  Object.entries<any>(methods).map(([method, operation]) => ({ path, method, ...operation })),
)

const TOP = join(import.meta.dir, '../..')
const SPECTRAL = join(TOP, 'node_modules/@stoplight/spectral-cli/dist/index.js')
/** Somebody else's file, so it is not in this repository. */
const RULESET =
  process.env['NLGOV_RULESET'] ?? resolve(TOP, '../shared/standards/nlgov-adr-ruleset.yaml')
const hasRuleset = existsSync(RULESET)
if (!hasRuleset) {
  console.error(
    `NOT CHECKED: the NL GOV ruleset is not at ${RULESET}; set NLGOV_RULESET to its place`,
  )
}

async function lint(given: object): Promise<{ code: number; output: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'knooppunt-lint-'))
  try {
    const file = join(dir, 'openapi.json')
    writeFileSync(file, JSON.stringify(given))
    const args = ['lint', '--fail-severity', 'hint', '--format', 'text', '--ruleset', RULESET, file]
    const tool = Bun.spawn([process.execPath, SPECTRAL, ...args], {
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const output = await new Response(tool.stdout).text()
    return { code: await tool.exited, output }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

describe.skipIf(!hasRuleset)('the ruleset of the standard', () => {
  test('finds nothing: no error, no warning, no hint', async () => {
    const { code, output } = await lint(document)
    expect(output).toContain('No results')
    expect(code).toBe(0)
  }, 120_000)

  test('finds what is planted in a document in which it found nothing, of a node without a domain', async () => {
    const { node } = settingsWith()
    const small: any = documentOf({
      ...settingsWith(),
      node: { ...node, url: 'https://localhost' },
    })
    expect((await lint(small)).output).toContain('No results')
    small.info.version = 'een'
    delete small.info.contact.email
    small.paths['/Fout_Pad'] = small.paths['/modules']
    delete small.paths['/modules'].get.responses['200'].headers
    small.components.schemas['fout-naam'] = { type: 'object' }
    const { code, output } = await lint(small)
    expect(code).not.toBe(0)
    for (const rule of [
      'nlgov:semver',
      'nlgov:info-contact',
      'nlgov:paths-kebab-case',
      'nlgov:missing-header',
      'nlgov:schema-camel-case',
    ]) {
      expect(output).toContain(rule)
    }
  }, 60_000)
})

describe('the document', () => {
  test('is where the rules want it, open to everybody and to pages of others', async () => {
    const answer = await createWorld().ask(null, '/openapi.json')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toEqual(documentOf(settingsWith()))
  })

  test('names who to turn to: the address of the configuration, or one that every mail host has', () => {
    const { node } = settingsWith()
    expect(document.info.contact).toEqual({
      name: node.name,
      url: `${node.url}/api/v1/`,
      email: 'postmaster@relay.example.nl',
    })
    const given = documentOf({ ...settingsWith(), node: { ...node, email: 'beheer@example.nl' } })
    expect(given.info.contact.email).toBe('beheer@example.nl')
  })

  test.each([
    ['https://localhost:8443', 'postmaster@knooppunt.invalid'],
    ['https://127.0.0.1:8443', 'postmaster@knooppunt.invalid'],
    ['https://[::1]:8443', 'postmaster@knooppunt.invalid'],
    ['https://relay.example.nl', 'postmaster@relay.example.nl'],
  ])('for a node at %s names an address that is one', (url, email) => {
    const { node } = settingsWith()
    const { contact } = documentOf({ ...settingsWith(), node: { ...node, url } }).info
    expect(contact.email).toBe(email)
    expect(fullFormats.email).toBeInstanceOf(RegExp)
    expect(email).toMatch(fullFormats.email as RegExp)
  })

  test('has calls with names that are unique, lowerCamel and in one of the parts', () => {
    const names = operations.map(({ operationId }) => operationId)
    expect(new Set(names).size).toBe(names.length)
    const tags = document.tags.map(({ name }: { name: string }) => name)
    for (const { operationId, tags: own, summary } of operations) {
      expect(operationId).toMatch(/^[a-z]+([A-Z][a-z]+)*$/)
      expect(own).toHaveLength(1)
      expect(tags).toContain(own[0])
      expect(summary).toMatch(/^\p{Lu}.{10,}[^.]$/u)
    }
  })

  test('points at nothing that is not there, and has no schema that nothing points at', () => {
    const text = JSON.stringify(document)
    const used = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map(([, name]) => name),
    )
    for (const name of used) {
      const [group = '', key = ''] = name!.split('/')
      expect(Object.keys(document.components[group])).toContain(key)
    }
    const unused = Object.keys(schemas).filter((name) => !used.has(`schemas/${name}`))
    expect(unused).toEqual([])
  })

  test('never asks for UNPROCESSABLE CONTENT, and describes every refusal with its codes', () => {
    for (const { responses } of operations) {
      expect(responses).not.toHaveProperty('422')
      for (const [status, { 'x-codes': codes, content }] of Object.entries<any>(responses)) {
        if (Number(status) < 400) continue
        expect(codes.length).toBeGreaterThan(0)
        for (const code of codes as (keyof typeof ERRORS)[]) {
          expect(String(STATUS_OF[ERRORS[code].kind])).toBe(status)
        }
        expect(content === undefined || 'application/problem+json' in content).toBe(true)
      }
    }
  })

  test('has every code of the table somewhere, but for those that no call can give by itself', () => {
    const told = new Set(
      operations.flatMap(({ responses }) =>
        Object.values<any>(responses).flatMap((each) => each['x-codes'] ?? []),
      ),
    )
    const missing = Object.keys(ERRORS).filter((code) => !told.has(code))
    expect(missing).toEqual(['methode-niet-toegestaan'])
  })

  test('puts nothing in an address that could be personal: numbers of ours, and words of the catalogue', () => {
    const parameters = operations.flatMap((each) =>
      (each.parameters ?? []).filter((one: any) => one.in === 'path' || one.in === 'query'),
    )
    for (const { name } of parameters)
      expect(name).not.toMatch(/bsn|iban|klant|dossier|geboorte|achternaam/i)
    const free = parameters.filter(
      ({ schema }) => schema.type === 'string' && !schema.pattern && !schema.format && !schema.enum,
    )
    // The address book is searched by the name of an organisation.
    expect(free.map(({ name }) => name)).toEqual(['zoek'])
  })

  test('is in Dutch', () => {
    for (const { description, responses } of operations) {
      expect(description).not.toMatch(/\b(the|returns|message|list of)\b/i)
      for (const { description: about } of Object.values<any>(responses)) {
        expect(about).not.toMatch(/\b(the|returns|message)\b/i)
      }
    }
  })
})

describe('messages', () => {
  const definitions = definitionsOf(catalogue)

  test('have a schema each: content, as fetched and, but for notices, as offered, in Dutch with an example', () => {
    const names = Object.keys(schemas)
    expect(names.filter((name) => name.endsWith('Inhoud'))).toHaveLength(definitions.length)
    const offered = schemas['Bericht'].oneOf.length - 1
    const fetched = schemas['OpgehaaldBericht'].oneOf.length - 1
    const notices = definitions.filter(({ module }) => module === 'knooppunt').length
    expect([offered, fetched]).toEqual([definitions.length - notices, definitions.length])
    for (const { title, summary, sample } of definitions) {
      const found = names.filter((name) => schemas[name].description === `${title}. ${summary}`)
      expect(found.length).toBeGreaterThanOrEqual(1)
      expect(JSON.stringify(schemas)).toContain(JSON.stringify(sample))
    }
  })

  test('are told apart by constants, so that a generator can make a type of each', () => {
    const kinds = schemas['Bericht'].oneOf.slice(0, -1).map(({ $ref }: { $ref: string }) => {
      const { module, berichttype, versie } = schemas[$ref.split('/').at(-1)!].properties
      return [module, berichttype, versie].map(({ enum: [only] }: any) => only).join(' ')
    })
    expect(new Set(kinds).size).toBe(kinds.length)
    expect(kinds).toContain('schuldregeling saldoverzoek 2.0')
  })

  test('in two versions of a module stand side by side', () => {
    const module = catalogue.modules.get('vroegsignalering')!.get('1.0')!
    const signal = module.messages.get('vroegsignaal')!
    const changed = { ...signal, fields: signal.fields.slice(0, 3), rules: [] }
    const next = { ...module, version: '1.1', messages: new Map([['vroegsignaal', changed]]) }
    const newer = {
      ...module,
      version: '2.0',
      messages: new Map([['vroegsignaal', { ...signal, version: '2.1' }]]),
    }
    const versions = new Map([
      ['1.0', module],
      ['1.1', next],
      ['2.0', newer],
    ])
    const made: any = documentOf({
      ...settingsWith(),
      catalogue: { ...catalogue, modules: new Map([['vroegsignalering', versions]]) },
    })
    const names = Object.keys(made.components.schemas).filter((name) =>
      name.startsWith('VroegsignaleringVroegsignaalV'),
    )
    expect(names).toEqual([
      'VroegsignaleringVroegsignaalV1',
      'VroegsignaleringVroegsignaalV1Opgehaald',
      'VroegsignaleringVroegsignaalV1Inhoud',
      'VroegsignaleringVroegsignaalV1Inhoud2',
      'VroegsignaleringVroegsignaalV2x1',
      'VroegsignaleringVroegsignaalV2x1Opgehaald',
      'VroegsignaleringVroegsignaalV2x1Inhoud',
    ])
    expect(
      made.components.schemas['VroegsignaleringVroegsignaalV1'].properties.inhoud.anyOf,
    ).toHaveLength(2)
  })
})
