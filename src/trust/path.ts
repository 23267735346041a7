/**
 * Finds the ways from a certificate to an anchor (RFC 5280, 6; RFC 4158). Only names and signatures are followed here;
 * whether a path is good is decided by the checks.
 * @module
 */
import { isSelfIssued, sameName, type Certificate } from './certificate.ts'
import { PATH_LEVELS_MAX, SIGNATURE_CHECKS_MAX } from './limits.ts'
import { isSignedBy } from './signature.ts'

/** A certificate that is trusted by configuration. */
export interface Anchor {
  readonly certificate: Certificate
  /** A path to this anchor must stand for one of these policies, when there are any. */
  readonly policies: readonly string[]
}

export interface Path {
  /** Leaf first; the anchor last when it was reached. */
  readonly certificates: readonly Certificate[]
  readonly anchor?: Anchor
  /** Place of the first certificate whose signature its named issuer did not make. */
  readonly brokenAt?: number
}

export interface Search {
  /** Every path that reaches an anchor. */
  readonly paths: readonly Path[]
  /** How far the search came otherwise, for the explanation. */
  readonly longest: Path
  /** The search stopped at a bound: too many levels or signatures. */
  readonly exhausted: boolean
}

const sameIdentity = (one: Certificate, other: Certificate): boolean =>
  sameName(one.subject, other.subject) && Buffer.compare(one.key.raw, other.key.raw) === 0

/** Certificates that could have issued something, each once; the anchors first, and none that repeats an anchor. */
function issuersOf(anchors: readonly Anchor[], others: readonly Certificate[]): Certificate[] {
  const trusted = anchors.map(({ certificate }) => certificate)
  const unique = new Map(others.map((certificate) => [certificate.fingerprint, certificate]))
  const rest = [...unique.values()].filter(
    (certificate) => !trusted.some((anchor) => sameIdentity(anchor, certificate)),
  )
  return [...trusted, ...rest]
}

/**
 * @param others certificates that the peer sent along and those of the configuration; none of them is trusted
 */
export function findPaths(
  leaf: Certificate,
  others: readonly Certificate[],
  anchors: readonly Anchor[],
): Search {
  const issuers = issuersOf(anchors, others)
  const byAnchor = new Map(anchors.map((anchor) => [anchor.certificate, anchor]))
  const paths: Path[] = []
  let longest: Path = { certificates: [leaf] }
  let checks = 0
  let exhausted = false
  const checked = new Map<string, boolean>()

  const signed = (certificate: Certificate, issuer: Certificate): boolean => {
    const pair = `${certificate.fingerprint} ${issuer.fingerprint}`
    const known = checked.get(pair)
    if (known !== undefined) return known
    if (checks >= SIGNATURE_CHECKS_MAX) {
      exhausted = true
      return false
    }
    checks += 1
    const holds = isSignedBy(certificate, issuer.key)
    checked.set(pair, holds)
    return holds
  }

  const extend = (path: Path): void => {
    const { certificates } = path
    if (certificates.length > longest.certificates.length) longest = path
    const last = certificates[certificates.length - 1]
    if (last === undefined || exhausted) return
    // Nobody stands in a path twice: that ends every loop, and an anchor's own certificate is no caller.
    const named = issuers.filter(
      (issuer) =>
        sameName(issuer.subject, last.issuer) &&
        !certificates.some((earlier) => sameIdentity(earlier, issuer)),
    )
    if (named.length > 0 && certificates.length >= PATH_LEVELS_MAX) {
      exhausted = true
      return
    }
    const genuine = named.filter((issuer) => signed(last, issuer))
    // When nobody of that name signed it, one way on is still followed, to say what is wrong.
    for (const issuer of genuine.length > 0 ? genuine : named.slice(0, 1)) {
      const anchor = byAnchor.get(issuer)
      const brokenAt = path.brokenAt ?? (genuine.length > 0 ? undefined : certificates.length - 1)
      const longer: Path = {
        certificates: [...certificates, issuer],
        ...(anchor && { anchor }),
        ...(brokenAt !== undefined && { brokenAt }),
      }
      if (anchor) paths.push(longer)
      else extend(longer)
    }
  }

  extend({ certificates: [leaf] })
  return { paths, longest, exhausted }
}

/** Whether a certificate is signed with its own key, so that nobody vouches for it. */
export function isSelfSigned(certificate: Certificate): boolean {
  return isSelfIssued(certificate) && isSignedBy(certificate, certificate.key)
}
