/**
 * Certificates that must get in, in every algorithm and depth, and with every freedom that issuers take.
 */
import { describe, expect, test } from 'bun:test'

import * as der from '../../src/trust/development/der-writer.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { ATTRIBUTE, PURPOSE } from '../../src/trust/oids.ts'
import {
  POLICY,
  SERIAL,
  callerOf,
  judge,
  withIssuer,
  withLeaf,
  withOptions,
  type Caller,
} from './callers.ts'
import {
  authorityExtensions,
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
} from './made-pki.ts'

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
    'in its first and its last second': () => withLeaf({ notBefore: NOW, notAfter: NOW }),
    'below an authority that renewed its own key, which is no level more': () => {
      const root = makeAuthority({ extensions: authorityExtensions(1) })
      const first = makeAuthority({ extensions: authorityExtensions(0) }, root)
      const renewed = makeAuthority({ key: keyNamed('ec', 'renewed') }, first)
      return {
        presented: [makeLeaf(renewed), renewed.der, first.der],
        options: {
          anchors: [root],
          lists: [makeList(root), makeList(first), makeList(renewed)],
        },
      }
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
