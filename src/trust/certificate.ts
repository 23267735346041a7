/**
 * Reads an X.509 v3 certificate (RFC 5280, 4.1) into what we judge. Nothing is decided here.
 * @module
 */
import { createHash } from 'node:crypto'

import type { CertificateFacts } from '../core/identity.ts'
import type { Instant } from '../core/message.ts'
import {
  bitStringOctets,
  DerError,
  explicitTag,
  integerBytes,
  readWhole,
  smallInteger,
  TAG,
  type DerReader,
} from './der.ts'
import { printable, timeOf } from './der-values.ts'
import { readExtensions, understand, type Extensions } from './extensions.ts'
import { CERTIFICATE_BYTES_MAX, SERIAL_BYTES_MAX } from './limits.ts'
import { oinOf, readName, textsOf, type Name } from './name.ts'
import { ATTRIBUTE } from './oids.ts'
import { readPublicKey, type PublicKeyFacts } from './public-key.ts'
import { readSignatureAlgorithm, type Signed } from './signature.ts'

export interface Certificate extends Signed {
  readonly der: Uint8Array
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string
  /** Lower-case hex without leading zero octets. */
  readonly serial: string
  readonly issuer: Name
  readonly subject: Name
  readonly notBefore: Instant
  /** The last second in which the certificate is valid. */
  readonly notAfter: Instant
  readonly key: PublicKeyFacts
  readonly extensions: Extensions
}

const VERSION_3 = 2

/**
 * @param der exactly one certificate
 * @throws DerError when it cannot be read or is not version 3
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > CERTIFICATE_BYTES_MAX) throw new DerError('certificate is too long')
  const outer = readWhole(der, 'certificate')
  const signed = outer.read('certificate', TAG.sequence)
  const algorithm = readSignatureAlgorithm(outer)
  const signature = bitStringOctets(outer.read('signature', TAG.bitString), 'signature')
  outer.end('certificate')

  const body = outer.within(signed)
  if (body.next !== explicitTag(0)) throw new DerError('certificate is not version 3')
  const version = body.enter('version', explicitTag(0))
  if (smallInteger(version.read('version', TAG.integer), 'version') !== VERSION_3) {
    throw new DerError('certificate is not version 3')
  }
  version.end('version')
  const serial = readSerial(body)
  // The unsigned copy of the algorithm outside must not differ from the signed one inside (RFC 5280, 4.1.1.2).
  if (Buffer.compare(readSignatureAlgorithm(body).raw, algorithm.raw) !== 0) {
    throw new DerError('certificate names two signature algorithms')
  }
  const issuer = readName(body, 'issuer')
  const validity = body.enter('validity')
  const notBefore = timeOf(validity.read('notBefore'), 'notBefore')
  const notAfter = timeOf(validity.read('notAfter'), 'notAfter')
  validity.end('validity')
  const subject = readName(body, 'subject')
  const key = readPublicKey(body)
  const extensions = body.done ? undefined : body.enter('extensions', explicitTag(3))
  body.end('certificate')
  const list = extensions?.enter('extensions')
  extensions?.end('extensions')

  return {
    der,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    key,
    extensions: understand(list ? readExtensions(list) : []),
    signedBytes: signed.raw,
    algorithm,
    signature,
  }
}

/** Reads a serial number as lower-case hex; certificates and revocation lists are compared by it. */
export function readSerial(reader: DerReader): string {
  const bytes = integerBytes(reader.read('serial number', TAG.integer), 'serial number')
  if (bytes.length > SERIAL_BYTES_MAX) throw new DerError('serial number is too long')
  return Buffer.from(bytes[0] === 0 ? bytes.subarray(1) : bytes).toString('hex') || '00'
}

/** Whether two names are the same. Issuers copy names octet by octet; anything else counts as another name. */
export function sameName(one: Name, other: Name): boolean {
  return Buffer.compare(one.raw, other.raw) === 0
}

/** Whether subject and issuer are the same, as with a root. */
export function isSelfIssued(certificate: Certificate): boolean {
  return sameName(certificate.subject, certificate.issuer)
}

/** What may be shown of a certificate to its holder; texts are escaped, the OIN comes from the DER. */
export function factsOf(certificate: Certificate): CertificateFacts {
  const oin = oinOf(certificate.subject)
  return {
    fingerprint: certificate.fingerprint,
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serial: certificate.serial,
    ...(oin !== undefined && { oin }),
    organisationalUnits: textsOf(certificate.subject, ATTRIBUTE.organisationalUnit).map(printable),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    key: certificate.key.text,
  }
}
