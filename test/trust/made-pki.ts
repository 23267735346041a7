/**
 * Certificates made for one test, in memory, good or bad in exactly one way.
 * @module
 */
import type { Connection } from '../../src/core/directory.ts'
import type { Environment } from '../../src/core/settings.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import {
  generateKey,
  signerFor,
  type Algorithm,
  type KeyPair,
  type Signer,
} from '../../src/trust/development/keys.ts'
import {
  writeCertificate,
  writeCrl,
  writeName,
  type NameParts,
} from '../../src/trust/development/x509-writer.ts'
import type { TrustOptions } from '../../src/trust/material.ts'
import { ATTRIBUTE, PURPOSE } from '../../src/trust/oids.ts'

export const NOW: number = Date.parse('2027-03-01T12:00:00Z')
export const DAY = 86_400_000
export const HOUR = 3_600_000
export const OIN = '00000099000000001000'

/** An authority that can sign: everything in it may be wrong. */
export interface Issuer {
  readonly name: Uint8Array
  readonly key: KeyPair
  readonly algorithm: Algorithm
  readonly der: Uint8Array
}

const keys = new Map<string, KeyPair>()

/** A key by label, made once per run: RSA keys take half a second each. */
export function keyNamed(algorithm: Algorithm, label: string): KeyPair {
  const kind = algorithm === 'ec' ? 'ec' : 'rsa'
  const found = keys.get(`${kind} ${label}`) ?? generateKey(kind)
  keys.set(`${kind} ${label}`, found)
  return found
}

export interface AuthoritySpec {
  readonly commonName?: string
  readonly organisation?: string
  readonly algorithm?: Algorithm
  readonly key?: KeyPair
  readonly extensions?: readonly Uint8Array[]
  readonly notBefore?: number
  readonly notAfter?: number
  readonly serial?: Uint8Array
  readonly signer?: Signer
}

const CA_USAGE = ext.keyUsage([ext.KEY_USAGE.keyCertSign, ext.KEY_USAGE.crlSign])

/** Extensions of a good authority. */
export const authorityExtensions = (pathLength?: number): Uint8Array[] => [
  ext.authority(pathLength),
  CA_USAGE,
]

export const CA_KEY_USAGE: Uint8Array = CA_USAGE

export function makeAuthority(spec: AuthoritySpec = {}, above?: Issuer): Issuer {
  const algorithm = spec.algorithm ?? above?.algorithm ?? 'ec'
  const commonName = spec.commonName ?? (above ? 'Issuing' : 'Root')
  const key = spec.key ?? keyNamed(algorithm, commonName)
  const name = writeName([
    [ATTRIBUTE.country, 'NL'],
    [ATTRIBUTE.organisation, spec.organisation ?? 'Made for a test'],
    [ATTRIBUTE.commonName, commonName],
  ])
  const der = writeCertificate(
    {
      issuer: above?.name ?? name,
      subject: name,
      notBefore: spec.notBefore ?? NOW - 100 * DAY,
      notAfter: spec.notAfter ?? NOW + 1000 * DAY,
      spki: key.spki,
      extensions: spec.extensions ?? authorityExtensions(),
      ...(spec.serial && { serial: spec.serial }),
    },
    spec.signer ?? signerFor(above?.key ?? key, above?.algorithm ?? algorithm),
  )
  return { name, key, algorithm, der }
}

export interface LeafSpec {
  readonly subject?: Uint8Array
  readonly parts?: NameParts
  readonly key?: KeyPair
  readonly extensions?: readonly Uint8Array[]
  readonly notBefore?: number
  readonly notAfter?: number
  readonly serial?: Uint8Array
  readonly signer?: Signer
}

export const DIGITAL_SIGNATURE: Uint8Array = ext.keyUsage([ext.KEY_USAGE.digitalSignature])

/** Extensions of a good leaf. */
export const leafExtensions = (): Uint8Array[] => [
  ext.noAuthority(),
  DIGITAL_SIGNATURE,
  ext.purposes([PURPOSE.client]),
]

/** Subject of a good leaf, with further attributes. */
export const subjectParts = (...more: NameParts): NameParts => [
  [ATTRIBUTE.country, 'NL'],
  [ATTRIBUTE.organisation, 'Gemeente Voorbeeldstad'],
  [ATTRIBUTE.serialNumber, OIN],
  ...more,
]

