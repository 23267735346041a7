/**
 * What a configuration comes down to, for the operator to see whether it is what was meant.
 * @module
 */
import { dutchDay } from '../core/calendar.ts'
import { capOf } from '../core/catalogue/maxima.ts'
import type { Limits } from '../core/limits.ts'
import type { Instant } from '../core/message.ts'
import type { Environment } from '../core/settings.ts'
import type { Config } from './config.ts'
import { nextClosedDays } from './holidays.ts'

const CLOSED_DAYS = 8

/** Facts about a configuration; nothing secret in it. */
export interface Summary {
  readonly node: {
    readonly id: string
    readonly name: string
    readonly url: string
    readonly environment: Environment
  }
  readonly folder: string
  readonly listen: Readonly<Record<string, string>>
  readonly organisations: number
  /** Participant type → status → how many; one participant counts under each of its types. */
  readonly participants: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Module → its versions, and how many participants take it. */
  readonly modules: Readonly<
    Record<string, { readonly versions: readonly string[]; readonly participants: number }>
  >
  readonly connections: readonly {
    readonly name: string
    readonly oin: string
    readonly kind: string
    readonly participants: number
  }[]
  readonly limits: Limits
  /** Messages that these limits do not take at the largest size of their definition. */
  readonly caps: readonly {
    readonly message: string
    readonly bytes: number
    readonly list?: string
    readonly atMost?: number
  }[]
  readonly retention: Config['settings']['retention']
  readonly closedDays: readonly { readonly day: string; readonly name?: string }[]
  /** End of each certificate, as an instant in UTC. */
  readonly certificates: readonly { readonly what: string; readonly ends: string }[]
  readonly crls: readonly string[]
}

/** @param now decides which closed days come next */
export function summarise(config: Config, now: Instant): Summary {
  const { settings, listen } = config
  const { directory } = settings
  const doors = Object.entries(listen).map(([name, { host, port }]) => [name, `${host}:${port}`])
  return {
    node: settings.node,
    folder: config.folder,
    listen: Object.fromEntries(doors),
    organisations: directory.organisations.size,
    participants: countParticipants(config),
    modules: countModules(config),
    connections: directory.connections.map(({ name, oin, kind, participants }) => ({
      name,
      oin,
      kind,
      participants: participants.length,
    })),
    limits: settings.limits,
    caps: capsUnder(config),
    retention: settings.retention,
    closedDays: nextClosedDays(settings.calendar, dutchDay(now), CLOSED_DAYS),
    certificates: certificateEnds(config),
    crls: config.trust.revocation.crls.map(({ file }) => file),
  }
}

function capsUnder({ settings }: Config): Summary['caps'] {
  const modules = [...settings.catalogue.modules.values()].flatMap((versions) => [
    ...versions.values(),
  ])
  return modules.flatMap(({ module, messages }) =>
    [...messages.values()].flatMap((definition) => {
      const { bytes, fits, items } = capOf(definition, settings.limits)
      if (fits) return []
      const message = `${module} ${definition.type} ${definition.version}`
      return [{ message, bytes, ...(items && { list: items.list, atMost: items.atMost }) }]
    }),
  )
}

function countParticipants({ settings }: Config): Summary['participants'] {
  const counts: Record<string, Record<string, number>> = {}
  for (const { types, status } of settings.directory.participants.values()) {
    for (const type of types) {
      const row = (counts[type] ??= {})
      row[status] = (row[status] ?? 0) + 1
    }
  }
  return counts
}

function countModules({ settings }: Config): Summary['modules'] {
  const participants = [...settings.directory.participants.values()]
  const rows = [...settings.catalogue.modules].map(([module, versions]) => [
    module,
    {
      versions: [...versions.keys()],
      participants: participants.filter((one) => one.modules[module] !== undefined).length,
    },
  ])
  return Object.fromEntries(rows)
}

function certificateEnds({ listen, trust }: Config): Summary['certificates'] {
  const rows: [string, Instant][] = [
    ['listen.api', listen.api.notAfter],
    ...(listen.portal ? [['listen.portal', listen.portal.notAfter] as [string, Instant]] : []),
    ...trust.anchors.map(({ file, notAfter }): [string, Instant] => [`anchor ${file}`, notAfter]),
    ...trust.intermediates.map(({ file, notAfter }): [string, Instant] => [
      `intermediate ${file}`,
      notAfter,
    ]),
  ]
  return rows.map(([what, ends]) => ({ what, ends: new Date(ends).toISOString() }))
}
