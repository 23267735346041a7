/**
 * A small world for the doors: a directory, a trust that knows a few peers, and a relay that remembers what it was asked.
 */
import type { Hono } from 'hono'
import type { MessageDefinition } from '../../../src/core/catalogue/definition.ts'
import type { Caller, Connection, Participant } from '../../../src/core/directory.ts'
import type { CertificateFacts, Presented, Trust, Verdict } from '../../../src/core/identity.ts'
import { DEFAULT_LIMITS, type Limits } from '../../../src/core/limits.ts'
import type { Message } from '../../../src/core/message.ts'
import type { Settings } from '../../../src/core/settings.ts'
import { Peer, type PeerEnv } from '../../../src/http/peer.ts'
import { createRestApp } from '../../../src/http/rest/app.ts'
import type { RequestLine } from '../../../src/ops/log.ts'
import type { Relay } from '../../../src/relay/relay.ts'
import { Contract, holdToContract } from '../../openapi/support/contract.ts'
import { documentOf } from '../../openapi/support/document.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

export const IDS = {
  node: id(1),
  creditor: id(2),
  municipality: id(3),
  second: id(4),
  suspended: id(5),
  registered: id(6),
  reference: id(100),
  conversation: id(101),
  lease: id(102),
}

const participant = (given: Partial<Participant> & Pick<Participant, 'id' | 'name'>) =>
  ({
    tradeNames: [],
    organisation: 'org',
    status: 'actief',
    types: ['schuldeiser'],
    traits: [],
    workArea: [],
    modules: { schuldregeling: ['2.0'] },
    worksFor: [],
    ...given,
  }) satisfies Participant

export const PARTICIPANTS = [
  participant({ id: IDS.creditor, name: 'Energie Direct', tradeNames: ['Lichtpunt'] }),
  participant({
    id: IDS.municipality,
    name: 'Gemeente Voorbeeldstad',
    types: ['shv-fase-2'],
    workArea: ['0363'],
    modules: { schuldregeling: ['2.0'], vroegsignalering: ['1.0'] },
  }),
  participant({ id: IDS.second, name: 'Gemeente Tweede', types: ['shv-fase-2'] }),
  participant({ id: IDS.suspended, name: 'Geschorst BV', status: 'geschorst' }),
  participant({ id: IDS.registered, name: 'Nieuw BV', status: 'aangemeld' }),
]

const connection = (name: string, oin: string, participants: string[]): Connection => ({
  name,
  oin,
  narrow: { fingerprints: [] },
  kind: participants.length > 1 ? 'supplier' : 'own',
  participants,
})

export const CONNECTIONS = {
  creditor: connection('energie-direct', '00000099000000000002', [IDS.creditor]),
  supplier: connection('leverancier', '00000099000000000003', [IDS.municipality, IDS.second]),
  suspended: connection('geschorst', '00000099000000000005', [IDS.suspended]),
  registered: connection('nieuw', '00000099000000000006', [IDS.registered]),
} as const
export type PeerName = keyof typeof CONNECTIONS

const DEFINITION: MessageDefinition = {
  module: 'schuldregeling',
  type: 'saldoverzoek',
  title: 'Saldoverzoek',
  aliases: [],
  version: '2.0',
  from: 'asker',
  starts: true,
  answers: [],
  follows: [],
  ends: false,
  termDays: 10,
  existence: 'published',
  evidence: 'partial',
  sources: ['bron'],
  summary: 'Vraagt naar het saldo.',
  csv: true,
  fields: [
    {
      name: 'KlantnummerSHV',
      type: 'text',
      required: true,
      label: 'Klantnummer',
      evidence: 'published',
      max: 20,
    },
  ],
  rules: [{ kind: 'oneOf', fields: ['KlantnummerSHV'] }],
  sample: { KlantnummerSHV: '12' },
  validate: () => [],
  findBsn: () => [],
  findDocuments: () => [],
}

