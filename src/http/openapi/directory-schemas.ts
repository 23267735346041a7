/**
 * Shapes of the address book, of identity, and of mailboxes.
 * @module
 */
import type { JsonSchema } from '../../core/catalogue/json-schema.ts'
import { PARTICIPANT_STATUSES, PARTICIPANT_TYPES, TRAITS } from '../../core/directory.ts'
import { NOTICE_MODULE } from '../../core/message.ts'
import { ENVIRONMENTS } from '../../core/settings.ts'
import { CODE, VERSION } from './members.ts'
import { instant, list, object, page, ref, text, uuid, whole, words } from './schema.ts'

const OIN = text('OIN of HRN, twintig cijfers.', { pattern: '^[0-9]{20}$' })

/** By name; `Certificaat` also goes with a refusal of identity. */
export const DIRECTORY_SCHEMAS = {
  Deelnemer: object('Een deelnemer in het adresboek.', {
    id: uuid('Vast nummer van de deelnemer.'),
    naam: text('Naam van de deelnemer.'),
    handelsnamen: list('Andere namen waaronder hij bekend is.', text('Een handelsnaam.')),
    'organisatie?': text('Rechtspersoon waar de deelnemer bij hoort.'),
    'kvk?': text('KvK-nummer van die organisatie.', { pattern: '^[0-9]{8}$' }),
    type: list('Types van de deelnemer.', words('Een type.', PARTICIPANT_TYPES)),
    'categorie?': text('Soort schulden van een schuldeiser, zoals Zorg of Nuts.'),
    modules: list('Modules die de deelnemer afneemt.', ref('DeelnemerModule')),
    kenmerken: list('Wat bij deze deelnemer bijzonder is.', words('Een kenmerk.', TRAITS)),
    werkgebied: list('Gemeenten waar hij werkt.', text('Gemeentecode.', { pattern: '^[0-9]{4}$' })),
    werktVoor: list('Voor wie hij werkt.', text('Een deelnemer of een naam.')),
    status: words('Alleen actieve deelnemers zijn voor iedereen zichtbaar.', PARTICIPANT_STATUSES),
    'oin?': list('OIN of HRN van zijn aansluitingen; alleen voor deelnemers.', OIN),
  }),
  DeelnemerModule: object('Een module die een deelnemer afneemt.', {
    module: text('Code van de module.', CODE),
    versies: list('Versies die hij aanneemt.', text('Een versie.', VERSION)),
  }),
  DeelnemersBladzijde: page('Een bladzijde van het adresboek.', 'deelnemers', ref('Deelnemer')),
  Partij: object('Wie een bericht stuurde: een deelnemer, of het knooppunt zelf bij een melding.', {
    id: uuid('Nummer van de deelnemer.'),
    naam: text('Naam van de deelnemer.'),
    type: list(
      'Types van de deelnemer; leeg als hij het adresboek heeft verlaten.',
      words('Een type.', [...PARTICIPANT_TYPES, NOTICE_MODULE]),
    ),
  }),
  Postbus: object('Wat er voor een deelnemer wacht.', {
    deelnemer: uuid('Nummer van de deelnemer.'),
    naam: text('Naam van de deelnemer.'),
    wachtend: whole('Berichten die niet zijn afgerond.', 0),
    'oudsteAangebodenOp?': instant('Sinds wanneer het oudste wacht.'),
  }),
  Postbussen: object('De postbussen van een aansluiting.', {
    postbussen: list('Een per deelnemer.', ref('Postbus')),
  }),
  Certificaat: object('Wat het knooppunt van een certificaat ziet.', {
    vingerafdruk: text('SHA-256 van het certificaat.', { pattern: '^[0-9a-f]{64}$' }),
    onderwerp: text('Onderwerp (subject).'),
    uitgever: text('Uitgever (issuer).'),
    serienummer: text('Serienummer, hexadecimaal.'),
    'oin?': OIN,
    organisatieonderdelen: list('Onderdelen (OU) in het onderwerp.', text('Een onderdeel.')),
    geldigVan: instant('Begin van de geldigheid.'),
    geldigTot: instant('Einde van de geldigheid.'),
    sleutel: text('Soort en lengte van de sleutel, zoals `EC P-256`.'),
  }),
  Aansluiting: object('Een certificaatidentiteit en wat zij mag.', {
    naam: text('Naam van de aansluiting.'),
    oin: OIN,
    soort: words('Voor zichzelf, of van een softwareleverancier.', ['eigen', 'leverancier']),
  }),
  Identiteit: object('Wie u bent voor dit knooppunt.', {
    knooppunt: text('Naam van dit knooppunt.'),
    omgeving: words('Wat voor omgeving dit is.', ENVIRONMENTS),
    certificaat: ref('Certificaat'),
    aansluiting: ref('Aansluiting'),
    deelnemers: list('Voor wie deze aansluiting mag handelen.', ref('Deelnemer')),
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>
