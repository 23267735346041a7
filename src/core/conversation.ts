/**
 * Conversations: what the relay remembers of one case, and which message may come next. Never content.
 * Rules: DESIGN 5 and the doors `starts`, `answers`, `follows` of the catalogue.
 * @module
 */
import type { MessageDefinition, ModuleDefinition } from './catalogue/definition.ts'
import { RelayError } from './errors.ts'
import type { Header, Instant, Outcome, Seq, Side, Uuid } from './message.ts'

/** One message that was sent in a conversation. */
export interface Step {
  readonly reference: Uuid
  readonly seq: Seq
  readonly type: string
  readonly from: Side
  readonly at: Instant
  readonly cross?: Uuid
  readonly answerBy?: Instant
  /** True for a message that closes the conversation, once it has passed. */
  readonly ends: boolean
  /** Absent while the message waits or is fetched. */
  readonly outcome?: Outcome
  /** Whether the recipient had it before it ended; an expired message that was fetched may still be answered. */
  readonly fetched?: boolean
}

/** One case between two participants in one module version, tied by the UUID that the opener made. */
export interface Conversation {
  readonly id: Uuid
  readonly module: string
  readonly moduleVersion: string
  readonly asker: Uuid
  readonly answerer: Uuid
  readonly startedAt: Instant
  /** When a message that `ends` passed, or a participant ended. */
  readonly endedAt?: Instant
  readonly steps: readonly Step[]
}

/**
 * Whether a message counts as sent: a refused, withdrawn or never-fetched expired one opens no door. A lost one may have been
 * fetched after the backup was made; whoever has it must be able to answer.
 */
export function hasPassed(step: Step): boolean {
  if (step.outcome === undefined || step.outcome === 'confirmed') return true
  if (step.outcome === 'lost') return true
  return step.outcome === 'expired' && step.fetched === true
}

/** The side on which a participant of this conversation stands; undefined for anybody else. */
function sideIn(conversation: Conversation, participant: Uuid): Side | undefined {
  if (participant === conversation.asker) return 'asker'
  if (participant === conversation.answerer) return 'answerer'
  return undefined
}

/** The participant at the other end. */
export function counterpart(conversation: Conversation, participant: Uuid): Uuid {
  return participant === conversation.asker ? conversation.answerer : conversation.asker
}

/** One code for whatever is not there or not theirs, so that nobody learns of another's conversations. */
function unknownConversation(): RelayError {
  return new RelayError('conversatie-onbekend')
}

/**
 * Decides whether a message may be the next one, and gives the conversation with it as a step.
 * @param ours the conversation under this id as the sender knows it
 * @param theirs the same as the recipient knows it; differs from `ours` only when the id is taken for another case
 * @param limit most steps in one conversation
 * @throws conversatie-onbekend, afzender-niet-bevoegd, stap-niet-toegestaan, conversatie-beeindigd, conversatie-vol
 */
export function nextStep(
  definition: MessageDefinition,
  header: Header,
  seq: Seq,
  ours: Conversation | undefined,
  theirs: Conversation | undefined,
  limit: number,
): Conversation {
  const before = ours ?? (theirs === undefined ? opening(definition, header) : undefined)
  if (before === undefined || !belongs(before, header)) throw unknownConversation()
  if (sideIn(before, header.sender) !== definition.from) {
    throw new RelayError(
      'afzender-niet-bevoegd',
      'Dit bericht komt in deze conversatie van de andere kant.',
    )
  }
  const closed =
    header.cross === undefined
      ? refusalUnasked(definition, before)
      : refusalAsAnswer(definition, before, header.cross)
  if (closed !== undefined) throw closed
  if (before.steps.length >= limit) throw new RelayError('conversatie-vol')
  const step: Step = {
    reference: header.reference,
    seq,
    type: header.type,
    from: definition.from,
    at: header.acceptedAt,
    ends: definition.ends,
    ...(header.cross === undefined ? {} : { cross: header.cross }),
    ...(header.answerBy === undefined ? {} : { answerBy: header.answerBy }),
  }
  return withEnd({ ...before, steps: [...before.steps, step] })
}

/** A new conversation without steps, when this message may open one. */
function opening(definition: MessageDefinition, header: Header): Conversation | undefined {
  if (!definition.starts || header.cross !== undefined) return undefined
  const askerSends = definition.from === 'asker'
  return {
    id: header.conversation,
    module: header.module,
    moduleVersion: header.moduleVersion,
    asker: askerSends ? header.sender : header.recipient,
    answerer: askerSends ? header.recipient : header.sender,
    startedAt: header.acceptedAt,
    steps: [],
  }
}

