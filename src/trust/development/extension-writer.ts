/**
 * Extensions of the certificates and lists that we make ourselves.
 * @module
 */
import { createHash } from 'node:crypto'
import { isIP } from 'node:net'

import { implicitTag } from '../der.ts'
import { EXTENSION } from '../oids.ts'
import * as der from './der-writer.ts'

/** Bits of keyUsage (RFC 5280, 4.2.1.3). */
export const KEY_USAGE = {
  digitalSignature: 0,
  keyEncipherment: 2,
  keyCertSign: 5,
  crlSign: 6,
} as const

/** DER of one extension. */
export function extension(oid: string, critical: boolean, content: Uint8Array): Buffer {
  const flag = critical ? [der.boolean(true)] : []
  return der.sequence(der.oid(oid), ...flag, der.octetString(content))
}

/** @param pathLength most issuing certificates below; without it any number */
export function authority(pathLength?: number): Buffer {
  const length = pathLength === undefined ? [] : [der.integer(pathLength)]
  return extension(EXTENSION.basicConstraints, true, der.sequence(der.boolean(true), ...length))
}

export const noAuthority = (): Buffer => extension(EXTENSION.basicConstraints, true, der.sequence())

export const keyUsage = (bits: readonly number[]): Buffer =>
  extension(EXTENSION.keyUsage, true, der.namedBitString(bits))

export const purposes = (oids: readonly string[]): Buffer =>
  extension(EXTENSION.extKeyUsage, false, der.sequence(...oids.map(der.oid)))

export const policies = (oids: readonly string[]): Buffer =>
  extension(
    EXTENSION.certificatePolicies,
    false,
    der.sequence(...oids.map((oid) => der.sequence(der.oid(oid)))),
  )

const keyId = (spki: Uint8Array): Buffer => createHash('sha1').update(spki).digest()

export const subjectKeyId = (spki: Uint8Array): Buffer =>
  extension(EXTENSION.subjectKeyId, false, der.octetString(keyId(spki)))

export const authorityKeyId = (issuerSpki: Uint8Array): Buffer =>
  extension(
    EXTENSION.authorityKeyId,
    false,
    der.sequence(der.value(implicitTag(0), keyId(issuerSpki))),
  )

/** @param hosts DNS names or IP addresses by which a server is called */
export function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) => {
    const address = addressOctets(host)
    return address
      ? der.value(implicitTag(7), address)
      : der.value(implicitTag(2), Buffer.from(host))
  })
  return extension(EXTENSION.subjectAltName, false, der.sequence(...names))
}

/** Octets of an IP address, or undefined for a name. */
function addressOctets(host: string): Buffer | undefined {
  switch (isIP(host)) {
    case 4:
      return Buffer.from(host.split('.').map(Number))
    case 6: {
      // `::` stands for as many zero groups as are missing.
      const [before = [], after] = host
        .split('::')
        .map((half) => half.split(':').filter((group) => group !== ''))
      const zeros = after ? Array<string>(8 - before.length - after.length).fill('0') : []
      const groups = [...before, ...zeros, ...(after ?? [])]
      return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
    }
    default:
      return undefined
  }
}
