/**
 * What is written is what is read: the example, and any configuration that the program writes.
 * @module
 */
import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeSettings } from '../../src/config/describe.ts'
import { loadConfig } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { renderConfig, renderExample } from '../../src/config/render.ts'
import type { ConfigInput } from '../../src/config/schema/config.ts'
import { readYaml } from '../../src/config/yaml-source.ts'
import { inline } from '../../src/config/yaml-text.ts'
import { DEFAULT_LIMITS } from '../../src/core/limits.ts'
import { nodeFolder, NOW } from './support/node-folder.ts'

const folder = nodeFolder()
afterAll(() => folder.remove())

const model: ConfigInput = {
  node: {
    id: '11111111-1111-4111-8111-111111111111',
    name: 'Knooppunt: "Noord" # test',
    url: 'https://relay.example.nl:8443',
    environment: 'test',
  },
  listen: {
    api: { port: 18_443, certificate: 'certs/server.pem', key: 'certs/server.key' },
    portal: { port: 18_444 },
    ops: { port: 19_090 },
  },
  trust: {
    anchors: [{ file: 'certs/ca.pem' }, { file: 'certs/server.pem', policies: ['2.16.528.1'] }],
    revocation: { crl: ['certs/ca.crl'] },
  },
  vault: { masterKey: { file: 'keys/master.key' }, ring: { path: 'keys/ring' }, epoch: '12h' },
  calendar: { closed: ['2026-12-24'] },
  organisations: [{ id: 'water', name: "Waterbedrijf 't Noorden", kvk: '01234567' }],
  participants: [
    {
      id: '22222222-2222-4222-8222-222222222222',
      name: 'Zakelijk',
      organisation: 'water',
      status: 'actief',
      types: ['schuldeiser'],
      traits: ['bsn', 'csv'],
      modules: { schuldregeling: ['2.0'], betalingsregeling: ['2.0'] },
      contact: { email: 'water@example.nl' },
    },
    {
      id: '33333333-3333-4333-8333-333333333333',
      name: 'Particulier',
      tradeNames: ['Water - thuis', 'yes', '007'],
      organisation: 'water',
      types: ['schuldeiser'],
    },
  ],
  connections: [
    {
      name: 'waterbedrijf-noord',
      oin: '00000099000000010000',
      narrow: { fingerprints: ['ab'.repeat(32)] },
      participants: [
        '22222222-2222-4222-8222-222222222222',
        '33333333-3333-4333-8333-333333333333',
      ],
    },
  ],
  limits: { pageItems: 100, documentBytes: '4 MiB' },
}

describe('a configuration that the program writes', () => {
  const text = renderConfig(model)

  test('reads back as it was given', () => {
    const read = readYaml('rendered', text)
    expect('source' in read && JSON.parse(JSON.stringify(read.source.data))).toEqual(model)
  })

  test('loads without problems or warnings', () => {
    const loaded = loadConfig(folder.write('config/knooppunt.yaml', text), {
      generation: 1,
      now: NOW,
    })
    expect('problems' in loaded ? loaded.problems.map((one) => formatProblem(one)) : []).toEqual([])
    expect(loaded.warnings).toEqual([])
  })

  test('explains each key, the items of a list once', () => {
    expect(text).toContain('# Public address of the REST door')
    expect(text.match(/# Name in the address book/g)).toHaveLength(2)
  })

  test('does not mention what was not given', () => {
    expect(text).not.toContain('leaseSecondsMax')
    expect(text).not.toContain('ballast')
  })
})

describe('the annotated example', () => {
  const example = renderExample()

  test('is the one in the repository; knooppunt check --example > config/knooppunt.example.yaml renews it', () => {
    const file = join(import.meta.dir, '../../config/knooppunt.example.yaml')
    expect(readFileSync(file, 'utf8')).toBe(example)
  })

  test('loads when its files are there', () => {
    const loaded = loadConfig(folder.write('config/knooppunt.yaml', example), {
      generation: 1,
      now: NOW,
    })
    expect('problems' in loaded ? loaded.problems.map((one) => formatProblem(one)) : []).toEqual([])
    expect('config' in loaded && loaded.config.settings.limits).toEqual(DEFAULT_LIMITS)
  })

  test('still loads with every setting switched on that is off', () => {
    folder.write('certs/portal.pem', readFileSync(join(folder.path, 'certs/server.pem')))
    folder.write('certs/portal.key', readFileSync(join(folder.path, 'certs/server.key')))
    // Prose has a space after its #. A setting that is off can hold others that are off, hence twice.
    const switchedOn = (text: string) => text.replace(/^( *)#(?! \S)/gm, '$1')
    const text = switchedOn(switchedOn(example))
    const loaded = loadConfig(folder.write('config/knooppunt.yaml', text), {
      generation: 1,
      now: NOW,
    })
    expect('problems' in loaded ? loaded.problems.map((one) => formatProblem(one)) : []).toEqual([])
    expect('config' in loaded && loaded.config.listen.portal?.port).toBe(8_444)
  })

  test('names every setting, with what it is for', () => {
    for (const { path, about } of describeSettings()) {
      expect(about, path).toMatch(/\S\.$/)
      const key = path.split('.').at(-1)
      expect(example, path).toMatch(new RegExp(`^ *(?:# *|- )?#?${key}:`, 'm'))
    }
  })
})

test('every setting is described once, with its default or an example where it is a value', () => {
  const settings = describeSettings()
  expect(new Set(settings.map(({ path }) => path)).size).toBe(settings.length)
  for (const setting of settings.filter(({ kind }) => kind === 'value')) {
    expect(setting.default ?? setting.example, setting.path).toBeDefined()
  }
  expect(settings).toContainEqual(
    expect.objectContaining({ path: 'listen.api.port', presence: 'usual', default: 8_443 }),
  )
  expect(settings.filter(({ path }) => path.startsWith('limits.'))).toHaveLength(
    Object.keys(DEFAULT_LIMITS).length,
  )
})

test('any value that is written on one line is read back the same', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(
      'yes',
      'null',
      '~',
      '1e3',
      '0x1F',
      '12h',
      '1_000',
      '- a',
      'a: b',
      '#',
      "it's",
      '\u2028',
    ),
  )
  const value = fc.oneof(word, fc.integer(), fc.boolean(), fc.array(word, { maxLength: 3 }))
  fc.assert(
    fc.property(value, (given) => {
      const read = readYaml('line', `key: ${inline(given)}\nother: 1\n`)
      expect('source' in read && JSON.parse(JSON.stringify(read.source.data))).toEqual({
        key: given,
        other: 1,
      })
    }),
    { numRuns: 500 },
  )
})
