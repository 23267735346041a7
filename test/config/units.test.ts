/**
 * Quantities in words, and what does not count as one.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { didYouMean, nearest } from '../../src/config/suggest.ts'
import {
  formatSize,
  parseDays,
  parseDuration,
  parseSize,
  parseWorkingDays,
} from '../../src/config/units.ts'

describe('read as', () => {
  test.each([
    ['30s', parseDuration, 30],
    ['15m', parseDuration, 900],
    ['24h', parseDuration, 86_400],
    ['2 d', parseDuration, 172_800],
    ['16 KiB', parseSize, 16_384],
    ['256MiB', parseSize, 268_435_456],
    ['1 dag', parseDays, 1],
    ['180 dagen', parseDays, 180],
    ['26 weken', parseDays, 182],
    ['1 jaar', parseDays, 365],
    ['5 jaar', parseDays, 1_825],
    ['1 werkdag', parseWorkingDays, 1],
    ['5 werkdagen', parseWorkingDays, 5],
  ] as const)('%s', (text, parse, value) => {
    expect(parse(text)).toBe(value)
  })

  test.each([
    ['0h', parseDuration],
    ['-1h', parseDuration],
    ['1.5h', parseDuration],
    ['1h30m', parseDuration],
    ['h', parseDuration],
    [' 1h', parseDuration],
    ['1constructor', parseDuration],
    ['9999999999h', parseDuration],
    ['1 MB', parseSize],
    ['1 mib', parseSize],
    ['5 dagen', parseWorkingDays],
    ['5 werkdagen', parseDays],
    ['5dagen', parseDays],
    ['', parseDays],
  ] as const)('not at all: %p', (text, parse) => {
    expect(parse(text)).toBeUndefined()
  })
})

test.each([
  [1, '1 B'],
  [1_000, '1000 B'],
  [16_384, '16 KiB'],
  [24 * 1_024 ** 2, '24 MiB'],
  [64 * 1_024 ** 3, '64 GiB'],
])('%p bytes are written as %s, and read back', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text)
  expect(parseSize(text)).toBe(bytes)
})

test.each([
  ['listne', 'listen'],
  ['Listen', 'listen'],
  ['participant', 'participants'],
  ['retension', 'retention'],
  ['foo', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%p is most like %p', (written, meant) => {
  const known = ['listen', 'participants', 'retention', 'trust', 'vault']
  expect(nearest(written, known)).toBe(meant as string)
  expect(didYouMean(written, known)).toBe(meant === undefined ? '' : `; did you mean ${meant}?`)
})
