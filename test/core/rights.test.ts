import { describe, expect, test } from 'bun:test'
import { definitionsOf, shippedCatalogue, shippedFiles } from './catalogue/shipped.ts'
import { loadCatalogue } from '../../src/core/catalogue/load.ts'
import { PARTICIPANT_STATUSES, PARTICIPANT_TYPES } from '../../src/core/directory.ts'
import type { Participant, ParticipantStatus, ParticipantType } from '../../src/core/directory.ts'
import { RelayError } from '../../src/core/errors.ts'
import { documentOwed, mayAct, mayPass, sideOf } from '../../src/core/rights.ts'
import type { Act } from '../../src/core/rights.ts'

/** Only what the matrix is about, read from the files by another road than the loader's. */
interface RawModule {
  module: string
  version: string
  parties: Record<'asker' | 'answerer', { types: string[] }>
  documents: Record<string, string>
  documentsWith?: string
  messages: { type: string; from: 'asker' | 'answerer' }[]
}

const rawModules = shippedFiles()
  .map(({ data }) => data as RawModule)
  .filter((data) => 'module' in data)
const catalogue = shippedCatalogue()

const everyModule = Object.fromEntries(
  [...catalogue.modules].map(([name, versions]) => [name, [...versions.keys()]]),
)

function participant(
  types: readonly ParticipantType[],
  more: Partial<Participant> = {},
): Participant {
  return {
    id: crypto.randomUUID(),
    name: 'Proef',
    tradeNames: [],
    organisation: 'proef',
    status: 'actief',
    types,
    traits: [],
    workArea: [],
    modules: everyModule,
    worksFor: [],
    ...more,
  }
}

function codeOf(act: () => void): string {
  try {
    act()
    return 'passes'
  } catch (error) {
    if (error instanceof RelayError) return error.code
    throw error
  }
}

function find(module: string, type: string) {
  const [definition] = [...(catalogue.modules.get(module)?.values() ?? [])]
  const message = definition?.messages.get(type)
  if (!definition || !message) throw new Error(`no ${module}/${type}`)
  return { module: definition, message }
}

test('the rights matrix holds in every cell: two types × message × both directions', () => {
  const wrong: string[] = []
  const counts = { cells: 0, passes: 0 }
  for (const raw of rawModules) {
    for (const { type, from } of raw.messages) {
      const { module, message } = find(raw.module, type)
      const to = from === 'asker' ? 'answerer' : 'asker'
      for (const one of PARTICIPANT_TYPES) {
        for (const other of PARTICIPANT_TYPES) {
          for (const [sender, recipient] of [
            [one, other],
            [other, one],
          ] as const) {
            const expected = !raw.parties[from].types.includes(sender)
              ? 'afzender-niet-bevoegd'
              : !raw.parties[to].types.includes(recipient)
                ? 'ontvanger-niet-bevoegd'
                : 'passes'
            const found = codeOf(() =>
              mayPass(message, module, participant([sender]), participant([recipient])),
            )
            counts.cells += 1
            counts.passes += found === 'passes' ? 1 : 0
            if (found !== expected) {
              wrong.push(
                `${raw.module}/${type} ${sender} → ${recipient}: ${found}, not ${expected}`,
              )
            }
          }
        }
      }
    }
  }
  expect(wrong).toEqual([])
  expect(counts.cells).toBe(6 * 6 * 54 * 2)
  expect(counts.passes).toBeGreaterThan(100)
})

test('documents are owed in every cell as the files say: type × message × opening or not', () => {
  const wrong: string[] = []
  let owing = 0
  for (const raw of rawModules) {
    for (const { type, from } of raw.messages) {
      const { module, message } = find(raw.module, type)
      for (const sender of PARTICIPANT_TYPES) {
        for (const opening of [true, false]) {
          const isEligible = from === 'asker' && raw.parties.asker.types.includes(sender)
          const isMoment = opening || raw.documentsWith === 'every'
          const expected = isEligible && isMoment ? raw.documents[sender] : undefined
          const found = documentOwed(module, message, participant([sender]), opening)
          if (found !== undefined) owing += 1
          if (found !== expected) wrong.push(`${raw.module}/${type} ${sender} ${opening}: ${found}`)
        }
      }
    }
  }
  expect(wrong).toEqual([])
  expect(owing).toBeGreaterThan(10)
})

test('sides follow from the types, for every module and every pair of types', () => {
  for (const raw of rawModules) {
    const { module } = find(raw.module, raw.messages[0]?.type ?? '')
    for (const one of PARTICIPANT_TYPES) {
      for (const other of PARTICIPANT_TYPES) {
        const expected = (['asker', 'answerer'] as const).filter((side) =>
          raw.parties[side].types.some((type) => type === one || type === other),
        )
        expect(sideOf(module, participant([one, other]))).toEqual(expected)
      }
    }
  }
})

