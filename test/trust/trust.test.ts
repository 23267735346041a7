/**
 * The judge over time: what it keeps, when it judges again, and what a change of files or connections does.
 */
import { describe, expect, test } from 'bun:test'

import type { Connection } from '../../src/core/directory.ts'
import type { Verdict } from '../../src/core/identity.ts'
import { TrustProblem, type TrustOptions } from '../../src/trust/material.ts'
import { ATTRIBUTE } from '../../src/trust/oids.ts'
import { createTrust } from '../../src/trust/trust.ts'
import { VerdictCache } from '../../src/trust/verdict-cache.ts'
import { parseCertificate } from '../../src/trust/certificate.ts'
import {
  connectionOf,
  DAY,
  HOUR,
  makeChain,
  makeList,
  NOW,
  OIN,
  optionsOf,
  subjectParts,
  type Chain,
} from './made-pki.ts'

const SERIAL = Buffer.from('4a55', 'hex')

/** A judge with a clock and connections that the test moves. */
function judgeOf(chain: Chain, options: TrustOptions) {
  const world = { now: NOW, connections: [connectionOf('gemeente')] as readonly Connection[] }
  const trust = createTrust(options, { connections: () => world.connections, now: () => world.now })
  const presented = { chain: chain.presented, authorized: true }
  return { trust, world, judge: () => trust.judge(presented), presented }
}

const optionsFor = ({ root, lists }: Chain): TrustOptions => optionsOf({ anchors: [root], lists })

const codeOf = (verdict: Verdict): string => (verdict.ok ? 'ok' : verdict.code)

test('a caller without a certificate is told so', () => {
  const chain = makeChain()
  const { trust } = judgeOf(chain, optionsFor(chain))
  const refusal = { ok: false, layer: 'certificaat', code: 'certificaat-ontbreekt' }
  expect(trust.judge(undefined)).toMatchObject(refusal)
  expect(trust.judge({ chain: [], authorized: true })).toMatchObject(refusal)
})

test('the same certificate gets the very same verdict, another chain or word of TLS its own', () => {
  const chain = makeChain()
  const { trust, judge, presented } = judgeOf(chain, optionsFor(chain))
  const first = judge()
  expect(judge()).toBe(first)
  expect(codeOf(trust.judge({ ...presented, authorized: false }))).toBe('certificaat-keten')
  expect(codeOf(trust.judge({ ...presented, chain: [chain.leaf] }))).toBe('certificaat-keten')
  expect(judge()).toBe(first)
})

test('a verdict that was kept is cheap', () => {
  const chain = makeChain('ec', 4)
  const { judge } = judgeOf(chain, optionsFor(chain))
  judge()
  const start = performance.now()
  for (let i = 0; i < 10_000; i += 1) judge()
  // Measured: 4 µs each; one signature alone takes 100.
  expect(performance.now() - start).toBeLessThan(1000)
})

describe('a kept verdict turns by itself', () => {
  const rows: [
    name: string,
    make: () => { chain: Chain; options?: TrustOptions },
    turns: [number, string][],
  ][] = [
    [
      'when the certificate begins and ends',
      () => {
        const chain = makeChain('ec', 3, { notBefore: NOW + HOUR, notAfter: NOW + 2 * HOUR })
        return { chain }
      },
      [
        [NOW, 'certificaat-nog-niet-geldig'],
        [NOW + HOUR - 1, 'certificaat-nog-niet-geldig'],
        [NOW + HOUR, 'ok'],
        [NOW + 2 * HOUR, 'ok'],
        [NOW + 2 * HOUR + 1, 'certificaat-verlopen'],
        // A clock that steps back.
        [NOW + HOUR, 'ok'],
        [NOW, 'certificaat-nog-niet-geldig'],
      ],
    ],
    [
      'when a list reaches its nextUpdate',
      () => {
        const chain = makeChain()
        const lists = chain.authorities.map((one) => makeList(one, { nextUpdate: NOW + HOUR }))
        return { chain, options: optionsOf({ anchors: [chain.root], lists }) }
      },
      [
        [NOW, 'ok'],
        [NOW + HOUR - 1, 'ok'],
        [NOW + HOUR, 'certificaat-intrekking-onbekend'],
        [NOW, 'ok'],
      ],
    ],
    [
      'when a list reaches maxAge, counted from when it was obtained',
      () => {
        const chain = makeChain()
        const options = optionsOf({
          anchors: [chain.root],
          lists: chain.authorities.map((one) => makeList(one, { thisUpdate: NOW - 5 * DAY })),
          obtainedAt: NOW - HOUR,
          maxAgeMs: 2 * HOUR,
        })
        return { chain, options }
      },
      [
        [NOW, 'ok'],
        [NOW + HOUR - 1, 'ok'],
        [NOW + HOUR, 'certificaat-intrekking-onbekend'],
      ],
    ],
  ]
  for (const [name, make, turns] of rows) {
    test(name, () => {
      const { chain, options } = make()
      const { world, judge } = judgeOf(chain, options ?? optionsFor(chain))
      for (const [at, code] of turns) {
        world.now = at
        expect([at - NOW, codeOf(judge())]).toEqual([at - NOW, code])
        expect(codeOf(judge())).toBe(code)
      }
    })
  }
})

