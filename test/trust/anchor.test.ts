/**
 * Which roots may be anchors, and that production and the rest stay apart.
 */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'bun:test'

import { ENVIRONMENTS, type Environment } from '../../src/core/settings.ts'
import { judgeAnchor } from '../../src/trust/anchor.ts'
import { parseCertificate } from '../../src/trust/certificate.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { DEVELOPMENT_ORGANISATION, PKIOVERHEID_ROOTS } from '../../src/trust/known-anchors.ts'
import { blocksOf } from '../../src/trust/pem.ts'
import { isSelfSigned } from '../../src/trust/path.ts'
import { keyNamed, leafExtensions, makeAuthority } from './made-pki.ts'

const root = makeAuthority()
const weakKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
const weak = makeAuthority({
  algorithm: 'rsa',
  key: {
    privateKey: weakKey.privateKey,
    spki: weakKey.publicKey.export({ type: 'spki', format: 'der' }),
  },
})
const development = makeAuthority({ organisation: DEVELOPMENT_ORGANISATION })

const rows: [
  name: string,
  der: Uint8Array,
  environment: Environment,
  problem: RegExp | undefined,
][] = [
  ...ENVIRONMENTS.map((environment): [string, Uint8Array, Environment, undefined] => [
    `a root in ${environment}`,
    root.der,
    environment,
    undefined,
  ]),
  ['a development root in demo', development.der, 'demo', undefined],
  ['a development root in test', development.der, 'test', undefined],
  ['a development root in production', development.der, 'productie', /development root/],
  ['bytes', Buffer.from('hello'), 'test', /cannot be read|can be read/],
  ['an end entity', makeAuthority({ extensions: leafExtensions() }).der, 'test', /may not issue/],
  [
    'a root that may not sign certificates',
    makeAuthority({ extensions: [ext.authority(), ext.keyUsage([ext.KEY_USAGE.crlSign])] }).der,
    'test',
    /may not issue/,
  ],
  ['a root with a key of 1024 bits', weak.der, 'test', /too weak: RSA of fewer than 2048 bits/],
  ['an authority below a root', makeAuthority({}, root).der, 'test', /not a self-signed root/],
  [
    'a look-alike signed with another key',
    makeAuthority({}, { ...root, key: keyNamed('ec', 'rogue'), name: root.name }).der,
    'test',
    /not a self-signed root/,
  ],
]

for (const [name, der, environment, problem] of rows) {
  test(`${name}: ${problem ? 'refused' : 'good'}`, () => {
    const found = judgeAnchor(der, environment)
    if (problem) expect(found).toMatch(problem)
    else expect(found).toBeUndefined()
  })
}

describe('the production roots of PKIoverheid', () => {
  // Not part of this repository: certificates of others are not ours to ship.
  const folder =
    process.env['KNOOPPUNT_PKIOVERHEID'] ?? join(import.meta.dir, '../../../shared/certs')
  const files = [
    'staat-der-nederlanden-private-root-ca-g1.pem',
    'staat-der-nederlanden-g4-root-priv-g-tls-2024.pem',
  ].map((name) => join(folder, name))
  const present = files.every((file) => existsSync(file))
  if (!present) {
    console.warn(
      `NOT TESTED: the PKIoverheid roots are not in ${folder}; set KNOOPPUNT_PKIOVERHEID to a folder that has them.`,
    )
  }

  test('are two, known by their fingerprints', () => {
    expect([...PKIOVERHEID_ROOTS.keys()].every((one) => /^[0-9a-f]{64}$/.test(one))).toBe(true)
    expect(PKIOVERHEID_ROOTS.size).toBe(2)
  })

  test.skipIf(!present)('are read, recognised, taken in production and refused elsewhere', () => {
    for (const file of files) {
      const [der = new Uint8Array()] = blocksOf(readFileSync(file), 'CERTIFICATE')
      const certificate = parseCertificate(der)
      expect(PKIOVERHEID_ROOTS.get(certificate.fingerprint)).toBeString()
      expect(certificate.subject.text).toEndWith(
        `CN=${PKIOVERHEID_ROOTS.get(certificate.fingerprint)}`,
      )
      expect(isSelfSigned(certificate)).toBe(true)
      expect(judgeAnchor(der, 'productie')).toBeUndefined()
      expect(judgeAnchor(der, 'test')).toMatch(/production root/)
      expect(judgeAnchor(der, 'demo')).toMatch(/production root/)
    }
  })
})
