/**
 * `conversaties`: where a case stands, and what may follow.
 * @module
 */
import { json } from '../answer.ts'
import * as parameters from '../parameters.ts'
import { inPath, route, type Route } from '../route.ts'
import type { RestParts } from './parts.ts'
import { conversationWire, pageWire } from './wire.ts'

const PAGE_ITEMS_DEFAULT = 50
const STATES = { open: 'open', beeindigd: 'ended' } as const

export function conversationRoutes({ relay }: RestParts): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/conversaties',
        id: 'toonConversaties',
        tag: 'Naslaan',
        access: 'participant',
        summary: 'Toont de eigen conversaties.',
        query: {
          stand: parameters.choice<'open' | 'ended'>('Open of beëindigd.', STATES),
          antwoordVoor: parameters.day(
            'Alleen waarin uw antwoord uiterlijk op deze dag wordt verwacht.',
          ),
          na: parameters.cursor(),
          limiet: parameters.pageSize(),
        },
        answers: { 200: 'Een bladzijde conversaties.' },
        answer: 'ConversatiesBladzijde',
        codes: [],
      },
      async ({ caller, query, settings }) => {
        const { stand: state, antwoordVoor: answerBefore, na: after } = query
        const page = await relay.conversations(caller, {
          ...(state !== undefined && { state }),
          ...(answerBefore !== undefined && { answerBefore }),
          ...(after !== undefined && { after }),
          limit: query.limiet ?? Math.min(PAGE_ITEMS_DEFAULT, settings.limits.pageItems),
        })
        return json(200, pageWire('conversaties', page.items.map(conversationWire), page.next))
      },
    ),
    route(
      {
        method: 'GET',
        path: '/conversaties/{id}',
        id: 'geefConversatie',
        tag: 'Naslaan',
        access: 'participant',
        summary: 'Geeft een conversatie: stappen, wat kan volgen, en wie wanneer antwoordt.',
        query: {},
        answers: { 200: 'De conversatie.' },
        answer: 'Conversatie',
        codes: ['niet-gevonden'],
      },
      async (call) =>
        json(200, conversationWire(await relay.conversation(call.caller, inPath(call, 'id')))),
    ),
  ]
}
