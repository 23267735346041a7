/**
 * What can be wrong with header and body of a message, and with whom it names.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { addedId } from '../support/bad-world.ts'
import { attachment, messageOf, type Envelope } from '../support/messages.ts'
import { participantId } from '../support/node.ts'
import { CANARY } from '../support/problem.ts'
import { spoiled, type BadMessage } from './case.ts'

/** Keys of the envelope that a message cannot do without, in the order in which they are told. */
const REQUIRED = [
  'referentienummer',
  'conversatieReferentienummer',
  'module',
  'berichttype',
  'versie',
  'ontvanger',
  'inhoud',
]

const set = (changes: object) => (message: Envelope) => void Object.assign(message, changes)
const inBody = (changes: object) => (message: Envelope) =>
  void Object.assign(message.inhoud, changes)

/** Header and body of a message. */
export const MESSAGE_CASES: readonly BadMessage[] = [
  spoiled(
    'unknown fields in header and body',
    [400, 'veld-onbekend', '/onbekend[1]', '/inhoud/onbekend[1]'],
    (message) => {
      Object.assign(message, { [CANARY.name]: CANARY.bsn })
      message.inhoud[CANARY.iban] = CANARY.name
    },
  ),
  spoiled(
    'a number where text belongs',
    [400, 'veld-type', '/inhoud/KlantnummerSHV'],
    inBody({ KlantnummerSHV: Number(CANARY.bsn) }),
  ),
  spoiled('a list for a body', [400, 'veld-type', '/inhoud'], set({ inhoud: [CANARY.name] })),
  spoiled(
    'a required field of the body missing',
    [400, 'veld-ontbreekt', '/inhoud/KlantnummerSHV'],
    (message) => void delete message.inhoud['KlantnummerSHV'],
  ),
  spoiled('no body', [400, 'veld-ontbreekt', '/inhoud'], set({ inhoud: undefined })),
  spoiled(
    'nothing of a header',
    [400, 'veld-ontbreekt', ...REQUIRED.map((name) => `/${name}`)],
    () => ({}),
  ),
  spoiled(
    'a reference that is a name',
    [400, 'veld-patroon', '/referentienummer'],
    set({ referentienummer: CANARY.name }),
  ),
  spoiled(
    'problems in header and body together',
    [400, 'bericht-ongeldig', '/ontvanger', '/inhoud/KlantnummerSHV'],
    (message) => {
      message.ontvanger = CANARY.bsn
      message.inhoud['KlantnummerSHV'] = ''
    },
  ),
  spoiled('a wrong version', [400, 'versie-onbekend', '/versie'], set({ versie: '9.9' })),
  spoiled(
    'an unknown type',
    [400, 'berichttype-onbekend', '/berichttype'],
    set({ berichttype: CANARY.name.toLowerCase() }),
  ),
  spoiled(
    'an unknown module',
    [400, 'module-onbekend', '/module'],
    set({ module: CANARY.name.toLowerCase() }),
  ),
  spoiled(
    'the module of the notices',
    [400, 'module-onbekend', '/module'],
    set({ module: 'knooppunt', berichttype: 'melding-afgewezen' }),
  ),
  spoiled(
    'a recipient that nobody knows',
    [400, 'ontvanger-onbekend', '/ontvanger'],
    set({ ontvanger: randomUUID() }),
  ),
  spoiled(
    'a recipient that is not yet active',
    [400, 'ontvanger-onbekend', '/ontvanger'],
    set({ ontvanger: addedId('incasso-aangemeld') }),
  ),
  spoiled(
    'a recipient without the module',
    [409, 'ontvanger-zonder-module'],
    set({ ontvanger: addedId('incasso-zonder-module') }),
  ),
  spoiled(
    'a recipient that is suspended',
    [409, 'ontvanger-niet-actief'],
    set({ ontvanger: addedId('incasso-geschorst') }),
  ),
  spoiled(
    'a recipient that has ended',
    [409, 'ontvanger-niet-actief'],
    set({ ontvanger: addedId('incasso-beeindigd') }),
  ),
  spoiled(
    'a recipient on the same side',
    [403, 'ontvanger-niet-bevoegd'],
    set({ ontvanger: participantId('gemeente-duinrand') }),
  ),
  spoiled(
    'a message to oneself',
    [400, 'aan-zichzelf', '/ontvanger'],
    set({ ontvanger: participantId('gemeente-voorbeeldstad') }),
  ),
  spoiled(
    'in the name of another',
    [400, 'afzender-past-niet', '/afzender'],
    set({ afzender: participantId('gemeente-duinrand') }),
  ),
  spoiled('a sender that is suspended', [403, 'deelnemer-geschorst'], () => undefined, {
    as: 'gemeente-geschorst',
  }),
  spoiled('a sender that is not yet active', [403, 'deelnemer-aangemeld'], () => undefined, {
    as: 'incasso-aangemeld',
  }),
  spoiled('a sender that has ended', [403, 'deelnemer-beeindigd'], () => undefined, {
    as: 'incasso-beeindigd',
  }),
  spoiled('a sender without the module', [403, 'afzender-zonder-module'], () => undefined, {
    as: 'gemeente-zonder-module',
  }),
  spoiled(
    'a sender on the wrong side',
    [403, 'afzender-niet-bevoegd'],
    set({ ontvanger: participantId('waterbedrijf-noord-zakelijk') }),
    { as: 'energie-direct' },
  ),
  {
    name: 'a BSN to who may not have it',
    status: 400,
    code: 'bsn-niet-toegestaan',
    pads: ['/inhoud/Burgerservicenummer'],
    make: async (node) => {
      const to = 'waterbedrijf-noord-zakelijk'
      const json = await messageOf(node, 'saldoverzoek-publiek', to)
      json.inhoud['Burgerservicenummer'] = CANARY.bsn
      return json
    },
  },
  spoiled(
    'a document that nobody asked for',
    [400, 'document-onverwacht', '/bijlagen/0/soort'],
    set({ bijlagen: [attachment('beschikking', `${CANARY.name}.pdf`)] }),
  ),
  spoiled(
    'a document that is something else',
    [400, 'document-ongeldig', '/bijlagen/0/document/inhoud'],
    set({
      bijlagen: [
        {
          soort: 'beschikking',
          document: {
            bestandsnaam: `${CANARY.name}.pdf`,
            mediatype: 'application/pdf',
            inhoud: Buffer.from(CANARY.name).toString('base64'),
          },
        },
      ],
    }),
  ),
]
