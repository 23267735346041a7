/**
 * Shapes of refusals (RFC 9457) and of the pages that explain them.
 * @module
 */
import type { JsonSchema } from '../../core/catalogue/json-schema.ts'
import { ERRORS } from '../../core/errors.ts'
import { list, object, ref, text, whole, words } from './schema.ts'

const ERROR_CODE = text('Vaste code; hierop kunt u programmeren. Er kunnen codes bij komen.', {
  pattern: '^[a-z0-9-]{1,64}$',
  // Not an enum: a client made from today's document must be able to read tomorrow's refusal.
  'x-extensible-enum': Object.keys(ERRORS),
})

const STATUS = whole('HTTP-status.', 400, 599)

const PROBLEM: Readonly<Record<string, JsonSchema>> = {
  type: text('Adres van de pagina over deze code.', { format: 'uri' }),
  title: text('Wat er mis is, in het algemeen.'),
  status: STATUS,
  detail: text('Wat er in dit geval mis is; herhaalt nooit wat u stuurde.'),
  instance: text('Kenmerk voor de beheerder; staat ook in diens logboek.', { format: 'uri' }),
  code: ERROR_CODE,
  'errors?': list('Alle problemen met de vraag, tegelijk.', ref('Veldprobleem')),
  'opnieuwNa?': whole('Seconden waarna opnieuw proberen zin heeft.', 0),
}

/** By name. */
export const PROBLEM_SCHEMAS = {
  Probleem: object('Een weigering of een fout (RFC 9457).', PROBLEM),
  Identiteitsprobleem: object('Waarom u er niet in komt: de laag die het eerst faalde.', {
    ...PROBLEM,
    laag: words('De laag.', [
      'certificaat',
      'keten',
      'geldigheid',
      'intrekking',
      'doel',
      'oin',
      'aansluiting',
    ]),
    'certificaat?': ref('Certificaat'),
  }),
  Veldprobleem: object('Een probleem met een plaats in de vraag.', {
    pad: text('JSON Pointer (RFC 6901); onbekende sleutels heten `onbekend[n]`.'),
    code: ERROR_CODE,
    detail: text('Wat er op die plaats mis is.'),
  }),
  Foutcode: object('Een code waarmee het knooppunt iets weigert.', {
    code: ERROR_CODE,
    status: STATUS,
    titel: text('Wat er mis is.'),
    hulp: text('Wat u eraan doet.'),
  }),
  Foutcodes: object('Alle codes.', { fouten: list('Een per code.', ref('Foutcode')) }),
} as const satisfies Readonly<Record<string, JsonSchema>>
