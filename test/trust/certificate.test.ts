/**
 * Reading certificates: what is read is what others read, and no bytes do any harm.
 */
import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import * as der from '../../src/trust/development/der-writer.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { factsOf, parseCertificate } from '../../src/trust/certificate.ts'
import { DerError, readWhole } from '../../src/trust/der.ts'
import { ATTRIBUTE, EXTENSION } from '../../src/trust/oids.ts'
import { isSignedBy } from '../../src/trust/signature.ts'
import {
  authorityExtensions,
  keyNamed,
  leafExtensions,
  makeAuthority,
  makeChain,
  makeLeaf,
  subjectParts,
} from './made-pki.ts'

describe('what we read of a certificate is what node:crypto reads', () => {
  for (const algorithm of ['ec', 'rsa', 'rsa-pss'] as const) {
    test(algorithm, () => {
      for (const bytes of makeChain(algorithm, 4).presented) {
        const ours = factsOf(parseCertificate(bytes))
        const theirs = new X509Certificate(bytes)
        expect(ours.fingerprint).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase())
        expect(ours.serial).toBe(theirs.serialNumber.toLowerCase())
        expect(ours.notBefore).toBe(Date.parse(theirs.validFrom))
        expect(ours.notAfter).toBe(Date.parse(theirs.validTo))
      }
    })
  }
})

test('signatures hold by the right key only, as node:crypto finds too', () => {
  for (const algorithm of ['ec', 'rsa', 'rsa-pss'] as const) {
    const { leaf, issuer, root } = makeChain(algorithm)
    const signed = parseCertificate(leaf)
    for (const one of [issuer, root]) {
      const { key } = parseCertificate(one.der)
      const theirs = new X509Certificate(leaf).verify(new X509Certificate(one.der).publicKey)
      expect(isSignedBy(signed, key)).toBe(theirs)
      expect(theirs).toBe(one === issuer)
    }
  }
})

test('all that matters stands in the facts', () => {
  const root = makeAuthority()
  const leaf = makeLeaf(root, {
    parts: subjectParts(
      [ATTRIBUTE.organisationalUnit, 'Schuldhulp'],
      [ATTRIBUTE.organisationalUnit, 'Noord, Oost'],
      [ATTRIBUTE.commonName, 'gemeente'],
    ),
    serial: Buffer.from('00ff01', 'hex'),
  })
  expect(factsOf(parseCertificate(leaf))).toMatchObject({
    subject:
      'C=NL, O=Gemeente Voorbeeldstad, serialNumber=00000099000000001000, OU=Schuldhulp, OU=Noord\\, Oost, CN=gemeente',
    issuer: 'C=NL, O=Made for a test, CN=Root',
    serial: 'ff01',
    oin: '00000099000000001000',
    organisationalUnits: ['Schuldhulp', 'Noord\\, Oost'],
    key: 'EC P-256',
  })
})

test('extensions that we judge or show are read', () => {
  const address = Buffer.from('http://crl.example.nl/a.crl')
  const point = der.sequence(der.explicit(0, der.explicit(0, der.value(0x86, address))))
  const root = makeAuthority({ extensions: authorityExtensions(3) })
  const leaf = makeLeaf(root, {
    extensions: [
      ...leafExtensions(),
      ext.subjectKeyId(root.key.spki),
      ext.authorityKeyId(root.key.spki),
      ext.policies(['1.2.3', '1.2.4']),
      ext.alternativeNames(['relay.example.nl', '127.0.0.1', '::1']),
      ext.extension(EXTENSION.crlDistributionPoints, false, der.sequence(point)),
      ext.extension(EXTENSION.inhibitAnyPolicy, true, der.integer(0)),
    ],
  })
  const { extensions } = parseCertificate(leaf)
  expect(extensions).toMatchObject({
    isAuthority: false,
    keyUsage: { digitalSignature: true, keyCertSign: false, crlSign: false },
    policies: ['1.2.3', '1.2.4'],
    dnsNames: ['relay.example.nl'],
    crlAddresses: ['http://crl.example.nl/a.crl'],
    inhibitsAnyPolicy: true,
    unhandled: [],
  })
  expect(extensions.authorityKeyId).toBe(extensions.subjectKeyId ?? 'none')
  expect(parseCertificate(root.der).extensions).toMatchObject({ isAuthority: true, pathLength: 3 })
})

