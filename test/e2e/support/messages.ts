/**
 * Messages made from what the relay itself publishes: its samples, and the documents that it asks for.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { participantId, voiceOf, type RunningNode, type Voice } from './node.ts'

/** A message as it goes over the wire; tests spoil it as they like. */
export interface Envelope {
  referentienummer: string
  conversatieReferentienummer: string
  crossReferentienummer?: string
  module: string
  berichttype: string
  versie: string
  ontvanger: string
  bijlagen?: unknown[]
  inhoud: Record<string, any>
}

/** The newest version of each module in the demo. */
const VERSIONS: Readonly<Record<string, string>> = {
  schuldregeling: '2.0',
  schuldinventarisatie: '1.0',
  betalingsregeling: '2.0',
  'meldingen-bewindvoering': '1.0',
  vroegsignalering: '1.0',
  'waarborgfonds-saneringskredieten': '2.0',
}

/** A small PDF, as base64. */
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<<>>\n%%EOF\n').toString(
  'base64',
)

/** A document as an attachment. */
export function attachment(kind: string, fileName = `${kind}.pdf`) {
  return {
    soort: kind,
    document: { bestandsnaam: fileName, mediatype: 'application/pdf', inhoud: PDF },
  }
}

/**
 * A message of this type with the sample as its body, in a conversation of its own unless told otherwise.
 * @param to name of a participant of the demo
 */
export async function messageOf(
  node: Pick<RunningNode, 'ask'>,
  type: string,
  to: string,
  given: Partial<Envelope> = {},
): Promise<Envelope> {
  const module = given.module ?? 'schuldregeling'
  const moduleVersion = VERSIONS[module] ?? '1.0'
  const path = `/modules/${module}/versies/${moduleVersion}/berichttypen/${type}`
  const { versie, voorbeeld } = (await node.ask('energie-direct', 'GET', path)).json()
  return {
    referentienummer: randomUUID(),
    conversatieReferentienummer: randomUUID(),
    module,
    berichttype: type,
    versie,
    ontvanger: participantId(to),
    ...given,
    inhoud: given.inhoud ?? voorbeeld,
  }
}

/** Two participants, and what the one offers the other. */
export interface Pair {
  readonly sender: Voice
  readonly recipient: Voice
  /** Offers a message from the one to the other; throws unless it is accepted. */
  offer(type?: string, given?: Partial<Envelope>): Promise<Envelope>
  /** Offers an answer from the other to the one. */
  answer(question: Envelope, type: string, given?: Partial<Envelope>): Promise<Envelope>
}

/** @param from name of the participant that asks, @param to of the one that answers */
export function pairOf(node: RunningNode, from: string, to: string): Pair {
  const [sender, recipient] = [voiceOf(node, from), voiceOf(node, to)]
  const offerBy = async (voice: Voice, type: string, other: string, given?: Partial<Envelope>) => {
    const json = await messageOf(node, type, other, given)
    const answer = await voice('POST', '/berichten', { json })
    if (answer.status !== 201) throw new Error(`${type}: ${answer.status} ${answer.text}`)
    return json
  }
  return {
    sender,
    recipient,
    offer: (type = 'saldoverzoek', given) => offerBy(sender, type, to, given),
    answer: ({ conversatieReferentienummer, referentienummer, module }, type, given) =>
      offerBy(recipient, type, from, {
        conversatieReferentienummer,
        crossReferentienummer: referentienummer,
        module,
        ...given,
      }),
  }
}
