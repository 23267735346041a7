/**
 * Who acts for whom, which documents are owed, and what belongs to which conversation.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { ErrorCode } from '../../../src/core/errors.ts'
import { attachment, messageOf } from '../support/messages.ts'
import { participantId } from '../support/node.ts'
import { CANARY } from '../support/problem.ts'
import { spoiled, type BadMessage, type Standing } from './case.ts'

/** A case of a participant that owes a document with what opens a conversation. */
function owing(as: string, document: string, bijlagen?: unknown[]): BadMessage {
  return {
    name: `${as} without its ${document}${bijlagen ? ', with another document' : ''}`,
    as,
    status: 400,
    code: bijlagen ? 'bericht-ongeldig' : 'document-ontbreekt',
    pads: bijlagen ? ['/bijlagen/0/soort', '/bijlagen'] : ['/bijlagen'],
    make: (node) =>
      messageOf(node, 'saldoverzoek', 'energie-direct', {
        module: 'schuldinventarisatie',
        ...(bijlagen && { bijlagen }),
      }),
  }
}

const supplier = (name: string, status: number, code: ErrorCode, header?: string): BadMessage =>
  spoiled(name, [status, code], () => undefined, {
    as: 'softwareleverancier',
    ...(header !== undefined && { headers: { deelnemer: header } }),
  })

/** An answer to the municipality, in the conversation and on the message that `about` gives. */
function answering(
  name: string,
  [status, code]: readonly [number, ErrorCode],
  type: string,
  about: (standing: Standing) => { conversation: string; cross: string },
  more: Pick<BadMessage, 'as' | 'headers'> = { as: 'energie-direct' },
): BadMessage {
  return {
    name,
    status,
    code,
    ...more,
    make: async (node, standing) => {
      const { conversation, cross } = about(standing)
      const json = await messageOf(node, type, 'gemeente-voorbeeldstad', {
        conversatieReferentienummer: conversation,
        crossReferentienummer: cross,
      })
      json.inhoud['KlantnummerSE'] = CANARY.name
      return json
    },
  }
}

const theWaiting = ({ waiting }: Standing) => ({
  conversation: waiting.conversatieReferentienummer,
  cross: waiting.referentienummer,
})

/** What a good sender can get wrong about its place. */
export const PLACE_CASES: readonly BadMessage[] = [
  supplier('a supplier without Deelnemer', 400, 'deelnemer-ontbreekt'),
  supplier(
    'a supplier for a participant of another',
    403,
    'deelnemer-niet-gemachtigd',
    participantId('gemeente-voorbeeldstad'),
  ),
  supplier('a supplier for nobody', 403, 'deelnemer-niet-gemachtigd', randomUUID()),
  supplier('a supplier with a name for Deelnemer', 400, 'parameter-ongeldig', CANARY.name),
  owing('hulp-bij-schulden', 'toestemmingsverklaring'),
  owing('bewind-en-balans', 'beschikking'),
  owing('hulp-bij-schulden', 'toestemmingsverklaring', [attachment('beschikking')]),
  answering(
    'an answer to a message that is not there',
    [400, 'conversatie-onbekend'],
    'saldoverzoek-antwoord',
    () => ({ conversation: randomUUID(), cross: randomUUID() }),
  ),
  answering(
    'an answer to another message than the conversation has',
    [400, 'conversatie-onbekend'],
    'saldoverzoek-antwoord',
    (standing) => ({ ...theWaiting(standing), cross: randomUUID() }),
  ),
  answering(
    'an answer to a message between others',
    [400, 'conversatie-onbekend'],
    'saldoverzoek-antwoord',
    theWaiting,
    {
      as: 'waterbedrijf-noord',
      headers: { deelnemer: participantId('waterbedrijf-noord-zakelijk') },
    },
  ),
  answering(
    'an answer of the wrong kind',
    [409, 'stap-niet-toegestaan'],
    'betaalvoorstel-antwoord',
    theWaiting,
  ),
  {
    name: 'a new case under the number of a conversation between others',
    as: 'wijkteam-voorbeeldstad',
    status: 400,
    code: 'conversatie-onbekend',
    make: (node, { waiting }) =>
      messageOf(node, 'saldoverzoek', 'energie-direct', {
        module: 'schuldinventarisatie',
        conversatieReferentienummer: waiting.conversatieReferentienummer,
      }),
  },
  {
    name: 'a reference under which the recipient has a message of another',
    as: 'wijkteam-voorbeeldstad',
    status: 409,
    code: 'referentienummer-bezet',
    make: (node, { waiting }) =>
      messageOf(node, 'saldoverzoek', 'energie-direct', {
        module: 'schuldinventarisatie',
        referentienummer: waiting.referentienummer,
      }),
  },
  spoiled(
    'a used reference with other bytes',
    [409, 'referentienummer-bezet'],
    (message, { waiting }) => ({ ...waiting, inhoud: { ...message.inhoud } }),
  ),
]
