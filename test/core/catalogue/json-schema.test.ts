/** The JSON Schema against the validator: they agree on every body, but for what the language cannot say. */
import { describe, expect, test } from 'bun:test'
import type { MessageDefinition } from '../../../src/core/catalogue/definition.ts'
import { toJsonSchema } from '../../../src/core/catalogue/json-schema.ts'
import type { JsonSchema } from '../../../src/core/catalogue/json-schema.ts'
import { maximalBody } from '../../../src/core/catalogue/maxima.ts'
import { walkFields } from '../../../src/core/catalogue/walk.ts'
import { isValid } from './json-schema-evaluator.ts'
import { definitionOf, definitionsOf, shippedCatalogue } from './shipped.ts'

const catalogue = shippedCatalogue()
const definitions = definitionsOf(catalogue)

/** Random numbers that a seed brings back (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Node = Record<string | number, unknown>

/** Every place in a body: the object or list that holds it, and the key. */
function placesIn(value: unknown): { holder: Node; key: string | number }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.keys(value).flatMap((name) => {
    const key = Array.isArray(value) ? Number(name) : name
    return [{ holder: value as Node, key }, ...placesIn((value as Node)[key])]
  })
}

const REPLACEMENTS: readonly unknown[] = [
  '',
  ' ',
  'x',
  'é 𝔸',
  'a\nb',
  'a\u0000',
  'x'.repeat(5_000),
  '2025-02-30',
  '2025-06-01',
  '1799-01-01',
  '2025-06-01T10:00:00+01:00',
  '12.345',
  '1.00',
  '-1.00',
  '007.00',
  '1234AB',
  'SB',
  'overig',
  'openstaande schuld',
  'stabilisatieovereenkomst',
  0,
  1,
  -1,
  1.5,
  1e9,
  true,
  false,
  null,
  [],
  {},
  [{}],
  { x: 1 },
]

function mutate(body: Node, random: () => number): void {
  const pick = <T>(options: readonly T[]): T => options[Math.floor(random() * options.length)] as T
  const times = 1 + Math.floor(random() * 2)
  for (let time = 0; time < times; time += 1) {
    const places = placesIn(body)
    if (places.length === 0) return
    const { holder, key } = pick(places)
    const kind = random()
    if (kind < 0.25 && !Array.isArray(holder)) delete holder[key]
    else if (kind < 0.35 && !Array.isArray(holder)) holder['Onzin'] = 1
    else if (kind < 0.45 && Array.isArray(holder)) holder.push(pick(REPLACEMENTS))
    else holder[key] = structuredClone(pick(REPLACEMENTS))
  }
}

/** What the schema leaves to the validator: check digits, bounds of amounts, comparisons, and the first bytes of a document. */
function isBeyondSchema(definition: MessageDefinition, body: unknown): boolean {
  const problems = definition.validate(body)
  return (
    problems.length > 0 &&
    problems.every(
      ({ path, code, detail }) =>
        code === 'veld-controlegetal' ||
        (code === 'veld-bereik' && detail.includes(',')) ||
        (code === 'veld-regel' && / mag niet (voor|meer zijn dan) /u.test(detail)) ||
        (code === 'document-ongeldig' && path.endsWith('/inhoud')),
    )
  )
}

test('the sample of every definition is valid by its schema', () => {
  for (const definition of definitions) {
    const schema = toJsonSchema(definition)
    expect([definition.type, isValid(schema, definition.sample)]).toEqual([definition.type, true])
  }
})

test('bounds are the same to the last: one item or one character more is invalid', () => {
  let tried = 0
  for (const definition of definitions) {
    const { properties } = toJsonSchema(definition) as { properties: Record<string, JsonSchema> }
    const body = maximalBody(definition)
    for (const field of definition.fields) {
      const value = body[field.name]
      const schema = properties[field.name] ?? {}
      if (field.type === 'list' && field.max <= 1_000) {
        const list = value as unknown[]
        expect(isValid(schema, list)).toBe(true)
        expect(isValid(schema, [...list, list[0]])).toBe(false)
      } else if (field.type === 'text' || field.type === 'multiline') {
        expect(isValid(schema, value)).toBe(true)
        expect(isValid(schema, `${String(value)}x`)).toBe(false)
      } else continue
      tried += 1
    }
  }
  expect(tried).toBeGreaterThan(100)
})

test('schema and validator agree on thousands of broken bodies', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const random = randomFrom(seed)
  const counts = { good: 0, bad: 0, beyond: 0 }
  for (const definition of definitions) {
    const schema = toJsonSchema(definition)
    for (let round = 0; round < 60; round += 1) {
      const body = structuredClone(definition.sample) as Node
      mutate(body, random)
      const bySchema = isValid(schema, body)
      const byUs = definition.validate(body).length === 0
      if (bySchema !== byUs && bySchema && isBeyondSchema(definition, body)) counts.beyond += 1
      else if (bySchema !== byUs) {
        const shown = JSON.stringify({ seed, type: definition.type, bySchema, body })
        throw new Error(`${shown.slice(0, 2_000)} ${JSON.stringify(definition.validate(body))}`)
      } else counts[byUs ? 'good' : 'bad'] += 1
    }
  }
  // Both verdicts occurred often, so the agreement is not empty.
  expect(counts.bad).toBeGreaterThan(1_000)
  expect(counts.good).toBeGreaterThan(100)
})

test('the comparison above can fail: a schema that forgets one field is found out', () => {
  const definition = definitionOf(catalogue, 'schuldregeling', 'saldoverzoek')
  const { properties, ...rest } = toJsonSchema(definition)
  const { KlantnummerSEVolgensSHV: _, ...fewer } = properties as Record<string, JsonSchema>
  expect(isValid({ ...rest, properties: fewer }, definition.sample)).toBe(false)
})

describe('a schema', () => {
  test('carries titles, help, examples and evidence of every field, in the order of the catalogue', () => {
    for (const definition of definitions) {
      const check = (schema: unknown) => schema as Record<string, JsonSchema>
      const walk = (properties: Record<string, JsonSchema>) =>
        walkFields(definition.fields, {
          leaf: (field) => field.name,
          group: (field) => field.name,
          list: (field) => field.name,
        }).map(({ field }) => {
          const schema = properties[field.name]
          expect(schema?.['title']).toBe(field.label)
          expect(schema?.['x-evidence']).toBe(field.evidence)
          expect(schema?.['description']).toBe(field.help)
          return field.name
        })
      const properties = check(toJsonSchema(definition)['properties'])
      expect(Object.keys(properties)).toEqual(walk(properties))
    }
  })

  test('says in words what it cannot say in rules', () => {
    const schema = toJsonSchema(definitionOf(catalogue, 'schuldregeling', 'kennisgeving'))
    expect(schema['x-rules']).toEqual([
      {
        kind: 'notBefore',
        field: 'StabilisatieTot',
        than: 'DatumAanvraag',
        text: 'Stabilisatie tot en met mag niet voor Datum van de aanvraag liggen.',
      },
    ])
    expect(schema['allOf']).toEqual([
      {
        if: {
          properties: { SoortKennisgeving: { enum: ['stabilisatieovereenkomst'] } },
          required: ['SoortKennisgeving'],
        },
        then: { required: ['StabilisatieTot'] },
      },
    ])
  })

  test('is plain JSON', () => {
    for (const definition of definitions) {
      const schema = toJsonSchema(definition)
      expect(JSON.parse(JSON.stringify(schema)) as unknown).toEqual(schema as unknown)
    }
  })
})
