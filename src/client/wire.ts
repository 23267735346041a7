/**
 * The shapes of the REST contract, in the words of the wire. Types only: the relay checks what it gets, and this side
 * trusts what it is given.
 * @module
 */
import type { ParticipantStatus, ParticipantType, Trait } from '../core/directory.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { RefusalReason, Uuid } from '../core/message.ts'
import type { Environment } from '../core/settings.ts'
import type { WireProblem } from './client-error.ts'

/** An instant as ISO 8601 in UTC. */
export type Timestamp = string

/** A document with its file name and mediatype, attached beside a body. */
interface Attachment {
  /** Code of the document owed, for example `toestemmingsverklaring`. */
  readonly soort: string
  readonly document: {
    readonly bestandsnaam: string
    readonly mediatype: string
    /** Base64. */
    readonly inhoud: string
  }
}

/** What identifies a message and places it in its conversation. */
interface Keys {
  readonly referentienummer: Uuid
  readonly conversatieReferentienummer: Uuid
  readonly crossReferentienummer?: Uuid
  readonly module: string
  readonly berichttype: string
  readonly versie: string
  readonly ontvanger: Uuid
}

/** What a person typed or attached. */
interface Content {
  readonly bijlagen?: readonly Attachment[]
  readonly inhoud: Readonly<Record<string, unknown>>
}

/** A message as its sender offers it. */
export interface Envelope extends Keys, Content {
  /** Optional; must be the participant that sends. */
  readonly afzender?: Uuid
}

/** Where a message is in its life. */
export type MessageState =
  | 'wachtend'
  | 'opgehaald'
  | 'bevestigd'
  | 'afgewezen'
  | 'ingetrokken'
  | 'verlopen'
  | 'onbekend-na-herstel'

/** State of a message with its times. */
interface Status {
  readonly stand: MessageState
  readonly aangebodenOp: Timestamp
  readonly opgehaaldOp?: Timestamp
  readonly afgerondOp?: Timestamp
  readonly verlooptOp: Timestamp
  readonly antwoordVerwachtOp?: Timestamp
}

/** Proof that a message was accepted, or of how it ended. */
export interface Receipt extends Status {
  readonly referentienummer: Uuid
  readonly conversatieReferentienummer: Uuid
  readonly reden?: RefusalReason
}

/** A message in a mailbox, without its content. */
export interface MailboxItem extends Keys, Status {
  readonly afzender: {
    readonly id: Uuid
    readonly naam: string
    readonly type: readonly string[]
  }
  /** Bytes of content, documents decoded. */
  readonly grootte: number
  readonly aantalBijlagen: number
  readonly aantalOphalingen: number
  /** Which answer to the same question this is, from 1. */
  readonly volgnummerAntwoord?: number
}

/** A message with its content. */
export interface Delivered extends MailboxItem, Content {}

interface Page {
  /** Give this as `na` for the next page; absent on the last. */
  readonly volgende?: string
}

/** Part of a mailbox, in order of acceptance. */
export interface MailboxPage extends Page {
  readonly berichten: readonly MailboxItem[]
}

/** What waits for each participant of a connection. */
export interface MailboxList {
  readonly postbussen: readonly {
    readonly deelnemer: Uuid
    readonly naam: string
    readonly wachtend: number
    readonly oudsteAangebodenOp?: Timestamp
  }[]
}

/** What to lease, and for how long. */
export interface LeaseRequest {
  readonly limiet: number
  readonly module?: string
  readonly leaseSeconden: number
}

/** A lease as it stands. */
export interface Lease {
  readonly ophaling: Uuid
  readonly eindigtOp: Timestamp
}

/** A new lease and what is in it. */
export interface LeasedMessages extends Lease {
  readonly berichten: readonly Delivered[]
}