export function makeLeaf(issuer: Issuer, spec: LeafSpec = {}): Uint8Array {
  const key = spec.key ?? keyNamed(issuer.algorithm, 'leaf')
  return writeCertificate(
    {
      issuer: issuer.name,
      subject: spec.subject ?? writeName(spec.parts ?? subjectParts()),
      notBefore: spec.notBefore ?? NOW - 10 * DAY,
      notAfter: spec.notAfter ?? NOW + 100 * DAY,
      spki: key.spki,
      extensions: spec.extensions ?? leafExtensions(),
      ...(spec.serial && { serial: spec.serial }),
    },
    spec.signer ?? signerFor(issuer.key, issuer.algorithm),
  )
}

export interface ListSpec {
  readonly revoked?: readonly Uint8Array[]
  readonly thisUpdate?: number
  readonly nextUpdate?: number
  readonly extensions?: readonly Uint8Array[]
  readonly key?: KeyPair
}

export function makeList(issuer: Issuer, spec: ListSpec = {}): Uint8Array {
  return writeCrl(
    {
      issuer: issuer.name,
      number: 1,
      thisUpdate: spec.thisUpdate ?? NOW - HOUR,
      nextUpdate: spec.nextUpdate ?? NOW + 10 * DAY,
      revoked: (spec.revoked ?? []).map((serial) => ({ serial, at: NOW - 2 * HOUR })),
      ...(spec.extensions && { extensions: spec.extensions }),
    },
    signerFor(spec.key ?? issuer.key, issuer.algorithm),
  )
}

export interface OptionSpec {
  readonly environment?: Environment
  readonly anchors: readonly Issuer[]
  readonly policies?: readonly string[]
  readonly intermediates?: readonly Uint8Array[]
  readonly lists: readonly Uint8Array[]
  readonly obtainedAt?: number
  readonly maxAgeMs?: number
  readonly onUnknown?: 'refuse' | 'accept'
}

export function optionsOf(spec: OptionSpec): TrustOptions {
  return {
    environment: spec.environment ?? 'test',
    anchors: spec.anchors.map(({ der }) => ({
      name: 'root.pem',
      bytes: der,
      identity: 'oin',
      policies: spec.policies ?? [],
    })),
    intermediates: (spec.intermediates ?? []).map((bytes) => ({ name: 'between.pem', bytes })),
    crls: spec.lists.map((bytes) => ({
      name: 'list.crl',
      bytes,
      ...(spec.obtainedAt !== undefined && { obtainedAt: spec.obtainedAt }),
    })),
    revocation: { maxAgeMs: spec.maxAgeMs ?? DAY, onUnknown: spec.onUnknown ?? 'refuse' },
  }
}

export const connectionOf = (
  name: string,
  oin: string = OIN,
  narrow: Partial<Connection['narrow']> = {},
): Connection => ({
  name,
  oin,
  narrow: { fingerprints: [], ...narrow },
  kind: 'own',
  participants: [],
})

/** A good chain, for one algorithm: root, as many authorities as asked, leaf. */
export interface Chain {
  /** The root first. */
  readonly authorities: readonly Issuer[]
  readonly root: Issuer
  readonly issuer: Issuer
  readonly leaf: Uint8Array
  /** As a peer presents it: leaf first, without the root. */
  readonly presented: readonly Uint8Array[]
  /** A current list of every authority. */
  readonly lists: readonly Uint8Array[]
}

/** @param levels certificates in all, leaf and root included */
export function makeChain(algorithm: Algorithm = 'ec', levels = 3, leaf: LeafSpec = {}): Chain {
  const root = makeAuthority({ algorithm })
  const authorities = [root]
  for (let level = 1; level < levels - 1; level += 1) {
    authorities.push(
      makeAuthority({ commonName: `Issuing ${level}` }, authorities[authorities.length - 1]),
    )
  }
  const issuer = authorities[authorities.length - 1] ?? root
  const end = makeLeaf(issuer, leaf)
  return {
    authorities,
    root,
    issuer,
    leaf: end,
    presented: [
      end,
      ...authorities
        .slice(1)
        .reverse()
        .map(({ der }) => der),
    ],
    lists: authorities.map((authority) => makeList(authority)),
  }
}
