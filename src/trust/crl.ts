/**
 * Reads a certificate revocation list (RFC 5280, 5). Serial numbers go into a Set, so that a list of a hundred thousand
 * costs no more to ask than one of ten.
 * @module
 */
import type { Instant } from '../core/message.ts'
import { readSerial } from './certificate.ts'
import {
  bitStringOctets,
  DerError,
  explicitTag,
  readWhole,
  smallInteger,
  TAG,
  type DerReader,
} from './der.ts'
import { timeOf } from './der-values.ts'
import { readExtensions } from './extensions.ts'
import { CRL_BYTES_MAX, CRL_ENTRIES_MAX } from './limits.ts'
import { readName, type Name } from './name.ts'
import { EXTENSION } from './oids.ts'
import { readSignatureAlgorithm, type Signed } from './signature.ts'

export interface Crl extends Signed {
  readonly issuer: Name
  readonly thisUpdate: Instant
  readonly nextUpdate: Instant
  /** Serial numbers of certificates that are revoked or on hold, as `Certificate.serial`. */
  readonly revoked: ReadonlySet<string>
  /** Why this list may not be used, in English: it does not cover all certificates of its issuer. */
  readonly unusable?: string
}

const VERSION_2 = 1

/** Extensions that narrow or change what a list says; unknown critical ones count as such too. */
const NARROWING: Readonly<Record<string, string>> = {
  [EXTENSION.deltaCrl]: 'it lists changes only (a delta CRL)',
  [EXTENSION.issuingDistributionPoint]: 'it covers a part of the certificates or is indirect',
}

/**
 * @param der exactly one list
 * @throws DerError when it cannot be read, is not version 2, or does not say when the next one comes
 */
export function parseCrl(der: Uint8Array): Crl {
  if (der.length > CRL_BYTES_MAX) throw new DerError('revocation list is too long')
  const outer = readWhole(der, 'revocation list')
  const signed = outer.read('revocation list', TAG.sequence)
  const algorithm = readSignatureAlgorithm(outer)
  const signature = bitStringOctets(outer.read('signature', TAG.bitString), 'signature')
  outer.end('revocation list')

  const body = outer.within(signed)
  if (smallInteger(body.read('version', TAG.integer), 'version') !== VERSION_2) {
    throw new DerError('revocation list is not version 2')
  }
  if (Buffer.compare(readSignatureAlgorithm(body).raw, algorithm.raw) !== 0) {
    throw new DerError('revocation list names two signature algorithms')
  }
  const issuer = readName(body, 'issuer')
  const thisUpdate = timeOf(body.read('thisUpdate'), 'thisUpdate')
  const nextUpdate = timeOf(body.read('nextUpdate'), 'nextUpdate')
  const entries = body.optional('revoked certificates', TAG.sequence)
  const { revoked, unusable } = readEntries(entries && body.within(entries))
  const extensions = body.done ? undefined : body.enter('extensions', explicitTag(0))
  body.end('revocation list')
  const list = extensions?.enter('extensions')
  extensions?.end('extensions')
  const why = unusable ?? (list && narrowing(list))

  return {
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    ...(why !== undefined && { unusable: why }),
    signedBytes: signed.raw,
    algorithm,
    signature,
  }
}

function narrowing(list: DerReader): string | undefined {
  const found = readExtensions(list).find(({ oid, critical }) => critical || oid in NARROWING)
  return found && (NARROWING[found.oid] ?? 'it has a critical extension that is not known')
}

function readEntries(entries: DerReader | undefined): { revoked: Set<string>; unusable?: string } {
  const revoked = new Set<string>()
  let unusable: string | undefined
  while (entries && !entries.done) {
    const entry = entries.enter('entry')
    revoked.add(readSerial(entry))
    timeOf(entry.read('revocation date'), 'revocation date')
    if (!entry.done) {
      const extensions = readExtensions(entry.enter('entry extensions'))
      entry.end('entry')
      // Such an entry speaks of another issuer's certificate, or of something that we do not know.
      if (extensions.some(({ oid, critical }) => critical || oid === EXTENSION.certificateIssuer)) {
        unusable = 'an entry has a critical extension (an indirect CRL)'
      }
    }
    if (revoked.size > CRL_ENTRIES_MAX) throw new DerError('revocation list has too many entries')
  }
  return { revoked, ...(unusable !== undefined && { unusable }) }
}
