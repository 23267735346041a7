/** Every field type and every rule through `validate`, with definitions made for the case. */
import { describe, expect, test } from 'bun:test'
import { compileValidator } from '../../../src/core/catalogue/compile.ts'
import type { Field } from '../../../src/core/catalogue/definition.ts'
import type { Problem } from '../../../src/core/errors.ts'

const base = { name: 'Veld', required: true, label: 'Veld', evidence: 'assumed' } as const

/** Codes with their paths, as short text. */
function found(problems: readonly Problem[]): string[] {
  return problems.map(({ path, code }) => `${path} ${code}`)
}

/** The code for one value of one field; `good` when there is none. */
function judged(field: Field, value: unknown): string {
  const problems = compileValidator([field], [])({ Veld: value })
  return problems.length === 0 ? 'good' : problems.map(({ code }) => code).join()
}

const simple = (type: string): Field => ({ ...base, type }) as Field
const text: Field = { ...base, type: 'text', max: 5 }
const multiline: Field = { ...base, type: 'multiline', max: 10 }
const coded: Field = { ...base, type: 'text', max: 2, pattern: '^[A-Z]{2}$' }
const integer: Field = { ...base, type: 'integer', min: 1, max: 99 }
const money: Field = { ...base, type: 'money', min: '0.00', max: '999999999.99' }
const balance: Field = { ...base, type: 'money', min: '-10.00', max: '10.00' }
const percentage: Field = { ...base, type: 'percentage', min: '0.00', max: '100.00' }
const choice: Field = {
  ...base,
  type: 'enum',
  enum: 'Keuze',
  values: [
    { code: 'a', label: 'A' },
    { code: 'b', label: 'B' },
  ],
}

