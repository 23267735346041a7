/**
 * Submit: accept one message. Checks and seals outside the writer loop, decides inside it.
 * @module
 */
import { canonicalJson } from '../core/canonical.ts'
import { sameParts, sizeOf, toParts } from '../core/content.ts'
import { hasPassed, nextStep, withoutStep } from '../core/conversation.ts'
import type { Conversation } from '../core/conversation.ts'
import type { Caller, Participant } from '../core/directory.ts'
import { readEnvelope } from '../core/envelope.ts'
import type { Envelope } from '../core/envelope.ts'
import { RelayError } from '../core/errors.ts'
import { isLive } from '../core/message.ts'
import type { Header, Message, Uuid } from '../core/message.ts'
import { propose } from '../core/proposal.ts'
import type { Proposal } from '../core/proposal.ts'
import { mayAct, mayPass } from '../core/rights.ts'
import type { Settings } from '../core/settings.ts'
import type { Context } from './context.ts'
import type { Submitted } from './relay.ts'
import type { Newcomer, Turn } from './turn.ts'

/** The loop found that the conversation runs in another version of the module than was assumed. */
interface OtherVersion {
  readonly moduleVersion: string
}

/**
 * Accepts one message; resolves once it is on disk (promise 1).
 * @param input the envelope as parsed JSON
 */
export async function submit(context: Context, who: Caller, input: unknown): Promise<Submitted> {
  const settings = context.ports.settings()
  const sender = who.participant
  mayAct(sender.status, 'submit')
  const { envelope, problems } = readEnvelope(input, settings.limits)
  const known = conversationOf(context, sender, envelope)
  const check = (moduleVersion: string | undefined) =>
    propose(envelope, problems, sender, settings, moduleVersion, opens(known))

  const decided = await offer(context, settings, sender, envelope, check(known?.moduleVersion))
  if (!('moduleVersion' in decided)) return decided
  const again = await offer(context, settings, sender, envelope, check(decided.moduleVersion))
  if ('moduleVersion' in again) throw new RelayError('conversatie-onbekend')
  return again
}

/** The conversation as it is before this message; without it, when it was lost and is offered again. */
function conversationOf(
  { ports }: Context,
  sender: Participant,
  { conversation, reference }: Envelope,
): Conversation | undefined {
  const known =
    conversation === undefined ? undefined : ports.store.conversation(sender.id, conversation)
  if (known === undefined || reference === undefined) return known
  const isLost = ports.store.find(sender.id, reference)?.state === 'lost'
  return isLost ? withoutStep(known, reference) : known
}

/** Whether a message without a question would open the conversation: it is new, or nothing in it has passed. */
function opens(conversation: Conversation | undefined): boolean {
  return conversation === undefined || !conversation.steps.some(hasPassed)
}

function offer(
  context: Context,
  settings: Settings,
  sender: Participant,
  envelope: Envelope,
  proposal: Proposal,
): Promise<Submitted | OtherVersion> {
  const { ports, writer } = context
  const parts = toParts(proposal.content)
  const size = sizeOf(parts)
  const bodyBytes = (parts[0]?.byteLength ?? 0) - proposal.embeddedCharacters
  if (bodyBytes > settings.limits.bodyBytes) {
    throw new RelayError('te-groot', 'De inhoud van dit bericht is te groot.')
  }
  const header = headerFor(context, settings, sender.id, envelope, proposal)
  const headerBytes = new TextEncoder().encode(canonicalJson(header))
  const sealed = ports.vault.seal(headerBytes, parts)
  const attachments = proposal.content.attachments.length
  const newcomer: Newcomer = { header, headerBytes, sealed, parts, size, attachments }
  return writer.run({
    kind: 'accept',
    bytes: size,
    decide: (turn) => decide(turn, settings, newcomer, proposal),
  })
}

