/**
 * Every signature scheme and key that is allowed works on a real path, and its neighbours do not.
 */
import { constants, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'bun:test'

import * as der from '../../src/trust/development/der-writer.ts'
import type { KeyPair, Signer } from '../../src/trust/development/keys.ts'
import { parseCertificate } from '../../src/trust/certificate.ts'
import { callerOf, judge } from './callers.ts'
import { keyNamed, makeAuthority, makeChain, makeLeaf } from './made-pki.ts'

const pairOf = (privateKey: KeyObject): KeyPair => ({
  privateKey,
  spki: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
})
const curve = (namedCurve: string): KeyPair =>
  pairOf(generateKeyPairSync('ec', { namedCurve }).privateKey)

const KEYS = {
  'P-256': keyNamed('ec', 'Root'),
  'P-384': curve('P-384'),
  'P-521': curve('P-521'),
  Ed25519: pairOf(generateKeyPairSync('ed25519').privateKey),
  RSA: keyNamed('rsa', 'Root'),
}

const DIGESTS: Record<string, string> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

const plain =
  (oid: string, digest: string | null, withNull = false) =>
  (key: KeyPair): Signer => ({
    identifier: der.sequence(der.oid(oid), ...(withNull ? [der.nothing()] : [])),
    sign: (bytes) => sign(digest, bytes, key.privateKey),
  })

/** RSASSA-PSS whose parameters say one thing; what is signed may be another. */
const pss =
  (digest: string, said: { digest?: string; mask?: string; salt?: number; trailer?: number }) =>
  (key: KeyPair): Signer => {
    const algorithm = (name: string) => der.sequence(der.oid(DIGESTS[name] ?? ''), der.nothing())
    const { salt = 32, trailer } = said
    return {
      identifier: der.sequence(
        der.oid('1.2.840.113549.1.1.10'),
        der.sequence(
          der.explicit(0, algorithm(said.digest ?? digest)),
          der.explicit(
            1,
            der.sequence(der.oid('1.2.840.113549.1.1.8'), algorithm(said.mask ?? digest)),
          ),
          der.explicit(2, der.integer(salt)),
          ...(trailer === undefined ? [] : [der.explicit(3, der.integer(trailer))]),
        ),
      ),
      sign: (bytes) =>
        sign(digest, bytes, {
          key: key.privateKey,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: salt,
        }),
    }
  }

const ECDSA = '1.2.840.10045.4.3.'
const RSA = '1.2.840.113549.1.1.'

type Row = [name: string, key: keyof typeof KEYS, signer: (key: KeyPair) => Signer]

const GOOD: Row[] = [
  ['ECDSA with SHA-256', 'P-256', plain(`${ECDSA}2`, 'sha256')],
  ['ECDSA with SHA-384', 'P-384', plain(`${ECDSA}3`, 'sha384')],
  ['ECDSA with SHA-512', 'P-521', plain(`${ECDSA}4`, 'sha512')],
  ['Ed25519', 'Ed25519', plain('1.3.101.112', null)],
  ['RSA with SHA-256', 'RSA', plain(`${RSA}11`, 'sha256', true)],
  ['RSA with SHA-256, parameters left out', 'RSA', plain(`${RSA}11`, 'sha256')],
  ['RSA with SHA-384', 'RSA', plain(`${RSA}12`, 'sha384', true)],
  ['RSA with SHA-512', 'RSA', plain(`${RSA}13`, 'sha512', true)],
  ['RSASSA-PSS with SHA-256', 'RSA', pss('sha256', {})],
  ['RSASSA-PSS with SHA-384 and salt 48', 'RSA', pss('sha384', { salt: 48 })],
  ['RSASSA-PSS with SHA-512 and its trailer named', 'RSA', pss('sha512', { salt: 64, trailer: 1 })],
]

const BAD: Row[] = [
  ['ECDSA with SHA-1', 'P-256', plain('1.2.840.10045.4.1', 'sha1')],
  ['RSA with SHA-1', 'RSA', plain(`${RSA}5`, 'sha1', true)],
  ['RSA with MD5', 'RSA', plain(`${RSA}4`, 'md5', true)],
  ['RSASSA-PSS with SHA-1', 'RSA', pss('sha1', { salt: 20 })],
  ['RSASSA-PSS with a mask of another digest', 'RSA', pss('sha256', { mask: 'sha512' })],
  [
    'RSASSA-PSS that says another digest than it used',
    'RSA',
    pss('sha256', { digest: 'sha512', mask: 'sha512' }),
  ],
  ['RSASSA-PSS with an odd trailer', 'RSA', pss('sha256', { trailer: 2 })],
  ['RSASSA-PSS with a salt beyond any digest', 'RSA', pss('sha256', { salt: 65 })],
  ['ECDSA that says another digest than it used', 'P-256', plain(`${ECDSA}3`, 'sha256')],
  ['an RSA scheme over an EC key', 'P-256', plain(`${RSA}11`, 'sha256', true)],
  ['an EC scheme over an RSA key', 'RSA', plain(`${ECDSA}2`, 'sha256')],
  ['Ed25519 with parameters', 'Ed25519', plain('1.3.101.112', null, true)],
  ['a scheme that nobody knows', 'P-256', plain('1.2.3.4', 'sha256')],
]

/** The root is always good; the row's scheme is on the leaf. */
function verdictFor([, label, make]: Row) {
  const key = KEYS[label]
  const good = GOOD.find(([, known]) => known === label)?.[2](key)
  const root = makeAuthority({ key, ...(good && { signer: good }) })
  const leaf = makeLeaf(root, { key: keyNamed('ec', 'leaf'), signer: make(key) })
  return judge({
    presented: [leaf],
    // Whether a list holds is decided by the same function; here it is about the path.
    options: { anchors: [root], lists: [], onUnknown: 'accept' },
  })
}

describe('signatures that are strong enough hold', () => {
  for (const row of GOOD) test(row[0], () => expect(verdictFor(row)).toMatchObject({ ok: true }))
})

describe('signatures that are not, or not what they say, do not', () => {
  for (const row of BAD) {
    test(row[0], () => {
      const verdict = verdictFor(row)
      expect(verdict).toMatchObject({ ok: false, code: 'certificaat-handtekening' })
      const untrue = / that says | over /.test(row[0])
      expect(verdict.ok ? '' : verdict.detail).toMatch(
        untrue ? /niet ondertekend door/ : /niet sterk genoeg/,
      )
    })
  }
})

describe('keys of a leaf', () => {
  const modulus = (bits: number): Buffer => Buffer.alloc(bits / 8, 0xc5)
  const rsa = (bits: number, exponent: Buffer): Buffer =>
    der.sequence(
      der.sequence(der.oid('1.2.840.113549.1.1.1'), der.nothing()),
      der.bitString(der.sequence(der.integer(modulus(bits)), der.integer(exponent))),
    )
  const f4 = Buffer.from('010001', 'hex')
  const rows: [name: string, spki: Buffer, text: string, good: boolean][] = [
    ['P-256', KEYS['P-256'].spki, 'EC P-256', true],
    ['P-384', KEYS['P-384'].spki, 'EC P-384', true],
    ['P-521', KEYS['P-521'].spki, 'EC P-521', true],
    ['Ed25519', KEYS.Ed25519.spki, 'Ed25519', true],
    ['RSA of 2048 bits', rsa(2048, f4), 'RSA 2048', true],
    ['RSA of 8192 bits', rsa(8192, f4), 'RSA 8192', true],
    ['RSA with exponent 3', rsa(2048, Buffer.of(3)), 'RSA 2048', true],
    ['RSA of 2040 bits', rsa(2040, f4), 'RSA 2040', false],
    ['RSA of 8200 bits', rsa(8200, f4), 'RSA 8200', false],
    ['RSA with exponent 1', rsa(2048, Buffer.of(1)), 'RSA 2048', false],
    ['RSA with an even exponent', rsa(2048, Buffer.of(4)), 'RSA 2048', false],
    ['RSA with a very long exponent', rsa(2048, Buffer.alloc(9, 0x55)), 'RSA 2048', false],
    [
      'RSA for PSS alone',
      der.sequence(
        der.sequence(der.oid('1.2.840.113549.1.1.10')),
        der.bitString(der.sequence(der.integer(modulus(2048)), der.integer(f4))),
      ),
      'RSA-PSS 2048',
      false,
    ],
    [
      'an EC key that spells out its curve',
      der.sequence(
        der.sequence(der.oid('1.2.840.10045.2.1'), der.sequence(der.integer(1))),
        der.bitString(Buffer.alloc(65, 4)),
      ),
      'EC',
      false,
    ],
    [
      'a key of a kind that nobody knows',
      der.sequence(der.sequence(der.oid('1.2.3.4')), der.bitString(Buffer.alloc(32))),
      'unknown',
      false,
    ],
  ]
  for (const [name, spki, text, good] of rows) {
    test(`${name}: ${good ? 'good' : 'refused'}`, () => {
      const key = { privateKey: KEYS['P-256'].privateKey, spki }
      const chain = makeChain('ec', 2, { key })
      expect(parseCertificate(chain.leaf).key.text).toBe(text)
      expect(judge(callerOf(chain))).toMatchObject(
        good ? { ok: true } : { ok: false, code: 'certificaat-handtekening' },
      )
    })
  }
})
