/**
 * Messages made from what the relay itself publishes: its samples, and the documents that it asks for.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { participantId, type RunningNode } from './node.ts'

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
