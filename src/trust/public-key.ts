/**
 * Public keys (SubjectPublicKeyInfo, RFC 5280 4.1.2.7): what kind, how strong, and usable by us or not.
 * @module
 */
import { createPublicKey, type KeyObject } from 'node:crypto'

import {
  bitStringOctets,
  DerError,
  integerBytes,
  oidText,
  readWhole,
  TAG,
  type DerReader,
} from './der.ts'
import { RSA_BITS_MAX, RSA_BITS_MIN } from './limits.ts'
import { CURVE, KEY } from './oids.ts'

export interface PublicKeyFacts {
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'other'
  /** For example `RSA 3072`, `EC P-256` or `Ed25519`. */
  readonly text: string
  /** Why this key is below the floor of DESIGN 8, in English; absent when it is good. */
  readonly weakness?: string
  /** The DER of the whole, which tells keys apart. */
  readonly raw: Uint8Array
}

/** Reads a SubjectPublicKeyInfo. @throws DerError */
export function readPublicKey(reader: DerReader): PublicKeyFacts {
  const value = reader.read('public key', TAG.sequence)
  const info = reader.within(value)
  const algorithm = info.enter('key algorithm')
  const oid = oidText(algorithm.read('key algorithm', TAG.oid), 'key algorithm')
  const parameters = algorithm.done ? undefined : algorithm.read('key parameters')
  algorithm.end('key algorithm')
  const key = bitStringOctets(info.read('key', TAG.bitString), 'key')
  info.end('public key')
  const facts = (
    kind: PublicKeyFacts['kind'],
    text: string,
    weakness?: string,
  ): PublicKeyFacts => ({ kind, text, raw: value.raw, ...(weakness && { weakness }) })

  switch (oid) {
    case KEY.rsa: {
      const { bits, weakness } = measureRsa(key)
      return facts('rsa', `RSA ${bits}`, weakness)
    }
    case KEY.rsaPss:
      // Not in TLS as we run it; certificates of PKIoverheid G4 have ordinary RSA keys and PSS signatures.
      return facts('rsa-pss', `RSA-PSS ${measureRsa(key).bits}`, 'RSA-PSS keys are not supported')
    case KEY.ec: {
      const named = parameters?.tag === TAG.oid ? CURVE[oidText(parameters, 'curve')] : undefined
      return named
        ? facts('ec', `EC ${named}`)
        : facts('ec', 'EC', 'the curve is not P-256, P-384 or P-521')
    }
    case KEY.ed25519:
      return facts('ed25519', 'Ed25519')
    default:
      return facts('other', 'unknown', 'this kind of key is not supported')
  }
}

function measureRsa(key: Uint8Array): { bits: number; weakness?: string } {
  const numbers = readWhole(key, 'RSA key')
  const modulus = integerBytes(numbers.read('modulus', TAG.integer), 'modulus')
  const exponent = integerBytes(numbers.read('exponent', TAG.integer), 'exponent')
  numbers.end('RSA key')
  const [sign = 0] = modulus
  if (sign >= 0x80) throw new DerError('modulus is negative')
  const octets = sign === 0 ? modulus.subarray(1) : modulus
  const bits = octets.length === 0 ? 0 : octets.length * 8 - (Math.clz32(octets[0] ?? 0) - 24)
  if (bits < RSA_BITS_MIN) return { bits, weakness: `RSA of fewer than ${RSA_BITS_MIN} bits` }
  if (bits > RSA_BITS_MAX) return { bits, weakness: `RSA of more than ${RSA_BITS_MAX} bits` }
  const [first = 0] = exponent
  const last = exponent[exponent.length - 1] ?? 0
  // With exponent 1 anyone can sign; even ones are no RSA at all; very long ones only cost time.
  if (
    first >= 0x80 ||
    last % 2 === 0 ||
    exponent.length > 8 ||
    (exponent.length === 1 && last < 3)
  ) {
    return { bits, weakness: 'an RSA exponent that is not safe' }
  }
  return { bits }
}

/** The key for `node:crypto`, or undefined when that cannot use it. */
export function usableKey(facts: PublicKeyFacts): KeyObject | undefined {
  if (facts.weakness !== undefined) return undefined
  try {
    return createPublicKey({ key: Buffer.from(facts.raw), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}
