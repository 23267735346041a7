/**
 * From the words of the core to the words of the wire: Dutch keys in lowerCamel, instants as UTC, and nothing that is not
 * said here.
 * @module
 */
import type { Directory, Participant } from '../../core/directory.ts'
import type { CertificateFacts } from '../../core/identity.ts'
import {
  NOTICE_MODULE,
  type Attachment,
  type Header,
  type Instant,
  type Message,
  type State,
  type Uuid,
} from '../../core/message.ts'
import type { Settings } from '../../core/settings.ts'
import type { ConversationView, Delivered, Lease, Mailbox, MailboxItem } from '../../relay/relay.ts'

/** State of a message → `stand`. */
const STATE_WORDS = {
  waiting: 'wachtend',
  fetched: 'opgehaald',
  confirmed: 'bevestigd',
  refused: 'afgewezen',
  withdrawn: 'ingetrokken',
  expired: 'verlopen',
  lost: 'onbekend-na-herstel',
} as const satisfies Record<State, string>

/** `stand` → state of a message. */
export const WORD_STATES: Readonly<Record<string, State>> = Object.fromEntries(
  Object.entries(STATE_WORDS).map(([state, word]) => [word, state as State]),
)

/** An instant as ISO 8601 in UTC. */
function isoTime(at: Instant): string {
  return new Date(at).toISOString()
}

/** An instant that may be absent; spread into an object, it leaves no key behind then. */
function timeIf<K extends string>(key: K, at: Instant | undefined): Partial<Record<K, string>> {
  return at === undefined ? {} : ({ [key]: isoTime(at) } as Record<K, string>)
}

/** Who sent something, as a person wants to see it; one that left the directory keeps its id and loses its name. */
function partyWire(settings: Settings, id: Uuid) {
  const participant = settings.directory.participants.get(id)
  if (participant !== undefined) return { id, naam: participant.name, type: participant.types }
  if (id === settings.node.id) return { id, naam: settings.node.name, type: [NOTICE_MODULE] }
  return { id, naam: 'Onbekende deelnemer', type: [] }
}

function headerWire(header: Header, settings: Settings) {
  return {
    referentienummer: header.reference,
    conversatieReferentienummer: header.conversation,
    ...(header.cross !== undefined && { crossReferentienummer: header.cross }),
    module: header.module,
    berichttype: header.type,
    versie: header.version,
    afzender: partyWire(settings, header.sender),
    ontvanger: header.recipient,
  }
}

/** `stand` and the times of a message. */
function statusWire(message: Message) {
  return {
    stand: STATE_WORDS[message.state],
    aangebodenOp: isoTime(message.header.acceptedAt),
    ...timeIf('opgehaaldOp', message.fetchedAt),
    ...timeIf('afgerondOp', message.receipt?.at),
    verlooptOp: isoTime(message.header.removeAt),
    ...timeIf('antwoordVerwachtOp', message.header.answerBy),
  }
}

function reasonWire(message: Message) {
  const reason = message.receipt?.reason
  return reason === undefined ? {} : { reden: reason }
}

/** Proof that a message was accepted, or of how it ended. */
export function receiptWire(message: Message) {
  return {
    referentienummer: message.header.reference,
    conversatieReferentienummer: message.header.conversation,
    ...statusWire(message),
    ...reasonWire(message),
  }
}

/** A message without its content: item of a mailbox. */
export function itemWire({ message, answerNumber }: MailboxItem, settings: Settings) {
  return {
    ...headerWire(message.header, settings),
    ...statusWire(message),
    grootte: message.size,
    aantalBijlagen: message.attachments,
    aantalOphalingen: message.fetches,
    ...(answerNumber !== undefined && { volgnummerAntwoord: answerNumber }),
  }
}

/** Line of the log. */
export function logWire(message: Message, settings: Settings) {
  return { ...itemWire({ message }, settings), ...reasonWire(message) }
}

