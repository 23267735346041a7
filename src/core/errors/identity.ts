/**
 * Refusals of who sends: certificate, connection, participant, rights.
 * @module
 */
import { identity, invalid } from './row.ts'
import type { Row } from './row.ts'

export const IDENTITY_ERRORS = {
  // Identity: the certificate, in the order in which it is judged.
  'certificaat-ontbreekt': identity(
    'Geen clientcertificaat',
    'No client certificate',
    'Maak verbinding met het PKIoverheid-certificaat van uw organisatie.',
  ),
  'certificaat-onleesbaar': identity(
    'Certificaat is niet te lezen',
    'Unreadable certificate',
    'Gebruik een X.509-certificaat versie 3.',
  ),
  'certificaat-zelfondertekend': identity(
    'Certificaat is zelfondertekend',
    'Self-signed certificate',
    'Gebruik een certificaat van een uitgever die dit knooppunt vertrouwt.',
  ),
  'certificaat-keten': identity(
    'Keten leidt niet naar een vertrouwd anker',
    'Chain does not reach a trust anchor',
    'Stuur de tussenliggende certificaten mee en gebruik een uitgever die dit knooppunt vertrouwt.',
  ),
  'certificaat-uitgever': identity(
    'Een certificaat in de keten mag geen certificaten uitgeven',
    'Chain certificate may not issue',
    'Vraag een certificaat aan bij een echte uitgever.',
  ),
  'certificaat-handtekening': identity(
    'Handtekening of sleutel klopt niet of is te zwak',
    'Bad or weak signature',
    'Gebruik een certificaat dat de genoemde uitgever zelf heeft ondertekend, met RSA vanaf 2048 bits of EC vanaf P-256, en SHA-256 of beter.',
  ),
  'certificaat-nog-niet-geldig': identity(
    'Certificaat is nog niet geldig',
    'Certificate not yet valid',
    'Controleer de begindatum en de klok.',
  ),
  'certificaat-verlopen': identity(
    'Certificaat is verlopen',
    'Certificate expired',
    'Vervang het certificaat.',
  ),
  'certificaat-ingetrokken': identity(
    'Certificaat is ingetrokken',
    'Certificate revoked',
    'Vraag een nieuw certificaat aan.',
  ),
  'certificaat-intrekking-onbekend': identity(
    'Intrekking is niet te controleren',
    'Revocation status unknown',
    'De beheerder van dit knooppunt heeft geen geldige intrekkingslijst van deze uitgever.',
  ),
  'certificaat-doel': identity(
    'Certificaat is niet bedoeld om als client in te loggen',
    'Certificate not for client authentication',
    'Vraag een certificaat met gebruik clientAuth aan.',
  ),
  'certificaat-uitbreiding': identity(
    'Certificaat heeft een kritieke uitbreiding die niet wordt ondersteund',
    'Unsupported critical extension',
    'Vraag een certificaat zonder die uitbreiding aan.',
  ),
  'certificaat-beleid': identity(
    'Certificaatbeleid past niet bij het anker',
    'Certificate policy does not fit',
    'Gebruik een certificaat met het beleid dat het anker vraagt.',
  ),
  'certificaat-zonder-oin': identity(
    'Certificaat heeft geen OIN of HRN',
    'No OIN in certificate',
    'Het onderwerp moet precies één serialNumber van twintig cijfers hebben.',
  ),
  'certificaat-test-oin': identity(
    'Test-OIN in een productieomgeving',
    'Test OIN in production',
    'Gebruik een certificaat met het OIN of HRN van uw organisatie.',
  ),
  'aansluiting-onbekend': identity(
    'Bij dit OIN hoort geen aansluiting',
    'No connection for this OIN',
    'Laat de beheerder de aansluiting met dit OIN registreren.',
  ),

  // The participant and its rights.
  'deelnemer-ontbreekt': invalid(
    'Header Deelnemer ontbreekt',
    'Header Deelnemer missing',
    'Deze aansluiting handelt voor meer deelnemers; geef in de header Deelnemer het UUID van een van hen.',
  ),
  'deelnemer-niet-gemachtigd': {
    kind: 'forbidden',
    nl: 'Aansluiting mag niet voor deze deelnemer handelen',
    en: 'Participant not covered',
    help: 'GET /identiteit noemt de deelnemers van deze aansluiting.',
  },
  'deelnemer-aangemeld': {
    kind: 'forbidden',
    nl: 'Deelnemer is nog niet actief',
    en: 'Participant not yet active',
    help: 'De beheerder activeert de deelnemer na de aansluittest.',
  },
  'deelnemer-geschorst': {
    kind: 'forbidden',
    nl: 'Deelnemer is geschorst',
    en: 'Participant suspended',
    help: 'Alleen bevestigen en afwijzen van opgehaalde berichten kan nog. Neem contact op met de beheerder.',
  },
  'deelnemer-beeindigd': {
    kind: 'forbidden',
    nl: 'Deelname is beëindigd',
    en: 'Participation ended',
    help: 'Neem contact op met de beheerder.',
  },
  'afzender-niet-bevoegd': {
    kind: 'forbidden',
    nl: 'Afzender mag dit bericht niet sturen',
    en: 'Sender may not send this message',
    help: 'Het type deelnemer bepaalt welke kant van een module iemand is; zie GET /modules.',
  },
  'ontvanger-niet-bevoegd': {
    kind: 'forbidden',
    nl: 'Ontvanger kan dit bericht niet krijgen',
    en: 'Recipient may not receive this message',
    help: 'Kies een ontvanger van het type dat in deze module aan de andere kant staat.',
  },
  'afzender-zonder-module': {
    kind: 'forbidden',
    nl: 'Afzender neemt deze module niet af',
    en: 'Sender does not take this module',
    help: 'Laat de beheerder de module aan de deelnemer toevoegen.',
  },
} as const satisfies Record<string, Row>
