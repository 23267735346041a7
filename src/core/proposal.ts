/**
 * Everything that can be said of a message before its place in a conversation is decided: header, body, documents and
 * rights together (DESIGN 4, Accept).
 * @module
 */
import type { Catalogue, MessageDefinition, ModuleDefinition } from './catalogue/definition.ts'
import { documentBytes } from './catalogue/document.ts'
import type { Directory, Participant } from './directory.ts'
import type { Envelope } from './envelope.ts'
import { RelayError, refusalFor } from './errors.ts'
import type { ErrorCode, Problem } from './errors.ts'
import type { Limits } from './limits.ts'
import { NOTICE_MODULE } from './message.ts'
import type { Content } from './message.ts'
import { documentOwed, mayPass } from './rights.ts'

/** A message that is good by itself. */
export interface Proposal {
  readonly module: ModuleDefinition
  readonly definition: MessageDefinition
  readonly recipient: Participant
  readonly content: Content
  /** Characters of base64 inside the body; they do not count for the limit of the body itself. */
  readonly embeddedCharacters: number
  /** The refusal for a document that is missing if this message opens its conversation; the writer knows whether it does. */
  readonly refusalAsOpening?: RelayError
}

interface Choice {
  readonly module: ModuleDefinition
  readonly definition: MessageDefinition
}

/**
 * Checks a message against catalogue, directory and limits.
 * @param known problems that reading the envelope already found
 * @param moduleVersion version of the conversation that it belongs to, when that is known
 * @param opens whether it would open a conversation, as far as is known now
 * @throws RelayError with all problems of header and body together (400), else the first right that is missing (403, 409)
 */
export function propose(
  envelope: Envelope,
  known: readonly Problem[],
  sender: Participant,
  at: {
    readonly catalogue: Catalogue
    readonly directory: Directory
    readonly limits: Limits
  },
  moduleVersion: string | undefined,
  opens: boolean,
): Proposal {
  const problems = [...known]
  const recipient = findRecipient(envelope, sender, at.directory, problems)
  const choices = findDefinitions(envelope, at.catalogue, problems)
  const choice = choose(choices, sender, recipient, moduleVersion)
  let missing: Problem | undefined
  if (choice !== undefined) {
    checkBody(choice, envelope, sender, recipient, problems)
    checkDocuments(choice, envelope, sender, at.limits, problems)
    missing = missingDocument(choice, envelope, sender, known)
    if (missing !== undefined) {
      const certain = choice.module.documentsWith === 'every' || (opens && problems.length > 0)
      if (certain) problems.push(missing)
    }
  }
  if (problems.length > 0) throw refusalFor(problems)
  if (choice === undefined || recipient === undefined || envelope.body === undefined) {
    throw new Error('an envelope without problems is complete')
  }
  mayPass(choice.definition, choice.module, sender, recipient)
  const body = envelope.body as Readonly<Record<string, unknown>>
  const embedded = documentSizes(choice.definition, body)
  return {
    ...choice,
    recipient,
    content: { body, attachments: envelope.attachments },
    embeddedCharacters: embedded.reduce((sum, size) => sum + Math.ceil(size / 3) * 4, 0),
    ...(missing === undefined ? {} : { refusalAsOpening: refusalFor([missing]) }),
  }
}

function checkBody(
  choice: Choice,
  envelope: Envelope,
  sender: Participant,
  recipient: Participant | undefined,
  problems: Problem[],
): void {
  if (envelope.body === undefined) return
  const found = choice.definition.validate(envelope.body)
  problems.push(...found.map((problem) => ({ ...problem, path: `/inhoud${problem.path}` })))
  if (found.length === 0) checkBsn(choice, envelope.body, sender, recipient, problems)
}

function findRecipient(
  envelope: Envelope,
  sender: Participant,
  directory: Directory,
  problems: Problem[],
): Participant | undefined {
  const add = (path: string, code: ErrorCode, detail: string) =>
    problems.push({ path, code, detail })
  if (envelope.sender !== undefined && envelope.sender !== sender.id) {
    add('/afzender', 'afzender-past-niet', 'afzender is niet de deelnemer van deze aanroep.')
  }
  if (envelope.recipient === undefined) return undefined
  if (envelope.recipient === sender.id) {
    add('/ontvanger', 'aan-zichzelf', 'Een deelnemer kan niet aan zichzelf schrijven.')
    return undefined
  }
  const recipient = directory.participants.get(envelope.recipient)
  if (recipient === undefined || recipient.status === 'aangemeld') {
    add('/ontvanger', 'ontvanger-onbekend', 'Deze ontvanger staat niet in het adresboek.')
    return undefined
  }
  return recipient
}

