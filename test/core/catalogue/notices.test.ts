import { expect, test } from 'bun:test'
import { NOTICE_MODULE, NOTICE_VERSION, REFUSAL_REASONS } from '../../../src/core/message.ts'
import type { NoticeType } from '../../../src/core/message.ts'
import { definitionOf, shippedCatalogue } from './shipped.ts'

const catalogue = shippedCatalogue()

test('every reason to refuse travels in a notice, and each notice takes only its own', () => {
  const reasons: Record<NoticeType, readonly string[]> = {
    'melding-afgewezen': [...REFUSAL_REASONS, 'beeindigd'],
    'melding-verlopen': ['verlopen'],
    'melding-onbekend': ['herstel'],
    'melding-beeindigd': ['beeindigd'],
  }
  const all = new Set(Object.values(reasons).flat())
  for (const [type, own] of Object.entries(reasons)) {
    const { validate } = definitionOf(catalogue, NOTICE_MODULE, type)
    for (const Reden of all) {
      const body = { Reden, Tijdstip: '2025-03-10T23:00:00.000Z', Opgehaald: false }
      expect([type, Reden, validate(body).length === 0]).toEqual([type, Reden, own.includes(Reden)])
    }
  }
})

test('an explanation may have lines, up to 500 characters', () => {
  const { validate, sample } = definitionOf(catalogue, NOTICE_MODULE, 'melding-afgewezen')
  expect(validate({ ...sample, Toelichting: `Regel een.\n${'é'.repeat(489)}` })).toEqual([])
  expect(validate({ ...sample, Toelichting: 'x'.repeat(501) })).toMatchObject([
    { path: '/Toelichting', code: 'veld-te-lang' },
  ])
})

test('a notice has no door: no side, no start, no answer', () => {
  const module = catalogue.modules.get(NOTICE_MODULE)?.get(NOTICE_VERSION)
  expect(module?.parties).toEqual({ asker: [], answerer: [] })
  for (const { starts, answers, follows } of module?.messages.values() ?? []) {
    expect([starts, answers, follows]).toEqual([false, [], []])
  }
})
