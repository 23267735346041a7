/**
 * Who gets in and who does not: certificates that are right, or wrong in one way, and the code that each must get.
 */
import { sign } from 'node:crypto'
import { describe, expect, test } from 'bun:test'

import { ERRORS, type ErrorCode } from '../../src/core/errors.ts'
import type { TrustLayer, Verdict } from '../../src/core/identity.ts'
import { generateKeyPairSync } from 'node:crypto'
import * as der from '../../src/trust/development/der-writer.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { signerFor } from '../../src/trust/development/keys.ts'
import { writeName } from '../../src/trust/development/x509-writer.ts'
import { ATTRIBUTE, EXTENSION, PURPOSE } from '../../src/trust/oids.ts'
import { createTrust } from '../../src/trust/trust.ts'
import {
  authorityExtensions,
  CA_KEY_USAGE,
  connectionOf,
  DAY,
  DIGITAL_SIGNATURE,
  HOUR,
  keyNamed,
  leafExtensions,
  makeAuthority,
  makeChain,
  makeLeaf,
  makeList,
  NOW,
  OIN,
  optionsOf,
  subjectParts,
  type Chain,
  type Issuer,
  type LeafSpec,
  type OptionSpec,
} from './made-pki.ts'

const CONNECTIONS = [connectionOf('gemeente')]

interface Caller {
  readonly presented: readonly Uint8Array[]
  readonly options: OptionSpec
  readonly authorized?: boolean
}

function judge({ presented, options, authorized = true }: Caller): Verdict {
  const trust = createTrust(optionsOf(options), {
    connections: () => CONNECTIONS,
    now: () => NOW,
  })
  return trust.judge({ chain: presented, authorized })
}

const callerOf = ({ presented, root, lists }: Chain): Caller => ({
  presented,
  options: { anchors: [root], lists },
})

/** A caller whose leaf differs from a good one. */
const withLeaf = (leaf: LeafSpec): Caller => callerOf(makeChain('ec', 3, leaf))

/** A caller of three layers whose issuing authority differs from a good one. */
function withIssuer(make: (root: Issuer) => Issuer): Caller {
  const root = makeAuthority()
  const issuer = make(root)
  return {
    presented: [makeLeaf(issuer), issuer.der],
    options: { anchors: [root], lists: [makeList(root), makeList(issuer)] },
  }
}

/** A good caller whose options differ. */
function withOptions(change: (chain: Chain) => Partial<OptionSpec>): Caller {
  const chain = makeChain()
  return { ...callerOf(chain), options: { ...callerOf(chain).options, ...change(chain) } }
}

const SERIAL = Buffer.from('4a0102030405', 'hex')
const unknownCritical = ext.extension('1.3.6.1.4.1.99999.1', true, der.nothing())
const nameConstraints = ext.extension(EXTENSION.nameConstraints, true, der.sequence())
const POLICY = '2.16.528.1.1003.1.2.5.6'

