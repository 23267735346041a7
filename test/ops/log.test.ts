/**
 * What gets into a log line, and above all what does not.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { createJournal } from '../../src/ops/journal.ts'
import { createLog } from '../../src/ops/log.ts'
import type { Level, Log } from '../../src/ops/log.ts'

const ID = '0f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'

function recorded(level: Level = 'debug'): { log: Log; lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    log: createLog({ sink: (line) => lines.push(line), now: () => 1_700_000_000_000, level }),
  }
}

function only(lines: readonly string[]): Record<string, unknown> {
  expect(lines).toHaveLength(1)
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>
}

test('a line is one JSON object with time, level and event first', () => {
  const { log, lines } = recorded()
  log.info('started', { port: 8443, version: '0.1.0' })
  expect(lines).toEqual([
    '{"time":"2023-11-14T22:13:20.000Z","level":"info","event":"started","port":8443,"version":"0.1.0"}\n',
  ])
})

test('a request is logged with the pattern of its route and the support code', () => {
  const { log, lines } = recorded()
  log.request({
    method: 'GET',
    route: '/api/v1/berichten/:referentienummer',
    status: 410,
    code: 'bericht-weg',
    ms: 1.25,
    connection: 'energie-direct',
    participant: ID,
    reference: ID,
    bytesIn: 0,
    bytesOut: 312,
    requestId: ID,
  })
  expect(only(lines)).toEqual({
    time: '2023-11-14T22:13:20.000Z',
    level: 'info',
    event: 'request',
    method: 'GET',
    route: '/api/v1/berichten/:referentienummer',
    status: 410,
    code: 'bericht-weg',
    ms: 1.25,
    connection: 'energie-direct',
    participant: ID,
    reference: ID,
    bytesIn: 0,
    bytesOut: 312,
    requestId: ID,
  })
})

test('a request that failed on our side is an error', () => {
  const { log, lines } = recorded('error')
  log.request({ method: 'GET', route: '/x', status: 499, ms: 1 })
  log.request({ method: 'GET', route: '/x', status: 500, ms: 1 })
  expect(only(lines)).toMatchObject({ level: 'error', status: 500 })
})

test('less grave lines than the level are not written', () => {
  const { log, lines } = recorded('warn')
  log.debug('a')
  log.info('b')
  log.warn('c')
  log.error('d')
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['c', 'd'])
})

describe('what does not fit is left out and counted', () => {
  const cases: [string, Record<string, unknown>][] = [
    ['an unknown field', { inhoud: 'Jansen' }],
    ['an object', { reason: { Achternaam: 'Jansen' } }],
    ['a list', { reason: ['Jansen'] }],
    ['a sentence where a word belongs', { code: 'de heer Jansen' }],
    ['an address of a request with a query', { route: '/x?zoek=Jansen' }],
    ['a reference that is no UUID', { reference: 'Jansen' }],
    ['a text where a number belongs', { status: '123456782' }],
    ['a number that JSON cannot hold', { ms: Number.NaN }],
    ['a number where a text belongs', { reason: 123456782 }],
    ['a name that every object has', { constructor: 'Jansen' }],
    ['the prototype', JSON.parse('{"__proto__":"Jansen"}') as Record<string, unknown>],
  ]
  test.each(cases)('%s', (_, facts) => {
    const { log, lines } = recorded()
    log.write('info', 'event', { port: 1, ...facts })
    expect(lines.join()).not.toContain('Jansen')
    expect(lines.join()).not.toContain('123456782')
    expect(only(lines)).toMatchObject({ port: 1, dropped: 1 })
  })
})

test('unknown fields and objects do not compile', () => {
  const { log, lines } = recorded()
  const made = { port: 1, naam: 'Jansen' }
  // @ts-expect-error an unknown field
  log.info('a', { naam: 'Jansen' })
  // @ts-expect-error an unknown field of an object that was made earlier
  log.info('a', made)
  // @ts-expect-error an object as a value
  log.info('a', { reason: { naam: 'Jansen' } })
  expect(lines.join()).not.toContain('Jansen')
})

test('a text cannot forge a second line or turn the direction of writing', () => {
  const { log, lines } = recorded()
  log.warn('odd', { reason: 'one\r\n{"level":"error"}\u2028two\u202ethree\u0000\ud800' })
  expect(only(lines)['reason']).toBe('one {"level":"error"} two three \ufffd')
  expect(lines[0]?.trimEnd()).not.toContain('\n')
})

test('a long text is cut', () => {
  const { log, lines } = recorded()
  log.warn('long', { reason: 'x'.repeat(1_000_000) })
  expect(only(lines)['reason']).toBe(`${'x'.repeat(300)}…`)
})

test('an event with content for a name is written without it', () => {
  const { log, lines } = recorded()
  log.write('info', 'Jansen is te laat', {})
  expect(only(lines)['event']).toBe('unnamed')
})

test('a sink that fails does not fail its caller', () => {
  const log = createLog({
    sink: () => {
      throw new Error('EPIPE')
    },
    now: () => 0,
    level: 'info',
  })
  expect(() => log.info('started')).not.toThrow()
})

test('an alarm of the relay becomes an error line without facts that no field knows', () => {
  const { log, lines } = recorded()
  createJournal(log).alarm('content-damaged', { seq: 7, naam: 'Jansen' })
  expect(only(lines)).toEqual({
    time: '2023-11-14T22:13:20.000Z',
    level: 'error',
    event: 'content-damaged',
    seq: 7,
    dropped: 1,
  })
})
