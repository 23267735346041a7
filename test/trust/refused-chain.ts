/**
 * Certificates and chains that are wrong in themselves: layers certificaat, keten and geldigheid.
 * @module
 */
import { generateKeyPairSync, sign } from 'node:crypto'

import * as der from '../../src/trust/development/der-writer.ts'
import * as ext from '../../src/trust/development/extension-writer.ts'
import { signerFor } from '../../src/trust/development/keys.ts'
import { writeName } from '../../src/trust/development/x509-writer.ts'
import { PURPOSE } from '../../src/trust/oids.ts'
import { callerOf, withIssuer, withLeaf, type Row } from './callers.ts'
import {
  authorityExtensions,
  CA_KEY_USAGE,
  DAY,
  keyNamed,
  leafExtensions,
  makeAuthority,
  makeChain,
  makeLeaf,
  makeList,
  NOW,
  OIN,
  subjectParts,
  type Issuer,
} from './made-pki.ts'

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

export const CHAIN_ROWS: readonly Row[] = [
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
]
