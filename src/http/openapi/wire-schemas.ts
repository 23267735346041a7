/**
 * The shape of everything that goes over the wire except the messages of the catalogue: one named schema each. Tests hold
 * every request and answer of the REST door against them.
 * @module
 */
import { documentSchema, type JsonSchema } from '../../core/catalogue/json-schema.ts'
import type { Limits } from '../../core/limits.ts'
import { REFUSAL_REASONS } from '../../core/message.ts'
import { CATALOGUE_SCHEMAS } from './catalogue-schemas.ts'
import { DIRECTORY_SCHEMAS } from './directory-schemas.ts'
import { CODE, KIND, MAILBOX_FACTS, NUMBERS, REASON, STATE, STATUS } from './members.ts'
import { PROBLEM_SCHEMAS } from './problem-schemas.ts'
import { flag, instant, list, object, page, ref, text, uuid, whole, words } from './schema.ts'

type Schemas = Readonly<Record<string, JsonSchema>>

const LEASE: Schemas = {
  ophaling: uuid('Nummer van de ophaling, voor de header `Ophaling`.'),
  eindigtOp: instant('Wanneer wat dan niet is bevestigd weer voor iedereen wacht.'),
}

const MESSAGE_SCHEMAS = {
  Ontvangst: object('Bewijs dat een bericht is aangenomen, of van hoe het is afgerond.', {
    referentienummer: NUMBERS['referentienummer'] ?? {},
    conversatieReferentienummer: NUMBERS['conversatieReferentienummer'] ?? {},
    ...STATUS,
    ...REASON,
  }),
  PostbusRegel: object('Een bericht in een postbus, zonder inhoud.', {
    ...NUMBERS,
    ...KIND,
    ...MAILBOX_FACTS,
  }),
  PostbusBladzijde: page('Een bladzijde van de postbus.', 'berichten', ref('PostbusRegel')),
  LogboekRegel: object('Wat er van een bericht bekend is, zonder inhoud.', {
    ...NUMBERS,
    ...KIND,
    ...MAILBOX_FACTS,
    ...REASON,
  }),
  LogboekBladzijde: page('Een bladzijde van het logboek.', 'regels', ref('LogboekRegel')),
  Ophaling: object('Een ophaling: berichten die zo lang van een verwerker zijn.', LEASE),
  OphalingMetBerichten: object('Een nieuwe ophaling met haar berichten.', {
    ...LEASE,
    berichten: list('De opgehaalde berichten, in volgorde van aannemen.', ref('OpgehaaldBericht')),
  }),
  Bijlage: object(
    'Een document naast de inhoud van een bericht.',
    { soort: text('Code van het soort document.', CODE), document: ref('Document') },
    true,
  ),
} as const satisfies Schemas

const OUTCOME_SCHEMAS = {
  Uitkomst: object('Hoe het met een onderdeel ging; elk onderdeel heeft zijn eigen uitkomst.', {
    regel: whole('Plaats in de vraag, vanaf 1.', 1),
    'referentienummer?': uuid('Waar het onderdeel over gaat, als dat te lezen was.'),
    status: { ...whole('De HTTP-status die het alleen zou hebben gehad.', 200, 599) },
    'ontvangst?': ref('Ontvangst'),
    'probleem?': ref('Probleem'),
  }),
  Uitkomsten: object('De uitkomsten, in de volgorde van de vraag.', {
    uitkomsten: list('Een per onderdeel.', ref('Uitkomst')),
  }),
} as const satisfies Schemas

