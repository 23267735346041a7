/**
 * Who takes part: organisations, participants and the connections that act for them (DESIGN 2, 6, 7).
 * @module
 */
import type { Uuid } from './message.ts'

export const PARTICIPANT_TYPES = [
  'schuldeiser',
  'shv-fase-1',
  'shv-fase-2',
  'overige-shv',
  'bewindvoerder',
  'verwerker',
] as const
export type ParticipantType = (typeof PARTICIPANT_TYPES)[number]

export const PARTICIPANT_STATUSES = ['aangemeld', 'actief', 'geschorst', 'beeindigd'] as const
export type ParticipantStatus = (typeof PARTICIPANT_STATUSES)[number]

export const TRAITS = ['bsn', 'vooraf-akkoord', 'csv'] as const
export type Trait = (typeof TRAITS)[number]

/** A legal person. */
export interface Organisation {
  readonly id: string
  readonly name: string
  /** Number in the trade register, eight digits. */
  readonly kvk: string
}

/** Who exchanges messages: an organisation or a business unit of it. */
export interface Participant {
  readonly id: Uuid
  readonly name: string
  readonly tradeNames: readonly string[]
  readonly organisation: string
  /** Number of the establishment, twelve digits. */
  readonly establishment?: string
  readonly status: ParticipantStatus
  readonly types: readonly ParticipantType[]
  readonly traits: readonly Trait[]
  /** Kind of debt a creditor mostly has: Zorg, Publiek, Nuts, Overig. */
  readonly category?: string
  /** Municipality codes, four digits each. */
  readonly workArea: readonly string[]
  /** Module → versions of it that this participant takes. */
  readonly modules: Readonly<Record<string, readonly string[]>>
  /** Participants or names that this one works for. */
  readonly worksFor: readonly string[]
  readonly contact?: { readonly name?: string; readonly email?: string; readonly phone?: string }
}

/** A certificate identity and the participants that it may act for. */
export interface Connection {
  readonly name: string
  /** OIN or HRN, twenty digits. */
  readonly oin: string
  /** Further conditions, when one OIN has several connections. */
  readonly narrow: { readonly ou?: string; readonly fingerprints: readonly string[] }
  /** `own`: for its own participants; `supplier`: software supplier acting for others. */
  readonly kind: 'own' | 'supplier'
  readonly participants: readonly Uuid[]
}

/** The address book of this node. */
export interface Directory {
  readonly organisations: ReadonlyMap<string, Organisation>
  readonly participants: ReadonlyMap<Uuid, Participant>
  readonly connections: readonly Connection[]
}

/** Who calls: a connection, and the one participant that it acts for in this call. */
export interface Caller {
  readonly connection: Connection
  readonly participant: Participant
}
