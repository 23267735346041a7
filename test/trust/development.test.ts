/**
 * The development PKI: what it writes, who may read it, and that it stands up to other judges than ours.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'

import { judgeAnchor } from '../../src/trust/anchor.ts'
import { parseCrl } from '../../src/trust/crl.ts'
import { ALGORITHMS } from '../../src/trust/development/keys.ts'
import { refreshCrl, revoke } from '../../src/trust/development/lists.ts'
import { createDevelopmentPki, issue, openDevelopmentPki } from '../../src/trust/development/pki.ts'
import { blocksOf } from '../../src/trust/pem.ts'
import { createTrust } from '../../src/trust/trust.ts'
import { connectionOf, DAY, NOW, OIN } from './made-pki.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-pki-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const now = (): number => NOW
const gemeente = {
  name: 'gemeente',
  oin: OIN,
  organisation: 'Gemeente Voorbeeldstad',
  purpose: 'client',
} as const

const read = (name: string): Uint8Array => readFileSync(join(dir, name))
const certificates = (name: string): Uint8Array[] => blocksOf(read(name), 'CERTIFICATE')

function judgeIt(name: string) {
  const trust = createTrust(
    {
      environment: 'demo',
      anchors: [{ name: 'ca.pem', bytes: read('ca.pem'), identity: 'oin', policies: [] }],
      intermediates: [],
      crls: [{ name: 'crl.pem', bytes: read('crl.pem') }],
      revocation: { maxAgeMs: DAY, onUnknown: 'refuse' },
    },
    { connections: () => CONNECTIONS, now },
  )
  return trust.judge({ chain: certificates(name), authorized: true })
}
const CONNECTIONS = [connectionOf('gemeente')]

describe('a PKI', () => {
  for (const algorithm of ALGORITHMS) {
    test(`with ${algorithm} in four layers issues what we and node:crypto accept`, () => {
      const pki = createDevelopmentPki(dir, { algorithm, layers: 4, now })
      issue(pki, gemeente)
      expect(judgeIt('gemeente.pem')).toMatchObject({ ok: true })
      const path = [...certificates('gemeente.pem'), ...certificates('ca.pem')].map(
        (der) => new X509Certificate(der),
      )
      expect(path.length).toBe(4)
      for (const [level, certificate] of path.entries()) {
        const issuer = path[level + 1] ?? certificate
        expect(certificate.checkIssued(issuer)).toBe(true)
        expect(certificate.verify(issuer.publicKey)).toBe(true)
        expect(certificate.ca).toBe(level > 0)
      }
      expect(path[0]?.checkPrivateKey(createPrivateKey(Buffer.from(read('gemeente.key'))))).toBe(
        true,
      )
    })
  }

  test('keeps its keys to its owner', () => {
    const pki = createDevelopmentPki(dir, { now })
    issue(pki, gemeente)
    issue(pki, gemeente)
    expect(readdirSync(dir).toSorted()).toEqual([
      'authority',
      'ca.pem',
      'crl.pem',
      'gemeente.key',
      'gemeente.pem',
    ])
    expect(statSync(join(dir, 'gemeente.key')).mode & 0o777).toBe(0o600)
    expect(statSync(join(dir, 'authority')).mode & 0o777).toBe(0o700)
    expect(readdirSync(join(dir, 'authority'))).toEqual(['register.json'])
    expect(statSync(join(dir, 'authority', 'register.json')).mode & 0o777).toBe(0o600)
  })

  test('is refused in production', () => {
    createDevelopmentPki(dir, { now })
    const [root = new Uint8Array()] = certificates('ca.pem')
    expect(judgeAnchor(root, 'productie')).toMatch(/development root/)
    expect(judgeAnchor(root, 'demo')).toBeUndefined()
  })

  test('can be opened again, and is not made twice', () => {
    createDevelopmentPki(dir, { now })
    issue(openDevelopmentPki(dir, now), gemeente)
    expect(judgeIt('gemeente.pem')).toMatchObject({ ok: true })
    expect(() => createDevelopmentPki(dir)).toThrow(/already/)
    expect(() => openDevelopmentPki(join(dir, 'elsewhere'))).toThrow(/no development PKI/)
  })

  test('says that its register is damaged without showing any of it', () => {
    createDevelopmentPki(dir, { now })
    writeFileSync(join(dir, 'authority', 'register.json'), '{"key":"secret')
    expect(() => openDevelopmentPki(dir)).toThrow(/^The register of the development PKI .* damaged/)
    expect(() => openDevelopmentPki(dir)).not.toThrow(/secret/)
  })
})

describe('revocation', () => {
  test('counts in the next list, for every certificate of the name', () => {
    const pki = createDevelopmentPki(dir, { now })
    issue(pki, gemeente)
    const older = read('gemeente.pem')
    issue(pki, gemeente)
    expect(revoke(pki, 'gemeente')).toBe(2)
    expect(judgeIt('gemeente.pem')).toMatchObject({ code: 'certificaat-ingetrokken' })
    writeFileSync(join(dir, 'gemeente.pem'), older)
    expect(judgeIt('gemeente.pem')).toMatchObject({ code: 'certificaat-ingetrokken' })
    expect(revoke(pki, 'gemeente')).toBe(0)
    expect(() => revoke(pki, 'nobody')).toThrow(/Nothing was issued/)
  })

  test('leaves a certificate alone that was issued afterwards', () => {
    const pki = createDevelopmentPki(dir, { now })
    issue(pki, gemeente)
    revoke(pki, 'gemeente')
    issue(pki, gemeente)
    expect(judgeIt('gemeente.pem')).toMatchObject({ ok: true })
  })

  test('lists are there for every authority and can be renewed', () => {
    createDevelopmentPki(dir, { now, layers: 4 })
    const later = openDevelopmentPki(dir, () => NOW + DAY)
    refreshCrl(later, 2 * DAY)
    const lists = blocksOf(read('crl.pem'), 'X509 CRL').map(parseCrl)
    expect(lists.map(({ thisUpdate, nextUpdate }) => [thisUpdate, nextUpdate])).toEqual(
      Array(3).fill([NOW + DAY, NOW + 3 * DAY]),
    )
  })
})

describe('a request that is not good is refused', () => {
  const rows: [name: string, request: Parameters<typeof issue>[1], why: RegExp][] = [
    ['a path as name', { ...gemeente, name: '../x' }, /name is made of/],
    ['the name of the root file', { ...gemeente, name: 'ca' }, /name is made of/],
    ['an OIN of nineteen digits', { ...gemeente, oin: OIN.slice(1) }, /twenty digits/],
    [
      'a participant without OIN',
      { name: 'x', organisation: 'X', purpose: 'client' },
      /needs an OIN/,
    ],
    ['an empty organisation', { ...gemeente, organisation: '' }, /one line/],
    ['a line feed in the unit', { ...gemeente, ou: 'a\nb' }, /one line/],
    ['826 days', { ...gemeente, notBefore: NOW, notAfter: NOW + 826 * DAY }, /825 days/],
    ['an end before the beginning', { ...gemeente, notAfter: NOW - DAY }, /825 days/],
    ['a host that is none', { ...gemeente, hosts: ['a b'] }, /DNS name/],
    ['a policy that is none', { ...gemeente, policies: ['best'] }, /object identifier/],
  ]
  test('all of these', () => {
    const pki = createDevelopmentPki(dir, { now })
    for (const [name, request, why] of rows) {
      expect(() => issue(pki, request), name).toThrow(why)
    }
    expect(readdirSync(dir).toSorted()).toEqual(['authority', 'ca.pem', 'crl.pem'])
  })
})
