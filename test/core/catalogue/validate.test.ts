/** Whole bodies through `validate` and `findBsn`, with the shipped definitions. */
import { describe, expect, test } from 'bun:test'
import { compileFinder } from '../../../src/core/catalogue/find.ts'
import type { Field } from '../../../src/core/catalogue/definition.ts'
import type { Problem } from '../../../src/core/errors.ts'
import { definitionOf, definitionsOf, shippedCatalogue } from './shipped.ts'

const catalogue = shippedCatalogue()

/** Codes with their paths, as short text. */
function found(problems: readonly Problem[]): string[] {
  return problems.map(({ path, code }) => `${path} ${code}`)
}

const base = { name: 'Veld', required: true, label: 'Veld', evidence: 'assumed' } as const

describe('a body as a whole', () => {
  const saldoverzoek = definitionOf(catalogue, 'schuldregeling', 'saldoverzoek')

  test('every sample of every definition is good', () => {
    const bad = definitionsOf(catalogue).flatMap((d) => found(d.validate(d.sample)))
    expect(bad).toEqual([])
  })

  test('every required field is missed in every definition, at its own path', () => {
    for (const definition of definitionsOf(catalogue)) {
      for (const { name } of definition.fields.filter((field) => field.required)) {
        const { [name]: _, ...rest } = definition.sample
        expect(found(definition.validate(rest))).toContain(`/${name} veld-ontbreekt`)
      }
    }
  })

  test('all problems come at once, with paths from the body', () => {
    const body = {
      ...saldoverzoek.sample,
      KlantnummerSHV: 5,
      Klant: { Voorletters: '', Geboortedatum: '1984-02-30', Jansen: 1 },
      Vorderingen: [{}, { FactuurnummerSEVolgensSHV: 'ok' }, 7],
      Onzin: true,
    }
    expect(found(saldoverzoek.validate(body))).toEqual([
      '/KlantnummerSHV veld-type',
      '/Klant/Voorletters veld-leeg',
      '/Klant/Achternaam veld-ontbreekt',
      '/Klant/Geboortedatum veld-patroon',
      '/Klant/onbekend[1] veld-onbekend',
      '/Vorderingen/0/FactuurnummerSEVolgensSHV veld-ontbreekt',
      '/Vorderingen/2 veld-type',
      '/onbekend[1] veld-onbekend',
    ])
  })

  test('what is no object is no body', () => {
    for (const value of [undefined, null, [], 'x', 5, true]) {
      expect(found(saldoverzoek.validate(value))).toEqual([' veld-type'])
    }
  })

  test('an empty list is refused, and one that is too long is not read', () => {
    expect(found(saldoverzoek.validate({ ...saldoverzoek.sample, Vorderingen: [] }))).toEqual([
      '/Vorderingen lijst-aantal',
    ])
    const Vorderingen = Array.from({ length: 201 }, () => 7)
    expect(found(saldoverzoek.validate({ ...saldoverzoek.sample, Vorderingen }))).toEqual([
      '/Vorderingen lijst-aantal',
    ])
  })

  test('keys that every object has are unknown keys like others', () => {
    const extra = '"__proto__":{"KlantnummerSHV":"x"},"constructor":1,"toString":2,"prototype":3'
    const body = JSON.parse(
      JSON.stringify(saldoverzoek.sample).replace('{', `{${extra},`),
    ) as unknown
    expect(found(saldoverzoek.validate(body))).toEqual(
      [1, 2, 3, 4].map((number) => `/onbekend[${number}] veld-onbekend`),
    )
    expect({}).not.toHaveProperty('KlantnummerSHV')
  })

  test('a field that is only inherited is missing', () => {
    const { KlantnummerSHV, ...rest } = saldoverzoek.sample
    const body: unknown = Object.assign(Object.create({ KlantnummerSHV }) as object, rest)
    expect(found(saldoverzoek.validate(body))).toContain('/KlantnummerSHV veld-ontbreekt')
  })
})

describe('BSN', () => {
  test('is found where it is filled, in groups and lists', () => {
    const bsn: Field = { ...base, type: 'bsn' }
    const text: Field = { ...base, name: 'Tekst', label: 'Tekst', type: 'text', max: 5 }
    const inner = { ...base, name: 'Groep', label: 'Groep', fields: [bsn, text], rules: [] }
    const find = compileFinder(
      [
        { ...inner, type: 'group' },
        { ...inner, name: 'Lijst', type: 'list', min: 1, max: 9 },
        text,
      ],
      'bsn',
    )
    const paths = (body: unknown) => find(body).map(({ path }) => path)
    expect(paths({ Groep: { Veld: '999990019' }, Lijst: [{}, { Veld: '999990019' }] })).toEqual([
      '/Groep/Veld',
      '/Lijst/1/Veld',
    ])
    expect(paths({ Groep: 5, Lijst: null })).toEqual([])
  })

  test('is in the samples of the publieke variants and in no others', () => {
    const holding = definitionsOf(catalogue)
      .filter((definition) => definition.findBsn(definition.sample).length > 0)
      .map(({ type }) => type)
    expect(holding).toContain('saldoverzoek-publiek')
    expect(holding).not.toContain('saldoverzoek')
  })
})
