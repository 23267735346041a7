/**
 * Certificates that are wrong in one way, and the code that each must get.
 */
import { describe, expect, test } from 'bun:test'

import { ERRORS, type ErrorCode } from '../../src/core/errors.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { ATTRIBUTE, PURPOSE } from '../../src/trust/oids.ts'
import { SERIAL, callerOf, judge, withLeaf } from './callers.ts'
import { DAY, makeChain, makeList, NOW, subjectParts, type LeafSpec } from './made-pki.ts'
import { CHAIN_ROWS } from './refused-chain.ts'
import { LEAF_ROWS } from './refused-leaf.ts'
import { REVOCATION_ROWS } from './refused-revocation.ts'

const REFUSED = [...CHAIN_ROWS, ...REVOCATION_ROWS, ...LEAF_ROWS]

describe('a bad certificate is refused, and the first layer that failed is named', () => {
  for (const [name, layer, code, make] of REFUSED) {
    test(`${layer}: ${name}`, () => {
      const verdict = judge(make())
      expect(verdict).toMatchObject({ ok: false, layer, code })
    })
  }
})

test('every code of the certificate group is given by at least one of these cases', () => {
  const tried = new Set(REFUSED.map(([, , code]) => code))
  const group = (Object.keys(ERRORS) as ErrorCode[]).filter(
    (code) => code.startsWith('certificaat-') || code === 'aansluiting-onbekend',
  )
  expect(group.filter((code) => !tried.has(code))).toEqual([])
})

test('of several faults the one of the first layer is named', () => {
  const faults: [LeafSpec, ErrorCode][] = [
    [{ parts: [[ATTRIBUTE.commonName, 'x']] }, 'certificaat-zonder-oin'],
    [{ extensions: [ext.purposes([PURPOSE.server])] }, 'certificaat-doel'],
    [{ serial: SERIAL }, 'certificaat-ingetrokken'],
    [{ notAfter: NOW - DAY }, 'certificaat-verlopen'],
  ]
  let all: LeafSpec = {}
  for (const [fault, code] of faults) {
    all = { ...all, ...fault }
    const chain = makeChain('ec', 3, all)
    const lists = [makeList(chain.root), makeList(chain.issuer, { revoked: [SERIAL] })]
    const options = { anchors: [chain.root], lists }
    // TLS does not accept what has expired either; ours says why.
    const verdict = judge({
      ...callerOf(chain),
      options,
      authorized: code !== 'certificaat-verlopen',
    })
    expect(verdict).toMatchObject({ ok: false, code })
  }
})

test('a refusal repeats nothing of the certificate in its sentence', () => {
  for (const [name, , , make] of REFUSED) {
    const verdict = judge(make())
    const detail = verdict.ok ? '' : verdict.detail
    expect(detail, name).toMatch(/^[A-Z].*\.$/)
    // Digits of an OIN, hex of a serial, an attribute, a name from a subject.
    expect(detail, name).not.toMatch(/[0-9a-f]{8}|=|Voorbeeldstad|Made for/)
  }
})

test('a name that tries to break out of its line is shown escaped', () => {
  const verdict = judge(
    withLeaf({ parts: subjectParts([ATTRIBUTE.commonName, 'a\n\u202eb, O=c']) }),
  )
  expect(verdict.ok).toBe(true)
  expect(verdict.certificate?.subject).toEndWith('CN=a\\u{a}\\u{202e}b\\, O\\=c')
})
