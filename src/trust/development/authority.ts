/**
 * Authorities of a development PKI: the root and those below it.
 * @module
 */
import type { Instant } from '../../core/message.ts'
import { DEVELOPMENT_ORGANISATION } from '../known-anchors.ts'
import { ATTRIBUTE } from '../oids.ts'
import * as ext from './extension-writer.ts'
import { generateKey, signerFor, type Algorithm, type KeyPair } from './keys.ts'
import { AUTHORITY_MS, HEAD_START_MS } from './terms.ts'
import { randomSerial, writeCertificate, writeName } from './x509-writer.ts'

export interface Authority {
  /** DER of its name. */
  readonly name: Uint8Array
  readonly key: KeyPair
  readonly certificate: Uint8Array
}

/** Makes the authorities of a PKI, the root first, the one that issues last. @param layers certificates from leaf to root */
export function makeAuthorities(algorithm: Algorithm, layers: 3 | 4, at: Instant): Authority[] {
  const titles = layers === 3 ? ['Root', 'Issuing CA'] : ['Root', 'Domain CA', 'Issuing CA']
  const authorities: Authority[] = []
  for (const [level, title] of titles.entries()) {
    const above = authorities[authorities.length - 1]
    const below = titles.length - 1 - level
    authorities.push(makeAuthority(title, below, above, algorithm, at))
  }
  return authorities
}

function makeAuthority(
  title: string,
  pathLength: number,
  above: Authority | undefined,
  algorithm: Algorithm,
  at: Instant,
): Authority {
  const key = generateKey(algorithm)
  const name = writeName([
    [ATTRIBUTE.country, 'NL'],
    [ATTRIBUTE.organisation, DEVELOPMENT_ORGANISATION],
    // A number of its own, so that two development PKIs are never confused by name.
    [
      ATTRIBUTE.commonName,
      `Knooppunt ontwikkeling ${title} ${randomSerial().toString('hex', 0, 4)}`,
    ],
  ])
  const { KEY_USAGE } = ext
  const certificate = writeCertificate(
    {
      issuer: above?.name ?? name,
      subject: name,
      notBefore: at - HEAD_START_MS,
      notAfter: at + AUTHORITY_MS,
      spki: key.spki,
      extensions: [
        ext.authority(above && pathLength),
        ext.keyUsage([KEY_USAGE.keyCertSign, KEY_USAGE.crlSign]),
        ext.subjectKeyId(key.spki),
        ...(above ? [ext.authorityKeyId(above.key.spki)] : []),
      ],
    },
    signerFor(above?.key ?? key, algorithm),
  )
  return { name, key, certificate }
}
