/**
 * Checks of a path by itself: anchor, issuers, signatures, validity (RFC 5280, 6.1.3 and 6.1.4; DESIGN 8).
 * @module
 */
import type { Instant } from '../core/message.ts'
import { isSelfIssued, type Certificate } from './certificate.ts'
import { day, failed, moment, passed, which, whichDutch, type Check } from './finding.ts'
import { isSelfSigned, type Path } from './path.ts'
import type { RevocationLists } from './revocation.ts'

/** A path and the circumstances in which it is judged. */
export interface PathSubject {
  readonly path: Path
  /** The search for a path stopped at a bound. */
  readonly exhausted: boolean
  readonly at: Instant
  readonly lists: RevocationLists
}

const selfSigned: Check<PathSubject> = {
  layer: 'keten',
  title: 'Somebody else issued the certificate',
  run: ({ path }) => {
    const [leaf] = path.certificates
    if (path.anchor || !leaf || !isSelfSigned(leaf)) return passed('it is not self-signed')
    return failed(
      'certificaat-zelfondertekend',
      'it is signed with its own key',
      'Het certificaat is met zijn eigen sleutel ondertekend. Geen uitgever staat ervoor in.',
    )
  },
}

const anchored: Check<PathSubject> = {
  layer: 'keten',
  title: 'The chain reaches a configured anchor',
  run: ({ path, exhausted }) => {
    const { length } = path.certificates
    if (path.anchor)
      return passed(`${length} certificates, ${path.anchor.certificate.subject.text}`)
    return exhausted
      ? failed(
          'certificaat-keten',
          'the chain has too many levels or ways',
          'De keten heeft te veel lagen of te veel wegen.',
        )
      : failed(
          'certificaat-keten',
          `no issuer is known above level ${length - 1}`,
          'De keten leidt niet naar een uitgever die dit knooppunt vertrouwt.',
        )
  },
}

const issuers: Check<PathSubject> = {
  layer: 'keten',
  title: 'Everyone who issues in the chain may do so',
  run: ({ path }) => {
    for (const [place, certificate] of path.certificates.entries()) {
      if (place === 0) continue
      const why = issuerProblem(certificate, path, place)
      if (why) return failed('certificaat-uitgever', `${which(place)} ${why.en}`, why.nl)
    }
    return passed('CA flag, keyCertSign and path length are right')
  },
}

function issuerProblem(
  { extensions }: Certificate,
  { certificates }: Path,
  place: number,
): { en: string; nl: string } | undefined {
  const isAnchor = place === certificates.length - 1
  const notAllowed = 'Een certificaat in de keten mag geen certificaten uitgeven.'
  if (!extensions.isAuthority) return { en: 'is no authority (CA flag)', nl: notAllowed }
  // Roots of some age have no keyUsage; below them it is demanded (RFC 5280, 4.2.1.3).
  if (!(extensions.keyUsage?.keyCertSign ?? isAnchor)) {
    return { en: 'may not sign certificates (keyCertSign)', nl: notAllowed }
  }
  // A renewed certificate of the same issuer does not count (RFC 5280, 4.2.1.9).
  const below = certificates.slice(1, place).filter((issuer) => !isSelfIssued(issuer)).length
  if (extensions.pathLength !== undefined && below > extensions.pathLength) {
    return {
      en: `allows ${extensions.pathLength} issuers below it and has ${below}`,
      nl: 'De keten heeft meer lagen dan een uitgever in de keten toestaat.',
    }
  }
  return undefined
}

