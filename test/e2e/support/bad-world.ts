/**
 * The demo with those added who must be refused, or to whom nothing may be sent.
 * @module
 */
import type { DemoFolder } from '../../../src/cli/demo-folder.ts'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { issue } from '../../../src/trust/development/pki.ts'

const CREDITOR = { types: ['schuldeiser' as const], category: 'Nuts' as const }
const COUNSELLOR = { types: ['shv-fase-2' as const] }
const SCHULDREGELING = { schuldregeling: ['2.0'] }

/** Who is added; the certificate of each has its name. */
const ADDED = [
  { name: 'incasso-geschorst', status: 'geschorst', ...CREDITOR, modules: SCHULDREGELING },
  { name: 'incasso-aangemeld', status: 'aangemeld', ...CREDITOR, modules: SCHULDREGELING },
  { name: 'incasso-beeindigd', status: 'beeindigd', ...CREDITOR, modules: SCHULDREGELING },
  {
    name: 'incasso-zonder-module',
    status: 'actief',
    ...CREDITOR,
    modules: { schuldinventarisatie: ['1.0'] },
  },
  { name: 'gemeente-geschorst', status: 'geschorst', ...COUNSELLOR, modules: SCHULDREGELING },
  {
    name: 'gemeente-zonder-module',
    status: 'actief',
    ...COUNSELLOR,
    modules: { schuldinventarisatie: ['1.0'] },
  },
] as const

const numberOf = (index: number) => String(index + 51).padStart(2, '0')

/** Number of one of those added. @throws when nobody has this name */
export function addedId(name: string): string {
  const index = ADDED.findIndex((each) => each.name === name)
  if (index === -1) throw new Error(`nobody is added under the name ${name}`)
  return `0d000000-0000-4000-8000-0000000000${numberOf(index)}`
}

/** The configuration of the demo with them in it, and their certificates in the folder. */
export function withBadWorld(config: ConfigInput, { pki }: DemoFolder): ConfigInput {
  const kvk = (index: number) => `900000${numberOf(index)}`
  const oin = (index: number) => `00000099${kvk(index)}0000`
  ADDED.forEach(({ name }, index) =>
    issue(pki, { name, organisation: name, oin: oin(index), purpose: 'client' }),
  )
  return {
    ...config,
    organisations: [
      ...(config.organisations ?? []),
      ...ADDED.map(({ name }, index) => ({ id: name, name, kvk: kvk(index) })),
    ],
    participants: [
      ...(config.participants ?? []),
      ...ADDED.map(({ types, modules, ...rest }) => ({
        ...rest,
        id: addedId(rest.name),
        organisation: rest.name,
        types: [...types],
        modules: Object.fromEntries(
          Object.entries(modules).map(([module, versions]) => [module, [...versions]]),
        ),
      })),
    ],
    connections: [
      ...(config.connections ?? []),
      ...ADDED.map(({ name }, index) => ({
        name,
        oin: oin(index),
        kind: 'own' as const,
        participants: [addedId(name)],
      })),
    ],
  }
}
