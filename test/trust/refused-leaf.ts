/**
 * Certificates for another purpose or of somebody else: layers doel, oin and aansluiting.
 * @module
 */
import { TAG } from '../../src/trust/der.ts'
import * as der from '../../src/trust/development/der-writer.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { ATTRIBUTE, EXTENSION, PURPOSE } from '../../src/trust/oids.ts'
import { POLICY, callerOf, withIssuer, withLeaf, withOptions, type Row } from './callers.ts'
import {
  authorityExtensions,
  DIGITAL_SIGNATURE,
  leafExtensions,
  makeAuthority,
  makeChain,
  makeLeaf,
  makeList,
  OIN,
  subjectParts,
} from './made-pki.ts'

const unknownCritical = ext.extension('1.3.6.1.4.1.99999.1', true, der.nothing())
const nameConstraints = ext.extension(EXTENSION.nameConstraints, true, der.sequence())

export const LEAF_ROWS: readonly Row[] = [
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
    () =>
      withLeaf({
        extensions: [ext.authority(), DIGITAL_SIGNATURE, ext.purposes([PURPOSE.client])],
      }),
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
    'a policy that rests on any policy below an issuer that inhibits it',
    'doel',
    'certificaat-beleid',
    () => {
      const any = ext.policies(['2.5.29.32.0'])
      const inhibit = ext.extension(EXTENSION.inhibitAnyPolicy, true, der.integer(0))
      const root = makeAuthority()
      const first = makeAuthority(
        { commonName: 'First', extensions: [...authorityExtensions(), any, inhibit] },
        root,
      )
      const second = makeAuthority({ extensions: [...authorityExtensions(), any] }, first)
      const leaf = makeLeaf(second, { extensions: [...leafExtensions(), ext.policies([POLICY])] })
      return {
        presented: [leaf, second.der, first.der],
        options: {
          anchors: [root],
          policies: [POLICY],
          lists: [makeList(root), makeList(first), makeList(second)],
        },
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
    'an OIN of another string type',
    'oin',
    'certificaat-zonder-oin',
    () => {
      const text = der.value(TAG.ia5String, Buffer.from(OIN))
      return withLeaf({
        subject: der.sequence(der.set(der.sequence(der.oid(ATTRIBUTE.serialNumber), text))),
      })
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
