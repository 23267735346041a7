/**
 * A small world for tests of the verbs: the shipped catalogue, one participant of each kind, a clock that tests move, and a
 * relay over the memory store.
 * @module
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { loadCatalogue } from '../../src/core/catalogue/load.ts'
import type { Catalogue } from '../../src/core/catalogue/definition.ts'
import type { Caller, Connection, Participant } from '../../src/core/directory.ts'
import { DEFAULT_LIMITS } from '../../src/core/limits.ts'
import type { Limits } from '../../src/core/limits.ts'
import type { Settings } from '../../src/core/settings.ts'
import { createRelay } from '../../src/relay/create.ts'
import type { Ports, Store } from '../../src/relay/ports.ts'
import type { Relay } from '../../src/relay/relay.ts'
import { createMemoryStore } from '../../src/store/memory/store.ts'
import { MemoryVault } from './memory-vault.ts'

const MODULES = join(import.meta.dir, '../../config/modules')

let loaded: Catalogue | undefined

/** The shipped catalogue, compiled once per test process. */
export function shippedCatalogue(): Catalogue {
  if (loaded !== undefined) return loaded
  const files = readdirSync(MODULES)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, data: parse(readFileSync(join(MODULES, name), 'utf8')) as unknown }))
  const result = loadCatalogue(files)
  if ('problems' in result) throw new Error(JSON.stringify(result.problems.slice(0, 3)))
  loaded = result.catalogue
  return loaded
}

/** A UUID that shows its number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

function participant(number: number, name: string, rest: Partial<Participant>): Participant {
  const everyModule: Record<string, string[]> = {}
  for (const [module, versions] of shippedCatalogue().modules) {
    everyModule[module] = [...versions.keys()]
  }
  return {
    id: uuid(number),
    name,
    tradeNames: [],
    organisation: 'org',
    status: 'actief',
    types: ['schuldeiser'],
    traits: [],
    workArea: [],
    modules: everyModule,
    worksFor: [],
    ...rest,
  }
}

/** Everybody in the world, by a short name. */
export const PEOPLE = {
  gemeente: () => participant(1, 'Gemeente', { types: ['shv-fase-2'], traits: ['bsn'] }),
  energie: () => participant(2, 'Energie', { types: ['schuldeiser'], traits: ['bsn'] }),
  water: () => participant(3, 'Water', { types: ['schuldeiser'] }),
  hulp: () => participant(4, 'Hulp', { types: ['overige-shv'] }),
  bewind: () => participant(5, 'Bewind', { types: ['bewindvoerder'] }),
  wijkteam: () => participant(6, 'Wijkteam', { types: ['shv-fase-1'] }),
  fonds: () => participant(7, 'Fonds', { types: ['verwerker'] }),
} as const
export type Person = keyof typeof PEOPLE

export const NODE_ID = uuid(99)

export interface World {
  readonly relay: Relay
  readonly store: Store
  readonly vault: MemoryVault
  readonly alarms: string[]
  /** The clock; assign to move it. */
  now: number
  who(person: Person): Caller
  id(person: Person): string
  /** Changes one participant and takes the next generation of settings. */
  change(person: Person, rest: Partial<Participant>): void
  /** Removes a participant from the directory. */
  forget(person: Person): void
  /** A relay over the same store and vault, as after a restart. */
  restart(): Relay
  /** A valid envelope with the sample of the catalogue as its body. */
  envelope(
    from: Person,
    to: Person,
    module: string,
    type: string,
    rest?: Record<string, unknown>,
  ): Record<string, unknown>
}

/** A fresh world. @param limits bounds that this test wants otherwise */
export function createWorld(
  options: { limits?: Partial<Limits>; ports?: Partial<Ports>; closed?: string[] } = {},
): World {
  const vault = new MemoryVault()
  const store = options.ports?.store ?? createMemoryStore({ vaultId: vault.id })
  const participants = new Map<string, Participant>()
  for (const make of Object.values(PEOPLE)) {
    const made = make()
    participants.set(made.id, made)
  }
  let settings: Settings = {
    generation: 1,
    node: { id: NODE_ID, name: 'Proef', url: 'https://relay.example', environment: 'test' },
    directory: { organisations: new Map(), participants, connections: [] },
    catalogue: shippedCatalogue(),
    calendar: { closed: new Set(options.closed ?? []) },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    retention: {
      removalDays: 5,
      logDays: 180,
      conversationDaysAfterEnd: 365,
      conversationDaysAtMost: 1826,
    },
  }
  let references = 1_000
  let made = 500_000
  const alarms: string[] = []
  const ports: Ports = {
    store,
    vault,
    ballast: { release: () => false, refill: () => {} },
    clock: { now: () => world.now },
    ids: {
      random: () => uuid((made += 1)),
      notice: (original, outcome) =>
        `${Bun.hash(original + outcome)
          .toString(16)
          .padStart(16, '0')
          .slice(0, 8)}-0000-5000-8000-${original.slice(-12)}`,
    },
    journal: { alarm: (event) => void alarms.push(event) },
    settings: () => settings,
    fatal: (reason) => {
      throw new Error(`fatal: ${reason}`)
    },
    ...options.ports,
  }
  const current = (person: Person): Participant => {
    const id = PEOPLE[person]().id
    return settings.directory.participants.get(id) ?? PEOPLE[person]()
  }
  const world: World = {
    relay: createRelay(ports),
    store,
    vault,
    alarms,
    now: Date.parse('2026-03-02T09:00:00Z'),
    who: (person) => {
      const it = current(person)
      const connection: Connection = {
        name: person,
        oin: '00000099000000000000',
        narrow: { fingerprints: [] },
        kind: 'own',
        participants: [it.id],
      }
      return { connection, participant: it }
    },
    id: (person) => current(person).id,
    change: (person, rest) => {
      const next = new Map(settings.directory.participants)
      next.set(current(person).id, { ...current(person), ...rest })
      const directory = { ...settings.directory, participants: next }
      settings = { ...settings, generation: settings.generation + 1, directory }
    },
    forget: (person) => {
      const next = new Map(settings.directory.participants)
      next.delete(current(person).id)
      const directory = { ...settings.directory, participants: next }
      settings = { ...settings, generation: settings.generation + 1, directory }
    },
    restart: () => createRelay(ports),
    envelope: (from, to, module, type, rest = {}) => {
      const versions = [...(settings.catalogue.modules.get(module)?.values() ?? [])]
      const definition = versions.at(-1)?.messages.get(type)
      references += 2
      return {
        referentienummer: uuid(references),
        conversatieReferentienummer: uuid(references + 1),
        module,
        berichttype: type,
        versie: definition?.version ?? '1.0',
        ontvanger: PEOPLE[to]().id,
        afzender: PEOPLE[from]().id,
        inhoud: structuredClone(definition?.sample ?? {}),
        ...rest,
      }
    },
  }
  return world
}

/** Runs something that must be refused and gives the refusal's code. */
export async function codeOf(asked: () => Promise<unknown>): Promise<string> {
  try {
    await asked()
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason) return String(reason.code)
    throw reason
  }
  return 'not refused'
}
