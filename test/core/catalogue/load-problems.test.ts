/** The shipped files, broken in one place at a time: each problem is told where it stands. */
import { describe, expect, test } from 'bun:test'
import { loadCatalogue } from '../../../src/core/catalogue/load.ts'
import type { CatalogueFile } from '../../../src/core/catalogue/load.ts'
import type { CatalogueProblem } from '../../../src/core/catalogue/problem.ts'
import { shippedFiles } from './shipped.ts'

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