/** Every module version that has this message in this version, newest last. */
function findDefinitions(envelope: Envelope, catalogue: Catalogue, problems: Problem[]): Choice[] {
  const { module, type, version } = envelope
  if (module === undefined) return []
  const versions = module === NOTICE_MODULE ? undefined : catalogue.modules.get(module)
  if (versions === undefined) {
    const detail = `Dit knooppunt kent deze module niet; wel: ${[...catalogue.modules.keys()].filter((name) => name !== NOTICE_MODULE).join(', ')}.`
    problems.push({ path: '/module', code: 'module-onbekend', detail })
    return []
  }
  if (type === undefined) return []
  const ofType = [...versions.values()].flatMap((candidate) => {
    const definition = candidate.messages.get(type)
    return definition === undefined ? [] : [{ module: candidate, definition }]
  })
  if (ofType.length === 0) {
    const detail = 'Deze module heeft geen bericht van dit type.'
    problems.push({ path: '/berichttype', code: 'berichttype-onbekend', detail })
    return []
  }
  if (version === undefined) return []
  const choices = ofType.filter(({ definition }) => definition.version === version)
  if (choices.length === 0) {
    const known = [...new Set(ofType.map(({ definition }) => definition.version))].join(', ')
    const detail = `Deze versie van dit bericht kent het knooppunt niet; wel: ${known}.`
    problems.push({ path: '/versie', code: 'versie-onbekend', detail })
  }
  return choices
}

/** The version of the conversation, else the newest that both take, else the newest that the sender takes. */
function choose(
  choices: readonly Choice[],
  sender: Participant,
  recipient: Participant | undefined,
  moduleVersion: string | undefined,
): Choice | undefined {
  const takes = (participant: Participant | undefined) => (choice: Choice) =>
    participant?.modules[choice.module.module]?.includes(choice.module.version) === true
  return (
    choices.find(({ module }) => module.version === moduleVersion) ??
    choices.findLast((choice) => takes(sender)(choice) && takes(recipient)(choice)) ??
    choices.findLast(takes(sender)) ??
    choices.at(-1)
  )
}

function checkBsn(
  choice: Choice,
  body: unknown,
  sender: Participant,
  recipient: Participant | undefined,
  problems: Problem[],
): void {
  if (recipient === undefined) return
  if (sender.traits.includes('bsn') && recipient.traits.includes('bsn')) return
  for (const { path } of choice.definition.findBsn(body)) {
    const detail =
      'Dit veld mag alleen gevuld zijn als afzender en ontvanger het BSN mogen gebruiken.'
    problems.push({ path: `/inhoud${path}`, code: 'bsn-niet-toegestaan', detail })
  }
}

/** The document that this sender owes, when it is not there; for a module that asks it at the opening, if this opens. */
function missingDocument(
  choice: Choice,
  envelope: Envelope,
  sender: Participant,
  known: readonly Problem[],
): Problem | undefined {
  const mayOpen = choice.definition.starts && envelope.cross === undefined
  const owed = documentOwed(choice.module, choice.definition, sender, mayOpen)
  // An attachment that could not be read may be the one that is owed; its own problem is told already.
  const isBroken = known.some(({ path }) => path.startsWith('/bijlagen'))
  if (owed === undefined || isBroken) return undefined
  if (envelope.attachments.some(({ kind }) => kind === owed)) return undefined
  const detail = `Deze afzender moet bij dit bericht een ${owed} meesturen.`
  return { path: '/bijlagen', code: 'document-ontbreekt', detail }
}

function checkDocuments(
  choice: Choice,
  envelope: Envelope,
  sender: Participant,
  limits: Limits,
  problems: Problem[],
): void {
  // A document that nobody in this module asks of this sender would be more data than the case needs.
  const asked = sender.types.map((type) => choice.module.documents.get(type))
  envelope.attachments.forEach(({ kind }, index) => {
    if (asked.includes(kind)) return
    const detail =
      'Dit document hoort niet bij een bericht van deze afzender in deze module; laat het weg.'
    problems.push({ path: `/bijlagen/${index}/soort`, code: 'document-onverwacht', detail })
  })
  const sizes = envelope.attachments.map(({ document }) => document.bytes.byteLength)
  sizes.push(...documentSizes(choice.definition, envelope.body))
  if (sizes.length > limits.documentsPerMessage) {
    const detail = `Een bericht heeft hoogstens ${limits.documentsPerMessage} documenten.`
    problems.push({ path: '', code: 'lijst-aantal', detail })
  }
  if (sizes.reduce((sum, size) => sum + size, 0) > limits.documentsBytesPerMessage) {
    throw new RelayError('te-groot', 'De documenten van dit bericht zijn samen te groot.')
  }
}

/** Decoded sizes of the documents inside a body, those that can be measured. */
function documentSizes(definition: MessageDefinition, body: unknown): number[] {
  return definition.findDocuments(body).map(({ value }) => documentBytes(value))
}
