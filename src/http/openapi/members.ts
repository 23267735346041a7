/**
 * Members that several shapes of the wire have in common.
 * @module
 */
import type { JsonSchema } from '../../core/catalogue/json-schema.ts'
import type { Limits } from '../../core/limits.ts'
import { REFUSAL_REASONS } from '../../core/message.ts'
import { WORD_STATES } from '../rest/wire.ts'
import { instant, list, ref, text, uuid, whole, words } from './schema.ts'

type Members = Readonly<Record<string, JsonSchema>>

/** A code of the catalogue: of a module, a message type, a document. */
export const CODE: JsonSchema = { pattern: '^[a-z][a-z0-9-]{0,63}$' }
export const VERSION: JsonSchema = { pattern: '^[0-9]{1,3}\\.[0-9]{1,3}$' }

/** Numbers of a message, in an envelope both ways. */
export const NUMBERS: Members = {
  referentienummer: uuid(
    'Nummer van het bericht. De afzender maakt het; herhalen onder hetzelfde nummer is veilig.',
  ),
  conversatieReferentienummer: uuid(
    'Nummer van de conversatie. De afzender van het openingsbericht maakt het.',
  ),
  'crossReferentienummer?': uuid('Referentienummer van het bericht waarop dit een antwoord is.'),
}

/** Module, type and version, where any will do. */
export const KIND: Members = {
  module: text('Code van de module.', CODE),
  berichttype: text('Code van het berichttype.', CODE),
  versie: text('Versie van het bericht.', VERSION),
}

export const STATE: JsonSchema = words(
  'Waar het bericht in zijn leven is.',
  Object.keys(WORD_STATES),
)

/** `stand` and the times of a message. */
export const STATUS: Members = {
  stand: STATE,
  aangebodenOp: instant('Wanneer het knooppunt het bericht aannam.'),
  'opgehaaldOp?': instant('Wanneer de ontvanger het voor het eerst ophaalde.'),
  'afgerondOp?': instant('Wanneer het werd bevestigd, afgewezen of ingetrokken, of verliep.'),
  verlooptOp: instant('Wanneer het knooppunt het bericht wist als het dan niet is bevestigd.'),
  'antwoordVerwachtOp?': instant(
    'Einde van de dag waarop uiterlijk een antwoord wordt verwacht. Herinnert, blokkeert niet.',
  ),
}

export const REASON: Members = {
  'reden?': words('Waarom het is afgewezen.', [...REFUSAL_REASONS, 'beeindigd']),
}

/** What the relay says of a message beside its numbers and its kind. */
export const MAILBOX_FACTS: Members = {
  afzender: ref('Partij'),
  ontvanger: uuid('Deelnemer voor wie het is.'),
  ...STATUS,
  grootte: whole('Bytes van de inhoud met bijlagen, uitgepakt.', 0),
  aantalBijlagen: whole('Bijlagen naast de inhoud.', 0),
  aantalOphalingen: whole('Hoe vaak het is opgehaald.', 0),
  'volgnummerAntwoord?': whole(
    'Het hoeveelste antwoord op dezelfde vraag dit is; een volgend antwoord is een correctie.',
    1,
  ),
}

/** Documents beside the body. @param limits how many there may be */
export function attachments(limits: Limits): JsonSchema {
  return list('Documenten die de afzender bij dit bericht verschuldigd is.', ref('Bijlage'), {
    minItems: 1,
    maxItems: limits.documentsPerMessage,
  })
}