describe('other files', () => {
  test('count at once, and raise the generation', () => {
    const chain = makeChain('ec', 3, { serial: SERIAL })
    const { trust, judge } = judgeOf(chain, optionsFor(chain))
    expect(codeOf(judge())).toBe('ok')
    const before = trust.generation
    const lists = [makeList(chain.root), makeList(chain.issuer, { revoked: [SERIAL] })]
    trust.replace(optionsOf({ anchors: [chain.root], lists }))
    expect(trust.generation).toBe(before + 1)
    expect(codeOf(judge())).toBe('certificaat-ingetrokken')
    trust.replace(optionsFor(chain))
    expect(codeOf(judge())).toBe('ok')
  })

  test('that are wrong change nothing, and every problem is named', () => {
    const chain = makeChain()
    const { trust, judge } = judgeOf(chain, optionsFor(chain))
    const first = judge()
    const file = (name: string) => ({ name, bytes: Buffer.from('hello') })
    const bad: TrustOptions = {
      ...optionsFor(chain),
      anchors: [{ ...file('a.pem'), identity: 'oin', policies: [] }],
      intermediates: [{ name: 'b.pem', bytes: Buffer.of(0x30, 0) }],
      crls: [file('c.crl')],
    }
    const attempt = (): void => trust.replace(bad)
    expect(attempt).toThrow(TrustProblem)
    expect(attempt).toThrow(/^a\.pem: .*\nb\.pem: It cannot be read: .*\nc\.crl: .*$/)
    expect(trust.generation).toBe(1)
    expect(judge()).toBe(first)
  })
})

describe('connections', () => {
  test('that change count at once, and raise the generation', () => {
    const chain = makeChain()
    const { trust, world, judge } = judgeOf(chain, optionsFor(chain))
    expect(codeOf(judge())).toBe('ok')
    world.connections = []
    expect(trust.generation).toBe(2)
    expect(codeOf(judge())).toBe('aansluiting-onbekend')
    expect(trust.generation).toBe(2)
    world.connections = [connectionOf('again')]
    expect(judge()).toMatchObject({ ok: true, connection: { name: 'again' } })
    expect(trust.generation).toBe(3)
  })

  const chain = makeChain('ec', 3, {
    parts: subjectParts(
      [ATTRIBUTE.organisationalUnit, 'Noord'],
      [ATTRIBUTE.organisationalUnit, 'Oost, West'],
    ),
  })
  const { fingerprint } = parseCertificate(chain.leaf)
  const shouted = fingerprint.toUpperCase().replace(/(..)(?=.)/g, '$1:')
  const other = 'ab'.repeat(32)
  const wide = connectionOf('wide')
  const unit = connectionOf('unit', OIN, { ou: 'Noord' })
  const printed = connectionOf('printed', OIN, { fingerprints: [other, fingerprint] })
  const both = connectionOf('both', OIN, { ou: 'Noord', fingerprints: [shouted] })
  const rows: [name: string, connections: Connection[], expected: string | undefined][] = [
    ['the OIN alone is enough', [wide], 'wide'],
    ['a unit says more than the OIN', [wide, unit], 'unit'],
    ['a fingerprint says more than a unit', [unit, printed, wide], 'printed'],
    ['unit and fingerprint say most, however written', [printed, both, unit], 'both'],
    [
      'a unit with a comma is compared as it is',
      [connectionOf('u', OIN, { ou: 'Oost, West' })],
      'u',
    ],
    ['another unit does not fit', [connectionOf('x', OIN, { ou: 'Zuid' })], undefined],
    ['part of a unit does not fit', [connectionOf('x', OIN, { ou: 'Noor' })], undefined],
    [
      'another fingerprint does not fit',
      [connectionOf('x', OIN, { fingerprints: [other] })],
      undefined,
    ],
    [
      'what is narrowed away leaves the wide one',
      [connectionOf('x', OIN, { ou: 'Zuid' }), wide],
      'wide',
    ],
    ['two that say the same are refused', [wide, connectionOf('wide too')], undefined],
    ['two wide ones do no harm beside a narrow one', [wide, connectionOf('w2'), unit], 'unit'],
    ['another OIN does not fit', [connectionOf('x', '00000099000000001001')], undefined],
  ]
  for (const [name, connections, expected] of rows) {
    test(name, () => {
      const { world, judge } = judgeOf(chain, optionsFor(chain))
      world.connections = connections
      const verdict = judge()
      expect(verdict.ok ? verdict.connection.name : undefined).toBe(expected)
      if (!expected) expect(codeOf(verdict)).toBe('aansluiting-onbekend')
    })
  }
})

test('strangers with ever new certificates do not push out who belongs', () => {
  const cache = new VerdictCache(3)
  const term = { from: 0, until: 10 }
  const chain = makeChain()
  const { judge } = judgeOf(chain, optionsFor(chain))
  const good = judge()
  const bad: Verdict = { ok: false, layer: 'keten', code: 'certificaat-keten', detail: '' }
  cache.set('good', good, term)
  for (let i = 0; i < 100; i += 1) cache.set(`bad ${i}`, bad, term)
  expect(cache.get('good', 5)).toBe(good)
  expect(cache.get('bad 99', 5)).toBe(bad)
  expect(cache.get('bad 96', 5)).toBeUndefined()
  // Of those that belong, the one that was asked longest ago goes first.
  for (const name of ['a', 'b']) cache.set(name, good, term)
  cache.get('good', 5)
  cache.set('c', good, term)
  expect([cache.get('good', 5), cache.get('a', 5)]).toEqual([good, undefined])
  expect(cache.get('good', 10)).toBeUndefined()
})
