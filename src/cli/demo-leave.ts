/**
 * What the demo leaves to try with: ten messages without an answer, one refused, one about to expire (DESIGN 10).
 * @module
 */
import { randomUUID } from 'node:crypto'
import { endOfTerm } from '../core/calendar.ts'
import type { Settings } from '../core/settings.ts'
import type { Actor } from './demo-play.ts'

const DAY_MS = 86_400_000
const UNANSWERED = 10

/**
 * Sends them from counsellor to creditor; does nothing when something waits there already.
 * @param clock of the messages; set back while the one is accepted that is about to expire
 * @returns whether they were sent
 */
export async function leaveMessages(
  counsellor: Actor,
  creditor: Actor,
  settings: Settings,
  clock: { behindMs: number },
): Promise<boolean> {
  const { berichten } = await creditor.client.list({ limiet: 1 })
  if (berichten.length > 0) return false
  const ask = await asker(counsellor, creditor)
  clock.behindMs = daysAgoForLastDay(settings) * DAY_MS
  await ask('SHV-DEMO-OUD')
  clock.behindMs = 0
  for (let number = 1; number < UNANSWERED; number += 1) await ask(`SHV-DEMO-${number}`)
  await creditor.client.refuse(await ask('SHV-DEMO-VERKEERD'), {
    reden: 'verkeerde-ontvanger',
    toelichting: 'Deze klant is niet bij ons bekend.',
  })
  return true
}

/** A function that sends a saldoverzoek about a client and gives its reference. */
async function asker(
  counsellor: Actor,
  creditor: Actor,
): Promise<(about: string) => Promise<string>> {
  const { client } = counsellor
  const { versie, voorbeeld } = await client.messageType('schuldregeling', '2.0', 'saldoverzoek')
  return async (about) => {
    const referentienummer = randomUUID()
    await client.submit({
      referentienummer,
      conversatieReferentienummer: randomUUID(),
      module: 'schuldregeling',
      berichttype: 'saldoverzoek',
      versie,
      ontvanger: creditor.id,
      inhoud: { ...voorbeeld, KlantnummerSHV: about },
    })
    return referentienummer
  }
}

/** How many days ago a message was accepted whose removal comes next. */
function daysAgoForLastDay({ calendar, retention }: Settings): number {
  const now = Date.now()
  const isStillThere = (days: number) =>
    endOfTerm(calendar, now - days * DAY_MS, retention.removalDays) > now
  let days = 0
  while (isStillThere(days + 1)) days += 1
  return days
}