const CONVERSATION_SCHEMAS = {
  Conversatie: object('Waar een conversatie staat, en wat er kan volgen.', {
    conversatieReferentienummer: NUMBERS['conversatieReferentienummer'] ?? {},
    module: KIND['module'] ?? {},
    versie: text('Versie van de module.', { pattern: '^[0-9]{1,3}\\.[0-9]{1,3}$' }),
    stand: words('Open of beëindigd.', ['open', 'beeindigd']),
    vrager: uuid('Deelnemer aan de vragende kant.'),
    beantwoorder: uuid('Deelnemer aan de antwoordende kant.'),
    begonnenOp: instant('Wanneer het eerste bericht werd aangenomen.'),
    'beeindigdOp?': instant('Wanneer de conversatie eindigde.'),
    stappen: list('Berichten die zijn gepasseerd.', ref('ConversatieStap')),
    mogelijk: list('Berichten die u nu kunt sturen.', ref('ConversatieMogelijkheid')),
    verwacht: list('Antwoorden die nog worden verwacht.', ref('ConversatieVerwachting')),
  }),
  ConversatieStap: object('Een bericht dat is gepasseerd.', {
    referentienummer: NUMBERS['referentienummer'] ?? {},
    'crossReferentienummer?': NUMBERS['crossReferentienummer?'] ?? {},
    berichttype: KIND['berichttype'] ?? {},
    afzender: uuid('Deelnemer die het stuurde.'),
    stand: STATE,
    aangebodenOp: instant('Wanneer het knooppunt het bericht aannam.'),
    'antwoordVerwachtOp?': instant(
      'Einde van de dag waarop uiterlijk een antwoord wordt verwacht.',
    ),
  }),
  ConversatieMogelijkheid: object('Een bericht dat u nu kunt sturen.', {
    berichttype: KIND['berichttype'] ?? {},
    versie: KIND['versie'] ?? {},
    antwoordOp: list(
      'Referentienummers waarop het een antwoord kan zijn.',
      uuid('Referentienummer van een vraag.'),
    ),
  }),
  ConversatieVerwachting: object('Een antwoord dat nog wordt verwacht.', {
    referentienummer: uuid('De vraag.'),
    door: uuid('Deelnemer van wie het antwoord wordt verwacht.'),
    antwoordVerwachtOp: instant('Einde van de dag waarop het uiterlijk wordt verwacht.'),
    teLaat: flag('Of die dag voorbij is.'),
  }),
  ConversatiesBladzijde: page('Een bladzijde conversaties.', 'conversaties', ref('Conversatie')),
} as const satisfies Schemas

/** What calls take, except messages. */
function requestSchemas(limits: Limits) {
  const { batchMessages, leaseSecondsMin, leaseSecondsMax, explanationCharacters } = limits
  const seconds = whole('Hoe lang de ophaling duurt, vanaf nu.', leaseSecondsMin, leaseSecondsMax)
  const many = { minItems: 1, maxItems: batchMessages }
  const refusal = {
    reden: words('Waarom het bericht niet te verwerken is.', REFUSAL_REASONS),
    'toelichting?': text('Voor de afzender; reist alleen mee in de melding.', {
      pattern: '\\S',
      maxLength: explanationCharacters,
    }),
  }
  const request = (about: string, members: Schemas) => object(about, members, true)
  return {
    AanbiedingenVraag: request('Berichten om samen aan te bieden; elk wordt apart beoordeeld.', {
      berichten: list('De berichten.', ref('Bericht'), many),
    }),
    OphalingVraag: request('Wat op te halen, en voor hoe lang.', {
      limiet: whole('Hoogste aantal berichten.', 1, batchMessages),
      leaseSeconden: seconds,
      'module?': text('Alleen berichten van deze module.', { minLength: 1, maxLength: 64 }),
    }),
    VerlengingVraag: request('Hoe lang de ophaling nog duurt.', { leaseSeconden: seconds }),
    AfwijzingVraag: request('Waarom een bericht wordt afgewezen.', refusal),
    BevestigingenVraag: request('Berichten die veilig zijn ontvangen.', {
      referentienummers: list('Hun nummers.', uuid('Referentienummer van een bericht.'), many),
    }),
    AfwijzingenVraag: request('Berichten die niet te verwerken zijn.', {
      afwijzingen: list('Een per bericht.', ref('AfwijzingVanBericht'), many),
    }),
    AfwijzingVanBericht: request('Een bericht, en waarom het wordt afgewezen.', {
      referentienummer: uuid('Referentienummer van het bericht.'),
      ...refusal,
    }),
  } as const satisfies Schemas
}

/** Makes the named schemas. @param limits bounds of this node */
export function wireSchemas(limits: Limits) {
  return {
    ...MESSAGE_SCHEMAS,
    Document: {
      ...documentSchema(limits.documentBytes),
      description: 'Een document: pdf, png of jpeg.',
    },
    ...requestSchemas(limits),
    ...OUTCOME_SCHEMAS,
    ...CONVERSATION_SCHEMAS,
    ...DIRECTORY_SCHEMAS,
    ...CATALOGUE_SCHEMAS,
    ...PROBLEM_SCHEMAS,
  }
}

/** Name of a schema, as a declaration refers to it. */
export type SchemaName = keyof ReturnType<typeof wireSchemas> | 'Bericht' | 'OpgehaaldBericht'
