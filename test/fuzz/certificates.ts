/**
 * Fuzzers of what strangers and issuers hand over in DER: certificates, revocation lists, and chains that ask to be let in.
 * @module
 */
import { X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { parseCertificate } from '../../src/trust/certificate.ts'
import { parseCrl } from '../../src/trust/crl.ts'
import { DerError } from '../../src/trust/der.ts'
import { createTrust } from '../../src/trust/trust.ts'
import type { Chance } from '../support/seeded.ts'
import { connectionOf, makeChain, makeList, NOW, optionsOf, type Chain } from '../trust/made-pki.ts'
import { mutateDer, rewritten } from './der-tree.ts'
import type { Fuzzer, Outcome } from './fuzzer.ts'
import { mutateBytes } from './mutate.ts'

/** Chains of each kind of key, three and four certificates long. */
function makeCorpus(): readonly Chain[] {
  return [makeChain('ec', 3), makeChain('ec', 4), makeChain('rsa', 3), makeChain('rsa-pss', 3)]
}

const spoilt = (chance: Chance, der: Uint8Array): Uint8Array =>
  chance.percent(75) ? mutateDer(chance, der) : mutateBytes(chance, der)

/** Runs a reader: a `DerError` is the refusal that is expected; anything else is thrown on. */
function readOrRefuse<T>(read: (der: Uint8Array) => T, der: Uint8Array): T | undefined {
  try {
    return read(der)
  } catch (thrown) {
    if (thrown instanceof DerError) return undefined
    throw thrown
  }
}

const outcome = (broken: string | undefined): Outcome => ({
  taken: true,
  ...(broken !== undefined && { broken }),
})

export const certificates: Fuzzer = {
  name: 'certificates',
  property:
    'A certificate is refused as unreadable, soon, or read as another reader reads it: number, validity, names and every octet.',
  planted: 'What follows the certificate is overlooked.',
  findsWithin: 1_000,
  slowestMs: 1_000,
  open(isPlanted) {
    const corpus = makeCorpus().flatMap(({ leaf, authorities }) => [
      leaf,
      ...authorities.map(({ der }) => der),
    ])
    const read = isPlanted
      ? (der: Uint8Array) => parseCertificate(der.subarray(0, wholeLength(der)))
      : parseCertificate
    return {
      make: (chance) => {
        const der = spoilt(chance, chance.oneOf(corpus))
        return chance.percent(5) ? Buffer.concat([der, Buffer.of(chance.below(256))]) : der
      },
      attempt(input) {
        const ours = readOrRefuse(read, input)
        if (ours === undefined) return { taken: false }
        return outcome(
          faultInOctets(input) ?? faultBeside(input, ours.serial, [ours.notBefore, ours.notAfter]),
        )
      },
      close: () => {},
    }
  },
}

/** Length of the first value, as its head has it. */
function wholeLength(der: Uint8Array): number {
  const [, first = 0, high = 0, low = 0] = der
  if (first < 0x80) return 2 + first
  return first === 0x81 ? 3 + high : 4 + high * 256 + low
}

function faultInOctets(der: Uint8Array): string | undefined {
  const again = rewritten(der)
  if (again === undefined) return 'read, though it is not one value of DER'
  return Buffer.compare(again, der) === 0 ? undefined : 'read, though it is not DER'
}

function faultBeside(
  der: Uint8Array,
  serial: string,
  [from, until]: [number, number],
): string | undefined {
  let other: X509Certificate
  try {
    other = new X509Certificate(der)
  } catch {
    // That one is stricter in places that do not matter to us, such as keys on curves that it does not know.
    return undefined
  }
  if (unsigned(other.serialNumber) !== BigInt(`0x${serial}`)) return 'another serial number'
  const isSameTerm = Date.parse(other.validFrom) === from && Date.parse(other.validTo) === until
  return isSameTerm ? undefined : 'another term of validity'
}

/** Some issuers forget the sign octet; we take the octets as they are, that reader tells a number below zero. */
function unsigned(hex: string): bigint {
  if (!hex.startsWith('-')) return BigInt(`0x${hex}`)
  const below = BigInt(`0x${hex.slice(1)}`)
  const octets = Math.ceil((below - 1n).toString(2).length / 8)
  const whole = 8 * (below > 1n << BigInt(octets * 8 - 1) ? octets + 1 : octets)
  return BigInt.asUintN(whole, -below)
}

/** Serial numbers with and without a sign octet, long and short. */
const SERIALS = [[1], [127], [128], [0xff, 0xff], [0x80, 0, 0], [3, 0, 1]].map((octets) =>
  Uint8Array.from(octets),
)

export const crls: Fuzzer = {
  name: 'crls',
  property:
    'A revocation list is refused as unreadable, soon, or read as another reader reads it: every revoked number and every octet.',
  planted: 'A revoked number whose first bit is set is lost.',
  findsWithin: 1_000,
  slowestMs: 1_000,
  open(isPlanted) {
    const [chain = makeChain()] = makeCorpus()
    const corpus = [0, 1, 3, 6].map((count) =>
      makeList(chain.root, { revoked: SERIALS.slice(0, count) }),
    )
    return {
      make: (chance) => spoilt(chance, chance.oneOf(corpus)),
      attempt(input) {
        const ours = readOrRefuse(parseCrl, input)
        if (ours === undefined) return { taken: false }
        const isKept = (number: string) => number.length % 2 === 1 || number < '8'
        const revoked = isPlanted ? [...ours.revoked].filter(isKept) : [...ours.revoked]
        return outcome(faultInOctets(input) ?? faultInNumbers(input, revoked))
      },
      close: () => {},
    }
  },
}

function faultInNumbers(der: Uint8Array, revoked: readonly string[]): string | undefined {
  const { asn1 } = forge
  const children = (value: forge.asn1.Asn1 | undefined) =>
    value !== undefined && Array.isArray(value.value) ? value.value : []
  const read = forgeReads(der)
  if (read === undefined) return undefined
  const [body] = children(read)
  // After version, algorithm, issuer and the two times.
  const entries = children(body)[5]
  const listed =
    entries?.type === asn1.Type.SEQUENCE && entries.tagClass === 0 ? entries : undefined
  const numbers = children(listed).map((entry) => {
    const octets = children(entry)[0]?.value
    return BigInt(`0x${Buffer.from(String(octets), 'latin1').toString('hex')}`)
  })
  const missing = numbers.filter((number) => !revoked.some((one) => BigInt(`0x${one}`) === number))
  const isSame = missing.length === 0 && new Set(numbers).size === revoked.length
  return isSame ? undefined : `${numbers.length} numbers in the list, ${revoked.length} read`
}

/** Undefined where that reader looks into values that nobody asks for, and does not like them. */
function forgeReads(der: Uint8Array): forge.asn1.Asn1 | undefined {
  try {
    return forge.asn1.fromDer(Buffer.from(der).toString('latin1'))
  } catch {
    return undefined
  }
}

export const chains: Fuzzer = {
  name: 'chains',
  property: 'Nobody is let in with a chain in which one octet of the own certificate differs.',
  planted: 'A verdict is remembered by the first octets of the certificate.',
  findsWithin: 500,
  slowestMs: 1_000,
  open(isPlanted) {
    const targets = makeCorpus().map((chain) => {
      const connections = [connectionOf('own')]
      const trust = createTrust(optionsOf({ anchors: [chain.root], lists: chain.lists }), {
        connections: () => connections,
        now: () => NOW,
        cacheSize: 16,
      })
      return { chain, trust }
    })
    for (const { chain, trust } of targets) {
      const verdict = trust.judge({ chain: chain.presented, authorized: true })
      if (!verdict.ok) throw new Error(`a good chain is refused: ${verdict.detail}`)
    }
    return {
      make(chance) {
        const number = chance.below(targets.length)
        const leaf = targets[number]?.chain.leaf ?? new Uint8Array()
        return Buffer.concat([Buffer.of(number), spoilt(chance, leaf)])
      },
      attempt(input) {
        const target = targets[input[0] ?? 0]
        if (target === undefined) return { taken: false }
        const { chain, trust } = target
        const given = new Uint8Array(input.subarray(1))
        const isSame = Buffer.compare(given, chain.leaf) === 0
        const isAlike = Buffer.compare(given.subarray(0, 60), chain.leaf.subarray(0, 60)) === 0
        const leaf = isPlanted && isAlike ? chain.leaf : given
        const presented = [leaf, ...chain.presented.slice(1)]
        const { ok } = trust.judge({ chain: presented, authorized: true })
        if (isSame) return ok ? { taken: true } : { taken: false, broken: 'its own is refused' }
        return ok ? { taken: true, broken: 'let in' } : { taken: false }
      },
      close: () => {},
    }
  },
}
