/** Loading: the shipped files as they are, and sets of files that are no catalogue. */
import { describe, expect, test } from 'bun:test'
import type { Catalogue, Evidence } from '../../../src/core/catalogue/definition.ts'
import { loadCatalogue } from '../../../src/core/catalogue/load.ts'
import type { CatalogueFile } from '../../../src/core/catalogue/load.ts'
import type { CatalogueProblem } from '../../../src/core/catalogue/problem.ts'
import { leavesOf, levelsOf } from '../../../src/core/catalogue/walk.ts'
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts'
import { definitionOf, definitionsOf, shippedCatalogue, shippedFiles } from './shipped.ts'

type Tree = Record<string, unknown>
/** The file whose data has this value under `key`. */
function dataOf(files: readonly CatalogueFile[], name: string): Tree {
  const file = files.find((candidate) => candidate.name === `${name}.yaml`)
  if (!file) throw new Error(`no ${name}.yaml`)
  return file.data as Tree
}

function problemsOf(files: readonly CatalogueFile[]): CatalogueProblem[] {
  const loaded = loadCatalogue(files)
  return 'problems' in loaded ? loaded.problems : []
}

describe('the shipped catalogue', () => {
  const catalogue = shippedCatalogue()

  test('has six modules of 54 messages, and the notices of the relay', () => {
    const counts = [...catalogue.modules].map(([name, versions]) => [
      name,
      [...versions.values()].reduce((sum, { messages }) => sum + messages.size, 0),
    ])
    expect(Object.fromEntries(counts)).toEqual({
      betalingsregeling: 11,
      'meldingen-bewindvoering': 5,
      schuldinventarisatie: 3,
      schuldregeling: 22,
      vroegsignalering: 4,
      'waarborgfonds-saneringskredieten': 9,
      knooppunt: 4,
    })
  })

  test('counts its fields by effective evidence as its manual does', () => {
    const counts = new Map<Evidence, number>()
    for (const { module, fields } of definitionsOf(catalogue)) {
      if (module === 'knooppunt') continue
      for (const { field } of leavesOf(fields)) {
        counts.set(field.evidence, (counts.get(field.evidence) ?? 0) + 1)
      }
    }
    expect(Object.fromEntries(counts)).toEqual({ published: 92, related: 99, assumed: 787 })
  })

  test('knows terms, sizes and bounds in numbers', () => {
    const module = catalogue.modules.get('schuldregeling')?.get('2.0')
    expect([module?.removalDays, module?.answerDays, module?.documentsWith]).toEqual([
      5,
      10,
      'opening',
    ])
    expect(definitionOf(catalogue, 'schuldregeling', 'saldoverzoek').termDays).toBe(10)
    expect(definitionOf(catalogue, 'schuldregeling', 'kennisgeving').termDays).toBeUndefined()
    expect(catalogue.documents.get('beschikking')?.maxBytes).toBe(5 * 1024 * 1024)
    const money = definitionsOf(catalogue)
      .flatMap(({ fields }) => leavesOf(fields))
      .find(({ field }) => field.type === 'money')
    expect(money?.field).toMatchObject({ min: '0.00', max: '999999999.99' })
  })

  test('nests less deep than a message may', () => {
    const levels = definitionsOf(catalogue).map(({ fields }) => levelsOf(fields))
    expect(Math.max(...levels)).toBeGreaterThan(2)
    expect(Math.max(...levels)).toBeLessThan(DEFAULT_LIMITS.nestingLevels)
  })

  test('cannot be changed', () => {
    const definition = definitionOf(catalogue, 'schuldregeling', 'saldoverzoek')
    const changes: (() => void)[] = [
      () => (catalogue.modules as Map<string, unknown>).set('x', 1),
      () => (catalogue.modules.get('schuldregeling') as Map<string, unknown>).clear(),
      () => (catalogue.documents as Map<string, unknown>).delete('beschikking'),
      () => Object.assign(definition, { from: 'answerer' }),
      () => Object.assign(definition.fields[0] ?? {}, { required: false }),
      () => (definition.answers as string[]).push('x'),
      () => Object.assign(definition.sample['Klant'] as Tree, { Achternaam: 'x' }),
    ]
    for (const change of changes) expect(change).toThrow(TypeError)
  })
})