describe('what a message meets, in this order', () => {
  const { module, message } = find('schuldregeling', 'saldoverzoek')
  const sender = participant(['shv-fase-2'])
  const recipient = participant(['schuldeiser'])
  const cases: [string, Participant, Participant, string][] = [
    ['all is well', sender, recipient, 'passes'],
    [
      'a sender of the wrong type, before anything of the recipient',
      participant(['schuldeiser']),
      participant(['verwerker'], { status: 'beeindigd', modules: {} }),
      'afzender-niet-bevoegd',
    ],
    [
      'a sender without the module',
      participant(['shv-fase-2'], { modules: {} }),
      participant(['schuldeiser'], { status: 'geschorst' }),
      'afzender-zonder-module',
    ],
    [
      'a sender with another version',
      participant(['shv-fase-2'], { modules: { schuldregeling: ['1.9'] } }),
      recipient,
      'afzender-zonder-module',
    ],
    [
      'a recipient that only applied',
      sender,
      participant(['verwerker'], { status: 'aangemeld' }),
      'ontvanger-onbekend',
    ],
    ['a recipient of the wrong type', sender, participant(['verwerker']), 'ontvanger-niet-bevoegd'],
    [
      'a suspended recipient',
      sender,
      participant(['schuldeiser'], { status: 'geschorst' }),
      'ontvanger-niet-actief',
    ],
    [
      'a recipient that ended',
      sender,
      participant(['schuldeiser'], { status: 'beeindigd' }),
      'ontvanger-niet-actief',
    ],
    [
      'a recipient without the module',
      sender,
      participant(['schuldeiser'], { modules: { vroegsignalering: ['1.0'] } }),
      'ontvanger-zonder-module',
    ],
    [
      'a module that is only a name every object has',
      sender,
      participant(['schuldeiser'], { modules: JSON.parse('{"__proto__": ["2.0"]}') }),
      'ontvanger-zonder-module',
    ],
    [
      'a recipient with another version',
      sender,
      participant(['schuldeiser'], { modules: { schuldregeling: ['3.0'] } }),
      'versie-niet-afgenomen',
    ],
  ]
  test.each(cases)('%s', (_, from, to, expected) => {
    expect(codeOf(() => mayPass(message, module, from, to))).toBe(expected)
  })

  test('a version that is not taken is answered with those that are', () => {
    const other = participant(['schuldeiser'], { modules: { schuldregeling: ['1.0', '3.0'] } })
    expect(() => mayPass(message, module, sender, other)).toThrow(RelayError)
    try {
      mayPass(message, module, sender, other)
    } catch (error) {
      expect((error as RelayError).detail).toContain('1.0, 3.0')
    }
  })
})

test('nobody may send a notice, whatever types and modules it has', () => {
  const all = participant(PARTICIPANT_TYPES)
  const notices = definitionsOf(catalogue).filter(({ module }) => module === 'knooppunt')
  expect(notices).toHaveLength(4)
  for (const notice of notices) {
    const { module } = find('knooppunt', notice.type)
    expect(codeOf(() => mayPass(notice, module, all, participant(PARTICIPANT_TYPES)))).toBe(
      'afzender-niet-bevoegd',
    )
  }
})

test('every status may do what the table says and is refused with its own code', () => {
  const table: Record<ParticipantStatus, Record<Act, string>> = {
    aangemeld: {
      identify: 'passes',
      read: 'deelnemer-aangemeld',
      submit: 'deelnemer-aangemeld',
      end: 'deelnemer-aangemeld',
    },
    actief: { identify: 'passes', read: 'passes', submit: 'passes', end: 'passes' },
    geschorst: {
      identify: 'passes',
      read: 'deelnemer-geschorst',
      submit: 'deelnemer-geschorst',
      end: 'passes',
    },
    beeindigd: {
      identify: 'deelnemer-beeindigd',
      read: 'deelnemer-beeindigd',
      submit: 'deelnemer-beeindigd',
      end: 'deelnemer-beeindigd',
    },
  }
  for (const status of PARTICIPANT_STATUSES) {
    for (const [act, expected] of Object.entries(table[status])) {
      expect([status, act, codeOf(() => mayAct(status, act as Act))]).toEqual([
        status,
        act,
        expected,
      ])
    }
  }
})

describe('a sender of several types', () => {
  const { module, message } = find('schuldinventarisatie', 'saldoverzoek')

  test('owes the document when any of its types does', () => {
    const both = participant(['shv-fase-1', 'bewindvoerder'])
    expect(documentOwed(module, message, both, true)).toBe('beschikking')
  })

  test('owes nothing for a type by which it cannot send', () => {
    const files = shippedFiles()
    const { data } = files.find(({ name }) => name.startsWith('schuldinventarisatie')) ?? {}
    const raw = data as RawModule
    raw.parties.asker.types = raw.parties.asker.types.filter((type) => type !== 'bewindvoerder')
    delete raw.documents['bewindvoerder']
    const loaded = loadCatalogue(files)
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
    const [changed] = [...(loaded.catalogue.modules.get('schuldinventarisatie')?.values() ?? [])]
    if (!changed) throw new Error('module is gone')
    const both = participant(['shv-fase-1', 'bewindvoerder'])
    expect(documentOwed(changed, message, both, true)).toBeUndefined()
  })
})
