/**
 * Certificates that are revoked, or of which nobody can say: layer intrekking.
 * @module
 */
import * as der from '../../src/trust/development/der-writer.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { EXTENSION } from '../../src/trust/oids.ts'
import { SERIAL, callerOf, withIssuer, withOptions, type Row } from './callers.ts'
import { DAY, keyNamed, makeAuthority, makeChain, makeList, NOW } from './made-pki.ts'

export const REVOCATION_ROWS: readonly Row[] = [
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
]