function headerFor(
  { ports, terms }: Context,
  settings: Settings,
  sender: Uuid,
  envelope: Envelope,
  { module, definition, recipient }: Proposal,
): Header {
  const { reference, conversation, cross } = envelope
  if (reference === undefined || conversation === undefined) throw new Error('envelope unchecked')
  const { calendar, retention } = settings
  const at = ports.clock.now()
  // In the order of canonical JSON, so that the header as sealed is the header as it stands and is kept once.
  return {
    acceptedAt: at,
    ...(definition.termDays === undefined
      ? {}
      : { answerBy: terms.end(calendar, at, definition.termDays) }),
    conversation,
    ...(cross === undefined ? {} : { cross }),
    module: module.module,
    moduleVersion: module.version,
    recipient: recipient.id,
    reference,
    removeAt: terms.end(calendar, at, retention.removalDays),
    sender,
    type: definition.type,
    version: definition.version,
  }
}

/** Decides on committed state plus what this turn has accepted before: idempotency, rights, step, quota. */
function decide(
  turn: Turn,
  checkedWith: Settings,
  newcomer: Newcomer,
  proposal: Proposal,
): Submitted | OtherVersion {
  const { header } = newcomer
  const before = turn.find(header.sender, header.reference)
  const again = isOfferedAgain(before, header)
  if (before !== undefined && !again) return repeat(turn, before, newcomer)
  const theirOwn = turn.find(header.recipient, header.reference)
  if (theirOwn !== undefined && theirOwn.seq !== before?.seq) {
    throw new RelayError('referentienummer-bezet')
  }
  if (turn.settings.generation !== checkedWith.generation)
    checkAgain(turn.settings, proposal, header)
  const known = turn.conversation(header.sender, header.conversation)
  const ours = again && known !== undefined ? withoutStep(known, header.reference) : known
  if (ours !== undefined && ours.moduleVersion !== header.moduleVersion) {
    return { moduleVersion: ours.moduleVersion }
  }
  if (opens(ours) && proposal.refusalAsOpening !== undefined) throw proposal.refusalAsOpening
  const theirs = turn.conversation(header.recipient, header.conversation)
  const conversation = nextStep(
    proposal.definition,
    header,
    turn.nextSeq,
    ours,
    theirs,
    turn.settings.limits.stepsPerConversation,
  )
  turn.room.admit(turn.settings.limits, header.sender, header.recipient, newcomer.size)
  return { message: turn.accept(newcomer, conversation), repeated: false }
}

/** Whether a message that was lost in a restore is offered once more under its reference. */
function isOfferedAgain(before: Message | undefined, header: Header): boolean {
  return before?.state === 'lost' && sameHeader(before.header, header)
}

/** The first receipt again for the same message; compared with its content while that lives, by header afterwards. */
function repeat(turn: Turn, before: Message, newcomer: Newcomer): Submitted {
  const same =
    sameHeader(before.header, newcomer.header) &&
    (!isLive(before) || sameParts(turn.open(before) ?? [], newcomer.parts))
  if (!same) throw new RelayError('referentienummer-bezet')
  return { message: before, repeated: true }
}

function sameHeader(left: Header, right: Header): boolean {
  return (
    left.sender === right.sender &&
    left.recipient === right.recipient &&
    left.conversation === right.conversation &&
    left.cross === right.cross &&
    left.module === right.module &&
    left.type === right.type &&
    left.version === right.version
  )
}

/** The configuration moved between check and decision: rights are decided on what is true now. */
function checkAgain(settings: Settings, proposal: Proposal, header: Header): void {
  const sender = settings.directory.participants.get(header.sender)
  const recipient = settings.directory.participants.get(header.recipient)
  const module = settings.catalogue.modules.get(header.module)?.get(header.moduleVersion)
  const definition = module?.messages.get(header.type)
  if (!sender || !recipient || !module || definition?.version !== proposal.definition.version) {
    throw new RelayError('even-niet-beschikbaar', undefined, { retryAfter: 1 })
  }
  mayAct(sender.status, 'submit')
  mayPass(definition, module, sender, recipient)
}
