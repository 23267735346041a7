import { describe, expect, test } from 'bun:test'
import { readPattern } from '../../../src/core/catalogue/pattern.ts'

describe('a pattern that is plain and quick is read', () => {
  const cases: [string, number][] = [
    ['^[A-Z]{2}$', 1],
    ['^https://', 8],
    ['^[0-9]+\\.[0-9]+$', 3],
    ['^\\+?[0-9]{1,3}$', 2],
    ['^[^<>]*$', 1],
    ['^a{2,}b$', 2],
  ]
  test.each(cases)('%s', (source, parts) => {
    const pattern = readPattern(source, 64)
    expect(typeof pattern === 'string' ? pattern : pattern.parts.length).toBe(parts)
  })
})

describe('a pattern that could be slow, or that other forms cannot hold, is refused', () => {
  const cases: [string, string][] = [
    ['^(a+)+$', 'no groups'],
    ['^(a|a)*$', 'no groups'],
    ['^a|b$', 'alternatives'],
    ['^.*$', 'bare dot'],
    ['^(?=a)b$', 'no groups'],
    ['^a*a*a*a*$', 'too many ways'],
    ['^[a-z]*[a-z]*[a-z]*$', 'too many ways'],
    ['^a+?$', 'characters and classes'],
    ['^[z-a]$', 'not a regular expression'],
    ['^a{3,2}$', 'least is above its most'],
    ['[A-Z]', 'must start with ^'],
    [`^${'a'.repeat(300)}`, 'longer than'],
    ['^\\1$', 'characters and classes'],
    ['^[', 'characters and classes'],
  ]
  test.each(cases)('%s', (source, reason) => {
    expect(readPattern(source, 64)).toContain(reason)
  })
})

test('the slowest pattern that is read still answers at once', () => {
  const pattern = readPattern('^[a-z]*[a-z0-9]*[0-9]$', 90)
  if (typeof pattern === 'string') throw new Error(pattern)
  const started = performance.now()
  for (let round = 0; round < 100; round += 1) pattern.expression.test(`${'a'.repeat(89)}!`)
  expect(performance.now() - started).toBeLessThan(500)
})