describe('each type judges each value', () => {
  const cases: [string, Field, [unknown, string][]][] = [
    [
      'text',
      text,
      [
        ['abcde', 'good'],
        ['é ñ 𝔸', 'good'],
        ['𝔸𝔸𝔸𝔸𝔸', 'good'],
        ['𝔸𝔸𝔸𝔸𝔸𝔸', 'veld-te-lang'],
        ['abcdef', 'veld-te-lang'],
        ['', 'veld-leeg'],
        ['   ', 'veld-leeg'],
        ['\u00a0\u3000', 'veld-leeg'],
        ['\n', 'veld-leeg'],
        ['a\nb', 'veld-patroon'],
        ['a\tb', 'veld-patroon'],
        ['a\u0000', 'veld-patroon'],
        ['a\u007f', 'veld-patroon'],
        ['a\u0085b', 'veld-patroon'],
        ['a\u2028b', 'veld-patroon'],
        ['a\ud800', 'veld-patroon'],
        ['\udc00', 'veld-patroon'],
        [5, 'veld-type'],
        [null, 'veld-type'],
        [['a'], 'veld-type'],
        [{ a: 1 }, 'veld-type'],
      ],
    ],
    [
      'multiline',
      multiline,
      [
        ['a\n\tb', 'good'],
        ['\na', 'good'],
        ['a\r\nb', 'veld-patroon'],
        ['a\u000bb', 'veld-patroon'],
        [' \n ', 'veld-leeg'],
        ['12345678901', 'veld-te-lang'],
      ],
    ],
    [
      'text with a pattern',
      coded,
      [
        ['NL', 'good'],
        ['nl', 'veld-patroon'],
        ['N', 'veld-patroon'],
        ['NLD', 'veld-te-lang'],
      ],
    ],
    [
      'integer',
      integer,
      [
        [1, 'good'],
        [99, 'good'],
        [0, 'veld-bereik'],
        [100, 'veld-bereik'],
        [1e300, 'veld-bereik'],
        [1.5, 'veld-type'],
        [NaN, 'veld-type'],
        [Infinity, 'veld-type'],
        ['1', 'veld-type'],
        [true, 'veld-type'],
      ],
    ],
    [
      'money',
      money,
      [
        ['0.00', 'good'],
        ['1250.00', 'good'],
        ['999999999.99', 'good'],
        ['1000000000.00', 'veld-patroon'],
        ['-0.01', 'veld-patroon'],
        ['-0.00', 'veld-patroon'],
        ['007.50', 'veld-patroon'],
        ['1250,00', 'veld-patroon'],
        ['1250', 'veld-patroon'],
        ['1250.0', 'veld-patroon'],
        ['1e3.00', 'veld-patroon'],
        [' 1.00', 'veld-patroon'],
        ['', 'veld-leeg'],
        [1250, 'veld-type'],
      ],
    ],
    [
      'money that may be negative',
      balance,
      [
        ['-10.00', 'good'],
        ['-0.01', 'good'],
        ['-0.10', 'good'],
        ['-10.01', 'veld-bereik'],
        ['10.01', 'veld-bereik'],
        ['-0.00', 'veld-patroon'],
        ['--1.00', 'veld-patroon'],
      ],
    ],
    [
      'percentage',
      percentage,
      [
        ['7.44', 'good'],
        ['100.00', 'good'],
        ['100.01', 'veld-bereik'],
        ['7.4', 'veld-patroon'],
      ],
    ],
    [
      'boolean',
      simple('boolean'),
      [
        [true, 'good'],
        [false, 'good'],
        ['true', 'veld-type'],
        [0, 'veld-type'],
      ],
    ],
    [
      'enum',
      choice,
      [
        ['a', 'good'],
        ['A', 'veld-waarde'],
        ['constructor', 'veld-waarde'],
        ['', 'veld-leeg'],
        [1, 'veld-type'],
      ],
    ],
    [
      'uuid',
      simple('uuid'),
      [
        ['6f1b0a52-3c1d-4f7e-9a56-0d2c7b9e4a11', 'good'],
        ['6F1B0A52-3C1D-4F7E-9A56-0D2C7B9E4A11', 'veld-patroon'],
        ['6f1b0a523c1d4f7e9a560d2c7b9e4a11', 'veld-patroon'],
      ],
    ],
    [
      'date',
      simple('date'),
      [
        ['2025-01-31', 'good'],
        ['2024-02-29', 'good'],
        ['2000-02-29', 'good'],
        ['1900-02-29', 'veld-patroon'],
        ['2025-02-29', 'veld-patroon'],
        ['2025-04-31', 'veld-patroon'],
        ['2025-13-01', 'veld-patroon'],
        ['2025-00-10', 'veld-patroon'],
        ['1799-12-31', 'veld-patroon'],
        ['1800-01-01', 'good'],
        ['2200-12-31', 'good'],
        ['2201-01-01', 'veld-patroon'],
        ['31-01-2025', 'veld-patroon'],
        ['2025-01-31T00:00:00Z', 'veld-patroon'],
      ],
    ],
    [
      'datetime',
      simple('datetime'),
      [
        ['2025-01-20T09:15:00Z', 'good'],
        ['2025-01-20T09:15:00.123456789+01:00', 'good'],
        ['2025-01-20T09:15:00-14:00', 'good'],
        ['2025-01-20T09:15:00+14:30', 'veld-patroon'],
        ['2025-01-20T24:00:00Z', 'veld-patroon'],
        ['2025-01-20T09:15:60Z', 'veld-patroon'],
        ['2025-01-20T09:15:00', 'veld-patroon'],
        ['2025-02-30T09:15:00Z', 'veld-patroon'],
        ['2025-01-20 09:15:00Z', 'veld-patroon'],
      ],
    ],
    [
      'email',
      simple('email'),
      [
        ['schulddienst@voorbeeldstad.example', 'good'],
        ["o'brien+x@a.b-c.example", 'good'],
        ['a@b', 'veld-patroon'],
        ['a b@c.example', 'veld-patroon'],
        ['a@b..example', 'veld-patroon'],
        ['a@-b.example', 'veld-patroon'],
        ['a@b.example\nBcc: x@y.example', 'veld-patroon'],
        [`${'a'.repeat(250)}@b.nl`, 'veld-te-lang'],
      ],
    ],
    [
      'phone',
      simple('phone'),
      [
        ['088 000 01 00', 'good'],
        ['+31 (0)88-0000100', 'good'],
        ['12345678', 'veld-patroon'],
        ['0880000100x', 'veld-patroon'],
      ],
    ],
    [
      'postcode',
      simple('postcode'),
      [
        ['1234AB', 'good'],
        ['1234 AB', 'veld-patroon'],
        ['0234AB', 'veld-patroon'],
        ['1234ab', 'veld-patroon'],
      ],
    ],
    [
      'postcodegebied',
      simple('postcodegebied'),
      [
        ['1234', 'good'],
        ['0234', 'veld-patroon'],
        ['1234A', 'veld-patroon'],
      ],
    ],
    [
      'iban',
      simple('iban'),
      [
        ['NL91ABNA0417164300', 'good'],
        ['DE89370400440532013000', 'good'],
        ['NL91ABNA0417164301', 'veld-controlegetal'],
        ['NL19ABNA0417164300', 'veld-controlegetal'],
        ['NL91ABNA041716430', 'veld-patroon'],
        ['NL91 ABNA 0417 1643 00', 'veld-patroon'],
        ['NL01ABNA0417164300', 'veld-patroon'],
      ],
    ],
    [
      'bsn',
      simple('bsn'),
      [
        ['999990019', 'good'],
        ['999990018', 'veld-controlegetal'],
        ['000000000', 'veld-controlegetal'],
        ['99999001', 'veld-patroon'],
        ['९९९९९००१९', 'veld-patroon'],
        [999990019, 'veld-type'],
      ],
    ],
    [
      'kvk',
      simple('kvk'),
      [
        ['90001234', 'good'],
        ['9000123', 'veld-patroon'],
      ],
    ],
  ]
  test.each(cases)('%s', (_, field, values) => {
    expect(values.map(([value]) => [value, judged(field, value)])).toEqual(values)
  })
})

