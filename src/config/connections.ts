/**
 * Which certificate may act for whom: every participant known, and no certificate that fits two connections.
 * @module
 */
import type { Environment } from '../core/settings.ts'
import type { ConnectionData, DirectoryEntries, ParticipantData } from './directory-entries.ts'
import { oinProblem } from './oin.ts'
import type { Findings, Placed } from './problem.ts'

/** Notes every problem of the connections, and warns of participants that nobody acts for. */
export function checkConnections(
  entries: DirectoryEntries,
  environment: Environment | undefined,
  findings: Findings,
): void {
  const participants = new Map(entries.participants.map((entry) => [entry.value.id, entry]))
  const names = new Set<string>()
  const byOin = new Map<string, Placed<ConnectionData>[]>()
  const covered = new Set<string>()

  for (const entry of entries.connections) {
    const { value, source, path } = entry
    if (names.has(value.name)) {
      findings.problem(source, [...path, 'name'], 'is the name of another connection too')
    }
    names.add(value.name)
    const bad = oinProblem(value.oin, environment)
    if (bad !== undefined) findings.problem(source, [...path, 'oin'], bad)

    const others = byOin.get(value.oin) ?? []
    const rival = others.find((other) => overlap(other.value, value))
    if (rival !== undefined) findings.problem(source, path, rivalry(rival.value))
    byOin.set(value.oin, [...others, entry])

    checkCover(entry, participants, entries, findings)
    for (const id of value.participants) covered.add(id)
  }
  warnOfUncovered(entries, covered, findings)
}

/**
 * Whether one certificate could fit both. Different units do not overlap: a certificate with both of them is refused as
 * ambiguous when it shows up.
 */
function overlap(a: ConnectionData, b: ConnectionData): boolean {
  const [one, other] = [a.narrow, b.narrow]
  const units = [one.ou, other.ou].map((unit) => unit?.trim().toLowerCase())
  if (units.every((unit) => unit !== undefined) && units[0] !== units[1]) return false
  const bothListed = one.fingerprints.length > 0 && other.fingerprints.length > 0
  return !bothListed || one.fingerprints.some((print) => other.fingerprints.includes(print))
}

function rivalry(other: ConnectionData): string {
  return `a certificate could fit this and connection ${other.name}, which has the same oin; give both narrow.ou, or both narrow.fingerprints, that differ`
}

function checkCover(
  { value, source, path }: Placed<ConnectionData>,
  participants: ReadonlyMap<string, Placed<ParticipantData>>,
  entries: DirectoryEntries,
  findings: Findings,
): void {
  const seen = new Set<string>()
  for (const [index, id] of value.participants.entries()) {
    const at = [...path, 'participants', index]
    if (seen.has(id)) findings.problem(source, at, 'is in this list twice')
    seen.add(id)
    if (entries.complete && !participants.has(id) && !entries.written.has(id)) {
      findings.problem(source, at, 'is not the id of a participant')
    }
  }
  const organisations = new Set(
    value.participants.flatMap((id) => participants.get(id)?.value.organisation ?? []),
  )
  if (value.kind === 'own' && organisations.size > 1) {
    const message = `covers participants of ${organisations.size} organisations; a software supplier has kind: supplier`
    findings.problem(source, [...path, 'participants'], message)
  }
}

function warnOfUncovered(
  { participants, coverageKnown }: DirectoryEntries,
  covered: ReadonlySet<string>,
  findings: Findings,
): void {
  if (!coverageKnown) return
  for (const { value, source, path } of participants) {
    if (covered.has(value.id) || value.status === 'beeindigd') continue
    findings.warning(source, path, 'is in no connection, so nobody can send or fetch for it')
  }
}
