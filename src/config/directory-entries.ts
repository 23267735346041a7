/**
 * Gathers organisations, participants and connections from the main file and from the files that it points at.
 * @module
 */
import type * as v from 'valibot'
import type { NodeFiles } from './node-files.ts'
import type { Findings, Placed } from './problem.ts'
import { checkSource } from './reading.ts'
import type { Reading } from './reading.ts'
import type { ConfigData } from './schema/config.ts'
import type { connection, organisation, participant } from './schema/directory.ts'
import { directoryFile } from './schema/directory.ts'
import { readSource } from './source.ts'

export type OrganisationData = v.InferOutput<typeof organisation>
export type ParticipantData = v.InferOutput<typeof participant>
export type ConnectionData = v.InferOutput<typeof connection>

/** Every sound entry with its place. */
export interface DirectoryEntries {
  readonly organisations: readonly Placed<OrganisationData>[]
  readonly participants: readonly Placed<ParticipantData>[]
  readonly connections: readonly Placed<ConnectionData>[]
  /** Ids that were written, also in entries with problems of their own, so that these cause no others. */
  readonly written: ReadonlySet<string>
  /** False when a file could not be read: then nobody can say that a reference leads nowhere. */
  readonly complete: boolean
  /** False when a connection has problems of its own: then nobody can say whom it would have covered. */
  readonly coverageKnown: boolean
}

/** Reads the lists of the main file and every file that `participants` names. */
export function gatherEntries(
  main: Reading<ConfigData>,
  files: NodeFiles,
  findings: Findings,
): DirectoryEntries {
  const organisations = main.items('organisations')
  const connections = main.items('connections')
  const participants: Placed<ParticipantData>[] = []
  const written = new Set<string>(writtenIds(main.source.data))
  let complete = true
  let connectionsWritten = writtenEntries(main.source.data, 'connections').length

  for (const entry of main.items('participants')) {
    if (typeof entry.value !== 'string') {
      participants.push({ ...entry, value: entry.value })
      continue
    }
    const found = files.matches({ ...entry, value: entry.value })
    complete &&= found.length > 0
    for (const name of found) {
      const source = readSource(name, files, findings)
      complete &&= source !== undefined
      if (source === undefined) continue
      const reading = checkSource(directoryFile, source, findings)
      organisations.push(...reading.items('organisations'))
      participants.push(...reading.items('participants'))
      connections.push(...reading.items('connections'))
      connectionsWritten += writtenEntries(source.data, 'connections').length
      for (const id of writtenIds(source.data)) written.add(id)
    }
  }
  const coverageKnown = complete && connections.length === connectionsWritten
  return { organisations, participants, connections, written, complete, coverageKnown }
}

function* writtenIds(data: unknown): Generator<string> {
  for (const key of ['organisations', 'participants']) {
    for (const entry of writtenEntries(data, key)) {
      const id = member(entry, 'id')
      if (typeof id === 'string') yield id
    }
  }
}

function writtenEntries(data: unknown, key: string): readonly unknown[] {
  const entries = member(data, key)
  return Array.isArray(entries) ? entries : []
}

function member(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, key)
    ? (data as Record<string, unknown>)[key]
    : undefined
}
