/**
 * The REST door over a whole relay that lives in memory, and what must hold for each of its answers.
 * @module
 */
import type { Connection, Participant } from '../../src/core/directory.ts'
import { ERRORS } from '../../src/core/errors.ts'
import type { CertificateFacts, Presented, Trust } from '../../src/core/identity.ts'
import { DEFAULT_LIMITS } from '../../src/core/limits.ts'
import type { Uuid } from '../../src/core/message.ts'
import type { Settings } from '../../src/core/settings.ts'
import { Peer } from '../../src/http/peer.ts'
import { createRestApp } from '../../src/http/rest/app.ts'
import { createLog } from '../../src/ops/log.ts'
import { canaryIn } from '../support/canary.ts'
import { createWorld, NODE_ID, PEOPLE, shippedCatalogue, type Person } from '../support/world.ts'

/** Bounds that a flood of tests does not run into. */
const LIMITS = {
  ...DEFAULT_LIMITS,
  submitsPerSecond: 1_000_000,
  submitsBurst: 1_000_000,
  endsPerSecond: 1_000_000,
  endsBurst: 1_000_000,
}

const NOW = Date.parse('2026-03-02T09:00:00Z')

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** The door, its relay, and what it logged. */
export interface Door {
  readonly fetch: (request: Request, peer: Peer) => Response | Promise<Response>
  /** The connection of a person; null has no certificate. */
  peer(as: Person | null): Peer
  /** Asks as a person. @param path below `/api/v1` */
  ask(as: Person | null, method: string, path: string, init?: RequestInit): Promise<Answer>
  /** What the log says of what was asked since the last look breaks the property, or undefined. */
  faultInLog(): string | undefined
}

/** Makes a door. Its clock stands still, so that a run can be repeated. */
export function createDoor(): Door {
  const connections = EVERYBODY.map(connectionOf)
  const settings = settingsWith(connections)
  const clock = { now: () => NOW }
  const { relay } = createWorld({ ports: { clock, settings: () => settings } })
  let logged = ''
  const app = createRestApp({
    relay,
    settings: () => settings,
    trust: trustIn(connections),
    log: createLog({ sink: (line) => void (logged += line), now: () => 0, level: 'debug' }),
    now: () => 0,
    version: '1.0.0',
  })
  const peers = new Map(EVERYBODY.map((name) => [name, new Peer(presentedBy(name))]))
  const stranger = new Peer(undefined)
  const door: Door = {
    fetch: (request, peer) => app.fetch(request, { peer }),
    peer: (as) => (as === null ? stranger : (peers.get(as) ?? stranger)),
    async ask(as, method, path, init = {}) {
      const request = new Request(`https://localhost/api/v1${path}`, { method, ...init })
      return readAnswer(await door.fetch(request, door.peer(as)))
    },
    faultInLog() {
      const lines = logged
      logged = ''
      if (lines.includes('request-fault')) return `the log tells of a defect: ${lines}`
      const [found] = canaryIn(lines)
      return found === undefined ? undefined : `the log holds ${found}`
    },
  }
  return door
}

/** The whole of an answer. */
export async function readAnswer(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/**
 * Why an answer breaks what holds for all of them: no defect, every refusal a problem of the table, and the canary in none.
 * @returns undefined when it is good
 */
export function faultIn({ status, headers, text }: Answer): string | undefined {
  const leaks = canaryIn([...headers].flat().join('\n'))
  if (leaks.length > 0) return `a header holds ${leaks.join(', ')}`
  for (const name of ['api-version', 'cache-control']) {
    if (!headers.has(name)) return `status ${status} without ${name}`
  }
  if (status < 400) return undefined
  const [leak] = canaryIn(text)
  if (leak !== undefined) return `an answer with status ${status} holds ${leak}`
  if (status >= 500) return `status ${status}: ${text}`
  // HEAD has headers only.
  return text === '' ? undefined : faultInProblem(status, headers, text)
}

function faultInProblem(status: number, headers: Headers, text: string): string | undefined {
  if (headers.get('content-type') !== 'application/problem+json') {
    return `status ${status} as ${headers.get('content-type')}`
  }
  const problem = JSON.parse(text) as { status?: unknown; code?: unknown; detail?: unknown }
  const isSound =
    problem.status === status &&
    typeof problem.code === 'string' &&
    Object.hasOwn(ERRORS, problem.code) &&
    typeof problem.detail === 'string'
  return isSound ? undefined : `a problem that is none: ${text}`
}

const EVERYBODY = Object.keys(PEOPLE) as Person[]

function settingsWith(connections: readonly Connection[]): Settings {
  return {
    generation: 1,
    node: { id: NODE_ID, name: 'Proef', url: 'https://relay.example', environment: 'test' },
    directory: {
      organisations: new Map([['org', { id: 'org', name: 'Organisatie', kvk: '12345678' }]]),
      participants: new Map(EVERYBODY.map(participantOf)),
      connections,
    },
    catalogue: shippedCatalogue(),
    calendar: { closed: new Set() },
    limits: LIMITS,
    retention: {
      removalDays: 5,
      logDays: 180,
      conversationDaysAfterEnd: 365,
      conversationDaysAtMost: 1_826,
    },
  }
}

/** Everybody may use the BSN, so that the canary can be in content. */
function participantOf(name: Person): [Uuid, Participant] {
  const participant = PEOPLE[name]()
  return [participant.id, { ...participant, traits: ['bsn'] }]
}

function connectionOf(person: Person, index: number): Connection {
  return {
    name: person,
    oin: `0000009900000000${String(index).padStart(4, '0')}`,
    narrow: { fingerprints: [] },
    kind: 'own',
    participants: [PEOPLE[person]().id],
  }
}

/** The certificate of a person is the name, for who is let in is not what is tried here. */
const presentedBy = (person: Person): Presented => ({
  chain: [new TextEncoder().encode(person)],
  authorized: true,
})

function trustIn(connections: readonly Connection[]): Trust {
  return {
    generation: 1,
    judge(presented) {
      const name = new TextDecoder().decode(presented?.chain[0])
      const connection = connections.find((one) => one.name === name)
      return connection === undefined
        ? { ok: false, layer: 'certificaat', code: 'certificaat-ontbreekt', detail: 'Geen.' }
        : { ok: true, certificate: FACTS, connection }
    },
  }
}

const FACTS: CertificateFacts = {
  fingerprint: 'ab'.repeat(32),
  subject: 'CN=proef',
  issuer: 'CN=uitgever',
  serial: '01',
  organisationalUnits: [],
  notBefore: 0,
  notAfter: 4_102_444_800_000,
  key: 'EC P-256',
}
