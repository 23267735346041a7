/**
 * Follows every reference between organisations, participants, connections and modules, and makes the directory.
 * @module
 */
import type { Catalogue } from '../core/catalogue/definition.ts'
import type { Connection, Directory, Organisation, Participant } from '../core/directory.ts'
import { NOTICE_MODULE } from '../core/message.ts'
import type { Environment } from '../core/settings.ts'
import { checkConnections } from './connections.ts'
import type { DirectoryEntries, OrganisationData, ParticipantData } from './directory-entries.ts'
import type { Findings, Placed } from './problem.ts'
import { didYouMean } from './suggest.ts'

/** What the directory has to agree with; undefined where that itself has problems. */
export interface Surroundings {
  readonly catalogue: Catalogue | undefined
  readonly nodeId: string | undefined
  readonly environment: Environment | undefined
}

/** Notes every problem between the entries, and builds the directory from them. */
export function makeDirectory(
  entries: DirectoryEntries,
  around: Surroundings,
  findings: Findings,
): Directory {
  const organisations = checkOrganisations(entries, findings)
  const participants = checkParticipants(entries, organisations, around, findings)
  checkConnections(entries, around.environment, findings)
  return {
    organisations,
    participants,
    connections: entries.connections.map(({ value }): Connection => value),
  }
}

function checkOrganisations(
  { organisations }: DirectoryEntries,
  findings: Findings,
): ReadonlyMap<string, Organisation> {
  const byId = new Map<string, Placed<OrganisationData>>()
  const byKvk = new Map<string, Placed<OrganisationData>>()
  for (const entry of organisations) {
    const { id, kvk } = entry.value
    unique(byId, id, entry, 'id', findings)
    unique(byKvk, kvk, entry, 'kvk', findings)
  }
  return new Map([...byId].map(([id, { value }]) => [id, value]))
}

function checkParticipants(
  entries: DirectoryEntries,
  organisations: ReadonlyMap<string, Organisation>,
  around: Surroundings,
  findings: Findings,
): ReadonlyMap<string, Participant> {
  const byId = new Map<string, Placed<ParticipantData>>()
  for (const entry of entries.participants) {
    const { value, source, path } = entry
    unique(byId, value.id, entry, 'id', findings)
    if (value.id === around.nodeId) {
      const message = 'is node.id, the entry of the relay itself; make another (uuidgen)'
      findings.problem(source, [...path, 'id'], message)
    }
    const known = organisations.has(value.organisation) || entries.written.has(value.organisation)
    if (!known && entries.complete) {
      const hint = didYouMean(value.organisation, organisations.keys())
      findings.problem(source, [...path, 'organisation'], `is not one of organisations${hint}`)
    }
    checkWorksFor(entry, entries, findings)
    if (around.catalogue !== undefined) checkModules(entry, around.catalogue, findings)
  }
  return new Map([...byId].map(([id, { value }]) => [id, participantOf(value)]))
}

function checkWorksFor(
  { value, source, path }: Placed<ParticipantData>,
  entries: DirectoryEntries,
  findings: Findings,
): void {
  for (const [index, other] of value.worksFor.entries()) {
    const isId = /^[\da-fA-F]{8}-[\da-fA-F-]{27}$/.test(other)
    const at = [...path, 'worksFor', index]
    if (isId && entries.complete && !entries.written.has(other)) {
      findings.problem(source, at, 'is no id of a participant; for others write the name')
    } else if (other === value.id) findings.problem(source, at, 'is the participant itself')
  }
}

function checkModules(
  { value, source, path }: Placed<ParticipantData>,
  catalogue: Catalogue,
  findings: Findings,
): void {
  for (const [module, versions] of Object.entries(value.modules)) {
    const at = [...path, 'modules', module]
    if (module === NOTICE_MODULE) {
      findings.problem(source, at, 'is taken by every participant; leave it out', 'key')
      continue
    }
    const known = catalogue.modules.get(module)
    if (known === undefined) {
      const hint = didYouMean(module, catalogue.modules.keys())
      findings.problem(source, at, `is not a module of this node${hint}`, 'key')
      continue
    }
    for (const [index, version] of versions.entries()) {
      const definition = known.get(version)
      if (definition === undefined) {
        const message = `is not a version of ${module} here; known are ${[...known.keys()].join(', ')}`
        findings.problem(source, [...at, index], message)
        continue
      }
      const { asker, answerer } = definition.parties
      const fits = [...asker, ...answerer]
      if (value.types.some((type) => fits.includes(type))) continue
      const message = `${module} ${version} is for ${asker.join(', ')} (asker) and ${answerer.join(', ')} (answerer); this participant is ${value.types.join(', ')}`
      findings.problem(source, [...at, index], message)
    }
  }
}

function participantOf(data: ParticipantData): Participant {
  const { vestiging, ...rest } = data
  return { ...rest, ...(vestiging !== undefined && { establishment: vestiging }) }
}

/** Keeps the first of what should be there once, and notes where the first is. */
function unique<T>(
  seen: Map<string, Placed<T>>,
  name: string,
  entry: Placed<T>,
  key: string,
  findings: Findings,
): void {
  const first = seen.get(name)
  if (first === undefined) {
    seen.set(name, entry)
    return
  }
  const { line } = first.source.position([...first.path, key], 'value')
  const where = first.source === entry.source ? `line ${line}` : `${first.source.file}:${line}`
  findings.problem(entry.source, [...entry.path, key], `is also the ${key} at ${where}`)
}
