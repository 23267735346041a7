/**
 * The play of the demo: one whole debt settlement between a municipality and a creditor, over real mutual TLS, told in plain
 * words.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Client } from '../client/client.ts'
import type { Envelope } from '../client/wire.ts'
import type { Uuid } from '../core/message.ts'

/** The two who talk. */
export interface Actor {
  readonly name: string
  readonly id: Uuid
  readonly client: Client
}

interface Line {
  readonly from: 'counsellor' | 'creditor'
  readonly type: string
  /** Which earlier line it answers. */
  readonly answers?: string
  readonly words: string
}

/** The conversation, line by line (catalogue, module schuldregeling). */
const LINES: readonly Line[] = [
  {
    from: 'counsellor',
    type: 'saldoverzoek',
    words: 'asks what the client still owes',
  },
  {
    from: 'creditor',
    type: 'saldoverzoek-antwoord',
    answers: 'saldoverzoek',
    words: 'answers with the balance of each claim',
  },
  {
    from: 'counsellor',
    type: 'betaalvoorstel',
    words: 'proposes what can be paid',
  },
  {
    from: 'creditor',
    type: 'betaalvoorstel-antwoord',
    answers: 'betaalvoorstel',
    words: 'agrees with the proposal',
  },
  {
    from: 'counsellor',
    type: 'schuldregeling-akkoord',
    words: 'reports that all creditors agreed',
  },
]

/** What the play leaves for the proof: text that was in every body, and the case. */
export interface Played {
  /** Stands in every body; after the play it must be nowhere on the disk. */
  readonly marker: string
  readonly conversation: Uuid
  readonly references: readonly Uuid[]
}

/**
 * Plays the conversation; each message is fetched, compared and confirmed by the other side before the next is sent.
 * @param tell gets one line of story at a time
 * @throws when anything differs from what was sent
 */
export async function play(
  counsellor: Actor,
  creditor: Actor,
  tell: (line: string) => void,
): Promise<Played> {
  const marker = `MERK-${randomUUID()}`
  const conversation = randomUUID()
  const sent = new Map<string, Uuid>()
  const samples = await readSamples(counsellor.client)
  for (const line of LINES) {
    const [from, to] = line.from === 'counsellor' ? [counsellor, creditor] : [creditor, counsellor]
    const reference = randomUUID()
    const answered = line.answers === undefined ? undefined : sent.get(line.answers)
    const { version, body } = samples(line.type)
    const envelope: Envelope = {
      referentienummer: reference,
      conversatieReferentienummer: conversation,
      ...(answered === undefined ? {} : { crossReferentienummer: answered }),
      module: 'schuldregeling',
      berichttype: line.type,
      versie: version,
      ontvanger: to.id,
      inhoud: { ...body, ...bodyOf(line.type, marker) },
    }
    await from.client.submit(envelope)
    tell(`${from.name} ${line.words}: ${line.type} is accepted and on disk`)
    await receive(to, envelope)
    tell(`  ${to.name} fetched it, has it safely, and confirmed: the relay erased it`)
    sent.set(line.type, reference)
  }
  return { marker, conversation, references: [...sent.values()] }
}

/** Fields that every play fills itself: the marker, and an answer that agrees. */
function bodyOf(type: string, marker: string): Record<string, unknown> {
  if (type === 'betaalvoorstel-antwoord') {
    return {
      Antwoord: 'akkoord',
      KlantnummerSE: marker,
      Reden: undefined,
      Toelichting: undefined,
    }
  }
  return type === 'saldoverzoek-antwoord' ? { KlantnummerSE: marker } : { KlantnummerSHV: marker }
}

/** The samples of the catalogue, as the relay itself publishes them. */
async function readSamples(client: Client) {
  const types = await Promise.all(
    LINES.map(
      async ({ type }) => [type, await client.messageType('schuldregeling', '2.0', type)] as const,
    ),
  )
  const found = new Map(types)
  return (type: string) => {
    const definition = found.get(type)
    if (definition === undefined) throw new Error(`no definition of ${type}`)
    return { version: definition.versie, body: definition.voorbeeld }
  }
}

/** The other side finds the message in its mailbox, reads it, and confirms. */
async function receive(to: Actor, sent: Envelope): Promise<void> {
  const { berichten } = await to.client.list({
    conversatie: sent.conversatieReferentienummer,
    wacht: 10,
  })
  const waiting = berichten.find((item) => item.referentienummer === sent.referentienummer)
  if (waiting === undefined) throw new Error(`${sent.berichttype} did not arrive`)
  const got = await to.client.fetch(sent.referentienummer)
  if (!Bun.deepEquals(got.inhoud, JSON.parse(JSON.stringify(sent.inhoud)))) {
    throw new Error(`${sent.berichttype} arrived with another body than it was sent with`)
  }
  await to.client.confirm(sent.referentienummer)
}
