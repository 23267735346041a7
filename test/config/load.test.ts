/**
 * What comes out of a sound configuration, where names of files start, and how long it takes.
 * @module
 */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkfifoSync } from './support/fifo.ts'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '../../src/core/limits.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { LoadOptions } from '../../src/config/load.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { complete, nodeFolder, NOW } from './support/node-folder.ts'

const folder = nodeFolder()
afterAll(() => folder.remove())

function load(text: string, options: Partial<LoadOptions> = {}) {
  const file = folder.write('config/knooppunt.yaml', text)
  return loadConfig(file, { generation: 1, now: NOW, ...options })
}

function config(text: string, options: Partial<LoadOptions> = {}) {
  const loaded = load(text, options)
  if ('problems' in loaded) throw new Error(loaded.problems.map((one) => formatProblem(one)).join())
  return loaded.config
}

function problems(text: string, options: Partial<LoadOptions> = {}): string[] {
  const loaded = load(text, options)
  const found = 'problems' in loaded ? loaded.problems : []
  return found.map((problem) => formatProblem(problem, folder.path))
}

describe('a sound configuration', () => {
  const sound = config(complete(''))

  test('has every default', () => {
    expect(sound.settings.limits).toEqual(DEFAULT_LIMITS)
    expect(sound.settings.retention).toEqual({
      removalDays: 5,
      logDays: 180,
      conversationDaysAfterEnd: 365,
      conversationDaysAtMost: 5 * 365,
    })
    expect(sound.listen.api).toMatchObject({ host: '0.0.0.0', port: 8443 })
    expect(sound.listen.ops).toEqual({ host: '127.0.0.1', port: 9090 })
    expect(sound.listen.portal).toBeUndefined()
    expect(sound.trust.revocation).toEqual({
      crls: [],
      refreshSeconds: 4 * 3_600,
      maxAgeSeconds: 24 * 3_600,
      onUnknown: 'refuse',
    })
    expect(sound.store).toEqual({
      engine: 'lmdb',
      path: join(folder.path, 'data'),
      mapBytes: 64 * 1_024 ** 3,
      maxReaders: 512,
      ballastBytes: 256 * 1_024 ** 2,
    })
    expect(sound.vault.epochSeconds).toBe(86_400)
    expect(sound.vault.ringPath).toBe(join(folder.path, 'keys/ring'))
  })

  test('has the bytes of certificates and keys', () => {
    const read = (name: string) => readFileSync(join(folder.path, name), 'utf8')
    expect(sound.listen.api.certificate).toBe(read('certs/server.pem'))
    expect(sound.listen.api.key).toBe(read('certs/server.key'))
    expect(sound.vault.masterKey.toHex()).toBe(read('keys/master.key').trim())
    const [anchor] = sound.trust.anchors
    expect(anchor?.pem).toBe(read('certs/ca.pem'))
    expect(Buffer.from(anchor?.der ?? []).toString('base64')).toBe(
      read('certs/ca.pem').replace(/-----.*-----|\s/g, ''),
    )
  })

  test('knows the directory and the shipped catalogue', () => {
    const { directory, catalogue } = sound.settings
    expect([...directory.organisations.keys()]).toEqual(['gemeente', 'energie'])
    const gemeente = directory.participants.get('22222222-2222-4222-8222-222222222222')
    expect(gemeente).toEqual({
      id: '22222222-2222-4222-8222-222222222222',
      name: 'Gemeente Voorbeeldstad',
      tradeNames: [],
      organisation: 'gemeente',
      status: 'actief',
      types: ['shv-fase-2'],
      traits: [],
      workArea: [],
      modules: { schuldregeling: ['2.0'] },
      worksFor: [],
    })
    expect(directory.connections[0]).toEqual({
      name: 'gemeente',
      oin: '00000099000000010000',
      kind: 'own',
      narrow: { fingerprints: [] },
      participants: ['22222222-2222-4222-8222-222222222222'],
    })
    expect(catalogue.modules.get('schuldregeling')?.has('2.0')).toBe(true)
  })

  test('names every file that it depends on', () => {
    const names = ['config/knooppunt.yaml', 'certs/server.pem', 'certs/server.key', 'certs/ca.pem']
    expect([...sound.files].sort()).toEqual(
      [...names, 'keys/master.key'].map((name) => join(folder.path, name)).sort(),
    )
  })

  test('carries the generation that it was asked for', () => {
    expect(config(complete(''), { generation: 7 }).settings.generation).toBe(7)
  })
})

