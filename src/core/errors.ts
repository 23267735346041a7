/**
 * Every refusal the relay can give, one row each. The code is stable and is what integrators program against; the kind
 * is translated to a status only at the doors.
 * @module
 */

/** What went wrong in general; each door maps a kind to its own signal (REST: an HTTP status). */
export type Kind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'missing'
  | 'method'
  | 'not-acceptable'
  | 'conflict'
  | 'gone'
  | 'too-large'
  | 'media-type'
  | 'too-many'
  | 'internal'
  | 'unavailable'
  | 'storage-full'

interface Row {
  readonly kind: Kind
  /** Dutch title, shown as `title` of the problem. */
  readonly nl: string
  /** English title, for command line and log. */
  readonly en: string
  /** What the reader can do about it, in Dutch; shown on the page of the code. */
  readonly help: string
}

const invalid = (nl: string, en: string, help: string): Row => ({ kind: 'invalid', nl, en, help })
const identity = (nl: string, en: string, help: string): Row => ({
  kind: 'unauthenticated',
  nl,
  en,
  help,
})
const conflict = (nl: string, en: string, help: string): Row => ({
  kind: 'conflict',
  nl,
  en,
  help,
})

/** The table. Rows are grouped by the layer that gives them. */
export const ERRORS = {
  // The bytes of a request.
  'json-ongeldig': invalid(
    'Geen geldige JSON',
    'Not valid JSON',
    'Controleer of de body een volledig JSON-document is.',
  ),
  'json-dubbele-sleutel': invalid(
    'Sleutel komt dubbel voor',
    'Duplicate key',
    'Geef elke sleutel van een object hoogstens een keer.',
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
    'Een certificaat in de keten mag niet uitgeven',
    'Chain certificate may not issue',
    'Vraag een certificaat aan bij een echte uitgever.',
  ),
  'certificaat-handtekening': identity(
    'Handtekening of sleutel is niet sterk genoeg of klopt niet',
    'Bad or weak signature',
    'Gebruik RSA vanaf 2048 bits of EC vanaf P-256, met SHA-256 of beter.',
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
    'Het onderwerp moet precies een serialNumber van twintig cijfers hebben.',
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

/** A stable code; the union makes `switch` checked. */
export type ErrorCode = keyof typeof ERRORS

/** One problem in the input: a JSON Pointer (RFC 6901) into the request, a code, and a Dutch sentence without values. */
export interface Problem {
  readonly path: string
  readonly code: ErrorCode
  readonly detail: string
}

/** A refusal: expected, explained, and never a defect. Its texts are ours and hold nothing that a person typed. */
export class RelayError extends Error {
  override readonly name = 'RelayError'
  readonly code: ErrorCode
  readonly detail: string
  readonly problems: readonly Problem[]
  /** Seconds after which trying again makes sense, where that is known. */
  readonly retryAfter: number | undefined

  /**
   * @param code row of the table
   * @param detail Dutch sentence about this case; defaults to the help of the row
   */
  constructor(
    code: ErrorCode,
    detail?: string,
    more: { problems?: readonly Problem[]; retryAfter?: number } = {},
  ) {
    super(`${code}: ${ERRORS[code].en}`)
    this.code = code
    this.detail = detail ?? ERRORS[code].help
    this.problems = more.problems ?? []
    this.retryAfter = more.retryAfter
  }

  get kind(): Kind {
    return ERRORS[this.code].kind
  }
}

/**
 * One refusal for a list of problems: the common code when there is only one, else `bericht-ongeldig`.
 * @param problems at least one
 */
export function refusalFor(problems: readonly Problem[]): RelayError {
  const codes = new Set(problems.map((problem) => problem.code))
  const [only] = codes
  const code = codes.size === 1 && only !== undefined ? only : 'bericht-ongeldig'
  const detail =
    problems.length === 1 && problems[0] !== undefined
      ? problems[0].detail
      : `Er zijn ${problems.length} problemen; errors noemt ze allemaal.`
  return new RelayError(code, detail, { problems })
}
