import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { RelayError } from '../../src/core/errors.ts'
import { readJson } from '../../src/http/json.ts'

const BOUNDS = { nestingLevels: 8, values: 10_000 }
const encode = (text: string) => new TextEncoder().encode(text)
const read = (text: string) => readJson(encode(text), BOUNDS)

function refusalOf(act: () => unknown): RelayError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof RelayError) return thrown
    throw thrown
  }
  throw new Error('was accepted')
}

describe('refused', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  test.each([
    ['nothing', '', 'json-ongeldig'],
    ['only spaces', ' \n', 'json-ongeldig'],
    ['half an object', '{"a":1', 'json-ongeldig'],
    ['a text without end', '"abc', 'json-ongeldig'],
    ['a text that ends in a backslash', '"abc\\', 'json-ongeldig'],
    ['two documents', '{} {}', 'json-ongeldig'],
    ['a comma too many', '[1,]', 'json-ongeldig'],
    ['single quotes', "{'a':1}", 'json-ongeldig'],
    ['a control character in a text', '"a\u0001"', 'json-ongeldig'],
    ['NaN', 'NaN', 'json-ongeldig'],
    ['the same key twice', '{"a":1,"a":2}', 'json-dubbele-sleutel'],
    ['the same key in two spellings', '{"a":1,"\\u0061":2}', 'json-dubbele-sleutel'],
    ['the same key deep down', '[{"b":{"x":1,"y":[],"x":2}}]', 'json-dubbele-sleutel'],
    ['the same key after an inner object', '{"a":{"a":1},"a":2}', 'json-dubbele-sleutel'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}', 'json-dubbele-sleutel'],
    ['one level too deep', deep(9), 'json-te-diep'],
    ['a hostile depth', '['.repeat(2_000_000), 'json-te-diep'],
    ['too many values', `[${'0,'.repeat(10_000)}0]`, 'te-groot'],
    ['half a surrogate pair', '"\\ud83d"', 'json-ongeldig'],
    ['a low surrogate alone', '"\\ude00"', 'json-ongeldig'],
    ['two high surrogates', '"\\ud83d\\ud83d\\ude00"', 'json-ongeldig'],
    ['a high surrogate before another character', '"\\ud83dx\\ude00"', 'json-ongeldig'],
    ['half a pair in a key', '{"\\ud83d":1}', 'json-ongeldig'],
  ])('%s', (_name, text, code) => {
    expect(refusalOf(() => read(text)).code).toBe(code as never)
  })

  test.each([
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a character cut off', [0x22, 0xe2, 0x82]],
  ])('%s is no UTF-8', (_name, bytes) => {
    expect(refusalOf(() => readJson(new Uint8Array(bytes), BOUNDS)).code).toBe('utf8-ongeldig')
  })

  test('and nothing of the input is in the words', () => {
    const canary = 'Jansen123456782'
    const texts = [
      canary,
      `{"${canary}":1,"${canary}":2}`,
      `{"a":"${canary}`,
      `["${canary}\\ud83d"]`,
    ]
    for (const text of texts) {
      const refusal = refusalOf(() => read(text))
      expect(JSON.stringify([refusal.message, refusal.detail, refusal.problems])).not.toContain(
        canary,
      )
    }
  })

  test('with the place where it is', () => {
    expect(refusalOf(() => read('{\n  "a": 1,\n  "a": 2\n}')).detail).toContain('Regel 3, teken 3.')
  })
})

