/**
 * Certificates that must not get in, made from the PKI of a demo folder.
 * @module
 */
import { DEMO_CONNECTIONS } from '../../../src/cli/demo-world.ts'
import { generateKey, keyPem, signerFor } from '../../../src/trust/development/keys.ts'
import * as ext from '../../../src/trust/development/extension-writer.ts'
import { revoke } from '../../../src/trust/development/lists.ts'
import { issue, type IssueRequest } from '../../../src/trust/development/pki.ts'
import { readRegister, type DevelopmentPki } from '../../../src/trust/development/register.ts'
import { writeCertificate, writeName } from '../../../src/trust/development/x509-writer.ts'
import { ATTRIBUTE, PURPOSE } from '../../../src/trust/oids.ts'
import { toPem } from '../../../src/trust/pem.ts'
import type { Credentials } from './line.ts'

const DAY_MS = 86_400_000

/** OIN of a connection of the demo: what every impostor would like to be taken for. */
export function oinOf(name: string): string {
  const found = DEMO_CONNECTIONS.find((connection) => connection.name === name)
  if (found === undefined) throw new Error(`nobody in the demo is called ${name}`)
  return found.oin
}

/** Issued by the real authority, and yet not good. */
export function issued(pki: DevelopmentPki, given: Partial<IssueRequest> & { name: string }) {
  return issue(pki, {
    organisation: 'Energie Direct B.V.',
    oin: oinOf('energie-direct'),
    purpose: 'client',
    ...given,
  })
}

/** Ended yesterday. */
export function expired(pki: DevelopmentPki): Credentials {
  const now = Date.now()
  return issued(pki, {
    name: 'expired',
    notBefore: now - 30 * DAY_MS,
    notAfter: now - DAY_MS,
  })
}

/** Begins tomorrow. */
export function notYetValid(pki: DevelopmentPki): Credentials {
  const now = Date.now()
  return issued(pki, { name: 'early', notBefore: now + DAY_MS, notAfter: now + 30 * DAY_MS })
}

/** On the revocation list, which is written anew; a relay that runs already has to read it again. */
export function revoked(pki: DevelopmentPki, name = 'revoked'): Credentials {
  const credentials = issued(pki, { name })
  revoke(pki, name)
  return credentials
}

/** For a server alone. */
export function serverOnly(pki: DevelopmentPki): Credentials {
  return issued(pki, { name: 'server-only', purpose: 'server', hosts: ['localhost'] })
}

/** Good in everything, of an organisation that nobody registered. */
export function ofNobody(pki: DevelopmentPki): Credentials {
  return issued(pki, { name: 'nobody', organisation: 'Niemand B.V.', oin: '00000099999999990000' })
}

/** Names, purpose and OIN of a real one, signed with its own key. */
export function selfSigned(): Credentials {
  const key = generateKey('ec')
  const name = leafName()
  return {
    certificatePem: pem(
      writeCertificate(
        { ...term(), issuer: name, subject: name, spki: key.spki, extensions: leafExtensions(key) },
        signerFor(key, 'ec'),
      ),
    ),
    keyPem: keyPem(key),
  }
}

/** A whole PKI with the very names of the real one, to the byte, and other keys. */
export function lookAlike(pki: DevelopmentPki): Credentials {
  const { authorities } = readRegister(pki.dir)
  const { KEY_USAGE } = ext
  const made = authorities.map(({ name }) => ({ name, key: generateKey('ec') }))
  const chain = made.map(({ name, key }, level) => {
    const above = made[level - 1] ?? { name, key }
    const extensions = [
      ext.authority(level === 0 ? undefined : made.length - 1 - level),
      ext.keyUsage([KEY_USAGE.keyCertSign, KEY_USAGE.crlSign]),
      ext.subjectKeyId(key.spki),
      ...(level === 0 ? [] : [ext.authorityKeyId(above.key.spki)]),
    ]
    return writeCertificate(
      { ...term(), issuer: above.name, subject: name, spki: key.spki, extensions },
      signerFor(above.key, 'ec'),
    )
  })
  const issuer = made.at(-1)
  if (issuer === undefined) throw new Error('a PKI without authorities')
  const key = generateKey('ec')
  const leaf = writeCertificate(
    {
      ...term(),
      issuer: issuer.name,
      subject: leafName(),
      spki: key.spki,
      extensions: [...leafExtensions(key), ext.authorityKeyId(issuer.key.spki)],
    },
    signerFor(issuer.key, 'ec'),
  )
  return { certificatePem: [leaf, ...chain.toReversed()].map(pem).join(''), keyPem: keyPem(key) }
}

function term() {
  return { notBefore: Date.now() - DAY_MS, notAfter: Date.now() + 30 * DAY_MS }
}

function leafName(): Uint8Array {
  return writeName([
    [ATTRIBUTE.country, 'NL'],
    [ATTRIBUTE.organisation, 'Energie Direct B.V.'],
    [ATTRIBUTE.serialNumber, oinOf('energie-direct')],
    [ATTRIBUTE.commonName, 'energie-direct'],
  ])
}

function leafExtensions({ spki }: { spki: Uint8Array }): Uint8Array[] {
  return [
    ext.noAuthority(),
    ext.keyUsage([ext.KEY_USAGE.digitalSignature]),
    ext.purposes([PURPOSE.client]),
    ext.subjectKeyId(spki),
  ]
}

const pem = (der: Uint8Array): string => toPem(der, 'CERTIFICATE')
