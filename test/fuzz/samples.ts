/**
 * The corpus of messages: one of each that may open a conversation, made from the samples of the catalogue, with the canary
 * wherever a person may type what he likes. Each is one that the relay takes.
 * @module
 */
import type { MessageDefinition, ModuleDefinition } from '../../src/core/catalogue/definition.ts'
import { CANARY } from '../support/canary.ts'
import { PEOPLE, shippedCatalogue, uuid, type Person } from '../support/world.ts'
import { createDoor } from './door.ts'

/** A message and who sends it to whom. */
export interface Sample {
  readonly from: Person
  readonly to: Person
  readonly envelope: Envelope
}

/** As it goes over the wire. */
export interface Envelope extends Record<string, unknown> {
  readonly referentienummer: string
  readonly conversatieReferentienummer: string
  readonly inhoud: unknown
}

/** Makes the corpus. @throws when a message of the catalogue cannot be made so that it is taken */
export async function makeSamples(): Promise<readonly Sample[]> {
  const door = createDoor()
  const samples: Sample[] = []
  for (const module of [...shippedCatalogue().modules.values()].flatMap((one) => [...one.values()]))
    for (const definition of module.messages.values()) {
      if (!definition.starts) continue
      const sample = sampleOf(module, definition, samples.length)
      const body = JSON.stringify(sample.envelope)
      const { status, text } = await door.ask(sample.from, 'POST', '/berichten', asJson(body))
      if (status !== 201) throw new Error(`${module.module} ${definition.type}: ${text}`)
      samples.push(sample)
    }
  return samples
}

/** A request with a JSON body. */
export const asJson = (body: string | Uint8Array<ArrayBuffer>): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body,
})

function sampleOf(module: ModuleDefinition, definition: MessageDefinition, number: number): Sample {
  const sides = {
    asker: personIn(module.parties.asker),
    answerer: personIn(module.parties.answerer),
  }
  const [from, to] =
    definition.from === 'asker' ? [sides.asker, sides.answerer] : [sides.answerer, sides.asker]
  const owed = module.documents.get(PEOPLE[from]().types[0] ?? 'schuldeiser')
  return {
    from,
    to,
    envelope: {
      referentienummer: uuid(10_000 + number * 2),
      conversatieReferentienummer: uuid(10_001 + number * 2),
      module: module.module,
      berichttype: definition.type,
      versie: definition.version,
      ontvanger: PEOPLE[to]().id,
      ...(owed !== undefined && { bijlagen: [attachmentOf(owed)] }),
      inhoud: withCanary(definition.sample),
    },
  }
}

function personIn(types: readonly string[]): Person {
  const found = (Object.keys(PEOPLE) as Person[]).find((name) =>
    PEOPLE[name]().types.some((type) => types.includes(type)),
  )
  if (found === undefined) throw new Error(`nobody is of the types ${types.join(', ')}`)
  return found
}

export const attachmentOf = (soort: string) => ({
  soort,
  document: {
    bestandsnaam: `${CANARY.name}.pdf`,
    mediatype: 'application/pdf',
    inhoud: Buffer.from(`%PDF-1.4\n${CANARY.bsn} ${CANARY.iban}\n%%EOF\n`).toString('base64'),
  },
})

/** The same body with the canary for its family name, IBAN and BSN. */
export function withCanary(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withCanary(item, key))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, withCanary(inner, name)]),
    )
  }
  if (typeof value !== 'string') return value
  if (/achternaam|geslachtsnaam|toelichting|opmerking/i.test(key)) return CANARY.name
  if (/iban/i.test(key)) return CANARY.iban
  return /bsn|burgerservicenummer/i.test(key) ? CANARY.bsn : value
}
