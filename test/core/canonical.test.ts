/**
 * Canonical JSON: one text for one value, whatever the order in which it was written.
 */
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { canonicalJson } from '../../src/core/canonical.ts'

const cases: [name: string, value: unknown, text: string][] = [
  ['keys in order', { b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
  ['capitals before small letters', { a: 1, B: 2 }, '{"B":2,"a":1}'],
  ['numbers as keys by their text', { 10: 'x', 9: 'y', a: 'z' }, '{"10":"x","9":"y","a":"z"}'],
  [
    'a key that is no member',
    JSON.parse('{"a":1,"__proto__":{"z":1}}'),
    '{"__proto__":{"z":1},"a":1}',
  ],
  ['the order of lists stays', [3, { b: 1, a: 2 }, 1], '[3,{"a":2,"b":1},1]'],
  ['plain values', 'a"\u2028', '"a\\"\u2028"'],
]
for (const [name, value, text] of cases) {
  test(name, () => expect(canonicalJson(value)).toBe(text))
}

test('the order of keys never matters, nothing is lost, and what was given is not changed', () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const before = JSON.stringify(value)
      const text = canonicalJson(value)
      expect(JSON.stringify(value)).toBe(before)
      expect(JSON.parse(text)).toEqual(JSON.parse(before))
      expect(canonicalJson(reversed(JSON.parse(before)))).toBe(text)
    }),
    { seed, numRuns: 500 },
  )
})

/** The same value with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toReversed()
  return Object.fromEntries(entries.map(([key, member]) => [key, reversed(member)]))
}
