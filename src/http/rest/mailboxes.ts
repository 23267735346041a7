/**
 * `postbussen`: what waits for all participants of a connection.
 * @module
 */
import { json } from '../answer.ts'
import { patience } from '../parameters.ts'
import { route, type Route } from '../route.ts'
import type { RestParts } from './parts.ts'
import { afterWaiting } from './waiting.ts'
import { mailboxWire } from './wire.ts'

export function mailboxRoutes({ relay }: RestParts): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/postbussen',
        id: 'toonPostbussen',
        tag: 'Ontvangen',
        access: 'connection',
        summary:
          'Toont van elke deelnemer van deze aansluiting hoeveel er wacht, en sinds wanneer.',
        query: { wacht: patience() },
        answers: { 200: 'De postbussen.' },
        answer: 'Postbussen',
        codes: [],
      },
      async (call) => {
        const seconds = call.query.wacht ?? 0
        const found = await afterWaiting(call, seconds, () =>
          seconds > 0
            ? relay.mailboxes(call.connection, { seconds, signal: call.signal() })
            : relay.mailboxes(call.connection),
        )
        return json(200, {
          postbussen: found.map((mailbox) => mailboxWire(mailbox, call.settings)),
        })
      },
    ),
  ]
}
