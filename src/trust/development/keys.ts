/**
 * Keys and signatures of the development authority, by `node:crypto`.
 * @module
 */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto'

import { KEY, MGF1 } from '../oids.ts'
import * as der from './der-writer.ts'

/**
 * How a development PKI signs: `ec` is P-256 with SHA-256, `rsa` RSA with SHA-256, `rsa-pss` RSASSA-PSS with SHA-512
 * and salt 64 over ordinary RSA keys, as PKIoverheid G4 does.
 */
export const ALGORITHMS = ['ec', 'rsa', 'rsa-pss'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

const RSA_BITS = 3072

/** A private key with its public half in the form of a certificate. */
export interface KeyPair {
  readonly privateKey: KeyObject
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Buffer
}

/** A way to sign: what stands in the certificate, and how the signature is made. */
export interface Signer {
  /** DER of the AlgorithmIdentifier. */
  readonly identifier: Buffer
  readonly sign: (bytes: Uint8Array) => Buffer
}

/** Makes a key for an algorithm. RSA takes about half a second. */
export function generateKey(algorithm: Algorithm): KeyPair {
  const { privateKey } =
    algorithm === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: RSA_BITS })
  return pairOf(privateKey)
}

/** Reads a private key in PEM form. @throws Error when it is none */
export function readKey(pem: string): KeyPair {
  return pairOf(createPrivateKey(pem))
}

function pairOf(privateKey: KeyObject): KeyPair {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return { privateKey, spki }
}

/** PKCS#8 PEM of a private key; keep it in a file with mode 0600. */
export function keyPem({ privateKey }: KeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** The way in which this key signs under an algorithm. */
export function signerFor({ privateKey }: KeyPair, algorithm: Algorithm): Signer {
  switch (algorithm) {
    case 'ec':
      return {
        identifier: der.sequence(der.oid('1.2.840.10045.4.3.2')),
        sign: (bytes) => sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' }),
      }
    case 'rsa':
      return {
        identifier: der.sequence(der.oid('1.2.840.113549.1.1.11'), der.nothing()),
        sign: (bytes) => sign('sha256', bytes, privateKey),
      }
    case 'rsa-pss': {
      const sha512 = der.sequence(der.oid('2.16.840.1.101.3.4.2.3'), der.nothing())
      const saltLength = 64
      const parameters = der.sequence(
        der.explicit(0, sha512),
        der.explicit(1, der.sequence(der.oid(MGF1), sha512)),
        der.explicit(2, der.integer(saltLength)),
      )
      const padding = constants.RSA_PKCS1_PSS_PADDING
      return {
        identifier: der.sequence(der.oid(KEY.rsaPss), parameters),
        sign: (bytes) => sign('sha512', bytes, { key: privateKey, padding, saltLength }),
      }
    }
  }
}
