/**
 * Who acts for whom, which documents are owed, and what belongs to which conversation.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '../../../src/core/errors.ts'
import { attachment, messageOf } from '../support/messages.ts'
import { participantId } from '../support/node.ts'
import { CANARY } from '../support/problem.ts'
import { request, spoiled, type BadCase } from './case.ts'

/** A case of a participant that owes a document with what opens a conversation. */
function owing(as: string, document: string, bijlagen?: unknown[]): BadCase {
  return {
    name: `${as} without its ${document}${bijlagen ? ', with another document' : ''}`,
    as,
    status: 400,
    code: bijlagen ? 'bericht-ongeldig' : 'document-ontbreekt',
    pads: bijlagen ? ['/bijlagen/0/soort', '/bijlagen'] : ['/bijlagen'],
    send: async (node, sender) => {
      const json = await messageOf(node, 'saldoverzoek', 'energie-direct', {
        module: 'schuldinventarisatie',
        ...(bijlagen && { bijlagen }),
      })
      return node.ask(sender, 'POST', '/berichten', { json })
    },
  }
}

const supplier = (name: string, status: number, code: ErrorCode, header?: string): BadCase =>
  spoiled(name, [status, code], () => undefined, {
    as: 'softwareleverancier',
    ...(header !== undefined && { headers: { deelnemer: header } }),
  })

/** Who acts for whom, which documents are owed, and what belongs to which conversation. */
export const PLACE_CASES: readonly BadCase[] = [
  supplier('a supplier without Deelnemer', 400, 'deelnemer-ontbreekt'),
  supplier(
    'a supplier for a participant of another',
    403,
    'deelnemer-niet-gemachtigd',
    participantId('gemeente-voorbeeldstad'),
  ),
  supplier('a supplier for nobody', 403, 'deelnemer-niet-gemachtigd', randomUUID()),
  supplier('a supplier with a name for Deelnemer', 400, 'parameter-ongeldig', CANARY.name),
  request(
    'two units and no Deelnemer',
    [400, 'deelnemer-ontbreekt'],
    ['GET', '/berichten'],
    {},
    'waterbedrijf-noord',
  ),
  request(
    'two units and a Deelnemer of another',
    [403, 'deelnemer-niet-gemachtigd'],
    ['GET', '/berichten'],
    { headers: { deelnemer: participantId('energie-direct') } },
    'waterbedrijf-noord',
  ),
  owing('hulp-bij-schulden', 'toestemmingsverklaring'),
  owing('bewind-en-balans', 'beschikking'),
  owing('hulp-bij-schulden', 'toestemmingsverklaring', [attachment('beschikking')]),
  {
    name: 'an answer to a message that is not there',
    as: 'energie-direct',
    status: 400,
    code: 'conversatie-onbekend',
    send: async (node, as) => {
      const json = await messageOf(node, 'saldoverzoek-antwoord', 'gemeente-voorbeeldstad', {
        crossReferentienummer: randomUUID(),
      })
      json.inhoud['KlantnummerSE'] = CANARY.name
      return node.ask(as, 'POST', '/berichten', { json })
    },
  },
  {
    name: 'an answer to a message between others',
    as: 'waterbedrijf-noord',
    status: 400,
    code: 'conversatie-onbekend',
    send: async (node, as, { waiting }) => {
      const json = await messageOf(node, 'saldoverzoek-antwoord', 'gemeente-voorbeeldstad', {
        conversatieReferentienummer: waiting.conversatieReferentienummer,
        crossReferentienummer: waiting.referentienummer,
      })
      const headers = { deelnemer: participantId('waterbedrijf-noord-zakelijk') }
      return node.ask(as, 'POST', '/berichten', { json, headers })
    },
  },
  {
    name: 'an answer of the wrong kind',
    as: 'energie-direct',
    status: 409,
    code: 'stap-niet-toegestaan',
    send: async (node, as, { waiting }) => {
      const json = await messageOf(node, 'betaalvoorstel-antwoord', 'gemeente-voorbeeldstad', {
        conversatieReferentienummer: waiting.conversatieReferentienummer,
        crossReferentienummer: waiting.referentienummer,
      })
      return node.ask(as, 'POST', '/berichten', { json })
    },
  },
  spoiled(
    'a used reference with other bytes',
    [409, 'referentienummer-bezet'],
    (message, { waiting }) => ({ ...waiting, inhoud: { ...message.inhoud } }),
  ),
]