/** A message with its content. */
export function deliveredWire({ message, content }: Delivered, settings: Settings) {
  return {
    ...itemWire({ message }, settings),
    ...(content.attachments.length > 0 && { bijlagen: content.attachments.map(attachmentWire) }),
    inhoud: content.body,
  }
}

function attachmentWire({ kind, document }: Attachment) {
  return {
    soort: kind,
    document: {
      bestandsnaam: document.fileName,
      mediatype: document.mediaType,
      inhoud: Buffer.from(document.bytes).toString('base64'),
    },
  }
}

/** A lease. */
export function leaseWire(lease: Lease) {
  return { ophaling: lease.id, eindigtOp: isoTime(lease.until) }
}

/** What waits for one participant. */
export function mailboxWire(mailbox: Mailbox, settings: Settings) {
  return {
    deelnemer: mailbox.participant,
    naam: partyWire(settings, mailbox.participant).naam,
    wachtend: mailbox.waiting,
    ...timeIf('oudsteAangebodenOp', mailbox.oldestAcceptedAt),
  }
}

/** A conversation as one of its participants sees it. */
export function conversationWire({ conversation, steps, next, expected }: ConversationView) {
  const { asker, answerer, endedAt } = conversation
  return {
    conversatieReferentienummer: conversation.id,
    module: conversation.module,
    versie: conversation.moduleVersion,
    stand: endedAt === undefined ? 'open' : 'beeindigd',
    vrager: asker,
    beantwoorder: answerer,
    begonnenOp: isoTime(conversation.startedAt),
    ...timeIf('beeindigdOp', endedAt),
    stappen: steps.map((step) => ({
      referentienummer: step.reference,
      ...(step.cross !== undefined && { crossReferentienummer: step.cross }),
      berichttype: step.type,
      afzender: step.from === 'asker' ? asker : answerer,
      stand: STATE_WORDS[step.state],
      aangebodenOp: isoTime(step.at),
      ...timeIf('antwoordVerwachtOp', step.answerBy),
    })),
    mogelijk: next.map(({ type, version, answers }) => ({
      berichttype: type,
      versie: version,
      antwoordOp: answers,
    })),
    verwacht: expected.map(({ reference, by, answerBy, late }) => ({
      referentienummer: reference,
      door: by,
      antwoordVerwachtOp: isoTime(answerBy),
      teLaat: late,
    })),
  }
}

/** A page: its items under their own name, and where the next one begins. */
export function pageWire<T>(name: string, items: readonly T[], next: string | undefined) {
  return { [name]: items, ...(next !== undefined && { volgende: next }) }
}

/** Entry in the address book. @param oins of its connections; for participants only */
export function participantWire(
  directory: Directory,
  participant: Participant,
  oins?: readonly string[],
) {
  const organisation = directory.organisations.get(participant.organisation)
  return {
    id: participant.id,
    naam: participant.name,
    handelsnamen: participant.tradeNames,
    ...(organisation !== undefined && { organisatie: organisation.name, kvk: organisation.kvk }),
    type: participant.types,
    ...(participant.category !== undefined && { categorie: participant.category }),
    modules: Object.entries(participant.modules).map(([module, versies]) => ({ module, versies })),
    kenmerken: participant.traits,
    werkgebied: participant.workArea,
    werktVoor: participant.worksFor,
    status: participant.status,
    ...(oins !== undefined && { oin: oins }),
  }
}

/** Facts of a certificate, for its holder. */
export function certificateWire(facts: CertificateFacts) {
  return {
    vingerafdruk: facts.fingerprint,
    onderwerp: facts.subject,
    uitgever: facts.issuer,
    serienummer: facts.serial,
    ...(facts.oin !== undefined && { oin: facts.oin }),
    organisatieonderdelen: facts.organisationalUnits,
    geldigVan: isoTime(facts.notBefore),
    geldigTot: isoTime(facts.notAfter),
    sleutel: facts.key,
  }
}