export function settingsWith(limits: Partial<Limits> = {}): Settings {
  return {
    generation: 1,
    node: {
      id: IDS.node,
      name: 'Proefknooppunt',
      url: 'https://relay.example.nl:8443',
      environment: 'test',
    },
    directory: {
      organisations: new Map([['org', { id: 'org', name: 'Organisatie', kvk: '12345678' }]]),
      participants: new Map(PARTICIPANTS.map((each) => [each.id, each])),
      connections: Object.values(CONNECTIONS),
    },
    catalogue: {
      documents: new Map(),
      traits: new Map(),
      participantTypes: new Map(),
      modules: new Map([
        [
          'schuldregeling',
          new Map([
            [
              '2.0',
              {
                module: 'schuldregeling',
                title: 'Schuldregeling',
                summary: 'Regelt schulden.',
                version: '2.0',
                sources: {},
                parties: { asker: ['shv-fase-2'], answerer: ['schuldeiser'] },
                documents: new Map(),
                documentsWith: 'opening',
                removalDays: 5,
                answerDays: 10,
                messages: new Map([['saldoverzoek', DEFINITION]]),
              },
            ],
          ]),
        ],
      ]),
    },
    calendar: { closed: new Set() },
    limits: { ...DEFAULT_LIMITS, ...limits },
    retention: {
      removalDays: 5,
      logDays: 180,
      conversationDaysAfterEnd: 365,
      conversationDaysAtMost: 1825,
    },
  }
}

/** A message as the relay would have it. */
export function messageOf(given: Partial<Message> = {}, reference = IDS.reference): Message {
  return {
    seq: 7,
    header: {
      reference,
      conversation: IDS.conversation,
      module: 'schuldregeling',
      moduleVersion: '2.0',
      type: 'saldoverzoek',
      version: '2.0',
      sender: IDS.municipality,
      recipient: IDS.creditor,
      acceptedAt: Date.UTC(2026, 0, 5, 9),
      removeAt: Date.UTC(2026, 0, 12, 23),
    },
    headerBytes: new Uint8Array(),
    state: 'waiting',
    size: 123,
    attachments: 0,
    fetches: 0,
    ...given,
  }
}

/** What was presented by a peer of this name; the certificate of the fake trust is the name itself. */
export function presentedAs(name: string): Presented {
  return { chain: [new TextEncoder().encode(name)], authorized: true }
}

export const FACTS: CertificateFacts = {
  fingerprint: 'ab'.repeat(32),
  subject: 'CN=proef',
  issuer: 'CN=uitgever',
  serial: '01',
  oin: '00000099000000000002',
  organisationalUnits: [],
  notBefore: Date.UTC(2026, 0, 1),
  notAfter: Date.UTC(2027, 0, 1),
  key: 'EC P-256',
}

/** Lets in the peers of `CONNECTIONS`, unless they were revoked. */
export class FakeTrust implements Trust {
  generation = 1
  readonly revoked = new Set<string>()
  readonly #nameOf: (leaf: Uint8Array) => string

  /** @param nameOf name of the peer with this certificate; by default the certificate is the name */
  constructor(nameOf = (leaf: Uint8Array) => new TextDecoder().decode(leaf)) {
    this.#nameOf = nameOf
  }

  judge(presented: Presented | undefined): Verdict {
    const [leaf] = presented?.chain ?? []
    if (leaf === undefined) {
      return {
        ok: false,
        layer: 'certificaat',
        code: 'certificaat-ontbreekt',
        detail: 'Er is geen certificaat.',
      }
    }
    const name = this.#nameOf(leaf)
    const known = Object.hasOwn(CONNECTIONS, name) ? CONNECTIONS[name as PeerName] : undefined
    if (known === undefined || this.revoked.has(name)) {
      return {
        ok: false,
        layer: 'keten',
        code: 'certificaat-keten',
        detail: 'De keten leidt nergens heen.',
        certificate: FACTS,
      }
    }
    return { ok: true, certificate: FACTS, connection: known }
  }
}