/** Outcome of one item of a batch. */
export interface BatchOutcome {
  /** Number of the line or item, from 1. */
  readonly regel: number
  readonly referentienummer?: Uuid
  /** As the call for one would have answered: 201, 200 when repeated, else that of the problem. */
  readonly status: number
  readonly ontvangst?: Receipt
  readonly probleem?: {
    readonly code: ErrorCode
    readonly title: string
    readonly detail: string
    readonly errors?: readonly WireProblem[]
    /** Seconds after which trying again makes sense. */
    readonly opnieuwNa?: number
  }
}

/** Outcomes of many ends, in the order asked. */
export interface EndOutcomes {
  readonly uitkomsten: readonly BatchOutcome[]
}

/** One line of the log. */
export interface LogLine extends MailboxItem {
  readonly reden?: RefusalReason
}

/** Part of the log, newest first. */
export interface LogPage extends Page {
  readonly regels: readonly LogLine[]
}

/** A conversation as the caller sees it now. */
export interface Conversation {
  readonly conversatieReferentienummer: Uuid
  readonly module: string
  readonly versie: string
  readonly stand: 'open' | 'beeindigd'
  readonly vrager: Uuid
  readonly beantwoorder: Uuid
  readonly begonnenOp: Timestamp
  readonly beeindigdOp?: Timestamp
  readonly stappen: readonly {
    readonly referentienummer: Uuid
    readonly crossReferentienummer?: Uuid
    readonly berichttype: string
    readonly afzender: Uuid
    readonly stand: MessageState
    readonly aangebodenOp: Timestamp
    readonly antwoordVerwachtOp?: Timestamp
  }[]
  /** What the caller may send now. */
  readonly mogelijk: readonly {
    readonly berichttype: string
    readonly versie: string
    readonly antwoordOp: readonly Uuid[]
  }[]
  /** Questions without an answer: who must answer, and by when. */
  readonly verwacht: readonly {
    readonly referentienummer: Uuid
    readonly door: Uuid
    readonly antwoordVerwachtOp: Timestamp
    readonly teLaat: boolean
  }[]
}

/** Part of the conversations. */
export interface ConversationPage extends Page {
  readonly conversaties: readonly Conversation[]
}

/** Entry of the address book. */
export interface Participant {
  readonly id: Uuid
  readonly naam: string
  readonly handelsnamen: readonly string[]
  readonly organisatie?: string
  readonly kvk?: string
  readonly type: readonly ParticipantType[]
  readonly categorie?: string
  readonly modules: readonly { readonly module: string; readonly versies: readonly string[] }[]
  readonly kenmerken: readonly Trait[]
  readonly werkgebied: readonly string[]
  readonly werktVoor: readonly string[]
  readonly status: ParticipantStatus
  /** Of its connections; shown to participants only. */
  readonly oin?: readonly string[]
}

/** Part of the address book. */
export interface ParticipantPage extends Page {
  readonly deelnemers: readonly Participant[]
}

/** What the relay sees of the caller. */
export interface Identity {
  /** Name of the node. */
  readonly knooppunt: string
  readonly omgeving: Environment
  readonly certificaat: CertificateFacts
  readonly aansluiting: {
    readonly naam: string
    readonly oin: string
    readonly soort: 'eigen' | 'leverancier'
  }
  readonly deelnemers: readonly Participant[]
}

/** What the relay read in the caller's certificate. */
export interface CertificateFacts {
  readonly vingerafdruk: string
  readonly onderwerp: string
  readonly uitgever: string
  readonly serienummer: string
  readonly oin?: string
  readonly organisatieonderdelen: readonly string[]
  readonly geldigVan: Timestamp
  readonly geldigTot: Timestamp
  readonly sleutel: string
}

/** The modules of this node. */
export interface ModuleList {
  readonly modules: readonly {
    readonly module: string
    readonly titel: string
    readonly samenvatting: string
    readonly versies: readonly string[]
  }[]
}

/** One version of a module. */
export interface ModuleVersion {
  readonly module: string
  readonly versie: string
  readonly titel: string
  readonly berichttypen: readonly { readonly berichttype: string; readonly versie: string }[]
}

/** One message type. */
export interface MessageType {
  readonly berichttype: string
  readonly versie: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly voorbeeld: Readonly<Record<string, unknown>>
}
