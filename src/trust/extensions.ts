/**
 * Extensions of a certificate (RFC 5280, 4.2): those that we judge are read, the critical rest is named.
 * @module
 */
import {
  booleanOf,
  DerError,
  explicitTag,
  implicitTag,
  namedBits,
  oidText,
  readSingle,
  readWhole,
  smallInteger,
  TAG,
  type DerReader,
} from './der.ts'
import { textOf } from './der-values.ts'
import { EXTENSIONS_MAX } from './limits.ts'
import { EXTENSION } from './oids.ts'

/** Bits of keyUsage that we look at (RFC 5280, 4.2.1.3). */
const USAGE = { digitalSignature: 0, keyCertSign: 5, crlSign: 6 } as const

export interface KeyUsage {
  readonly digitalSignature: boolean
  readonly keyCertSign: boolean
  readonly crlSign: boolean
}

export interface Extensions {
  readonly isAuthority: boolean
  /** Most issuing certificates that may stand between this one and the leaf's. */
  readonly pathLength?: number
  readonly keyUsage?: KeyUsage
  /** Object identifiers of extKeyUsage. */
  readonly purposes?: readonly string[]
  /** Object identifiers of certificatePolicies. */
  readonly policies?: readonly string[]
  /** An issuer that demands that policies are checked, whatever the anchor asks. */
  readonly requiresPolicy: boolean
  /** An issuer that does not let `anyPolicy` count below itself. */
  readonly inhibitsAnyPolicy: boolean
  readonly authorityKeyId?: string
  readonly subjectKeyId?: string
  /** Addresses of revocation lists, for people and for fetching later. */
  readonly crlAddresses: readonly string[]
  /** DNS names, for people: who calls follows from the OIN alone. */
  readonly dnsNames: readonly string[]
  /** Object identifiers of what we do not handle and may not ignore. */
  readonly unhandled: readonly string[]
}

export interface RawExtension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

/** Reads a list of extensions; each may occur once. @throws DerError */
export function readExtensions(list: DerReader): RawExtension[] {
  const found = new Map<string, RawExtension>()
  if (list.done) throw new DerError('list of extensions is empty')
  while (!list.done) {
    const parts = list.enter('extension')
    const oid = oidText(parts.read('extension', TAG.oid), 'extension')
    const flag = parts.optional('extension', TAG.boolean)
    const value = parts.read('extension', TAG.octetString).body
    parts.end('extension')
    if (found.has(oid)) throw new DerError('an extension occurs twice')
    if (found.size === EXTENSIONS_MAX) throw new DerError('too many extensions')
    found.set(oid, { oid, critical: flag ? booleanOf(flag, 'extension') : false, value })
  }
  return [...found.values()]
}

/** What the extensions of a certificate mean. @throws DerError when one that we judge cannot be read */
export function understand(raw: readonly RawExtension[]): Extensions {
  const facts: { -readonly [K in keyof Extensions]: Extensions[K] } = {
    isAuthority: false,
    requiresPolicy: false,
    inhibitsAnyPolicy: false,
    crlAddresses: [],
    dnsNames: [],
    unhandled: [],
  }
  const unhandled: string[] = []
  for (const { oid, critical, value } of raw) {
    switch (oid) {
      case EXTENSION.basicConstraints: {
        const parts = readWhole(value, 'basicConstraints')
        const flag = parts.optional('basicConstraints', TAG.boolean)
        const length = parts.optional('pathLenConstraint', TAG.integer)
        parts.end('basicConstraints')
        facts.isAuthority = flag ? booleanOf(flag, 'basicConstraints') : false
        if (length) facts.pathLength = smallInteger(length, 'pathLenConstraint')
        break
      }
      case EXTENSION.keyUsage:
        facts.keyUsage = readKeyUsage(value)
        break
      case EXTENSION.extKeyUsage:
        facts.purposes = readOids(readWhole(value, 'extKeyUsage'), 'extKeyUsage')
        break
      case EXTENSION.certificatePolicies:
        facts.policies = readPolicies(value)
        break
      case EXTENSION.policyConstraints:
        // Counted from here instead of after some more certificates: stricter than the issuer asks, never looser.
        facts.requiresPolicy = readWhole(value, 'policyConstraints').next === implicitTag(0)
        break
      case EXTENSION.inhibitAnyPolicy:
        facts.inhibitsAnyPolicy = true
        break
      case EXTENSION.subjectKeyId:
        facts.subjectKeyId = hex(readSingle(value, 'subjectKeyIdentifier', TAG.octetString).body)
        break
      case EXTENSION.authorityKeyId: {
        const id = readWhole(value, 'authorityKeyIdentifier').optional(
          'keyIdentifier',
          implicitTag(0),
        )
        if (id) facts.authorityKeyId = hex(id.body)
        break
      }
      case EXTENSION.crlDistributionPoints:
        facts.crlAddresses = readCrlAddresses(value)
        break
      case EXTENSION.subjectAltName:
        facts.dnsNames = readNames(readWhole(value, 'subjectAltName'), 2)
        break
      case EXTENSION.nameConstraints:
        // We do not check them, and what an issuer limits may not be ignored, critical or not.
        unhandled.push(oid)
        break
      default:
        if (critical) unhandled.push(oid)
    }
  }
  return { ...facts, unhandled }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function readKeyUsage(value: Uint8Array): KeyUsage {
  const bits = namedBits(readSingle(value, 'keyUsage', TAG.bitString), 'keyUsage')
  return {
    digitalSignature: bits.has(USAGE.digitalSignature),
    keyCertSign: bits.has(USAGE.keyCertSign),
    crlSign: bits.has(USAGE.crlSign),
  }
}

function readOids(list: DerReader, what: string): string[] {
  const found: string[] = []
  while (!list.done) found.push(oidText(list.read(what, TAG.oid), what))
  return found
}

function readPolicies(value: Uint8Array): string[] {
  const list = readWhole(value, 'certificatePolicies')
  const found: string[] = []
  while (!list.done) {
    // Qualifiers (a statement, an address) are text for people; they follow and are left alone.
    const policy = list.enter('policy')
    found.push(oidText(policy.read('policy', TAG.oid), 'policy'))
  }
  return found
}

/** Texts of one choice of GeneralName: 2 is a DNS name, 6 an address. */
function readNames(names: DerReader, choice: number): string[] {
  const found: string[] = []
  while (!names.done) {
    const { tag, ...value } = names.read('name')
    if (tag !== implicitTag(choice)) continue
    const text = textOf({ ...value, tag: TAG.ia5String })
    if (text !== undefined) found.push(text)
  }
  return found
}

function readCrlAddresses(value: Uint8Array): string[] {
  const points = readWhole(value, 'crlDistributionPoints')
  const found: string[] = []
  while (!points.done) {
    const point = points.enter('distribution point')
    // distributionPoint [0] holds fullName [0] or a name relative to the issuer; reasons and issuer may follow.
    if (point.next !== explicitTag(0)) continue
    const name = point.enter('distribution point', explicitTag(0))
    if (name.next !== explicitTag(0)) continue
    found.push(...readNames(name.enter('distribution point', explicitTag(0)), 6))
  }
  return found
}