function belongs(conversation: Conversation, header: Header): boolean {
  return (
    conversation.module === header.module &&
    conversation.moduleVersion === header.moduleVersion &&
    sideIn(conversation, header.sender) !== undefined &&
    counterpart(conversation, header.sender) === header.recipient
  )
}

/** The door `answers`: undefined when it is open, else why not. */
function refusalAsAnswer(
  definition: MessageDefinition,
  before: Conversation,
  cross: Uuid,
): RelayError | undefined {
  const question = before.steps.find((step) => step.reference === cross)
  if (question === undefined) return unknownConversation()
  if (question.from === definition.from || !definition.answers.includes(question.type)) {
    return new RelayError(
      'stap-niet-toegestaan',
      definition.answers.length === 0
        ? 'Dit berichttype is geen antwoord; laat crossReferentienummer weg.'
        : `Dit berichttype antwoordt alleen op: ${definition.answers.join(', ')}.`,
    )
  }
  if (hasPassed(question)) return undefined
  return new RelayError(
    'stap-niet-toegestaan',
    'Het bericht waarop dit antwoordt is afgewezen, ingetrokken of nooit opgehaald.',
  )
}

/**
 * The doors `starts` and `follows`: undefined when one is open, else why not. A message that opens a conversation may be
 * sent again in it while nothing has passed.
 */
function refusalUnasked(
  definition: MessageDefinition,
  before: Conversation,
): RelayError | undefined {
  if (before.endedAt !== undefined) return new RelayError('conversatie-beeindigd')
  if (definition.starts && !before.steps.some(hasPassed)) return undefined
  const follows = before.steps.some(
    (step) => definition.follows.includes(step.type) && hasPassed(step),
  )
  return follows ? undefined : new RelayError('stap-niet-toegestaan', whatWouldDo(definition))
}

function whatWouldDo(definition: MessageDefinition): string {
  const { answers, follows, starts } = definition
  if (follows.length > 0) return `Dit berichttype volgt alleen na: ${follows.join(', ')}.`
  if (starts) return 'Dit berichttype opent een nieuwe conversatie; maak daarvoor een nieuw nummer.'
  return `Dit berichttype is een antwoord op ${answers.join(', ')}; geef crossReferentienummer.`
}

/** The conversation without a message that was lost and is offered again. */
export function withoutStep(conversation: Conversation, reference: Uuid): Conversation {
  const steps = conversation.steps.filter((step) => step.reference !== reference)
  return withEnd({ ...conversation, steps })
}

/** The conversation after one of its messages ended. */
export function withOutcome(
  conversation: Conversation,
  reference: Uuid,
  outcome: Outcome,
  fetched: boolean,
): Conversation {
  const steps = conversation.steps.map((step) =>
    step.reference === reference ? { ...step, outcome, fetched } : step,
  )
  return withEnd({ ...conversation, steps })
}

/** Closes or reopens a conversation according to whether a closing message has passed. */
function withEnd(conversation: Conversation): Conversation {
  const closing = conversation.steps.find((step) => step.ends && hasPassed(step))
  if (closing !== undefined) {
    return { ...conversation, endedAt: conversation.endedAt ?? closing.at }
  }
  const undone = conversation.steps.some((step) => step.ends)
  if (!undone || conversation.endedAt === undefined) return conversation
  const { endedAt: _reopened, ...open } = conversation
  return open
}

/** A message that a participant may send now. */
export interface PossibleStep {
  readonly definition: MessageDefinition
  /** References that it could answer; empty when it comes unasked. */
  readonly answers: readonly Uuid[]
}

/** What a participant of this conversation may send next, in the order of the catalogue. */
export function possibleSteps(
  module: ModuleDefinition,
  conversation: Conversation,
  participant: Uuid,
): PossibleStep[] {
  const side = sideIn(conversation, participant)
  const possible: PossibleStep[] = []
  for (const definition of module.messages.values()) {
    if (definition.from !== side) continue
    const answers = conversation.steps.filter(
      (step) => step.from !== side && definition.answers.includes(step.type) && hasPassed(step),
    )
    if (answers.length > 0 || refusalUnasked(definition, conversation) === undefined) {
      possible.push({ definition, answers: answers.map((step) => step.reference) })
    }
  }
  return possible
}

/** Questions that wait for an answer: they have a term, have passed, and nothing that passed answers them. */
export function openQuestions(conversation: Conversation): Step[] {
  return conversation.steps.filter(
    (question) =>
      question.answerBy !== undefined &&
      hasPassed(question) &&
      !conversation.steps.some((step) => step.cross === question.reference && hasPassed(step)),
  )
}
