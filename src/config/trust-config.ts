/**
 * Reads the section `trust`: anchors, issuing certificates, revocation lists, proxy.
 * @module
 */
import type { Environment } from '../core/settings.ts'
import type { CertificateReader } from './certificates.ts'
import type { Anchor, TrustConfig } from './config.ts'
import type { NodeFiles } from './node-files.ts'
import type { Findings, Placed } from './problem.ts'
import type { Reading } from './reading.ts'
import type { ConfigData } from './schema/config.ts'

/**
 * A rule about which anchors an environment may have, owned by who knows the anchors.
 * @returns what is wrong, in English; undefined when the anchor may be used
 */
export type AnchorRule = (der: Uint8Array, environment: Environment) => string | undefined

/** What the section needs from around it. */
export interface TrustContext {
  readonly files: NodeFiles
  readonly certificates: CertificateReader
  readonly findings: Findings
  readonly environment: Environment | undefined
  readonly checkAnchor: AnchorRule | undefined
}

/** @returns the section with its files read; undefined after noting problems */
export function readTrust(
  trust: Reading<ConfigData['trust']>,
  context: TrustContext,
): TrustConfig | undefined {
  const anchors = trust.items('anchors').flatMap((entry) => readAnchor(entry, context))
  const matches = (name: Placed<string>) => context.files.matches(name)
  const intermediates = trust
    .items('intermediates')
    .flatMap(matches)
    .flatMap((name) => {
      const found = context.certificates.certificates(name)
      for (const certificate of found) context.certificates.warnOfEnd(name, certificate)
      return found
    })
  const revocation = trust.within('revocation')
  const crls = revocation
    .items('crl')
    .flatMap(matches)
    .flatMap((name) => context.certificates.crl(name) ?? [])
  warnOfAcceptance(revocation, context.findings)

  const [refreshSeconds, maxAgeSeconds] = [revocation.get('refresh'), revocation.get('maxAge')]
  const onUnknown = revocation.get('onUnknown')
  if (refreshSeconds === undefined || maxAgeSeconds === undefined || onUnknown === undefined) {
    return undefined
  }
  if (maxAgeSeconds < refreshSeconds) {
    const message = 'is shorter than refresh, so that lists would be too old between two readings'
    context.findings.problem(revocation.source, [...revocation.path, 'maxAge'], message)
  }
  return {
    anchors,
    intermediates,
    revocation: { crls, refreshSeconds, maxAgeSeconds, onUnknown },
  }
}

function readAnchor(
  { value, source, path }: Placed<ConfigData['trust']['anchors'][number]>,
  { certificates, findings, environment, checkAnchor }: TrustContext,
): Anchor[] {
  const name = { value: value.file, source, path: [...path, 'file'] }
  const certificate = certificates.single(name)
  if (certificate === undefined) return []
  certificates.warnOfEnd(name, certificate)
  const refused = environment && checkAnchor?.(certificate.der, environment)
  if (refused !== undefined) findings.problem(source, name.path, refused)
  return [{ ...certificate, identity: value.identity, policies: value.policies }]
}

function warnOfAcceptance(
  revocation: Reading<ConfigData['trust']['revocation']>,
  findings: Findings,
): void {
  if (revocation.get('onUnknown') !== 'accept') return
  const message = 'lets in certificates of which nobody knows whether they were revoked'
  findings.warning(revocation.source, [...revocation.path, 'onUnknown'], message)
}
