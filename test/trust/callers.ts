/**
 * Callers for the tables of good and bad certificates.
 * @module
 */
import type { ErrorCode } from '../../src/core/errors.ts'
import type { TrustLayer, Verdict } from '../../src/core/identity.ts'
import { createTrust } from '../../src/trust/trust.ts'
import {
  connectionOf,
  makeAuthority,
  makeChain,
  makeLeaf,
  makeList,
  NOW,
  optionsOf,
  type Chain,
  type Issuer,
  type LeafSpec,
  type OptionSpec,
} from './made-pki.ts'

const CONNECTIONS = [connectionOf('gemeente')]

/** What a peer presents, and the configuration that it meets. */
export interface Caller {
  readonly presented: readonly Uint8Array[]
  readonly options: OptionSpec
  readonly authorized?: boolean
}

/** The verdict of a fresh judge. */
export function judge({ presented, options, authorized = true }: Caller): Verdict {
  const trust = createTrust(optionsOf(options), {
    connections: () => CONNECTIONS,
    now: () => NOW,
  })
  return trust.judge({ chain: presented, authorized })
}

/** A good caller. */
export const callerOf = ({ presented, root, lists }: Chain): Caller => ({
  presented,
  options: { anchors: [root], lists },
})

/** A caller whose leaf differs from a good one. */
export const withLeaf = (leaf: LeafSpec): Caller => callerOf(makeChain('ec', 3, leaf))

/** A caller of three layers whose issuing authority differs from a good one. */
export function withIssuer(make: (root: Issuer) => Issuer): Caller {
  const root = makeAuthority()
  const issuer = make(root)
  return {
    presented: [makeLeaf(issuer), issuer.der],
    options: { anchors: [root], lists: [makeList(root), makeList(issuer)] },
  }
}

/** A good caller whose options differ. */
export function withOptions(change: (chain: Chain) => Partial<OptionSpec>): Caller {
  const chain = makeChain()
  return { ...callerOf(chain), options: { ...callerOf(chain).options, ...change(chain) } }
}

/** A serial number to revoke. */
export const SERIAL: Uint8Array = Buffer.from('4a0102030405', 'hex')
export const POLICY = '2.16.528.1.1003.1.2.5.6'

/** A case: what is wrong, the layer and code that it must get, and how to make it. */
export type Row = [name: string, layer: TrustLayer, code: ErrorCode, make: () => Caller]