describe('names of files start', () => {
  test('at the folder that holds config/', () => {
    expect(config(complete('')).folder).toBe(folder.path)
  })

  test('at the folder of the configuration when that is not called config', () => {
    const file = folder.write('node.yaml', complete(''))
    const loaded = loadConfig(file, { generation: 1, now: NOW })
    expect('config' in loaded && loaded.config.folder).toBe(folder.path)
  })

  test('at the root when they are absolute', () => {
    const ring = join(folder.path, 'elsewhere/ring')
    const text = `vault:\n  masterKey: { file: ${folder.path}/keys/master.key }\n  ring: { path: ${ring} }\n`
    expect(config(complete(text)).vault.ringPath).toBe(ring)
  })
})

describe('details', () => {
  test('the portal has the certificate of the api, or its own', () => {
    const doors = (portal: string) =>
      config(
        complete(
          `listen:\n  api: { certificate: certs/server.pem, key: certs/server.key }\n  portal: ${portal}\n`,
        ),
      ).listen
    const shared = doors('{ port: 8444 }')
    expect(shared.portal?.certificate).toBe(shared.api.certificate)
    const own = doors('{ certificate: certs/ca.pem, key: certs/server.key }')
    expect(own.portal?.certificate).not.toBe(own.api.certificate)
    expect(own.portal?.port).toBe(8444)
  })

  const bytes = crypto.getRandomValues(new Uint8Array(32))
  test.each([
    ['hexadecimal', bytes.toHex()],
    ['capitals', bytes.toHex().toUpperCase()],
    ['base64', bytes.toBase64()],
    ['base64 without padding', bytes.toBase64({ omitPadding: true })],
    ['base64url', bytes.toBase64({ alphabet: 'base64url' })],
  ])('the master key may come from the environment as %s', (_, KEY) => {
    const text = 'vault:\n  masterKey: { env: KEY }\n  ring: { path: keys/ring }\n'
    expect(config(complete(text), { env: { KEY } }).vault.masterKey).toEqual(bytes)
  })

  test('the master key is found in the data folder also by way of a link', () => {
    symlinkSync(join(folder.path, 'data'), join(folder.path, 'link'))
    const text = 'vault:\n  masterKey: { file: keys/master.key }\n  ring: { path: link/ring }\n'
    expect(problems(complete(text))).toEqual([
      expect.stringContaining('vault.ring.path: lies in store.path'),
    ])
  })

  test('an anchor is judged by the rule of whoever knows anchors', () => {
    const checkAnchor = (der: Uint8Array, environment: string) =>
      `${der.length > 100} in ${environment}`
    expect(problems(complete(''), { checkAnchor })).toEqual([
      expect.stringContaining('trust.anchors[0].file: true in test'),
    ])
    expect(problems(complete(''), { checkAnchor: () => undefined })).toEqual([])
  })

  test('fingerprints may be written with colons and capitals', () => {
    const print = Array.from({ length: 32 }, (_, index) => `A${index % 10}`)
    const text = `connections:
  - name: een
    oin: "00000099000000010000"
    narrow: { fingerprints: ["${print.join(':')}"] }
    participants: ["22222222-2222-4222-8222-222222222222"]
  - name: twee
    oin: "00000099000000010000"
    narrow: { fingerprints: ["${'b0'.repeat(32)}"] }
    participants: ["33333333-3333-4333-8333-333333333333"]
`
    const [first] = config(complete(text)).settings.directory.connections
    expect(first?.narrow.fingerprints).toEqual([print.join('').toLowerCase()])
  })

  test('a vestiging becomes the establishment of the directory', () => {
    const text = `participants:
  - id: "22222222-2222-4222-8222-222222222222"
    name: Een
    organisation: gemeente
    vestiging: "000090000001"
    types: [shv-fase-2]
connections: []
`
    const [one] = config(complete(text)).settings.directory.participants.values()
    expect(one?.establishment).toBe('000090000001')
    expect(one?.status).toBe('aangemeld')
    expect(Object.keys(one ?? {})).not.toContain('vestiging')
  })

  test('closed days are added to the holidays', () => {
    const { closed } = config(complete('calendar: { closed: [2026-12-24] }\n')).settings.calendar
    expect([closed.has('2026-12-24'), closed.has('2026-12-25')]).toEqual([true, true])
  })

  test('modules of files take the place of those that are shipped, or stand beside them', () => {
    const shipped = join(import.meta.dir, '../../config/modules')
    const modules = (list: string) => [
      ...config(
        complete(`modules: ${list}\nparticipants: []\nconnections: []\n`),
      ).settings.catalogue.modules.keys(),
    ]
    expect(modules(`[${shipped}/shared.yaml, ${shipped}/schuldregeling.yaml]`)).toEqual(
      expect.arrayContaining(['schuldregeling', 'knooppunt']),
    )
    expect(modules(`[${shipped}/shared.yaml, ${shipped}/schuldregeling.yaml]`)).not.toContain(
      'betalingsregeling',
    )
    expect(modules(`["${shipped}/*.yaml"]`).sort()).toEqual(modules('[shipped]').sort())
  })
})