describe('a good certificate gets in', () => {
  for (const algorithm of ['ec', 'rsa', 'rsa-pss'] as const) {
    for (const levels of [2, 3, 4, 5, 6]) {
      test(`${algorithm}, ${levels} levels`, () => {
        const verdict = judge(callerOf(makeChain(algorithm, levels)))
        expect(verdict).toMatchObject({ ok: true, connection: { name: 'gemeente' } })
        expect(verdict.certificate?.oin).toBe(OIN)
      })
    }
  }

  const good: Record<string, () => Caller> = {
    'when the issuing authority is configured instead of sent': () => {
      const { leaf, root, issuer, lists } = makeChain()
      return {
        presented: [leaf],
        options: { anchors: [root], intermediates: [issuer.der], lists },
      }
    },
    'when the root and junk are sent along': () => {
      const chain = makeChain()
      const junk = Buffer.from('not a certificate')
      const presented = [...chain.presented, chain.root.der, junk]
      return { ...callerOf(chain), presented }
    },
    'when the chain is sent in another order': () => {
      const chain = makeChain('ec', 4)
      const [leaf = new Uint8Array(), ...rest] = chain.presented
      return { ...callerOf(chain), presented: [leaf, ...rest.reverse()] }
    },
    'without keyUsage': () =>
      withLeaf({ extensions: [ext.noAuthority(), ext.purposes([PURPOSE.client])] }),
    'without basicConstraints': () =>
      withLeaf({ extensions: [DIGITAL_SIGNATURE, ext.purposes([PURPOSE.client])] }),
    'for client and server': () =>
      withLeaf({ extensions: [ext.purposes([PURPOSE.server, PURPOSE.client])] }),
    'with an unknown extension that is not critical': () =>
      withLeaf({
        extensions: [
          ...leafExtensions(),
          ext.extension('1.3.6.1.4.1.99999.1', false, der.nothing()),
        ],
      }),
    'with the OIN as UTF8String': () =>
      withLeaf({
        subject: der.sequence(
          der.set(der.sequence(der.oid(ATTRIBUTE.serialNumber), der.utf8String(OIN))),
        ),
      }),
    'with the OIN in a part of several values': () =>
      withLeaf({
        subject: der.sequence(
          der.set(
            der.sequence(der.oid(ATTRIBUTE.commonName), der.utf8String('gemeente')),
            der.sequence(der.oid(ATTRIBUTE.serialNumber), der.printableString(OIN)),
          ),
        ),
      }),
    'below an authority that allows any purpose': () =>
      withIssuer((root) =>
        makeAuthority(
          { extensions: [...authorityExtensions(), ext.purposes([PURPOSE.any])] },
          root,
        ),
      ),
    'with the policy of the anchor': () => {
      const root = makeAuthority()
      const issuer = makeAuthority(
        { extensions: [...authorityExtensions(), ext.policies(['2.5.29.32.0'])] },
        root,
      )
      const leaf = makeLeaf(issuer, { extensions: [...leafExtensions(), ext.policies([POLICY])] })
      return {
        presented: [leaf, issuer.der],
        options: {
          anchors: [root],
          policies: ['1.2.3', POLICY],
          lists: [makeList(root), makeList(issuer)],
        },
      }
    },
    'without any list when unknown revocation is accepted': () =>
      withOptions(() => ({ lists: [], onUnknown: 'accept' })),
    'in the last moment of a list': () =>
      withOptions(({ authorities }) => ({
        lists: authorities.map((one) => makeList(one, { nextUpdate: NOW + 1000 })),
      })),
    'when a newer list no longer holds it': () => {
      const chain = makeChain('ec', 3, { serial: SERIAL })
      const older = makeList(chain.issuer, { revoked: [SERIAL], thisUpdate: NOW - 3 * HOUR })
      return {
        ...callerOf(chain),
        options: { anchors: [chain.root], lists: [older, ...chain.lists] },
      }
    },
    'by the good one of two authorities with one name': () => {
      const root = makeAuthority()
      const issuer = makeAuthority({}, root)
      const other = makeAuthority({ key: keyNamed('ec', 'other') }, root)
      return {
        presented: [makeLeaf(issuer), other.der, issuer.der],
        options: { anchors: [root], lists: [makeList(root), makeList(issuer), makeList(other)] },
      }
    },
    'by the good one of two paths when the other has expired': () => {
      const root = makeAuthority()
      const other = makeAuthority({ commonName: 'Other root', key: keyNamed('ec', 'other') })
      const good = makeAuthority({}, root)
      const expired = makeAuthority({ notAfter: NOW - DAY }, other)
      return {
        presented: [makeLeaf(good), expired.der, good.der],
        options: {
          anchors: [other, root],
          lists: [makeList(root), makeList(other), makeList(good)],
        },
      }
    },
  }
  for (const [name, make] of Object.entries(good)) {
    test(name, () => expect(judge(make())).toMatchObject({ ok: true }))
  }
})

const weakKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
const weakSpki = weakKey.publicKey.export({ type: 'spki', format: 'der' })
const k256 = (() => {
  // secp256k1 is not on the list; only its name stands in the key, the point is any other.
  const spki = Buffer.from(keyNamed('ec', 'leaf').spki)
  return der.sequence(
    der.sequence(der.oid('1.2.840.10045.2.1'), der.oid('1.3.132.0.10')),
    der.bitString(spki.subarray(-65)),
  )
})()

