/**
 * The fictitious world of the demo: who takes part, with which certificate. Names and numbers are invented; OINs carry the
 * prefix 00000099 that anybody may use for tests.
 * @module
 */
import type { ParticipantType, Trait } from '../core/directory.ts'
import type { Uuid } from '../core/message.ts'

export interface DemoParticipant {
  readonly id: Uuid
  readonly name: string
  readonly tradeName: string
  readonly type: ParticipantType
  readonly traits: readonly Trait[]
  readonly category?: 'Nuts'
}

/** An organisation with the one certificate of its connection; files are named after the connection. */
export interface DemoConnection {
  readonly name: string
  readonly organisation: string
  readonly kvk: string
  readonly oin: string
  readonly kind: 'own' | 'supplier'
  readonly participants: readonly DemoParticipant[]
}

/** Modules of each type, with the side that it takes in them (catalogue, `parties`). */
const MODULES: Readonly<Record<ParticipantType, readonly string[]>> = {
  schuldeiser: [
    'schuldregeling',
    'schuldinventarisatie',
    'betalingsregeling',
    'meldingen-bewindvoering',
    'vroegsignalering',
  ],
  'shv-fase-1': ['schuldinventarisatie', 'betalingsregeling'],
  'shv-fase-2': [
    'schuldregeling',
    'schuldinventarisatie',
    'betalingsregeling',
    'waarborgfonds-saneringskredieten',
  ],
  'overige-shv': ['schuldinventarisatie', 'betalingsregeling'],
  bewindvoerder: ['schuldinventarisatie', 'betalingsregeling', 'meldingen-bewindvoering'],
  verwerker: ['vroegsignalering', 'waarborgfonds-saneringskredieten'],
}

const VERSIONS: Readonly<Record<string, string>> = {
  schuldregeling: '2.0',
  schuldinventarisatie: '1.0',
  betalingsregeling: '2.0',
  'meldingen-bewindvoering': '1.0',
  vroegsignalering: '1.0',
  'waarborgfonds-saneringskredieten': '2.0',
}

/** What a participant of this type takes, as the configuration has it. */
export function modulesOf(type: ParticipantType): Record<string, string[]> {
  return Object.fromEntries(MODULES[type].map((name) => [name, [VERSIONS[name] ?? '1.0']]))
}

/** Number of the node itself, the sender of notices. */
export const DEMO_NODE_ID = '0d000000-0000-4000-8000-000000000000'

function participant(
  number: number,
  name: string,
  tradeName: string,
  type: ParticipantType,
  traits: readonly Trait[] = [],
): DemoParticipant {
  const id = `0d000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const category = type === 'schuldeiser' ? { category: 'Nuts' as const } : {}
  return { id, name, tradeName, type, traits, ...category }
}

function own(number: number, organisation: string, only: DemoParticipant): DemoConnection {
  return connection(number, only.name, organisation, 'own', [only])
}

function connection(
  number: number,
  name: string,
  organisation: string,
  kind: 'own' | 'supplier',
  participants: readonly DemoParticipant[],
): DemoConnection {
  const kvk = String(90_000_000 + number)
  return { name, organisation, kvk, oin: `00000099${kvk}0000`, kind, participants }
}

/** Everybody in the demo. */
export const DEMO_CONNECTIONS: readonly DemoConnection[] = [
  own(
    1,
    'Gemeente Voorbeeldstad',
    participant(1, 'gemeente-voorbeeldstad', 'Schuldhulp Voorbeeldstad', 'shv-fase-2', ['bsn']),
  ),
  own(
    2,
    'Stichting Wijkteam Voorbeeldstad',
    participant(2, 'wijkteam-voorbeeldstad', 'Wijkteam Voorbeeldstad', 'shv-fase-1'),
  ),
  own(
    3,
    'Hulp bij Schulden B.V.',
    participant(3, 'hulp-bij-schulden', 'Hulp bij Schulden', 'overige-shv'),
  ),
  own(
    4,
    'Bewind & Balans B.V.',
    participant(4, 'bewind-en-balans', 'Bewind & Balans', 'bewindvoerder'),
  ),
  own(
    5,
    'Energie Direct B.V.',
    participant(5, 'energie-direct', 'Energie Direct', 'schuldeiser', ['bsn', 'csv']),
  ),
  connection(6, 'waterbedrijf-noord', 'Waterbedrijf Noord N.V.', 'own', [
    participant(6, 'waterbedrijf-noord-zakelijk', 'Waterbedrijf Noord Zakelijk', 'schuldeiser'),
    participant(
      7,
      'waterbedrijf-noord-particulier',
      'Waterbedrijf Noord Particulier',
      'schuldeiser',
      ['vooraf-akkoord'],
    ),
  ]),
  connection(7, 'softwareleverancier', 'Softwareleverancier B.V.', 'supplier', [
    participant(8, 'gemeente-duinrand', 'Schuldhulp Duinrand', 'shv-fase-2'),
    participant(9, 'gemeente-polderveen', 'Schuldhulp Polderveen', 'shv-fase-2'),
  ]),
  own(
    8,
    'Stichting Waarborgfonds Demo',
    participant(10, 'waarborgfonds-demo', 'Waarborgfonds Demo', 'verwerker'),
  ),
  own(
    9,
    'Signaal Platform B.V.',
    participant(11, 'signaal-platform', 'Signaal Platform', 'verwerker'),
  ),
]