describe('rules', () => {
  const optional = (name: string, type: string): Field =>
    ({ ...base, name, label: name, required: false, type, min: '0.00', max: '100.00' }) as Field
  const flag = optional('Ja', 'boolean')
  const fields = [
    flag,
    optional('A', 'money'),
    optional('B', 'money'),
    optional('Van', 'date'),
    optional('Tot', 'date'),
  ]
  const oneOf = compileValidator(fields, [{ kind: 'oneOf', fields: ['A', 'B'] }])
  const requires = compileValidator(fields, [
    { kind: 'requires', when: { field: 'Ja', is: [true] }, fields: ['A', 'B'] },
  ])
  const atMost = compileValidator(fields, [{ kind: 'atMost', field: 'A', than: 'B' }])
  const notBefore = compileValidator(fields, [{ kind: 'notBefore', field: 'Tot', than: 'Van' }])
  const times = [optional('Van', 'datetime'), optional('Tot', 'datetime')]
  const notBeforeTime = compileValidator(times, [{ kind: 'notBefore', field: 'Tot', than: 'Van' }])

  const cases: [string, Problem[], string[]][] = [
    ['oneOf with none', oneOf({}), [' veld-regel']],
    ['oneOf with one', oneOf({ A: '1.00' }), []],
    ['oneOf with both', oneOf({ A: '1.00', B: '1.00' }), [' veld-regel']],
    ['requires with both missing', requires({ Ja: true }), ['/A veld-regel', '/B veld-regel']],
    ['requires with one missing', requires({ Ja: true, A: '1.00' }), ['/B veld-regel']],
    ['requires with another value', requires({ Ja: false }), []],
    ['requires without the field', requires({}), []],
    ['atMost, less as number though more as text', atMost({ A: '9.00', B: '10.00' }), []],
    ['atMost, equal', atMost({ A: '0.30', B: '0.30' }), []],
    ['atMost, one cent more', atMost({ A: '10.01', B: '10.00' }), ['/A veld-regel']],
    ['atMost without the other', atMost({ A: '10.01' }), []],
    ['atMost with a wrong form', atMost({ A: 'x', B: '1.00' }), ['/A veld-patroon']],
    ['notBefore, the same day', notBefore({ Van: '2025-01-31', Tot: '2025-01-31' }), []],
    [
      'notBefore, a day too early',
      notBefore({ Van: '2025-01-31', Tot: '2025-01-30' }),
      ['/Tot veld-regel'],
    ],
    [
      'notBefore compares instants, not texts',
      notBeforeTime({ Van: '2025-01-31T01:30:00+02:00', Tot: '2025-01-30T23:45:00Z' }),
      [],
    ],
    [
      'notBefore across offsets',
      notBeforeTime({ Van: '2025-01-30T23:45:00Z', Tot: '2025-01-31T00:30:00+02:00' }),
      ['/Tot veld-regel'],
    ],
  ]
  test.each(cases)('%s', (_, problems, expected) => {
    expect(found(problems)).toEqual(expected)
  })
})