type Row = [name: string, layer: TrustLayer, code: ErrorCode, make: () => Caller]

const REFUSED: Row[] = [
  // certificaat
  [
    'nothing presented',
    'certificaat',
    'certificaat-ontbreekt',
    () => ({ ...withLeaf({}), presented: [] }),
  ],
  [
    'not a certificate',
    'certificaat',
    'certificaat-onleesbaar',
    () => ({ ...withLeaf({}), presented: [Buffer.from('hello')] }),
  ],
  [
    'an empty certificate',
    'certificaat',
    'certificaat-onleesbaar',
    () => ({ ...withLeaf({}), presented: [new Uint8Array()] }),
  ],
  [
    'bytes behind the certificate',
    'certificaat',
    'certificaat-onleesbaar',
    () => {
      const caller = withLeaf({})
      const [leaf = new Uint8Array(), ...rest] = caller.presented
      return { ...caller, presented: [Buffer.concat([leaf, Buffer.of(0)]), ...rest] }
    },
  ],
  [
    'the same extension twice',
    'certificaat',
    'certificaat-onleesbaar',
    () => withLeaf({ extensions: [...leafExtensions(), ext.purposes([PURPOSE.server])] }),
  ],
  [
    'eleven certificates',
    'certificaat',
    'certificaat-onleesbaar',
    () => {
      const caller = withLeaf({})
      return {
        ...caller,
        presented: [...caller.presented, ...Array<Uint8Array>(9).fill(Buffer.from('junk'))],
      }
    },
  ],

  // keten
  [
    'self-signed',
    'keten',
    'certificaat-zelfondertekend',
    () => {
      const key = keyNamed('ec', 'self')
      const name = writeName(subjectParts())
      const self: Issuer = { name, key, algorithm: 'ec', der: new Uint8Array() }
      return { ...withLeaf({}), presented: [makeLeaf(self, { subject: name, key })] }
    },
  ],
  [
    'the root itself',
    'keten',
    'certificaat-zelfondertekend',
    () => {
      const chain = makeChain()
      return { ...callerOf(chain), presented: [chain.root.der] }
    },
  ],
  [
    'an unknown root',
    'keten',
    'certificaat-keten',
    () => {
      const rogue = makeAuthority({ commonName: 'Rogue' })
      const between = makeAuthority({ commonName: 'Rogue 2' }, rogue)
      return { ...withLeaf({}), presented: [makeLeaf(between), between.der, rogue.der] }
    },
  ],
  [
    'an issuing authority that was not sent',
    'keten',
    'certificaat-keten',
    () => {
      const caller = withLeaf({})
      return { ...caller, presented: caller.presented.slice(0, 1) }
    },
  ],
  [
    'a look-alike chain with the same names',
    'keten',
    'certificaat-handtekening',
    () => {
      const rogue = makeAuthority({ key: keyNamed('ec', 'rogue root') })
      const between = makeAuthority(
        { commonName: 'Issuing 1', key: keyNamed('ec', 'rogue') },
        rogue,
      )
      return { ...withLeaf({}), presented: [makeLeaf(between), between.der, rogue.der] }
    },
  ],
  [
    'a look-alike leaf below the real issuing authority',
    'keten',
    'certificaat-handtekening',
    () => {
      const chain = makeChain()
      const rogue: Issuer = { ...chain.issuer, key: keyNamed('ec', 'rogue') }
      return { ...callerOf(chain), presented: [makeLeaf(rogue), chain.issuer.der] }
    },
  ],
  [
    'a leaf that was changed after signing',
    'keten',
    'certificaat-handtekening',
    () => {
      const caller = withLeaf({})
      const [leaf = new Uint8Array(), ...rest] = caller.presented
      const forged = Buffer.from(leaf)
      forged.write('9', forged.indexOf(OIN) + OIN.length - 1)
      return { ...caller, presented: [forged, ...rest] }
    },
  ],
  [
    'a leaf that acts as an authority',
    'keten',
    'certificaat-uitgever',
    () =>
      withIssuer((root) =>
        makeAuthority({ commonName: 'A leaf', extensions: leafExtensions() }, root),
      ),
  ],
  [
    'an authority without CA flag',
    'keten',
    'certificaat-uitgever',
    () => withIssuer((root) => makeAuthority({ extensions: [CA_KEY_USAGE] }, root)),
  ],
  [
    'an authority without keyCertSign',
    'keten',
    'certificaat-uitgever',
    () =>
      withIssuer((root) =>
        makeAuthority(
          { extensions: [ext.authority(), ext.keyUsage([ext.KEY_USAGE.crlSign])] },
          root,
        ),
      ),
  ],
  [
    'an authority without keyUsage',
    'keten',
    'certificaat-uitgever',
    () => withIssuer((root) => makeAuthority({ extensions: [ext.authority()] }, root)),
  ],
  [
    'more authorities than one of them allows',
    'keten',
    'certificaat-uitgever',
    () => {
      const root = makeAuthority({ extensions: authorityExtensions(0) })
      return {
        ...withIssuer(() => makeAuthority({}, root)),
        options: { anchors: [root], lists: [] },
      }
    },
  ],
  ['seven levels', 'keten', 'certificaat-keten', () => callerOf(makeChain('ec', 7))],
  [
    'two authorities that issued each other',
    'keten',
    'certificaat-keten',
    () => {
      const one = makeAuthority({ commonName: 'One' })
      const two = makeAuthority({ commonName: 'Two' }, one)
      const loop = makeAuthority({ commonName: 'One', key: one.key }, two)
      return { ...withLeaf({}), presented: [makeLeaf(loop), loop.der, two.der] }
    },
  ],
  [
    'a good path that TLS does not accept',
    'keten',
    'certificaat-keten',
    () => ({ ...withLeaf({}), authorized: false }),
  ],
  [
    'a key of 1024 bits',
    'keten',
    'certificaat-handtekening',
    () => withLeaf({ key: { privateKey: weakKey.privateKey, spki: weakSpki } }),
  ],
  [
    'a key on another curve',
    'keten',
    'certificaat-handtekening',
    () => withLeaf({ key: { ...keyNamed('ec', 'leaf'), spki: k256 } }),
  ],
  [
    'a signature with SHA-1',
    'keten',
    'certificaat-handtekening',
    () => {
      const { privateKey } = keyNamed('rsa', 'Issuing 1')
      const identifier = der.sequence(der.oid('1.2.840.113549.1.1.5'), der.nothing())
      const sha1 = { identifier, sign: (bytes: Uint8Array) => sign('sha1', bytes, privateKey) }
      return callerOf(makeChain('rsa', 3, { signer: sha1 }))
    },
  ],
  [
    'a PSS signature that leaves its parameters out',
    'keten',
    'certificaat-handtekening',
    () => {
      const good = signerFor(keyNamed('rsa', 'Issuing 1'), 'rsa-pss')
      const identifier = der.sequence(der.oid('1.2.840.113549.1.1.10'))
      return callerOf(makeChain('rsa-pss', 3, { signer: { ...good, identifier } }))
    },
  ],

  // geldigheid
  [
    'a leaf of tomorrow',
    'geldigheid',
    'certificaat-nog-niet-geldig',
    () => withLeaf({ notBefore: NOW + DAY }),
  ],
  [
    'a leaf of yesterday',
    'geldigheid',
    'certificaat-verlopen',
    () => withLeaf({ notAfter: NOW - DAY }),
  ],
  [
    'an issuing authority of yesterday',
    'geldigheid',
    'certificaat-verlopen',
    () => withIssuer((root) => makeAuthority({ notAfter: NOW - DAY }, root)),
  ],
  [
    'a root of yesterday',
    'geldigheid',
    'certificaat-verlopen',
    () => {
      const root = makeAuthority({ notAfter: NOW - DAY })
      return { presented: [makeLeaf(root)], options: { anchors: [root], lists: [makeList(root)] } }
    },
  ],

  // intrekking
  [
    'a revoked leaf',
    'intrekking',
    'certificaat-ingetrokken',
    () => {
      const chain = makeChain('ec', 3, { serial: SERIAL })
      const list = makeList(chain.issuer, { revoked: [Buffer.of(1), SERIAL] })
      return {
        ...callerOf(chain),
        options: { anchors: [chain.root], lists: [makeList(chain.root), list] },
      }
    },
  ],
  [
    'a revoked issuing authority',
    'intrekking',
    'certificaat-ingetrokken',
    () => {
      const caller = withIssuer((root) => makeAuthority({ serial: SERIAL }, root))
      const [root = makeAuthority()] = caller.options.anchors
      const lists = [makeList(root, { revoked: [SERIAL] }), ...caller.options.lists.slice(1)]
      return { ...caller, options: { anchors: [root], lists } }
    },
  ],
  [
    'a leaf on a list that is past its term',
    'intrekking',
    'certificaat-ingetrokken',
    () => {
      const chain = makeChain('ec', 3, { serial: SERIAL })
      const old = { thisUpdate: NOW - 20 * DAY, nextUpdate: NOW - 10 * DAY }
      const list = makeList(chain.issuer, { ...old, revoked: [SERIAL] })
      return {
        ...callerOf(chain),
        options: { anchors: [chain.root], lists: [makeList(chain.root), list] },
      }
    },
  ],
  [
    'a revoked leaf where unknown revocation is accepted',
    'intrekking',
    'certificaat-ingetrokken',
    () => {
      const chain = makeChain('ec', 3, { serial: SERIAL })
      const lists = [makeList(chain.issuer, { revoked: [SERIAL] })]
      return { ...callerOf(chain), options: { anchors: [chain.root], lists, onUnknown: 'accept' } }
    },
  ],
  [
    'no list at all',
    'intrekking',
    'certificaat-intrekking-onbekend',
    () => withOptions(() => ({ lists: [] })),
  ],
  [
    'no list of the root',
    'intrekking',
    'certificaat-intrekking-onbekend',
    () => withOptions(({ issuer }) => ({ lists: [makeList(issuer)] })),
  ],
  [
    'a list past its nextUpdate',
    'intrekking',
    'certificaat-intrekking-onbekend',
    () =>
      withOptions(({ authorities }) => ({
        lists: authorities.map((one) => makeList(one, { nextUpdate: NOW - 1000 })),
      })),
  ],
  [
    'a list obtained longer ago than maxAge',
    'intrekking',
    'certificaat-intrekking-onbekend',
    () => withOptions(() => ({ obtainedAt: NOW - DAY })),
  ],
  [
    'a list of the future',
    'intrekking',
    'certificaat-intrekking-onbekend',
    () =>
      withOptions(({ authorities }) => ({
        lists: authorities.map((one) => makeList(one, { thisUpdate: NOW + DAY })),
      })),
  ],
  [
    'a list signed by another key',
    'intrekking',
    'certificaat-intrekking-onbekend',
    () =>
      withOptions(({ root, issuer }) => ({
        lists: [makeList(root), makeList(issuer, { key: keyNamed('ec', 'rogue') })],
      })),
  ],
  [
    'a list of an authority that may not sign lists',
    'intrekking',
    'certificaat-intrekking-onbekend',
    () =>
      withIssuer((root) =>
        makeAuthority(
          { extensions: [ext.authority(), ext.keyUsage([ext.KEY_USAGE.keyCertSign])] },
          root,
        ),
      ),
  ],
  ...[
    ['a delta list', EXTENSION.deltaCrl],
    ['a list for a part of the certificates', EXTENSION.issuingDistributionPoint],
    ['a list with an unknown critical extension', '1.3.6.1.4.1.99999.2'],
  ].map(([name = '', oid = '']): Row => [
    name,
    'intrekking',
    'certificaat-intrekking-onbekend',
    () =>
      withOptions(({ root, issuer }) => ({
        lists: [
          makeList(root),
          makeList(issuer, { extensions: [ext.extension(oid, true, der.integer(1))] }),
        ],
      })),
  ]),

  // doel
  [
    'a certificate for a server only',
    'doel',
    'certificaat-doel',
    () => withLeaf({ extensions: [ext.noAuthority(), ext.purposes([PURPOSE.server])] }),
  ],
  [
    'a certificate without purpose',
    'doel',
    'certificaat-doel',
    () => withLeaf({ extensions: [DIGITAL_SIGNATURE] }),
  ],
  [
    'a certificate for any purpose',
    'doel',
    'certificaat-doel',
    () => withLeaf({ extensions: [ext.purposes([PURPOSE.any])] }),
  ],
  [
    'a key that may not sign',
    'doel',
    'certificaat-doel',
    () =>
      withLeaf({
        extensions: [ext.keyUsage([ext.KEY_USAGE.keyEncipherment]), ext.purposes([PURPOSE.client])],
      }),
  ],
  [
    'an issuing authority as the caller',
    'doel',
    'certificaat-doel',
    () => withLeaf({ extensions: [...authorityExtensions(), ext.purposes([PURPOSE.client])] }),
  ],
  [
    'below an authority for servers only',
    'doel',
    'certificaat-doel',
    () =>
      withIssuer((root) =>
        makeAuthority(
          { extensions: [...authorityExtensions(), ext.purposes([PURPOSE.server])] },
          root,
        ),
      ),
  ],
  [
    'an unknown critical extension on the leaf',
    'doel',
    'certificaat-uitbreiding',
    () => withLeaf({ extensions: [...leafExtensions(), unknownCritical] }),
  ],
  [
    'an unknown critical extension on an authority',
    'doel',
    'certificaat-uitbreiding',
    () =>
      withIssuer((root) =>
        makeAuthority({ extensions: [...authorityExtensions(), unknownCritical] }, root),
      ),
  ],
  [
    'name constraints',
    'doel',
    'certificaat-uitbreiding',
    () =>
      withIssuer((root) =>
        makeAuthority({ extensions: [...authorityExtensions(), nameConstraints] }, root),
      ),
  ],
  [
    'no policy where one is asked',
    'doel',
    'certificaat-beleid',
    () => withOptions(() => ({ policies: [POLICY] })),
  ],
  [
    'a policy that the issuing authority does not have',
    'doel',
    'certificaat-beleid',
    () => {
      const chain = makeChain('ec', 3, {
        extensions: [...leafExtensions(), ext.policies([POLICY])],
      })
      return { ...callerOf(chain), options: { ...callerOf(chain).options, policies: [POLICY] } }
    },
  ],
  [
    'any policy on the leaf',
    'doel',
    'certificaat-beleid',
    () => {
      const root = makeAuthority()
      const any = ext.policies(['2.5.29.32.0'])
      const leaf = makeLeaf(root, { extensions: [...leafExtensions(), any] })
      return {
        presented: [leaf],
        options: { anchors: [root], policies: [POLICY], lists: [makeList(root)] },
      }
    },
  ],
  [
    'an issuer that demands a policy',
    'doel',
    'certificaat-beleid',
    () => {
      const demand = der.sequence(der.value(0x80, Buffer.of(0)))
      const constraints = ext.extension(EXTENSION.policyConstraints, true, demand)
      return withIssuer((root) =>
        makeAuthority({ extensions: [...authorityExtensions(), constraints] }, root),
      )
    },
  ],

  // oin
  ...(
    [
      ['no serialNumber', [[ATTRIBUTE.commonName, OIN]]],
      ['two serialNumbers', subjectParts([ATTRIBUTE.serialNumber, '00000099000000002000'])],
      ['the same serialNumber twice', subjectParts([ATTRIBUTE.serialNumber, OIN])],
      ['a second serialNumber that is no OIN', subjectParts([ATTRIBUTE.serialNumber, 'A1'])],
      ['nineteen digits', [[ATTRIBUTE.serialNumber, OIN.slice(1)]]],
      ['twenty-one digits', [[ATTRIBUTE.serialNumber, `${OIN}0`]]],
      ['a line feed behind the OIN', [[ATTRIBUTE.serialNumber, `${OIN}\n`]]],
      ['another OIN injected into a name', [[ATTRIBUTE.commonName, `x\nserialNumber=${OIN}`]]],
      ['another OIN injected with a comma', [[ATTRIBUTE.organisation, `x, serialNumber=${OIN}`]]],
    ] as const
  ).map(([name, parts]): Row => [name, 'oin', 'certificaat-zonder-oin', () => withLeaf({ parts })]),
  [
    'two serialNumbers in one part',
    'oin',
    'certificaat-zonder-oin',
    () => {
      const one = (text: string) =>
        der.sequence(der.oid(ATTRIBUTE.serialNumber), der.printableString(text))
      return withLeaf({ subject: der.sequence(der.set(one(OIN), one('00000099000000002000'))) })
    },
  ],
  [
    'an OIN of twenty digits in another script',
    'oin',
    'certificaat-zonder-oin',
    () =>
      withLeaf({
        subject: der.sequence(
          der.set(
            der.sequence(der.oid(ATTRIBUTE.serialNumber), der.utf8String('\u0660'.repeat(20))),
          ),
        ),
      }),
  ],
  [
    'a test OIN in production',
    'oin',
    'certificaat-test-oin',
    () => withOptions(() => ({ environment: 'productie' })),
  ],

  // aansluiting
  [
    'an OIN of nobody',
    'aansluiting',
    'aansluiting-onbekend',
    () => withLeaf({ parts: [[ATTRIBUTE.serialNumber, '00000099000000009000']] }),
  ],
]

