/**
 * Who takes part: organisations, participants and connections, as written in the main file or in files beside it.
 * @module
 */
import * as v from 'valibot'
import { PARTICIPANT_STATUSES, PARTICIPANT_TYPES, TRAITS } from '../../core/directory.ts'
import { choice, files, line, list, optional, pattern, required, section, usual } from './leaf.ts'

/** A UUID as the relay compares it: lower case. */
export const uuid = () =>
  pattern(
    'a UUID in lower case',
    /^(?!0{8}-0{4}-0{4}-0{4}-0{12}$)[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/,
  )

const code = () =>
  pattern('a code of small letters, digits and dashes', /^[a-z\d](?:[a-z\d-]{0,62}[a-z\d])?$/)

/** Written with or without colons, in either case; compared in small letters without. */
const fingerprint = () =>
  v.pipe(
    pattern(
      'a SHA-256 fingerprint: 64 hexadecimal digits, colons allowed',
      /^(?:[\da-fA-F]{2}:?){31}[\da-fA-F]{2}$/,
    ),
    v.transform((text) => text.replaceAll(':', '').toLowerCase()),
  )

/** A legal person. */
export const organisation = section('A legal person with one or more participants.', {
  id: required('Your own short code; participants point at it.', code(), 'gemeente-voorbeeldstad'),
  name: required('Name in the address book.', line('a name'), 'Gemeente Voorbeeldstad'),
  kvk: required(
    'Number in the trade register; portal users are matched by it.',
    pattern('eight digits', /^\d{8}$/),
    '90000001',
  ),
})

/** Who exchanges messages. */
export const participant = section('An organisation, or a unit of it, that exchanges messages.', {
  id: required(
    'Address of the participant in every message. Make it once; never give it to another.',
    uuid(),
    '7d3a5f1e-2b64-4c8e-9a0f-5c1d2e3f4a5b',
  ),
  name: required('Name in the address book.', line('a name'), 'Gemeente Voorbeeldstad Schuldhulp'),
  tradeNames: usual('Other names by which clients know it.', list(line('a name'), 50), []),
  organisation: required('Code of its organisation.', code(), 'gemeente-voorbeeldstad'),
  vestiging: optional(
    'Number of the establishment in the trade register.',
    pattern('twelve digits', /^\d{12}$/),
    '000090000001',
  ),
  status: usual(
    'aangemeld: sees itself only; actief; geschorst: ends what it has, gets nothing new; beeindigd: what waits for it is refused.',
    choice(PARTICIPANT_STATUSES),
    'aangemeld',
  ),
  types: required(
    'What it is; decides which messages it may send and receive.',
    v.pipe(
      list(choice(PARTICIPANT_TYPES), PARTICIPANT_TYPES.length),
      v.minLength(1, 'must name at least one type'),
      v.metadata({ form: 'a list of types' }),
    ),
    ['shv-fase-2'],
  ),
  traits: usual(
    'bsn: may lawfully use the BSN; vooraf-akkoord; csv: exchanges files in the portal.',
    list(choice(TRAITS), TRAITS.length),
    [],
  ),
  category: optional(
    'Kind of debt that a creditor mostly has.',
    choice(['Zorg', 'Publiek', 'Nuts', 'Overig']),
    'Nuts',
  ),
  workArea: usual(
    'Codes of the municipalities that it works for.',
    list(pattern('a municipality code of four digits', /^\d{4}$/), 500),
    [],
  ),
  modules: usual(
    'Modules that it takes part in, each with the versions that it takes.',
    v.record(
      v.string(),
      v.pipe(
        list(pattern('a version such as "2.0"', /^\d{1,3}(?:\.\d{1,3}){0,2}$/), 20),
        v.minLength(1, 'must name at least one version'),
      ),
      'must be a group of modules, each with a list of versions',
    ),
    {},
    { schuldregeling: ['2.0'] },
  ),
  worksFor: usual(
    'Ids of participants, or names of others, that it works for.',
    list(line('a name')),
    [],
  ),
  contact: v.exactOptional(
    section('Whom other participants may turn to.', {
      name: optional('Person or department.', line('a name'), 'Team Schuldhulp'),
      email: optional(
        'Address for questions.',
        pattern('an e-mail address', /^[^\s@]{1,64}@[^\s@]{1,189}$/),
        'schuldhulp@voorbeeldstad.example',
      ),
      phone: optional(
        'Number for questions.',
        pattern('a telephone number', /^\+?[\d ()-]{3,30}$/),
        '088 000 00 00',
      ),
    }),
  ),
})

/** Which certificate may act for whom. */
export const connection = section(
  'A certificate identity and the participants that it may act for.',
  {
    name: required('Name in logs and reports.', line('a name', 100), 'gemeente-voorbeeldstad'),
    oin: required(
      'OIN or HRN in the certificate.',
      pattern('an OIN or HRN of twenty digits', /^\d{20}$/),
      '00000099900000010000',
    ),
    narrow: v.optional(
      section('Further conditions, needed when several connections have one OIN.', {
        ou: optional('Organisational unit in the certificate.', line('a name', 64), 'Schuldhulp'),
        fingerprints: usual('SHA-256 of the certificates that count.', list(fingerprint(), 20), []),
      }),
      {},
    ),
    kind: usual(
      'own: for participants of one organisation; supplier: software supplier that acts for several.',
      choice(['own', 'supplier']),
      'own',
    ),
    participants: required(
      'Ids of the participants that it may act for; with several, each call names one.',
      v.pipe(
        list(uuid()),
        v.minLength(1, 'must name at least one participant'),
        v.metadata({ form: 'a list of ids of participants' }),
      ),
      ['7d3a5f1e-2b64-4c8e-9a0f-5c1d2e3f4a5b'],
    ),
  },
)

/** A participant in place, or the name of files that hold more. */
const participantOrFiles = v.lazy<typeof participant | ReturnType<typeof files>>((input) =>
  typeof input === 'string' ? files() : participant,
)

const organisationsAbout = 'Legal persons, each with one or more participants.'
const connectionsAbout = 'Which certificate may act for whom.'

/** The lists of the main file. */
export const directoryEntries = {
  organisations: usual(organisationsAbout, list(organisation, 10_000), []),
  participants: usual(
    'Who exchanges messages. An entry may also be the name of files, such as config/participants/*.yaml; each of those has the keys organisations, participants and connections.',
    list(participantOrFiles, 10_000),
    [],
  ),
  connections: usual(connectionsAbout, list(connection, 10_000), []),
} as const

/** A file that `participants` points at. */
export const directoryFile = section('Participants of, for example, one region.', {
  organisations: usual(organisationsAbout, list(organisation, 10_000), []),
  participants: usual('Who exchanges messages.', list(participant, 10_000), []),
  connections: usual(connectionsAbout, list(connection, 10_000), []),
})
