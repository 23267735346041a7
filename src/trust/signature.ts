/**
 * Signatures on certificates and revocation lists: which schemes count, and whether one holds. Checked by `node:crypto`.
 * @module
 */
import { constants, verify } from 'node:crypto'

import { DerError, explicitTag, oidText, smallInteger, TAG, type DerReader } from './der.ts'
import { DIGEST, KEY, MGF1, SIGNATURE, WEAK_SIGNATURE } from './oids.ts'
import { usableKey, type PublicKeyFacts } from './public-key.ts'

/** A scheme of the allowed list, ready to be checked. */
type Scheme =
  | { readonly kind: 'rsa' | 'ec'; readonly digest: string }
  | { readonly kind: 'rsa-pss'; readonly digest: string; readonly saltLength: number }
  | { readonly kind: 'ed25519' }

export interface SignatureAlgorithm {
  /** Absent when we do not accept it. */
  readonly scheme?: Scheme
  /** For example `RSASSA-PSS with SHA-512`. */
  readonly text: string
  /** The DER: inside and outside what is signed it must be the same. */
  readonly raw: Uint8Array
}

const digestText = (digest: string): string => digest.toUpperCase().replace('SHA', 'SHA-')

/** Reads an AlgorithmIdentifier of a signature. @throws DerError */
export function readSignatureAlgorithm(reader: DerReader): SignatureAlgorithm {
  const { raw, ...value } = reader.read('signature algorithm', TAG.sequence)
  const parts = reader.within({ raw, ...value })
  const oid = oidText(parts.read('signature algorithm', TAG.oid), 'signature algorithm')
  if (oid === KEY.rsaPss) return { ...readPss(parts), raw }
  const parameters = parts.done ? undefined : parts.read('signature parameters')
  parts.end('signature algorithm')
  const fixed = SIGNATURE[oid]
  if (fixed) {
    // RFC 4055: NULL for RSA; RFC 5758: nothing for ECDSA. Some issuers leave out or add the NULL; it says nothing.
    if (parameters && (parameters.tag !== TAG.null || parameters.body.length > 0)) {
      return { text: 'unexpected parameters', raw }
    }
    const name = fixed.kind === 'rsa' ? 'RSA' : 'ECDSA'
    return { scheme: fixed, text: `${name} with ${digestText(fixed.digest)}`, raw }
  }
  if (oid === KEY.ed25519 && !parameters) {
    return { scheme: { kind: 'ed25519' }, text: 'Ed25519', raw }
  }
  return { text: WEAK_SIGNATURE[oid] ?? 'an unknown scheme', raw }
}

/** Parameters of RSASSA-PSS (RFC 4055, 3.1); whatever is left out means SHA-1, which we do not accept. */
function readPss(parts: DerReader): Omit<SignatureAlgorithm, 'raw'> {
  if (parts.done) return { text: 'RSASSA-PSS with SHA-1' }
  const fields = parts.enter('PSS parameters')
  parts.end('signature algorithm')
  const explicit = (number: number, what: string): DerReader | undefined =>
    fields.next === explicitTag(number) ? fields.enter(what, explicitTag(number)) : undefined

  const hash = explicit(0, 'PSS digest')
  const digest = hash && readDigest(hash)
  const mask = explicit(1, 'PSS mask')
  let maskDigest: string | undefined
  if (mask) {
    const generator = mask.enter('PSS mask')
    mask.end('PSS mask')
    const oid = oidText(generator.read('PSS mask', TAG.oid), 'PSS mask')
    if (oid !== MGF1) return { text: 'RSASSA-PSS with an unknown mask' }
    maskDigest = readDigest(generator)
  }
  const salt = explicit(2, 'PSS salt')
  const saltLength = salt ? smallInteger(salt.read('PSS salt', TAG.integer), 'PSS salt') : 20
  salt?.end('PSS salt')
  const trailer = explicit(3, 'PSS trailer')
  const trailerField = trailer
    ? smallInteger(trailer.read('PSS trailer', TAG.integer), 'PSS trailer')
    : 1
  trailer?.end('PSS trailer')
  fields.end('PSS parameters')
  if (!digest || maskDigest !== digest) return { text: 'RSASSA-PSS with SHA-1 or mixed digests' }
  if (trailerField !== 1 || saltLength > 64) return { text: 'RSASSA-PSS with odd parameters' }
  return {
    scheme: { kind: 'rsa-pss', digest, saltLength },
    text: `RSASSA-PSS with ${digestText(digest)}`,
  }
}

function readDigest(reader: DerReader): string | undefined {
  const parts = reader.enter('digest')
  reader.end('digest')
  const oid = oidText(parts.read('digest', TAG.oid), 'digest')
  if (!parts.done) {
    const { body } = parts.read('digest parameters', TAG.null)
    if (body.length > 0) throw new DerError('digest parameters are not empty')
  }
  parts.end('digest')
  return DIGEST[oid]
}

/** What carries a signature: the signed bytes, how, and the signature itself. */
export interface Signed {
  readonly signedBytes: Uint8Array
  readonly algorithm: SignatureAlgorithm
  readonly signature: Uint8Array
}

/** Whether the holder of a key signed this, by a scheme and with a key that are strong enough. */
export function isSignedBy(
  { signedBytes, algorithm, signature }: Signed,
  by: PublicKeyFacts,
): boolean {
  const { scheme } = algorithm
  if (!scheme || by.kind !== (scheme.kind === 'rsa-pss' ? 'rsa' : scheme.kind)) return false
  const key = usableKey(by)
  if (!key) return false
  try {
    switch (scheme.kind) {
      case 'rsa':
        return verify(
          scheme.digest,
          signedBytes,
          { key, padding: constants.RSA_PKCS1_PADDING },
          signature,
        )
      case 'rsa-pss': {
        const { saltLength } = scheme
        const padding = constants.RSA_PKCS1_PSS_PADDING
        return verify(scheme.digest, signedBytes, { key, padding, saltLength }, signature)
      }
      case 'ec':
        return verify(scheme.digest, signedBytes, { key, dsaEncoding: 'der' }, signature)
      case 'ed25519':
        return verify(null, signedBytes, key, signature)
    }
  } catch {
    // A point that is not on the curve or a signature of the wrong length: not a signature.
    return false
  }
}
