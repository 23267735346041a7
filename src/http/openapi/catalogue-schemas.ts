/**
 * Shapes in which the catalogue shows modules, message types and fields.
 * @module
 */
import type { JsonSchema } from '../../core/catalogue/json-schema.ts'
import { PARTICIPANT_TYPES } from '../../core/directory.ts'
import { CODE, KIND, VERSION } from './members.ts'
import { flag, list, object, ref, text, whole, words } from './schema.ts'

const EVIDENCE = words(
  'Waar dit vandaan komt: gepubliceerd, verwant aan iets gepubliceerds, of aangenomen; bij `deels` staat het bij elk veld.',
  ['gepubliceerd', 'verwant', 'aangenomen', 'deels'],
)
const CODES = (about: string) => list(about, text('Een code.', CODE))
const PARTY = (about: string) => list(about, words('Een type deelnemer.', PARTICIPANT_TYPES))

const TYPE_MEMBERS: Readonly<Record<string, JsonSchema>> = {
  ...KIND,
  titel: text('Titel.'),
  samenvatting: text('Waar het bericht voor is.'),
  aliassen: list('Andere namen.', text('Een naam.')),
  van: words('Kant van de module die het stuurt.', ['vrager', 'beantwoorder']),
  begint: flag('Of het een conversatie kan openen.'),
  antwoordOp: CODES('Berichttypen waarop het een antwoord is.'),
  volgtOp: CODES('Berichttypen waarop het kan volgen.'),
  beeindigt: flag('Of de conversatie ermee eindigt.'),
  'termijnWerkdagen?': whole('Werkdagen waarbinnen een antwoord wordt verwacht.', 1),
  csv: flag('Of het ook als CSV kan.'),
  bestaan: words('Of het bestaan van dit bericht is gepubliceerd.', ['gepubliceerd', 'aangenomen']),
  herkomst: EVIDENCE,
  bronnen: list('Sleutels van bronnen van de module.', text('Een sleutel.')),
}

/** By name. */
export const CATALOGUE_SCHEMAS = {
  ModuleKop: object('Een module, met de versies die dit knooppunt kent.', {
    module: text('Code van de module.', CODE),
    titel: text('Titel.'),
    samenvatting: text('Waar de module voor is.'),
    versies: list('Versies, de nieuwste laatst.', text('Een versie.', VERSION)),
  }),
  Modules: object('De modules van dit knooppunt.', {
    modules: list('Een per module.', ref('ModuleKop')),
  }),
  Module: object('Een versie van een module.', {
    module: text('Code van de module.', CODE),
    versie: text('Versie van de module.', VERSION),
    titel: text('Titel.'),
    samenvatting: text('Waar de module voor is.'),
    bronnen: {
      type: 'object',
      description: 'Sleutel van een bron → adres of omschrijving.',
      additionalProperties: { type: 'string' },
    },
    partijen: object('Wie aan welke kant staat.', {
      vrager: PARTY('Types die vragen.'),
      beantwoorder: PARTY('Types die antwoorden.'),
    }),
    documenten: {
      type: 'object',
      description: 'Type deelnemer → soort document dat dit type verschuldigd is.',
      additionalProperties: { type: 'string' },
    },
    documentenBij: words('Wanneer die documenten verschuldigd zijn.', ['opening', 'elk-bericht']),
    termijnen: object('Termijnen in werkdagen.', {
      verwijderenWerkdagen: whole('Tot een bericht wordt gewist.', 1),
      antwoordWerkdagen: whole('Waarbinnen een antwoord gewoonlijk wordt verwacht.', 1),
    }),
    berichttypen: list('De berichttypen.', ref('Berichttype')),
  }),
  Berichttype: object('Een berichttype.', TYPE_MEMBERS),
  BerichttypeDefinitie: object('Een berichttype met velden, JSON Schema en een voorbeeld.', {
    ...TYPE_MEMBERS,
    velden: list('De velden van `inhoud`.', ref('Veld')),
    'regels?': list('Hoe velden samenhangen.', ref('Regel')),
    schema: {
      type: 'object',
      description: 'JSON Schema 2020-12 van `inhoud`.',
      additionalProperties: true,
    },
    voorbeeld: { type: 'object', description: 'Een geldige `inhoud`.', additionalProperties: true },
  }),
  Veld: object('Een veld van de inhoud van een bericht.', {
    naam: text('Naam, precies zoals gepubliceerd.'),
    soort: text('Soort waarde.'),
    verplicht: flag('Of het veld er moet zijn.'),
    label: text('Naam voor mensen.'),
    'uitleg?': text('Toelichting.'),
    herkomst: EVIDENCE,
    'voorbeeld?': { description: 'Een voorbeeldwaarde.' },
    'minimum?': { type: ['integer', 'string'], description: 'Kleinste waarde of aantal.' },
    'maximum?': { type: ['integer', 'string'], description: 'Grootste waarde, lengte of aantal.' },
    'patroon?': text('Reguliere expressie (ECMAScript).'),
    'waarden?': list('Codes met hun label.', ref('VeldWaarde')),
    'velden?': list('De velden van een groep of van een onderdeel van een lijst.', ref('Veld')),
    'regels?': list('Hoe die velden samenhangen.', ref('Regel')),
  }),
  VeldWaarde: object('Een waarde van een codelijst.', {
    code: text('Wat in het bericht staat.'),
    label: text('Wat het betekent.'),
  }),
  Regel: object('Een regel over velden van een niveau; zegt niets over velden die ontbreken.', {
    soort: words('Wat er geldt.', ['precies-een', 'verplicht-bij', 'niet-voor', 'hoogstens']),
    'velden?': list('Velden waar het om gaat.', text('Een veld.')),
    'veld?': text('Veld dat de regel in werking stelt, of dat wordt vergeleken.'),
    'waarden?': list('Bij deze waarden van `veld`.', { type: ['string', 'boolean'] }),
    'dan?': text('Veld waarmee wordt vergeleken.'),
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>