describe('accepted', () => {
  test.each([
    ['the same key in two objects', '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['a key as a value', '{"a":"a","b":["a","a"]}', { a: 'a', b: ['a', 'a'] }],
    ['quotes, brackets and commas in a text', '["\\"{[,:\\\\"]', ['"{[,:\\']],
    ['a whole surrogate pair', '"\\ud83d\\ude00"', '😀'],
    ['an escaped backslash before a u', '"\\\\ud83d"', '\\ud83d'],
    ['a byte order mark', '\ufeff{}', {}],
    ['the deepest nesting there may be', '[[[[[[[[]]]]]]]]', [[[[[[[[]]]]]]]]],
  ])('%s', (_name, text, value) => {
    expect(read(text)).toEqual(value)
  })

  test('a key __proto__ is an ordinary member and changes no other object', () => {
    const value = read('{"__proto__":{"admin":true}}') as object
    expect(Object.hasOwn(value, '__proto__')).toBe(true)
    expect((value as { admin?: boolean }).admin).toBeUndefined()
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })
})

describe('beside JSON.parse', () => {
  const wide = { nestingLevels: 1_000, values: 1_000_000 }

  test('every value without duplicate keys reads the same, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(4), (value, indent) => {
        // A lone surrogate cannot be sent as UTF-8; JSON.stringify escapes it and we refuse it.
        const text = JSON.stringify(value, null, indent)
        fc.pre(!/\\ud[89a-f]/i.test(text))
        expect(readJson(encode(text), wide)).toEqual(JSON.parse(text))
      }),
      { numRuns: 1_000 },
    )
  })

  test('what JSON.parse refuses is refused, and what is accepted reads the same', () => {
    const piece = fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '"b":', '\\u0061', '1', 'null', ' ', 'é'],
    )
    let accepted = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('')
        let ours: unknown
        try {
          ours = readJson(encode(text), wide)
        } catch (thrown) {
          const isDuplicate = thrown instanceof RelayError && thrown.code === 'json-dubbele-sleutel'
          if (!isDuplicate) expect(() => JSON.parse(text)).toThrow()
          return
        }
        accepted += 1
        expect(ours).toEqual(JSON.parse(text))
      }),
      { numRuns: 20_000 },
    )
    expect(accepted).toBeGreaterThan(50)
  })

  test('a duplicate is found wherever it stands', () => {
    const entry = fc.tuple(fc.string(), fc.jsonValue({ maxDepth: 2 }))
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), fc.nat(), (entries, pick) => {
        const [key] = entries[pick % entries.length]!
        fc.pre(key.isWellFormed() && !/\\ud[89a-f]/i.test(JSON.stringify(entries)))
        const members = entries.map(
          ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
        )
        const text = `{${[...members, `${JSON.stringify(key)}:0`].join(',')}}`
        expect(refusalOf(() => readJson(encode(text), wide)).code).toBe('json-dubbele-sleutel')
      }),
      { numRuns: 500 },
    )
  })
})

describe('quick', () => {
  const best = (rounds: number, act: () => void) =>
    Math.min(
      ...Array.from({ length: rounds }, () => {
        const from = performance.now()
        act()
        return performance.now() - from
      }),
    )

  test('a message of 2 KiB takes less than 40 µs, also on a busy machine', () => {
    const inhoud = Object.fromEntries(
      Array.from({ length: 64 }, (_, index) => [`Veldnaam${index}`, `waarde van veld ${index}`]),
    )
    const bytes = encode(JSON.stringify({ module: 'schuldregeling', inhoud }))
    expect(bytes.length).toBeGreaterThan(2_000)
    const bounds = { nestingLevels: 32, values: 100_000 }
    const perRound = best(10, () => {
      for (let count = 0; count < 2_000; count += 1) readJson(bytes, bounds)
    })
    expect(perRound / 2_000).toBeLessThan(0.04)
  })

  test.each([
    ['texts', (size: number) => JSON.stringify(['A'.repeat(size)])],
    ['escapes', (size: number) => JSON.stringify(['"\\\n'.repeat(size / 6)])],
    ['backslashes', (size: number) => `["${'\\\\'.repeat(size / 2)}"]`],
    ['numbers', (size: number) => `[${'0,'.repeat(size / 2)}0]`],
  ])('eight times as many %s take about eight times as long', (_name, make) => {
    const bounds = { nestingLevels: 32, values: 100_000_000 }
    const [small, large] = [encode(make(1 << 20)), encode(make(1 << 23))]
    readJson(small, bounds)
    const ratio = best(3, () => readJson(large, bounds)) / best(5, () => readJson(small, bounds))
    // Quadratic would be 64.
    expect(ratio).toBeLessThan(30)
  })
})