describe('refused without being read', () => {
  test('a configuration that is not there', () => {
    const loaded = loadConfig(join(folder.path, 'none.yaml'), { generation: 1 })
    const [problem] = 'problems' in loaded ? loaded.problems : []
    expect(problem?.message).toBe('no such file; knooppunt init makes a configuration')
  })

  test('a pipe, which would never end', () => {
    mkfifoSync(join(folder.path, 'certs/pipe.pem'))
    expect(problems(complete('trust:\n  anchors: [{ file: certs/pipe.pem }]\n'))).toEqual([
      expect.stringContaining('is not a regular file'),
    ])
  })

  test('a file that is too large', () => {
    folder.write('certs/large.pem', new Uint8Array(1_024 ** 2 + 1))
    expect(problems(complete('trust:\n  anchors: [{ file: certs/large.pem }]\n'))).toEqual([
      expect.stringContaining('is larger than 1 MiB'),
    ])
  })

  test('bytes that are not UTF-8', () => {
    const file = folder.write('config/latin.yaml', new Uint8Array([0x61, 0x3a, 0x20, 0xe9]))
    const loaded = loadConfig(file, { generation: 1 })
    expect('problems' in loaded && loaded.problems[0]?.message).toBe('is not text in UTF-8')
  })
})

test('four hundred participants in files by region load in well under a second', () => {
  const uuid = (number: number) => `44444444-4444-4444-8444-${String(number).padStart(12, '0')}`
  for (let region = 0; region < 20; region++) {
    const numbers = Array.from({ length: 20 }, (_, index) => region * 20 + index)
    folder.write(
      `config/participants/region-${region}.yaml`,
      [
        'organisations:',
        ...numbers.map(
          (n) => `  - { id: org-${n}, name: Organisatie ${n}, kvk: "${91_000_000 + n}" }`,
        ),
        'participants:',
        ...numbers.map(
          (n) =>
            `  - { id: "${uuid(n)}", name: Deelnemer ${n}, organisation: org-${n}, status: actief, types: [schuldeiser], modules: { schuldregeling: ["2.0"] } }`,
        ),
        'connections:',
        ...numbers.map(
          (n) =>
            `  - { name: aansluiting-${n}, oin: "00000099${String(n + 1).padStart(12, '0')}", participants: ["${uuid(n)}"] }`,
        ),
      ].join('\n'),
    )
  }
  const text = complete('participants: [config/participants/*.yaml]\nconnections: []\n', [
    'organisations',
  ])
  config(text)
  const start = performance.now()
  const { directory } = config(text).settings
  const milliseconds = performance.now() - start
  expect([directory.participants.size, directory.connections.length]).toEqual([400, 400])
  // Generous for a machine that is busy with other things; about 250 ms on one that is not.
  expect(milliseconds).toBeLessThan(1_500)
})