const signatures: Check<PathSubject> = {
  layer: 'keten',
  title: 'Every signature holds and is strong enough',
  run: ({ path }) => {
    const anchorPlace = path.certificates.length - 1
    for (const [place, { algorithm, key }] of path.certificates.entries()) {
      // What an anchor says of itself needs no proof; its key does its work below.
      if (place < anchorPlace && !algorithm.scheme) {
        return failed(
          'certificaat-handtekening',
          `${which(place)} is signed with ${algorithm.text}`,
          `${whichDutch(place)} is ondertekend op een manier die niet sterk genoeg is.`,
        )
      }
      if (key.weakness !== undefined) {
        return failed(
          'certificaat-handtekening',
          `the key of ${which(place)} is too weak: ${key.weakness}`,
          `${whichDutch(place)} heeft een sleutel die niet sterk genoeg is.`,
        )
      }
    }
    if (path.brokenAt !== undefined) {
      return failed(
        'certificaat-handtekening',
        `${which(path.brokenAt)} was not signed by the issuer that it names`,
        `${whichDutch(path.brokenAt)} is niet ondertekend door de uitgever die erin staat.`,
      )
    }
    const used = path.certificates.slice(0, -1).map(({ algorithm }) => algorithm.text)
    return passed([...new Set(used)].join(', '))
  },
}

const begun: Check<PathSubject> = {
  layer: 'geldigheid',
  title: 'Every certificate is valid already',
  run: ({ path, at }) => {
    const place = path.certificates.findIndex(({ notBefore }) => at < notBefore)
    const early = path.certificates[place]
    if (!early) return passed('all have begun')
    return failed(
      'certificaat-nog-niet-geldig',
      `${which(place)} is valid from ${moment(early.notBefore)}`,
      `${whichDutch(place)} is pas geldig vanaf ${day(early.notBefore)}.`,
    )
  },
}

const lasting: Check<PathSubject> = {
  layer: 'geldigheid',
  title: 'Every certificate is valid still',
  run: ({ path, at }) => {
    const place = path.certificates.findIndex(({ notAfter }) => at > notAfter)
    const late = path.certificates[place]
    if (late) {
      return failed(
        'certificaat-verlopen',
        `${which(place)} ended on ${moment(late.notAfter)}`,
        `${whichDutch(place)} is verlopen op ${day(late.notAfter)}.`,
      )
    }
    const first = Math.min(...path.certificates.map(({ notAfter }) => notAfter))
    return passed(`the first of them ends on ${moment(first)}`)
  },
}

const notRevoked: Check<PathSubject> = {
  layer: 'intrekking',
  title: 'No certificate was revoked',
  run: ({ path, at, lists }) => {
    const statuses = issuedBelowAnchor(path).map(([certificate, issuer]) =>
      lists.status(certificate, issuer, at),
    )
    const place = statuses.findIndex(({ kind }) => kind === 'revoked')
    const found = statuses[place]
    if (!found) return passed('none is on a list in hand')
    return failed(
      'certificaat-ingetrokken',
      `${which(place)} was revoked: ${found.why}`,
      `${whichDutch(place)} is ingetrokken.`,
    )
  },
}

const revocationKnown: Check<PathSubject> = {
  layer: 'intrekking',
  title: 'Revocation is known at every level',
  run: ({ path, at, lists }) => {
    const statuses = issuedBelowAnchor(path).map(([certificate, issuer]) =>
      lists.status(certificate, issuer, at),
    )
    const place = statuses.findIndex(({ kind }) => kind === 'unknown')
    const found = statuses[place]
    if (!found) return passed('every issuer has a current list')
    const why = `${which(place)}: ${found.why}`
    if (lists.policy.onUnknown === 'accept') return passed(`${why}; accepted by configuration`)
    return failed(
      'certificaat-intrekking-onbekend',
      why,
      `${whichDutch(place)} is niet op intrekking te controleren: een geldige lijst van de uitgever ontbreekt.`,
    )
  },
}

/** Each certificate below the anchor with the one that issued it. The anchor itself is trusted by configuration. */
function issuedBelowAnchor({ certificates }: Path): [Certificate, Certificate][] {
  return certificates.slice(1).flatMap((issuer, place): [Certificate, Certificate][] => {
    const certificate = certificates[place]
    return certificate ? [[certificate, issuer]] : []
  })
}

/** In the order of the error table. All but the first two need a path that reaches an anchor. */
export const ANCHOR_CHECKS: readonly Check<PathSubject>[] = [selfSigned, anchored]
export const PATH_CHECKS: readonly Check<PathSubject>[] = [
  issuers,
  signatures,
  begun,
  lasting,
  notRevoked,
  revocationKnown,
]