describe('the set of files', () => {
  test('needs the shared file, once', () => {
    const files = shippedFiles()
    const modules = files.filter(({ name }) => name !== 'shared.yaml')
    expect(problemsOf(modules)[0]?.message).toContain('the shared file is missing')
    expect(problemsOf([])[0]?.message).toContain('the shared file is missing')
    const twice = [...files, { name: 'again.yaml', data: dataOf(files, 'shared') }]
    expect(problemsOf(twice)).toMatchObject([{ file: 'again.yaml', path: ['catalogue'] }])
  })

  test('may hold several versions of a module, which come in ascending order', () => {
    const files = shippedFiles()
    for (const version of ['10.0', '1.9', '2.10']) {
      const data = { ...dataOf(shippedFiles(), 'schuldregeling'), version }
      files.unshift({ name: `schuldregeling-${version}.yaml`, data })
    }
    const loaded = loadCatalogue(files)
    const catalogue = (loaded as { catalogue: Catalogue }).catalogue
    expect([...(catalogue.modules.get('schuldregeling')?.keys() ?? [])]).toEqual([
      '1.9',
      '2.0',
      '2.10',
      '10.0',
    ])
  })

  test('may not hold one version twice, nor a module of the relay itself', () => {
    const files = shippedFiles()
    const again = { name: 'again.yaml', data: dataOf(shippedFiles(), 'vroegsignalering') }
    expect(problemsOf([...files, again])).toMatchObject([{ file: 'again.yaml', path: ['version'] }])
    const own = { ...dataOf(shippedFiles(), 'vroegsignalering'), module: 'knooppunt' }
    expect(problemsOf([...files, { name: 'own.yaml', data: own }])).toMatchObject([
      { file: 'own.yaml', path: ['module'] },
    ])
  })

  const strange: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['text', 'module: x'],
    ['a list', [1, 2]],
    ['an empty mapping', {}],
    ['a mapping of another kind', { module: ['x'], messages: 'y' }],
  ]
  test.each(strange)('with %s for a module is refused with a problem of that file', (_, data) => {
    const found = problemsOf([...shippedFiles(), { name: 'strange.yaml', data }])
    expect(found.length).toBeGreaterThan(0)
    expect(found.every(({ file }) => file === 'strange.yaml')).toBe(true)
  })

  test('with a file that refers to itself, or is endless by aliases, is refused at once', () => {
    const endless: Tree = { module: 'x' }
    endless['sources'] = endless
    let wide: unknown = {}
    for (let level = 0; level < 30; level += 1) wide = { a: wide, b: wide }
    for (const data of [endless, wide]) {
      const started = performance.now()
      const found = problemsOf([...shippedFiles(), { name: 'bomb.yaml', data }])
      expect(found).toMatchObject([{ file: 'bomb.yaml', path: [] }])
      expect(performance.now() - started).toBeLessThan(2_000)
    }
  })

  test('with groups that multiply is measured before it is expanded', () => {
    const files = shippedFiles()
    const shared = dataOf(files, 'shared')
    const groups = shared['groups'] as unknown[]
    for (let level = 0; level < 24; level += 1) {
      const field = (name: string) =>
        level === 0
          ? { name, type: 'boolean', required: true, label: name, example: true }
          : { name, type: 'group', group: `Laag${level - 1}`, required: true, label: name }
      const fields = [field('A'), field('B'), field('C')]
      groups.push({ name: `Laag${level}`, title: 'Laag', evidence: 'assumed', fields })
    }
    const started = performance.now()
    const messages = problemsOf(files).map(({ message }) => message)
    expect(messages.some((message) => message.includes('becomes more than'))).toBe(true)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
