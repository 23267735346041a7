/**
 * Confirm, refuse and withdraw: the ends that somebody asks for. Decided inside the writer loop on committed state, so that
 * two of them, or one and an expiry, cannot both win.
 * @module
 */
import { withOutcome } from '../core/conversation.ts'
import type { Conversation } from '../core/conversation.ts'
import type { Caller } from '../core/directory.ts'
import { decideEnd, fetched } from '../core/ends.ts'
import type { EndAsked, EndDecided } from '../core/ends.ts'
import { RelayError, refusalFor } from '../core/errors.ts'
import type { Problem } from '../core/errors.ts'
import { REFUSAL_REASONS, isLive, isNotice } from '../core/message.ts'
import type { Message, RefusalReason, Uuid } from '../core/message.ts'
import { mayAct } from '../core/rights.ts'
import type { Context } from './context.ts'
import { notify } from './notice.ts'
import type { Ended } from './relay.ts'
import type { Turn } from './turn.ts'

/** The recipient has it safely; the relay erases it (promise 2). */
export function confirm(
  context: Context,
  who: Caller,
  reference: Uuid,
  lease?: Uuid,
): Promise<Ended> {
  return end(context, who, reference, lease, { outcome: 'confirmed' })
}

/** The recipient cannot process it; the relay erases it and tells the sender why. */
export async function refuse(
  context: Context,
  who: Caller,
  reference: Uuid,
  why: { readonly reason: RefusalReason; readonly explanation?: string },
  lease?: Uuid,
): Promise<Ended> {
  checkReason(why, context.ports.settings().limits.explanationCharacters)
  const asked: EndAsked = { outcome: 'refused', reason: why.reason }
  return end(context, who, reference, lease, asked, why.explanation)
}

/** The sender takes back what nobody has fetched yet; the relay erases it. */
export async function withdraw(
  { ports, writer }: Context,
  who: Caller,
  reference: Uuid,
): Promise<Ended> {
  mayAct(who.participant.status, 'submit')
  return writer.run({
    kind: 'end',
    bytes: 0,
    settles: ({ message }) => message.seq,
    decide: (turn): EndDecided => {
      const message = turn.find(who.participant.id, reference)
      if (message === undefined || message.header.sender !== who.participant.id) throw notHere()
      const asked = { outcome: 'withdrawn' } as const
      const decided = decideEnd(message, asked, ports.clock.now())
      if (!decided.repeated) turn.end(decided.message, conversationAfter(turn, decided.message))
      return decided
    },
  })
}

function end(
  context: Context,
  who: Caller,
  reference: Uuid,
  lease: Uuid | undefined,
  asked: EndAsked,
  explanation?: string,
): Promise<Ended> {
  const { writer, leases } = context
  return writer.run({
    kind: 'end',
    bytes: 0,
    settles: ({ message }) => message.seq,
    decide: (turn): EndDecided => {
      const { id } = who.participant
      const status = turn.settings.directory.participants.get(id)?.status ?? 'beeindigd'
      mayAct(status, 'end')
      const message = turn.find(id, reference)
      if (message === undefined || message.header.recipient !== id) throw notHere()
      if (isLive(message)) {
        if (!leases.allows(message, lease, turn.at)) throw new RelayError('in-ophaling')
        if (status === 'geschorst' && message.state !== 'fetched') {
          throw new RelayError('niet-opgehaald')
        }
      }
      // Confirming implies having it, also when the mark of the fetch was lost or is still on its way.
      const had =
        asked.outcome === 'confirmed' && message.state === 'waiting'
          ? fetched(message, turn.at)
          : message
      const decided = decideEnd(had, asked, turn.at)
      if (decided.repeated) return decided
      if (asked.outcome === 'refused' && !isNotice(message.header)) {
        notify(context, turn, {
          type: 'melding-afgewezen',
          to: message.header.sender,
          conversation: message.header.conversation,
          about: message.header.reference,
          reason: asked.reason,
          ...(explanation === undefined ? {} : { explanation }),
          fetched: message.fetches > 0,
        })
      }
      turn.end(decided.message, conversationAfter(turn, decided.message))
      return decided
    },
  })
}

/** The conversation with the outcome of this message in its step; null for a notice, which is no step. */
export function conversationAfter(turn: Turn, message: Message): Conversation | null {
  const { header, receipt, fetches } = message
  if (isNotice(header) || receipt === undefined) return null
  const conversation = turn.conversation(header.sender, header.conversation)
  if (conversation === undefined) return null
  return withOutcome(conversation, header.reference, receipt.outcome, fetches > 0)
}

function notHere(): RelayError {
  return new RelayError('niet-gevonden', 'Dit bericht is er niet.')
}

/** Characters that a person cannot type on purpose in an explanation: controls other than tab and line ends. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

function checkReason(
  why: { readonly reason: RefusalReason; readonly explanation?: string },
  most: number,
): void {
  const problems: Problem[] = []
  if (!REFUSAL_REASONS.some((reason) => reason === why.reason)) {
    const detail = `reden is een van: ${REFUSAL_REASONS.join(', ')}.`
    problems.push({ path: '/reden', code: 'veld-waarde', detail })
  }
  const { explanation } = why
  if (explanation !== undefined) {
    const path = '/toelichting'
    if (explanation.trim() === '') {
      problems.push({ path, code: 'veld-leeg', detail: 'Vul toelichting in of laat haar weg.' })
    } else if (explanation.length > most * 2 || [...explanation].length > most) {
      const detail = `toelichting heeft hoogstens ${most} tekens.`
      problems.push({ path, code: 'veld-te-lang', detail })
    } else if (CONTROL.test(explanation) || !explanation.isWellFormed()) {
      const detail = 'toelichting is gewone tekst, zonder stuurtekens.'
      problems.push({ path, code: 'veld-patroon', detail })
    }
  }
  if (problems.length > 0) throw refusalFor(problems)
}