describe('a bad certificate is refused, and the first layer that failed is named', () => {
  for (const [name, layer, code, make] of REFUSED) {
    test(`${layer}: ${name}`, () => {
      const verdict = judge(make())
      expect(verdict).toMatchObject({ ok: false, layer, code })
    })
  }
})

test('every code of the certificate group is given by at least one of these cases', () => {
  const tried = new Set(REFUSED.map(([, , code]) => code))
  const group = (Object.keys(ERRORS) as ErrorCode[]).filter(
    (code) => code.startsWith('certificaat-') || code === 'aansluiting-onbekend',
  )
  expect(group.filter((code) => !tried.has(code))).toEqual([])
})

test('of several faults the one of the first layer is named', () => {
  const faults: [LeafSpec, ErrorCode][] = [
    [{ parts: [[ATTRIBUTE.commonName, 'x']] }, 'certificaat-zonder-oin'],
    [{ extensions: [ext.purposes([PURPOSE.server])] }, 'certificaat-doel'],
    [{ serial: SERIAL }, 'certificaat-ingetrokken'],
    [{ notAfter: NOW - DAY }, 'certificaat-verlopen'],
  ]
  let all: LeafSpec = {}
  for (const [fault, code] of faults) {
    all = { ...all, ...fault }
    const chain = makeChain('ec', 3, all)
    const lists = [makeList(chain.root), makeList(chain.issuer, { revoked: [SERIAL] })]
    const options = { anchors: [chain.root], lists }
    // TLS does not accept what has expired either; ours says why.
    const verdict = judge({
      ...callerOf(chain),
      options,
      authorized: code !== 'certificaat-verlopen',
    })
    expect(verdict).toMatchObject({ ok: false, code })
  }
})

test('a refusal repeats nothing of the certificate in its sentence', () => {
  const marker = 'Zwartboek'
  for (const [name, , , make] of REFUSED) {
    const verdict = judge(make())
    expect([name, verdict.ok ? '' : verdict.detail]).not.toContain(marker)
    // Twenty digits, hex of some length, or a name of an attribute have no place in it.
    expect(verdict.ok ? '' : verdict.detail).not.toMatch(/[0-9a-f]{8}|=|Voorbeeldstad|Made for/)
  }
  const verdict = judge(withLeaf({ parts: [[ATTRIBUTE.organisation, marker]] }))
  expect(verdict.ok ? '' : verdict.detail).toContain('serialNumber')
  expect(verdict.ok ? '' : verdict.detail).not.toContain(marker)
})

test('a name that tries to break out of its line is shown escaped', () => {
  const verdict = judge(
    withLeaf({ parts: subjectParts([ATTRIBUTE.commonName, 'a\n\u202eb, O=c']) }),
  )
  expect(verdict.ok).toBe(true)
  expect(verdict.certificate?.subject).toEndWith('CN=a\\u{a}\\u{202e}b\\, O\\=c')
})
