/**
 * Refusals of what was sent: bytes, header, body, documents.
 * @module
 */
import { invalid } from './row.ts'
import type { Row } from './row.ts'

export const INPUT_ERRORS = {
  // The bytes of a request.
  'json-ongeldig': invalid(
    'Geen geldige JSON',
    'Not valid JSON',
    'Controleer of de body een volledig JSON-document is.',
  ),
  'json-dubbele-sleutel': invalid(
    'Sleutel komt dubbel voor',
    'Duplicate key',
    'Geef elke sleutel van een object hoogstens één keer.',
  ),
  'json-te-diep': invalid(
    'Te diep genest',
    'Nested too deep',
    'Geen bericht uit de catalogus nest zo diep; controleer de opbouw.',
  ),
  'utf8-ongeldig': invalid('Geen geldige UTF-8', 'Not valid UTF-8', 'Verstuur de body als UTF-8.'),
  'te-groot': {
    kind: 'too-large',
    nl: 'Te groot',
    en: 'Too large',
    help: 'Verklein de body of de documenten, of verdeel de berichten over meer aanroepen.',
  },
  'mediatype-niet-ondersteund': {
    kind: 'media-type',
    nl: 'Mediatype wordt niet ondersteund',
    en: 'Media type not supported',
    help: 'Zet in Content-Type het mediatype dat bij deze aanroep hoort.',
  },
  'niet-acceptabel': {
    kind: 'not-acceptable',
    nl: 'Gevraagde vorm is er niet',
    en: 'Not acceptable',
    help: 'Vraag in Accept om application/json, of laat de header weg.',
  },
  'methode-niet-toegestaan': {
    kind: 'method',
    nl: 'Methode kan hier niet',
    en: 'Method not allowed',
    help: 'De header Allow noemt de methoden die hier wel kunnen.',
  },
  'niet-gevonden': {
    kind: 'missing',
    nl: 'Niet gevonden',
    en: 'Not found',
    help: 'Controleer het adres. Wat van een ander is, geeft dit antwoord ook.',
  },
  'parameter-ongeldig': invalid(
    'Parameter klopt niet',
    'Invalid parameter',
    'Lees bij de aanroep welke parameters er zijn en welke waarden mogen.',
  ),

  // Fields of header and body; they stand in `errors`, and at the top when all problems have the same code.
  'bericht-ongeldig': invalid(
    'Bericht klopt niet',
    'Invalid message',
    'Herstel wat in errors staat en bied het bericht opnieuw aan.',
  ),
  'veld-onbekend': invalid(
    'Veld is onbekend',
    'Unknown field',
    'Laat velden weg die niet in de definitie staan.',
  ),
  'veld-ontbreekt': invalid('Verplicht veld ontbreekt', 'Missing field', 'Vul het veld in.'),
  'veld-type': invalid(
    'Veld heeft het verkeerde type',
    'Wrong type',
    'Gebruik het JSON-type uit de definitie.',
  ),
  'veld-leeg': invalid('Veld is leeg', 'Empty field', 'Vul het veld in of laat het weg.'),
  'veld-te-lang': invalid(
    'Veld is te lang',
    'Field too long',
    'Kort de waarde in tot de lengte uit de definitie.',
  ),
  'veld-patroon': invalid(
    'Veld heeft niet de goede vorm',
    'Wrong form',
    'Schrijf de waarde zoals de definitie haar voorschrijft.',
  ),
  'veld-bereik': invalid(
    'Waarde valt buiten de grenzen',
    'Out of range',
    'Kies een waarde binnen de grenzen uit de definitie.',
  ),
  'veld-waarde': invalid(
    'Waarde staat niet in de lijst',
    'Not a listed value',
    'Gebruik een van de codes uit de definitie.',
  ),
  'veld-controlegetal': invalid(
    'Controlegetal klopt niet',
    'Check digits do not match',
    'Controleer het nummer; waarschijnlijk is het verkeerd overgenomen.',
  ),
  'veld-regel': invalid(
    'Velden passen niet bij elkaar',
    'Fields do not agree',
    'Lees bij de definitie welke velden samenhangen.',
  ),
  'lijst-aantal': invalid(
    'Aantal onderdelen klopt niet',
    'Wrong number of items',
    'Blijf binnen het aantal uit de definitie; laat een lege lijst weg.',
  ),
  'document-ongeldig': invalid(
    'Document klopt niet',
    'Invalid document',
    'Stuur een pdf, png of jpeg als base64, met een mediatype dat bij de inhoud past.',
  ),
  'bsn-niet-toegestaan': invalid(
    'BSN mag hier niet',
    'BSN not allowed here',
    'Een BSN mag alleen als afzender en ontvanger allebei het BSN mogen gebruiken; kies anders het bericht zonder BSN.',
  ),
  'module-onbekend': invalid(
    'Module is onbekend',
    'Unknown module',
    'Zie GET /modules voor de modules van dit knooppunt.',
  ),
  'berichttype-onbekend': invalid(
    'Berichttype is onbekend',
    'Unknown message type',
    'Zie GET /modules/{module}/versies/{versie} voor de berichttypen.',
  ),
  'versie-onbekend': invalid(
    'Versie is onbekend',
    'Unknown version',
    'Zie GET /modules voor de versies die dit knooppunt kent.',
  ),
  'ontvanger-onbekend': invalid(
    'Ontvanger is onbekend',
    'Unknown recipient',
    'Zoek de ontvanger op in het adresboek: GET /deelnemers.',
  ),
  'afzender-past-niet': invalid(
    'Afzender is niet deze deelnemer',
    'Sender does not fit',
    'Laat afzender weg of geef de deelnemer van deze aanroep.',
  ),
  'aan-zichzelf': invalid(
    'Afzender en ontvanger zijn dezelfde',
    'Sent to oneself',
    'Kies een andere ontvanger.',
  ),
  'document-ontbreekt': invalid(
    'Verschuldigd document ontbreekt',
    'Owed document missing',
    'Voeg het document toe aan bijlagen.',
  ),
  'document-onverwacht': invalid(
    'Document hoort hier niet',
    'Unexpected document',
    'Stuur alleen documenten mee die deze afzender bij dit bericht verschuldigd is.',
  ),
  'conversatie-onbekend': invalid(
    'Conversatie of bericht is onbekend',
    'Unknown conversation or message',
    'Een vervolgbericht hoort in een conversatie tussen dezelfde deelnemers, module en versie; controleer de referentienummers.',
  ),
} as const satisfies Record<string, Row>
