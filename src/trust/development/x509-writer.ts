/**
 * Makes certificates and revocation lists (RFC 5280) for development. It writes what it is told, good or bad:
 * tests make the certificates with it that must be refused.
 * @module
 */
import { randomBytes } from 'node:crypto'

import type { Instant } from '../../core/message.ts'
import { ATTRIBUTE, EXTENSION } from '../oids.ts'
import * as der from './der-writer.ts'
import { extension } from './extension-writer.ts'
import type { Signer } from './keys.ts'

/** Attributes of a name in their order: object identifier and text. */
export type NameParts = readonly (readonly [oid: string, text: string])[]

/** DER of a name. Country and serialNumber are PrintableString, the rest UTF8String, as X.520 has it. */
export function writeName(parts: NameParts): Buffer {
  const printable: readonly string[] = [ATTRIBUTE.country, ATTRIBUTE.serialNumber]
  return der.sequence(
    ...parts.map(([oid, text]) => {
      const content = printable.includes(oid) ? der.printableString(text) : der.utf8String(text)
      return der.set(der.sequence(der.oid(oid), content))
    }),
  )
}

export interface CertificateSpec {
  /** Octets of the serial number; random by default. */
  readonly serial?: Uint8Array
  /** DER of the names. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** DER of the public key. */
  readonly spki: Uint8Array
  /** DER of each extension. */
  readonly extensions: readonly Uint8Array[]
}

/** A serial number of 127 random bits, which is never negative or zero. */
export function randomSerial(): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

/** DER of a certificate. */
export function writeCertificate(spec: CertificateSpec, signer: Signer): Buffer {
  const body = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(spec.serial ?? randomSerial()),
    signer.identifier,
    spec.issuer,
    der.sequence(der.time(spec.notBefore), der.time(spec.notAfter)),
    spec.subject,
    spec.spki,
    der.explicit(3, der.sequence(...spec.extensions)),
  )
  return signedWith(signer, body)
}

export interface CrlSpec {
  readonly issuer: Uint8Array
  /** Rises with every list. */
  readonly number: number
  readonly thisUpdate: Instant
  readonly nextUpdate: Instant
  readonly revoked: readonly { readonly serial: Uint8Array; readonly at: Instant }[]
  /** Further extensions. */
  readonly extensions?: readonly Uint8Array[]
}

/** DER of a revocation list. */
export function writeCrl(spec: CrlSpec, signer: Signer): Buffer {
  const entries = spec.revoked.map(({ serial, at }) =>
    der.sequence(der.integer(serial), der.time(at)),
  )
  const extensions = [
    extension(EXTENSION.crlNumber, false, der.integer(spec.number)),
    ...(spec.extensions ?? []),
  ]
  const body = der.sequence(
    der.integer(1),
    signer.identifier,
    spec.issuer,
    der.time(spec.thisUpdate),
    der.time(spec.nextUpdate),
    // An empty list is left out altogether (RFC 5280, 5.1.2.6).
    ...(entries.length > 0 ? [der.sequence(...entries)] : []),
    der.explicit(0, der.sequence(...extensions)),
  )
  return signedWith(signer, body)
}

function signedWith(signer: Signer, body: Buffer): Buffer {
  return der.sequence(body, signer.identifier, der.bitString(signer.sign(body)))
}
