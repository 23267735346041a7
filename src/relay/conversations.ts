/**
 * Conversations as their participants see them: what passed, what may follow, what is expected and whether it is late.
 * @module
 */
import { addDays, startOfDay } from '../core/calendar.ts'
import { counterpart, openQuestions, possibleSteps } from '../core/conversation.ts'
import type { Conversation } from '../core/conversation.ts'
import type { Caller } from '../core/directory.ts'
import { RelayError } from '../core/errors.ts'
import { isUuid } from '../core/envelope.ts'
import type { Uuid } from '../core/message.ts'
import { mayAct } from '../core/rights.ts'
import type { Context } from './context.ts'
import type { ConversationQuery, ConversationView, Page } from './relay.ts'

/** Conversations read from the store at a time. */
const SCAN_ROWS = 200
/** Conversations looked at for one page; a search that finds less goes on from `next`. */
const SCAN_MOST = 20_000

/** Own conversations in order of their id. */
export async function conversations(
  context: Context,
  who: Caller,
  query: ConversationQuery,
): Promise<Page<ConversationView>> {
  mayAct(who.participant.status, 'read')
  const { ports } = context
  const found: ConversationView[] = []
  let after = query.after ?? ''
  if (after !== '' && !isUuid(after)) {
    throw new RelayError('parameter-ongeldig', 'na is niet de waarde die een vorige pagina gaf.')
  }
  for (let scanned = 0; scanned < SCAN_MOST;) {
    const rows = ports.store.conversations(who.participant.id, after, SCAN_ROWS)
    for (const row of rows) {
      after = row.id
      const seen = view(context, who.participant.id, row)
      if (fits(seen, who.participant.id, query)) found.push(seen)
      if (found.length === query.limit) return { items: found, next: after }
    }
    if (rows.length < SCAN_ROWS) return { items: found }
    scanned += rows.length
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return { items: found, next: after }
}

/** One own conversation. @throws niet-gevonden, also for another's */
export async function conversation(
  context: Context,
  who: Caller,
  id: Uuid,
): Promise<ConversationView> {
  mayAct(who.participant.status, 'read')
  const found = context.ports.store.conversation(who.participant.id, id)
  if (found === undefined) throw new RelayError('niet-gevonden', 'Deze conversatie is er niet.')
  return view(context, who.participant.id, found)
}

function view({ ports }: Context, participant: Uuid, found: Conversation): ConversationView {
  const now = ports.clock.now()
  const module = ports.settings().catalogue.modules.get(found.module)?.get(found.moduleVersion)
  return {
    conversation: found,
    steps: found.steps.map((step) => ({
      ...step,
      state: step.outcome ?? ports.store.message(step.seq)?.state ?? 'waiting',
    })),
    next: (module === undefined ? [] : possibleSteps(module, found, participant)).map(
      ({ definition, answers }) => ({
        type: definition.type,
        version: definition.version,
        answers,
      }),
    ),
    expected: openQuestions(found).flatMap((question) => {
      const asker = question.from === 'asker' ? found.asker : found.answerer
      return question.answerBy === undefined
        ? []
        : [
            {
              reference: question.reference,
              by: counterpart(found, asker),
              answerBy: question.answerBy,
              late: now >= question.answerBy,
            },
          ]
    }),
  }
}

function fits(seen: ConversationView, participant: Uuid, query: ConversationQuery): boolean {
  const hasEnded = seen.conversation.endedAt !== undefined
  if (query.state !== undefined && hasEnded !== (query.state === 'ended')) return false
  if (query.answerBefore === undefined) return true
  // The term ends at the midnight after its last day, so that day itself still counts.
  const end = startOfDay(addDays(query.answerBefore, 1))
  return seen.expected.some(({ by, answerBy }) => by === participant && answerBy <= end)
}
