/** Loading: the shipped files as they are, and broken in one place at a time. */
import { describe, expect, test } from 'bun:test'
import type { Catalogue, Evidence } from '../../../src/core/catalogue/definition.ts'
import { loadCatalogue } from '../../../src/core/catalogue/load.ts'
import type { CatalogueFile } from '../../../src/core/catalogue/load.ts'
import type { CatalogueProblem } from '../../../src/core/catalogue/problem.ts'
import { leavesOf, levelsOf } from '../../../src/core/catalogue/walk.ts'
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts'
import { definitionOf, definitionsOf, shippedCatalogue, shippedFiles } from './shipped.ts'

type Tree = Record<string, unknown>
type Key = string | number

function at(root: unknown, keys: readonly Key[]): Tree {
  return keys.reduce<unknown>((value, key) => (value as Tree)[key], root) as Tree
}

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
      knooppunt: 3,
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

describe('each thing that is wrong is told where it stands', () => {
  const saldo = ['messages', 4]
  const cases: [string, string, (data: Tree) => void, Key[], string][] = [
    ['a missing key', 'schuldregeling', (d) => delete d['title'], [], 'key title is missing'],
    ['an unknown key', 'schuldregeling', (d) => (d['colour'] = 1), ['colour'], 'unknown key'],
    ['another format', 'shared', (d) => (d['catalogue'] = 2), ['catalogue'], 'must be 1'],
    [
      'a version that is a number',
      'schuldregeling',
      (d) => (d['version'] = 2),
      ['version'],
      '"2.0"',
    ],
    [
      'a term in another unit',
      'schuldregeling',
      (d) => (at(d, ['terms'])['removal'] = '5 dagen'),
      ['terms', 'removal'],
      '10 werkdagen',
    ],
    [
      'a size in another unit',
      'shared',
      (d) => (at(d, ['documents', 0])['maxSize'] = '5 GB'),
      ['documents', 0, 'maxSize'],
      '5 MB',
    ],
    [
      'an unknown participant type',
      'schuldregeling',
      (d) => (at(d, ['parties', 'asker'])['types'] = ['bank']),
      ['parties', 'asker', 'types', 0],
      'must be one of schuldeiser',
    ],
    [
      'a side without types',
      'schuldregeling',
      (d) => (at(d, ['parties', 'asker'])['types'] = []),
      ['parties', 'asker', 'types'],
      'at least one',
    ],
    [
      'a document of a type that does not ask',
      'schuldregeling',
      (d) => (d['documents'] = { schuldeiser: 'beschikking' }),
      ['documents', 'schuldeiser'],
      'not on the asking side',
    ],
    [
      'a document that is not declared',
      'schuldregeling',
      (d) => (d['documents'] = { 'shv-fase-2': 'paspoort' }),
      ['documents', 'shv-fase-2'],
      'not declared',
    ],
    [
      'a source that is not declared',
      'schuldregeling',
      (d) => (at(d, saldo)['sources'] = ['nergens']),
      [...saldo, 'sources', 0],
      'not declared',
    ],
    [
      'a door that is no message',
      'schuldregeling',
      (d) => (at(d, saldo)['follows'] = ['nergens']),
      [...saldo, 'follows', 0],
      'not a message of this module',
    ],
    [
      'an answer to the same side',
      'schuldregeling',
      (d) => (at(d, saldo)['answers'] = ['kennisgeving']),
      [...saldo, 'answers', 0],
      'same side',
    ],
    [
      'a message without an open door',
      'schuldregeling',
      (d) => Object.assign(at(d, saldo), { starts: false, follows: [] }),
      saldo,
      'can never be sent',
    ],
    [
      'a term without an answer',
      'schuldregeling',
      (d) => (at(d, ['messages', 2])['term'] = '3 werkdagen'),
      ['messages', 2, 'term'],
      'needs a message that answers',
    ],
    [
      'a type twice',
      'schuldregeling',
      (d) => (at(d, ['messages', 1])['type'] = 'kennisgeving'),
      ['messages', 1, 'type'],
      'type kennisgeving occurs twice',
    ],
    [
      'a field type that does not exist',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 0])['type'] = 'tekst'),
      [...saldo, 'fields', 0, 'type'],
      'must be one of text',
    ],
    [
      'a text without a bound',
      'schuldregeling',
      (d) => delete at(d, [...saldo, 'fields', 0])['max'],
      [...saldo, 'fields', 0],
      'needs the key max',
    ],
    [
      'a key of another type',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 0])['min'] = 1),
      [...saldo, 'fields', 0],
      'key min does not belong to type text',
    ],
    [
      'a text bound too large',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 0])['max'] = 5_000),
      [...saldo, 'fields', 0, 'max'],
      '1 to 4000',
    ],
    [
      'a list beyond the bound of the relay',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 7])['max'] = 10_001),
      [...saldo, 'fields', 7],
      '<= 10000',
    ],
    [
      'a list that may be empty',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 7])['min'] = 0),
      [...saldo, 'fields', 7],
      '1 <= min',
    ],
    [
      'a field twice',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 1])['name'] = 'KlantnummerSHV'),
      [...saldo, 'fields', 1, 'name'],
      'occurs twice',
    ],
    [
      'a label twice',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 4])['label'] = 'Klant'),
      [...saldo, 'fields', 4, 'label'],
      'occurs twice',
    ],
    [
      'a group that does not exist',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 3])['group'] = 'Klanten'),
      [...saldo, 'fields', 3, 'group'],
      'does not exist',
    ],
    [
      'group and fields both',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 7])['group'] = 'Klant'),
      [...saldo, 'fields', 7],
      'either group or fields',
    ],
    [
      'an enum that does not exist',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 2])['enum'] = 'Kleur'),
      [...saldo, 'fields', 2, 'enum'],
      'does not exist',
    ],
    [
      'a value outside the enum',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 2])['values'] = ['SK', 'XX', 'SB']),
      [...saldo, 'fields', 2, 'values', 1],
      'not a value of enum',
    ],
    [
      'an example that does not fit',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'fields', 0])['example'] = 5),
      [...saldo, 'fields', 0, 'example'],
      'the example does not fit: Wrong type',
    ],
    [
      'a sample that does not fit',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'sample', 'Klant'])['Geboortedatum'] = '1984-02-30'),
      [...saldo, 'sample', 'Klant', 'Geboortedatum'],
      'the sample does not fit',
    ],
    [
      'a sample in a list that does not fit',
      'schuldregeling',
      (d) => (at(d, [...saldo, 'sample', 'Vorderingen', 1])['FactuurnummerSEVolgensSHV'] = 1),
      [...saldo, 'sample', 'Vorderingen', 1, 'FactuurnummerSEVolgensSHV'],
      'the sample does not fit',
    ],
    [
      'a slow pattern',
      'shared',
      (d) => (at(d, ['groups', 2, 'fields', 2])['pattern'] = '^(a+)+$'),
      ['groups', 2, 'fields', 2, 'pattern'],
      'no groups',
    ],
    [
      'a rule over a field of another level',
      'schuldregeling',
      (d) => (at(d, ['messages', 0, 'rules', 0, 'notBefore'])['than'] = 'Geboortedatum'),
      ['messages', 0, 'rules', 0, 'notBefore', 'than'],
      'not a field of this level',
    ],
    [
      'a rule over other types',
      'schuldregeling',
      (d) => (at(d, ['messages', 0, 'rules', 0, 'notBefore'])['than'] = 'KlantnummerSHV'),
      ['messages', 0, 'rules', 0, 'notBefore'],
      'must both be date',
    ],
    [
      'a rule about a value that cannot be',
      'schuldregeling',
      (d) => (at(d, ['messages', 0, 'rules', 1, 'requires', 'when'])['is'] = 'nooit'),
      ['messages', 0, 'rules', 1, 'requires', 'when', 'is'],
      'not a value of SoortKennisgeving',
    ],
    [
      'a rule of two kinds',
      'schuldregeling',
      (d) => (at(d, ['messages', 0, 'rules', 0])['oneOf'] = ['A', 'B']),
      ['messages', 0, 'rules', 0],
      'exactly one of the keys',
    ],
    [
      'a partial message with a field that does not say',
      'schuldregeling',
      (d) => delete at(d, [...saldo, 'fields', 0])['evidence'],
      [...saldo, 'fields', 0],
      'evidence is needed',
    ],
    [
      'a group that contains itself',
      'shared',
      (d) =>
        (d['groups'] as Tree[])[2]?.['fields'] &&
        (at(d, ['groups', 2])['fields'] = [
          { name: 'Adres', type: 'group', group: 'Adreskeuze', required: false, label: 'Adres' },
        ]),
      ['groups', 2],
      'contains itself: Adres > Adreskeuze > Adres',
    ],
    [
      'a group twice',
      'shared',
      (d) => (at(d, ['groups', 1])['name'] = 'Klant'),
      ['groups', 1, 'name'],
      'Klant occurs twice',
    ],
    [
      'an enum code twice',
      'shared',
      (d) => (at(d, ['enums', 0, 'values', 1])['code'] = 'toestemmingsverklaring'),
      ['enums', 0, 'values', 1, 'code'],
      'occurs twice',
    ],
    [
      'documents and their enum apart',
      'shared',
      (d) => (d['documents'] as unknown[]).pop(),
      ['enums', 0],
      'same codes as documents',
    ],
    [
      'a participant type that is missing',
      'shared',
      (d) => (d['participantTypes'] as unknown[]).pop(),
      ['participantTypes'],
      'verwerker is missing',
    ],
    [
      'a CSV layout for a message that is not there',
      'schuldregeling',
      (d) => (at(d, ['messages', 6, 'csvLayout'])['question'] = ['nergens']),
      ['messages', 6, 'csvLayout', 'question', 0],
      'not a message of this module',
    ],
    [
      'a CSV switch to nowhere',
      'schuldregeling',
      (d) => delete at(d, ['messages', 6, 'csvLayout', 'columns', 15])['becomes'],
      ['messages', 6, 'csvLayout', 'columns', 15],
      'a switch becomes',
    ],
  ]
  test.each(cases)('%s', (_, name, breakIt, path, message) => {
    const files = shippedFiles()
    breakIt(dataOf(files, name))
    expect(problemsOf(files)).toContainEqual({
      file: `${name}.yaml`,
      path,
      message: expect.stringContaining(message) as string,
    })
  })

  test('all at once, over all files', () => {
    const files = shippedFiles()
    delete dataOf(files, 'schuldregeling')['title']
    at(dataOf(files, 'vroegsignalering'), ['messages', 0])['follows'] = ['nergens']
    at(dataOf(files, 'betalingsregeling'), ['messages', 0, 'fields', 0])['example'] = 1
    delete at(dataOf(files, 'betalingsregeling'), ['messages', 1])['summary']
    at(dataOf(files, 'shared'), ['groups', 0, 'fields', 1])['example'] = ''
    const where = problemsOf(files).map(({ file, path }) => `${file} ${path.join('.')}`)
    expect(where.toSorted()).toEqual([
      'betalingsregeling.yaml messages.0.fields.0.example',
      'betalingsregeling.yaml messages.1',
      'schuldregeling.yaml ',
      'shared.yaml groups.0.fields.1.example',
      'vroegsignalering.yaml messages.0.follows.0',
    ])
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
