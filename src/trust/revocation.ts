/**
 * Whether a certificate was revoked, as far as the lists in hand can tell (DESIGN 7, `revocation`).
 *
 * Only the newest list that its issuer really signed counts. It is current from `thisUpdate` until `nextUpdate`, and no longer
 * than `maxAge` after it was obtained: an issuer publishes a revocation within hours, long before `nextUpdate`.
 * A certificate on a list that is no longer current stays revoked; one that is not on it is unknown.
 * @module
 */
import type { Instant } from '../core/message.ts'
import { type Certificate } from './certificate.ts'
import type { Crl } from './crl.ts'
import { CLOCK_SKEW_MS } from './limits.ts'
import { isSignedBy } from './signature.ts'

/** A list and when we last had it from its publisher. */
export interface CrlInHand {
  readonly crl: Crl
  readonly obtainedAt: Instant
}

export interface RevocationPolicy {
  readonly maxAgeMs: number
  /** What to do with a certificate whose issuer has no current list here. */
  readonly onUnknown: 'refuse' | 'accept'
}

/** `why` is an English phrase for the operator. */
export type RevocationStatus =
  | { readonly kind: 'good'; readonly why: string }
  | { readonly kind: 'revoked'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string }

const nameKey = (raw: Uint8Array): string => Buffer.from(raw).toString('base64')

/** The lists of one trust generation, by issuer. Each signature is checked once per issuing key. */
export class RevocationLists {
  readonly policy: RevocationPolicy
  readonly #byIssuer: ReadonlyMap<string, readonly CrlInHand[]>
  readonly #genuine = new Map<string, CrlInHand | undefined>()

  constructor(lists: readonly CrlInHand[], policy: RevocationPolicy) {
    this.policy = policy
    const newestFirst = lists.toSorted((a, b) => b.crl.thisUpdate - a.crl.thisUpdate)
    this.#byIssuer = Map.groupBy(newestFirst, ({ crl }) => nameKey(crl.issuer.raw))
  }

  /** Instants at which the answer for some certificate changes by itself. */
  get turningPoints(): readonly Instant[] {
    return [...this.#byIssuer.values()]
      .flat()
      .flatMap((list) => [this.#currentFrom(list), this.#currentUntil(list)])
  }

  status(certificate: Certificate, issuer: Certificate, at: Instant): RevocationStatus {
    const list = this.#newestOf(issuer)
    if (!list) return { kind: 'unknown', why: this.#whyNone(issuer) }
    if (list.crl.revoked.has(certificate.serial)) {
      return { kind: 'revoked', why: `serial ${certificate.serial} is on the list of its issuer` }
    }
    if (at < this.#currentFrom(list)) {
      return { kind: 'unknown', why: 'the list of its issuer is dated in the future' }
    }
    if (at >= this.#currentUntil(list)) {
      const late = at >= list.crl.nextUpdate ? 'is past its nextUpdate' : 'is older than maxAge'
      return { kind: 'unknown', why: `the list of its issuer ${late}` }
    }
    return { kind: 'good', why: `not on the list of its issuer (${list.crl.revoked.size} entries)` }
  }

  #currentFrom({ crl }: CrlInHand): Instant {
    return crl.thisUpdate - CLOCK_SKEW_MS
  }

  #currentUntil({ crl, obtainedAt }: CrlInHand): Instant {
    return Math.min(crl.nextUpdate, obtainedAt + this.policy.maxAgeMs)
  }

  /** The newest list that this issuer signed and that covers all its certificates. */
  #newestOf(issuer: Certificate): CrlInHand | undefined {
    const known = this.#genuine.get(issuer.fingerprint)
    if (known || this.#genuine.has(issuer.fingerprint)) return known
    const maySign = issuer.extensions.keyUsage?.crlSign ?? true
    const named = maySign ? (this.#byIssuer.get(nameKey(issuer.subject.raw)) ?? []) : []
    const newest = named.find(({ crl }) => !crl.unusable && isSignedBy(crl, issuer.key))
    // Only issuers that have a list are kept, so that made-up certificates cannot fill this map.
    if (named.length > 0) this.#genuine.set(issuer.fingerprint, newest)
    return newest
  }

  #whyNone(issuer: Certificate): string {
    const named = this.#byIssuer.get(nameKey(issuer.subject.raw)) ?? []
    const [first] = named
    if (!first) return 'there is no revocation list of its issuer'
    if (issuer.extensions.keyUsage?.crlSign === false) return 'its issuer may not sign lists'
    const unusable = named.find(({ crl }) => crl.unusable)?.crl.unusable
    return unusable
      ? `the list of its issuer cannot be used: ${unusable}`
      : 'the list in the name of its issuer was not signed by that issuer'
  }
}