export interface Asked {
  readonly verb: keyof Relay
  readonly who: string
  readonly rest: readonly unknown[]
}

/** A relay that remembers what it was asked, and answers what the test says; anything else is a defect. */
export function fakeRelay(verbs: Partial<Relay>): { relay: Relay; asked: Asked[] } {
  const asked: Asked[] = []
  const relay = new Proxy({} as Relay, {
    get: (_target, verb: keyof Relay) => {
      const answer = verbs[verb] as ((...given: unknown[]) => unknown) | undefined
      return async (who: Caller | Connection, ...rest: unknown[]) => {
        asked.push({ verb, who: 'participant' in who ? who.participant.id : who.name, rest })
        if (answer === undefined) throw new Error(`nobody expected ${verb}`)
        return answer(who, ...rest)
      }
    },
  })
  return { relay, asked }
}

export interface World {
  readonly app: Hono<{ Bindings: PeerEnv }>
  readonly asked: Asked[]
  readonly trust: FakeTrust
  readonly lines: RequestLine[]
  readonly faults: unknown[]
  /** Moves the clock of the door. */
  readonly clock: { now: number }
  /** Sends a request as one of the peers; `null` has no certificate. */
  readonly ask: (
    as: PeerName | 'rogue' | null | Peer,
    path: string,
    init?: RequestInit & { json?: unknown },
  ) => Promise<Response>
}

export function createWorld(
  verbs: Partial<Relay> = {},
  limits: Partial<Limits> = {},
  trust = new FakeTrust(),
): World {
  const { relay, asked } = fakeRelay(verbs)
  const lines: RequestLine[] = []
  const faults: unknown[] = []
  const clock = { now: 1_000 }
  const settings = settingsWith(limits)
  const app = createRestApp({
    relay,
    settings: () => settings,
    trust,
    log: {
      request: (line) => lines.push(line),
      error: (event, fields) => faults.push({ event, ...fields }),
    },
    now: () => clock.now,
    version: '1.2.3',
  })
  const contract = () => contractOf(settings)
  return {
    app,
    asked,
    trust,
    lines,
    faults,
    clock,
    ask: async (as, path, init = {}) => {
      const peer = as instanceof Peer ? as : new Peer(as === null ? undefined : presentedAs(as))
      const { json, ...rest } = init
      const headers = new Headers(rest.headers)
      if (json !== undefined && !headers.has('content-type')) {
        headers.set('content-type', 'application/json')
      }
      const body = json === undefined ? rest.body : JSON.stringify(json)
      const response = await app.request(
        `/api/v1${path}`,
        { ...rest, headers, ...(body !== undefined && { body }) },
        { peer },
      )
      // A stream may be slow on purpose, and reading along would change how it is read.
      const isStream = response.headers.get('content-type') === 'application/x-ndjson'
      holdToContract(contract(), {
        method: rest.method ?? 'GET',
        path: `/api/v1${path}`,
        request: {
          header: (name) => headers.get(name),
          body: typeof body === 'string' ? body : undefined,
        },
        status: response.status,
        header: (name) => response.headers.get(name),
        body: isStream ? undefined : await response.clone().text(),
      })
      return response
    },
  }
}

const CONTRACTS = new Map<string, Contract>()

/** Made once for each set of limits: that is all in which these worlds differ. */
function contractOf(settings: Settings): Contract {
  const key = JSON.stringify(settings.limits)
  const found = CONTRACTS.get(key)
  if (found !== undefined) return found
  const contract = new Contract(documentOf(settings), { judgesMessages: false })
  CONTRACTS.set(key, contract)
  return contract
}

/** The body as JSON, for looking into. */
export async function bodyOf(response: Response): Promise<any> {
  return response.json()
}
