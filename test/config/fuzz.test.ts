/**
 * Whatever is in the file, loading it answers, soon, and with a place for every problem. `FUZZ_SEED` repeats a run.
 * @module
 */
import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { loadConfig } from '../../src/config/load.ts'
import { readYaml } from '../../src/config/yaml-source.ts'
import { complete, nodeFolder, NOW } from './support/node-folder.ts'

const folder = nodeFolder()
afterAll(() => folder.remove())

const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const parameters = { seed, numRuns: 80, endOnFailure: true }
const sound = complete('')

/** Loads bytes as a configuration; gives the number of problems, or -1 when it loads. */
function answer(bytes: Uint8Array | string): number {
  const file = folder.write('config/knooppunt.yaml', bytes)
  const started = performance.now()
  const loaded = loadConfig(file, { generation: 1, now: NOW, env: {} })
  expect(performance.now() - started, `seed ${seed}`).toBeLessThan(5_000)
  if ('config' in loaded) return -1
  for (const { line, column, message, file: where } of loaded.problems) {
    expect(line > 0 && column > 0 && message !== '' && where !== '', `seed ${seed}`).toBe(true)
  }
  return loaded.problems.length
}

const key = fc.constantFrom(
  'node',
  'listen',
  'api',
  'port',
  'key',
  'participants',
  'types',
  'modules',
  'limits',
  'oin',
  'narrow',
  'masterKey',
  'file',
  '__proto__',
  'constructor',
  'toString',
)
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double(),
  fc.constantFrom('/dev/zero', '../..', '*', '/*', 'shipped', '24h'),
)
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 6 }),
  ),
}))

describe(`loading never throws and never hangs (seed ${seed})`, () => {
  test('on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        // An empty file, too, lacks what has to be there.
        expect(answer(bytes)).toBeGreaterThan(0)
      }),
      parameters,
    )
  })

  test('on random text made of what YAML is made of', () => {
    const piece = fc.constantFrom(
      'a',
      'node',
      ': ',
      ':',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '#',
      '&x ',
      '*x',
      '!t ',
      '|',
      '>',
      '---\n',
      '? ',
      '\t',
      '<<',
      '%',
      '@',
      '0',
      'é',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        expect(answer(pieces.join(''))).toBeGreaterThan(0)
      }),
      parameters,
    )
  })

  test('on random data under the names of settings', () => {
    fc.assert(
      fc.property(fc.dictionary(key, tree, { maxKeys: 6 }), (data) => {
        expect(answer(JSON.stringify(data))).toBeGreaterThan(0)
      }),
      parameters,
    )
  })

  test('on a sound configuration with one line put out of joint', () => {
    const lines = sound.split('\n').length
    fc.assert(
      fc.property(fc.nat(lines - 1), fc.string({ maxLength: 10 }), fc.nat(60), (line, text, at) => {
        const spoilt = sound
          .split('\n')
          .map((old, index) => (index === line ? old.slice(0, at) + text + old.slice(at + 1) : old))
        expect(answer(spoilt.join('\n'))).not.toBe(0)
      }),
      parameters,
    )
  })

  test.each([
    ['brackets', '['.repeat(20_000)],
    ['braces', '{a: '.repeat(20_000)],
    ['dashes', '- '.repeat(20_000)],
    [
      'indentation',
      Array.from({ length: 1_000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
    ],
    ['many keys', Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['the same key', 'a: 1\n'.repeat(20_000)],
    [
      'aliases',
      `a: &a [x, x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a, *a]`).join('\n')}`,
    ],
    ['a long line', `node: "${'x'.repeat(500_000)}"`],
    ['stars', `modules: ["${'*a'.repeat(2_000)}"]`],
  ])('on too much of one thing: %s', (_, text) => {
    expect(answer(text)).toBeGreaterThan(0)
  })
})

test('no key can reach what every object has', () => {
  const read = readYaml(
    'file',
    '__proto__: { polluted: yes }\nconstructor: { prototype: { polluted: yes } }\n',
  )
  expect('source' in read && Object.keys(Object(read.source.data))).toEqual([
    '__proto__',
    'constructor',
  ])
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test('what a broken file holds is in no problem', () => {
  const secret = 'Geheim-4711'
  const texts = [
    `vault: { masterKey: "${secret}" }\n`,
    `vault:\n  masterKey: ${secret}\n  ring: [${secret}\n`,
    `listen: { api: { key: "-----BEGIN PRIVATE KEY-----${secret}" } }\n`,
    `vault: { masterKey: { env: "${secret}" } }\n`,
    `participants: [{ contact: { email: "${secret}", name: "\\u0007${secret}" } }]\n`,
  ]
  for (const text of texts) {
    const loaded = loadConfig(folder.write('config/knooppunt.yaml', complete(text)), {
      generation: 1,
      now: NOW,
      env: {},
    })
    expect('problems' in loaded && loaded.problems.length, text).toBeGreaterThan(0)
    expect(JSON.stringify(loaded)).not.toContain(secret)
  }
})
