/**
 * Refusals by the state of things, and trouble of the relay itself.
 * @module
 */
import { conflict } from './row.ts'
import type { Row } from './row.ts'

export const STATE_ERRORS = {
  // The state of things.
  'referentienummer-bezet': conflict(
    'Referentienummer is al gebruikt',
    'Reference already used',
    'Maak voor elk bericht een nieuw referentienummer; herhaal alleen hetzelfde bericht onder hetzelfde nummer.',
  ),
  'stap-niet-toegestaan': conflict(
    'Bericht past niet in de conversatie',
    'Message does not fit the conversation',
    'GET /conversaties/{id} toont welke berichten nu kunnen volgen.',
  ),
  'conversatie-beeindigd': conflict(
    'Conversatie is beëindigd',
    'Conversation has ended',
    'Begin zo nodig een nieuwe conversatie.',
  ),
  'conversatie-vol': conflict(
    'Conversatie heeft te veel berichten',
    'Conversation is full',
    'Begin een nieuwe conversatie.',
  ),
  'ontvanger-niet-actief': conflict(
    'Ontvanger is niet actief',
    'Recipient not active',
    'Neem buiten het knooppunt contact op met de ontvanger.',
  ),
  'ontvanger-zonder-module': conflict(
    'Ontvanger neemt deze module niet af',
    'Recipient does not take this module',
    'Zie GET /deelnemers/{id} voor de modules van de ontvanger.',
  ),
  'versie-niet-afgenomen': conflict(
    'Ontvanger neemt deze versie niet af',
    'Recipient does not take this version',
    'Gebruik een versie die de ontvanger wel afneemt.',
  ),
  'al-opgehaald': conflict(
    'Bericht is al opgehaald',
    'Already fetched',
    'Een opgehaald bericht is niet meer in te trekken; stuur een nieuw bericht.',
  ),
  'al-bevestigd': conflict(
    'Bericht is al bevestigd',
    'Already confirmed',
    'Een bevestigd bericht is weg van het knooppunt.',
  ),
  'al-afgewezen': conflict(
    'Bericht is al afgewezen',
    'Already refused',
    'Een afgewezen bericht is weg van het knooppunt.',
  ),
  'andere-reden': conflict(
    'Al afgewezen om een andere reden',
    'Already refused for another reason',
    'De eerste afwijzing geldt.',
  ),
  'in-ophaling': conflict(
    'Bericht zit in een andere ophaling',
    'Message is leased elsewhere',
    'Geef de ophaling mee in de header Ophaling, of wacht tot zij eindigt.',
  ),
  'niet-opgehaald': conflict(
    'Bericht is nog niet opgehaald',
    'Not fetched yet',
    'Een geschorste deelnemer rondt alleen af wat hij al heeft opgehaald.',
  ),
  'bericht-weg': {
    kind: 'gone',
    nl: 'Bericht is er niet meer',
    en: 'Message is gone',
    help: 'De inhoud is gewist; het logboek toont hoe het bericht is afgerond.',
  },
  verlopen: {
    kind: 'gone',
    nl: 'Bericht is verlopen',
    en: 'Message expired',
    help: 'Het bericht is niet op tijd bevestigd en daarom gewist; de afzender heeft daarvan een melding.',
  },
  ingetrokken: {
    kind: 'gone',
    nl: 'Bericht is ingetrokken',
    en: 'Message withdrawn',
    help: 'De afzender heeft het bericht teruggenomen.',
  },
  'onbekend-na-herstel': {
    kind: 'gone',
    nl: 'Bericht is onbekend na herstel',
    en: 'Message unknown after a restore',
    help: 'Het knooppunt is hersteld uit een reservekopie; de afzender kan het bericht opnieuw aanbieden onder hetzelfde referentienummer.',
  },

  // Capacity and trouble.
  'te-veel-berichten': {
    kind: 'too-many',
    nl: 'Te veel in korte tijd',
    en: 'Too many requests',
    help: 'Wacht het aantal seconden uit Retry-After en probeer het opnieuw.',
  },
  'postbus-ontvanger-vol': {
    kind: 'unavailable',
    nl: 'Postbus van de ontvanger is vol',
    en: 'Mailbox of recipient is full',
    help: 'Probeer het later opnieuw; de ontvanger moet eerst berichten bevestigen.',
  },
  'even-niet-beschikbaar': {
    kind: 'unavailable',
    nl: 'Even niet beschikbaar',
    en: 'Temporarily unavailable',
    help: 'Probeer het over een ogenblik opnieuw; herhalen is veilig.',
  },
  'opslag-vol': {
    kind: 'storage-full',
    nl: 'Opslag is vol',
    en: 'Storage is full',
    help: 'Er is niets opgeslagen. Probeer het later opnieuw; de beheerder moet ruimte maken.',
  },
  'bericht-beschadigd': {
    kind: 'internal',
    nl: 'Bericht is beschadigd',
    en: 'Message is damaged',
    help: 'De inhoud is niet te ontsleutelen. De beheerder is gewaarschuwd; vraag de afzender het bericht opnieuw te sturen.',
  },
  'interne-fout': {
    kind: 'internal',
    nl: 'Fout in het knooppunt',
    en: 'Internal error',
    help: 'Geef de beheerder het kenmerk uit instance.',
  },
} as const satisfies Record<string, Row>
