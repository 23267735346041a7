/** Every definition can be sent at its maxima, or states its cap. */
import { describe, expect, test } from 'bun:test'
import { capOf, jsonBytes, maximalBody } from '../../../src/core/catalogue/maxima.ts'
import type { Field } from '../../../src/core/catalogue/definition.ts'
import { leavesOf, walkFields } from '../../../src/core/catalogue/walk.ts'
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts'
import { definitionOf, definitionsOf, shippedCatalogue } from './shipped.ts'

const catalogue = shippedCatalogue()
const definitions = definitionsOf(catalogue)

test('every definition is good at its maxima, and fits the relay', () => {
  const sizes = definitions.map((definition) => {
    const body = maximalBody(definition)
    expect([definition.type, definition.validate(body)]).toEqual([definition.type, []])
    const cap = capOf(definition, DEFAULT_LIMITS)
    expect(cap).toEqual({ bytes: jsonBytes(body), fits: true })
    return cap.bytes
  })
  expect(sizes).toHaveLength(54 + 4)
  // Longer texts or lists in the catalogue should be a decision, not an accident.
  expect(Math.max(...sizes)).toBeGreaterThan(DEFAULT_LIMITS.bodyBytes * 0.9)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(DEFAULT_LIMITS.bodyBytes)
})

test('what is called the largest is: one item or one character more is refused', () => {
  let tried = 0
  for (const definition of definitions) {
    const body = maximalBody(definition)
    for (const field of definition.fields) {
      const value = body[field.name]
      const more = oneMore(field, value)
      if (more === undefined) continue
      tried += 1
      const paths = definition.validate({ ...body, [field.name]: more }).map(({ path }) => path)
      expect([definition.type, field.name, paths]).toEqual([
        definition.type,
        field.name,
        [`/${field.name}`],
      ])
    }
  }
  expect(tried).toBeGreaterThan(100)
})

function oneMore(field: Field, value: unknown): unknown {
  if (field.type === 'list' && Array.isArray(value)) return [...(value as unknown[]), value[0]]
  if ((field.type === 'text' || field.type === 'multiline') && typeof value === 'string') {
    return `${value}x`
  }
  return undefined
}

test('no list is longer than the relay reads, and no body holds more documents than it takes', () => {
  for (const { type, fields } of definitions) {
    const longest: number[] = []
    walkFields(fields, {
      leaf: () => undefined,
      group: () => undefined,
      list: (field) => void longest.push(field.max),
    })
    expect([type, Math.max(0, ...longest) <= DEFAULT_LIMITS.listItems]).toEqual([type, true])
    const documents = leavesOf(fields).filter(({ field }) => field.type === 'document')
    expect(documents.length).toBeLessThanOrEqual(DEFAULT_LIMITS.documentsPerMessage)
    expect(documents.every(({ lists }) => lists.length === 0)).toBe(true)
  }
})

describe('a definition that does not fit', () => {
  const limits = { bodyBytes: 1024 * 1024 }

  test('states how many items of its longest list always do', () => {
    const definition = definitionOf(
      catalogue,
      'waarborgfonds-saneringskredieten',
      'saneringskredieten-informatie',
    )
    const { fits, items } = capOf(definition, limits)
    expect(fits).toBe(false)
    expect(items).toMatchObject({ list: 'Saneringskredieten', defined: 10_000 })
    const body = maximalBody(definition)
    const list = body['Saneringskredieten'] as unknown[]
    const sized = (count: number) =>
      jsonBytes({ ...body, Saneringskredieten: list.slice(0, count) })
    const atMost = items?.atMost ?? 0
    expect(atMost).toBeGreaterThan(1_000)
    expect(sized(atMost)).toBeLessThanOrEqual(limits.bodyBytes)
    expect(sized(atMost + 1)).toBeGreaterThan(limits.bodyBytes)
  })

  test('without a list says so', () => {
    const definition = definitionOf(catalogue, 'knooppunt', 'melding-afgewezen')
    const cap = capOf(definition, { bodyBytes: 100 })
    expect(cap).toEqual({ bytes: expect.any(Number) as number, fits: false })
  })
})
