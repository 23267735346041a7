/**
 * `log` against a small relay over real mutual TLS.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { EXIT } from '../../src/cli/command.ts'
import { log } from '../../src/cli/log.ts'
import { A, B, C, deskFor, item } from './support/desk.ts'

const desk = deskFor(log)

describe('log', () => {
  test('filters become parameters, pages are joined, and the limit holds', async () => {
    desk.door.answer(({ path }) =>
      path.includes('na=')
        ? { status: 200, json: { regels: [item(B), item(C)] } }
        : { status: 200, json: { regels: [item(A)], volgende: 'x' } },
    )
    const filters = ['--module', 'm', '--outcome', 'bevestigd', '--from', '2026-01-01']
    const { exit, out } = await desk.on(['log', ...filters, '--limit', '2', '--json'])
    expect(exit).toBe(EXIT.done)
    expect(JSON.parse(out)).toEqual([item(A), item(B)])
    expect(desk.door.asked[0]?.path).toBe(
      '/api/v1/logboek?module=m&uitkomst=bevestigd&vanafDatum=2026-01-01&limiet=2',
    )
    expect(desk.door.asked[1]?.path).toEndWith('limiet=1&na=x')
  })

  test('people get a table, without anything that steers their terminal', async () => {
    const line = item(A, { berichttype: 'sal\u001b[2Jdo' })
    desk.door.answer(() => ({ status: 200, json: { regels: [line] } }))
    const { out } = await desk.on(['log'])
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^offered +state +module +type +sender +recipient +reference$/),
      expect.stringContaining('2026-01-05T10:00:00.000Z  wachtend'),
      '',
    ])
    expect(out).toContain('sal\ufffd[2Jdo')
    expect(out).toContain(A)
  })
})
