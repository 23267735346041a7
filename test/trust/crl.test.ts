/**
 * Reading revocation lists: long ones, odd ones, and bytes that are none.
 */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import { parseCrl } from '../../src/trust/crl.ts'
import { DerError } from '../../src/trust/der.ts'
import * as der from '../../src/trust/development/der-writer.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { signerFor } from '../../src/trust/development/keys.ts'
import { EXTENSION } from '../../src/trust/oids.ts'
import { blocksOf, toPem } from '../../src/trust/pem.ts'
import { HOUR, keyNamed, makeAuthority, makeList, NOW } from './made-pki.ts'

const root = makeAuthority()

test('an empty list and a list with entries are read', () => {
  expect(parseCrl(makeList(root)).revoked.size).toBe(0)
  const crl = parseCrl(makeList(root, { revoked: [Buffer.of(1), Buffer.of(0, 0xff)] }))
  expect([...crl.revoked]).toEqual(['01', 'ff'])
  expect(crl.thisUpdate).toBe(NOW - HOUR)
  expect(crl.unusable).toBeUndefined()
})

test('a list of 100,000 is read within two seconds and asked in no time', () => {
  const revoked = Array.from({ length: 100_000 }, (_, i) => {
    const serial = Buffer.alloc(16, 0x11)
    serial.writeUInt32BE(i, 4)
    return serial
  })
  const bytes = makeList(root, { revoked })
  const start = performance.now()
  const crl = parseCrl(bytes)
  expect(performance.now() - start).toBeLessThan(2000)
  expect(crl.revoked.size).toBe(100_000)
  expect(crl.revoked.has(revoked[99_999]?.toString('hex') ?? '')).toBe(true)
  expect(crl.revoked.has('11'.repeat(16))).toBe(false)
})

/** A list whose body is made here from its parts. */
function listOf(...parts: Uint8Array[]): Uint8Array {
  const signer = signerFor(keyNamed('ec', 'Root'), 'ec')
  const body = der.sequence(...parts)
  return der.sequence(body, signer.identifier, der.bitString(signer.sign(body)))
}

const { identifier } = signerFor(keyNamed('ec', 'Root'), 'ec')
const HEAD = [der.integer(1), identifier, root.name, der.time(NOW - HOUR)]

describe('a list that does not speak for all certificates of its issuer cannot be used', () => {
  const critical = (oid: string) => ext.extension(oid, true, der.integer(1))
  const entry = (...extensions: Uint8Array[]) =>
    der.sequence(der.sequence(der.integer(7), der.time(NOW - HOUR), der.sequence(...extensions)))
  const rows: [name: string, bytes: Uint8Array, why: RegExp][] = [
    ['a delta', makeList(root, { extensions: [critical(EXTENSION.deltaCrl)] }), /changes only/],
    [
      'a delta that does not call itself critical',
      makeList(root, { extensions: [ext.extension(EXTENSION.deltaCrl, false, der.integer(1))] }),
      /changes only/,
    ],
    [
      'a part',
      makeList(root, { extensions: [critical(EXTENSION.issuingDistributionPoint)] }),
      /a part/,
    ],
    ['unknown', makeList(root, { extensions: [critical('1.2.3.4')] }), /not known/],
    [
      'an entry of another issuer',
      listOf(...HEAD, der.time(NOW + HOUR), entry(critical(EXTENSION.certificateIssuer))),
      /indirect/,
    ],
    [
      'an entry of another issuer that does not call itself critical',
      listOf(
        ...HEAD,
        der.time(NOW + HOUR),
        entry(ext.extension(EXTENSION.certificateIssuer, false, der.sequence())),
      ),
      /indirect/,
    ],
    [
      'an entry with something unknown',
      listOf(...HEAD, der.time(NOW + HOUR), entry(critical('1.2.3.4'))),
      /critical/,
    ],
  ]
  for (const [name, bytes, why] of rows) {
    test(name, () => expect(parseCrl(bytes).unusable).toMatch(why))
  }

  test('but a reason beside an entry does no harm', () => {
    const reason = ext.extension('2.5.29.21', false, der.value(0x0a, Buffer.of(1)))
    const crl = parseCrl(listOf(...HEAD, der.time(NOW + HOUR), entry(reason)))
    expect(crl.unusable).toBeUndefined()
    expect([...crl.revoked]).toEqual(['07'])
  })
})

describe('what is no good list is refused', () => {
  const rows: [name: string, bytes: Uint8Array][] = [
    ['version 1', listOf(...HEAD.slice(1), der.time(NOW + HOUR))],
    ['version 3', listOf(der.integer(2), ...HEAD.slice(1), der.time(NOW + HOUR))],
    [
      'two algorithm fields that differ',
      listOf(
        der.integer(1),
        der.sequence(der.oid('1.2.840.10045.4.3.3')),
        root.name,
        der.time(NOW - HOUR),
        der.time(NOW + HOUR),
      ),
    ],
    ['without nextUpdate', listOf(...HEAD)],
    ['something behind the extensions', listOf(...HEAD, der.time(NOW + HOUR), der.nothing())],
    ['a certificate', root.der],
    ['nothing', new Uint8Array()],
  ]
  for (const [name, bytes] of rows) {
    test(name, () => expect(() => parseCrl(bytes)).toThrow(DerError))
  }
})

test('no bytes make the parser throw anything but its own error', () => {
  const original = makeList(root, { revoked: [Buffer.of(1), Buffer.of(2), Buffer.of(3)] })
  const reads = (bytes: Uint8Array): void => {
    try {
      parseCrl(bytes)
    } catch (error) {
      if (!(error instanceof DerError)) throw error
    }
  }
  for (let at = 0; at < original.length; at += 1) {
    expect(() => parseCrl(original.subarray(0, at))).toThrow(DerError)
    for (const value of [0x00, 0x01, 0x30, 0x7f, 0x80, 0x84, 0xff]) {
      const changed = Buffer.from(original)
      changed[at] = value
      reads(changed)
    }
  }
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (edits) => {
        const changed = Buffer.from(original)
        for (const [at, value] of edits) changed[at] = value
        reads(changed)
      },
    ),
    { numRuns: 2000 },
  )
})

describe('PEM', () => {
  const one = makeList(root)
  const pem = toPem(one, 'X509 CRL')

  test('DER and PEM, alone or together, with text around them, give the same', () => {
    expect(blocksOf(one, 'X509 CRL')).toEqual([one])
    const file = `# lists\r\n${pem.replaceAll('\n', '\r\n')}between\n${toPem(root.der, 'CERTIFICATE')}${pem}`
    expect(blocksOf(Buffer.from(file), 'X509 CRL').map((der) => Buffer.from(der))).toEqual([
      Buffer.from(one),
      Buffer.from(one),
    ])
  })

  const bad: [name: string, text: string, why: RegExp][] = [
    ['no block', 'hello', /no X509 CRL block/],
    ['an empty file', '', /no X509 CRL block/],
    ['another kind of block', toPem(root.der, 'CERTIFICATE'), /no X509 CRL block/],
    ['no end line', pem.slice(0, -12), /no end line/],
    ['not base64', pem.replace('M', '*'), /not base64/],
    ['an empty block', '-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n', /not base64/],
  ]
  for (const [name, text, why] of bad) {
    test(`refuses ${name}`, () => {
      expect(() => blocksOf(Buffer.from(text), 'X509 CRL')).toThrow(why)
    })
  }
})