test('a certificate whose two algorithm fields differ is refused', () => {
  const { issuer, leaf } = makeChain()
  const other = der.sequence(der.oid('1.2.840.10045.4.3.3'))
  const outer = leaf.length - parseCertificate(leaf).signature.length
  const forged = Buffer.from(leaf)
  const at = forged.lastIndexOf(der.sequence(der.oid('1.2.840.10045.4.3.2')), outer)
  other.copy(forged, at)
  expect(() => parseCertificate(forged)).toThrow(/two signature algorithms/)
  expect(() => parseCertificate(issuer.der)).not.toThrow()
})

describe('a certificate with something more or something else than RFC 5280 has', () => {
  const { leaf } = makeChain()
  /** The values in a sequence, each as it stands. */
  const partsOf = (sequence: Uint8Array): Uint8Array[] => {
    const parts: Uint8Array[] = []
    for (const reader = readWhole(sequence, 'it'); !reader.done;)
      parts.push(reader.read('part').raw)
    return parts
  }
  const outer = partsOf(leaf)
  const body = partsOf(outer[0] ?? leaf)
  const rebuilt = (parts: readonly Uint8Array[]): Uint8Array =>
    der.sequence(der.sequence(...parts), ...outer.slice(1))

  test('is read when nothing was changed', () => {
    expect(Buffer.from(rebuilt(body))).toEqual(Buffer.from(leaf))
  })

  const rows: [name: string, bytes: Uint8Array, why: RegExp][] = [
    ['a value after the signature', der.sequence(...outer, der.nothing()), /more than it should/],
    ['a value after the extensions', rebuilt([...body, der.nothing()]), /more than it should/],
    ['version 1', rebuilt(body.slice(1)), /not version 3/],
    ['version 2', rebuilt([der.explicit(0, der.integer(1)), ...body.slice(1)]), /not version 3/],
    ['version 4', rebuilt([der.explicit(0, der.integer(3)), ...body.slice(1)]), /not version 3/],
    [
      'no extensions in its list',
      rebuilt([...body.slice(0, -1), der.explicit(3, der.sequence())]),
      /empty/,
    ],
    [
      'a serial of 22 octets',
      rebuilt([body[0] ?? leaf, der.integer(Buffer.alloc(22, 1)), ...body.slice(2)]),
      /too long/,
    ],
  ]
  for (const [name, bytes, why] of rows) {
    test(`${name}: refused`, () => {
      expect(() => parseCertificate(bytes)).toThrow(DerError)
      expect(() => parseCertificate(bytes)).toThrow(why)
    })
  }
})

describe('no bytes make the parser throw anything but its own error', () => {
  const originals = [
    makeLeaf(makeAuthority(), {
      extensions: [
        ...leafExtensions(),
        ext.policies(['1.2.3']),
        ext.alternativeNames(['a.nl', '::1']),
        ext.authorityKeyId(keyNamed('ec', 'Root').spki),
      ],
    }),
    makeAuthority({ extensions: authorityExtensions(1) }).der,
    makeChain('rsa-pss', 2).leaf,
  ]
  const reads = (bytes: Uint8Array): void => {
    try {
      const certificate = parseCertificate(bytes)
      factsOf(certificate)
      isSignedBy(certificate, certificate.key)
    } catch (error) {
      if (!(error instanceof DerError)) throw error
    }
  }

  test('cut off at every place', () => {
    for (const original of originals) {
      for (let length = 0; length < original.length; length += 1) {
        expect(() => parseCertificate(original.subarray(0, length))).toThrow(DerError)
      }
    }
  })

  test('every octet changed to some telling values', () => {
    for (const original of originals) {
      for (let at = 0; at < original.length; at += 1) {
        for (const value of [0x00, 0x01, 0x30, 0x7f, 0x80, 0x84, 0xff]) {
          const changed = Buffer.from(original)
          changed[at] = value
          reads(changed)
        }
      }
    }
  })

  test('mutated at random', () => {
    const edit = fc.record({
      at: fc.nat(2000),
      remove: fc.nat(8),
      insert: fc.uint8Array({ maxLength: 8 }),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        (original, edits) => {
          const changed = [...original]
          for (const { at, remove, insert } of edits) {
            changed.splice(at % changed.length, remove, ...insert)
          }
          reads(Buffer.from(changed))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('of the right shape, but much too long', () => {
    const long = der.sequence(Buffer.alloc(70_000))
    expect(() => parseCertificate(long)).toThrow(/too long/)
  })
})
