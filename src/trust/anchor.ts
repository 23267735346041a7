/**
 * Whether a certificate may be an anchor here. Asked when the configuration is read, so that a wrong one is a
 * sentence at start-up and not a mystery at the first call.
 * @module
 */
import type { Environment } from '../core/settings.ts'
import { parseCertificate, type Certificate } from './certificate.ts'
import { DerError } from './der.ts'
import { DEVELOPMENT_ORGANISATION, PKIOVERHEID_ROOTS } from './known-anchors.ts'
import { textsOf } from './name.ts'
import { ATTRIBUTE } from './oids.ts'
import { isSelfSigned } from './path.ts'

/**
 * Judges a certificate as an anchor for an environment.
 * @returns an English sentence with what is wrong and what would be right, or undefined when it is good
 */
export function judgeAnchor(der: Uint8Array, environment: Environment): string | undefined {
  let certificate: Certificate
  try {
    certificate = parseCertificate(der)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return `This is not a certificate that can be read: ${error.message}.`
  }
  const { extensions, key, subject } = certificate
  if (!extensions.isAuthority || extensions.keyUsage?.keyCertSign === false) {
    return 'This certificate may not issue others; give the certificate of a root authority.'
  }
  if (key.weakness !== undefined) return `The key of this root is too weak: ${key.weakness}.`
  if (!isSelfSigned(certificate)) {
    // TLS follows a chain to its root, and weak signatures are no signatures.
    return 'This certificate is not a self-signed root with a strong signature; give the root of its chain, and this one under intermediates.'
  }
  const development = textsOf(subject, ATTRIBUTE.organisation).includes(DEVELOPMENT_ORGANISATION)
  if (environment === 'productie' && development) {
    return 'This is a development root; environment productie takes real roots only.'
  }
  const known = PKIOVERHEID_ROOTS.get(certificate.fingerprint)
  if (environment !== 'productie' && known !== undefined) {
    return `This is the production root ${known}; environment ${environment} takes test and development roots only.`
  }
  return undefined
}
