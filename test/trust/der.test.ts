/**
 * The DER reader: what it refuses, and that nothing makes it throw anything else or run on.
 */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import * as writer from '../../src/trust/development/der-writer.ts'
import {
  bitStringOctets,
  booleanOf,
  DerError,
  DerReader,
  integerBytes,
  namedBits,
  oidText,
  readWhole,
  smallInteger,
  TAG,
} from '../../src/trust/der.ts'
import { printable, textOf, timeOf } from '../../src/trust/der-values.ts'

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const read = (hex: string) => new DerReader(bytes(hex)).read('value')

describe('what is not DER is refused', () => {
  const rows: [name: string, hex: string, text: RegExp][] = [
    ['nothing', '', /missing/],
    ['a tag alone', '30', /cut off/],
    ['fewer octets than the length says', '04 02 00', /cut off/],
    ['half a length', '04 82 01', /cut off/],
    ['an indefinite length', '30 80 00 00', /indefinite/],
    ['a long form where a short one fits', '04 81 01 00', /padded length/],
    ['a length with a leading zero', `04 82 00 80 ${'00'.repeat(128)}`, /padded length/],
    ['a length of five octets', '04 85 01 00 00 00 00', /too long/],
    ['a length of 4 GiB', '04 84 ff ff ff ff', /cut off/],
    ['a tag number of more than one octet', '1f 81 00 00', /long tag/],
  ]
  for (const [name, hex, text] of rows) {
    test(name, () => {
      expect(() => read(hex)).toThrow(DerError)
      expect(() => read(hex)).toThrow(text)
    })
  }

  test('values nested deeper than any certificate', () => {
    let nested: Uint8Array = new Uint8Array()
    for (let level = 0; level < 40; level += 1) nested = writer.sequence(nested)
    const descend = (): void => {
      for (let reader = new DerReader(nested); !reader.done;) reader = reader.enter('level')
    }
    expect(descend).toThrow(/nested too deep/)
  })

  test('something behind a value that should fill the bytes', () => {
    expect(() => readWhole(bytes('30 00 00'), 'it')).toThrow(/more than it should/)
  })
})

describe('values are read in one form only', () => {
  const refuses: [name: string, hex: string, work: (value: ReturnType<typeof read>) => unknown][] =
    [
      ['an empty integer', '02 00', (value) => integerBytes(value, 'it')],
      ['a padded integer', '02 02 00 7f', (value) => integerBytes(value, 'it')],
      ['a padded negative integer', '02 02 ff 80', (value) => integerBytes(value, 'it')],
      ['a negative count', '02 01 ff', (value) => smallInteger(value, 'it')],
      ['a count of five octets', '02 05 01 00 00 00 00', (value) => smallInteger(value, 'it')],
      ['a boolean of 1', '01 01 01', (value) => booleanOf(value, 'it')],
      ['a boolean of two octets', '01 02 ff ff', (value) => booleanOf(value, 'it')],
      ['a bit string of seven bits', '03 02 01 fe', (value) => bitStringOctets(value, 'it')],
      ['an empty bit string', '03 00', (value) => namedBits(value, 'it')],
      ['nine unused bits', '03 02 09 00', (value) => namedBits(value, 'it')],
      ['unused bits of nothing', '03 01 01', (value) => namedBits(value, 'it')],
      ['an empty object identifier', '06 00', (value) => oidText(value, 'it')],
      ['an object identifier cut off', '06 02 2a 86', (value) => oidText(value, 'it')],
      ['a padded object identifier', '06 03 2a 80 01', (value) => oidText(value, 'it')],
      [
        'a number beyond exact counting in an object identifier',
        '06 09 2a ff ff ff ff ff ff ff 7f',
        (value) => oidText(value, 'it'),
      ],
    ]
  for (const [name, hex, work] of refuses) {
    test(name, () => expect(() => work(read(hex))).toThrow(DerError))
  }

  test('object identifiers come back as they were written', () => {
    for (const oid of [
      '1.2.840.113549.1.1.11',
      '2.5.29.19',
      '0.9.2342',
      '2.999.3',
      '1.3.101.112',
    ]) {
      expect(oidText(new DerReader(writer.oid(oid)).read('oid'), 'oid')).toBe(oid)
    }
  })

  test('named bits come back as they were written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(31)), (bits) => {
        const value = new DerReader(writer.namedBitString(bits)).read('bits')
        expect([...namedBits(value, 'bits')]).toEqual(bits.toSorted((a, b) => a - b))
      }),
    )
  })

  test('lengths of every size come back as they were written', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const value = new DerReader(writer.octetString(Buffer.alloc(length))).read('octets')
      expect(value.body.length).toBe(length)
    }
  })
})

describe('times', () => {
  const time = (tag: number, text: string) =>
    timeOf({ tag, body: Buffer.from(text), raw: new Uint8Array() }, 'time')

  test('are read in both forms', () => {
    expect(time(TAG.utcTime, '491231235959Z')).toBe(Date.parse('2049-12-31T23:59:59Z'))
    expect(time(TAG.utcTime, '500101000000Z')).toBe(Date.parse('1950-01-01T00:00:00Z'))
    expect(time(TAG.generalizedTime, '20500101000000Z')).toBe(Date.parse('2050-01-01T00:00:00Z'))
    expect(time(TAG.generalizedTime, '00500101000000Z')).toBe(Date.parse('0050-01-01T00:00:00Z'))
    expect(time(TAG.generalizedTime, '20280229120000Z')).toBe(Date.parse('2028-02-29T12:00:00Z'))
  })

  const refused: [number, string][] = [
    [TAG.utcTime, '2703011200Z'],
    [TAG.utcTime, '270301120000+0100'],
    [TAG.utcTime, '270229120000Z'],
    [TAG.utcTime, '271301120000Z'],
    [TAG.utcTime, '270001120000Z'],
    [TAG.utcTime, '270301240000Z'],
    [TAG.utcTime, '270301126000Z'],
    [TAG.utcTime, '270301120060Z'],
    [TAG.utcTime, '270301120000Z\n'],
    [TAG.utcTime, '20270301120000Z'],
    [TAG.generalizedTime, '20270301120000.5Z'],
    [TAG.generalizedTime, '270301120000Z'],
    [TAG.octetString, '270301120000Z'],
  ]
  for (const [tag, text] of refused) {
    test(`${JSON.stringify(text)} as ${tag.toString(16)} is no time`, () => {
      expect(() => time(tag, text)).toThrow(DerError)
    })
  }

  test('come back as they were written', () => {
    const seconds = fc.integer({ min: Date.parse('1950-01-01') / 1000, max: 253_402_300_799 })
    fc.assert(
      fc.property(seconds, (at) => {
        expect(timeOf(new DerReader(writer.time(at * 1000)).read('time'), 'time')).toBe(at * 1000)
      }),
    )
  })
})

describe('texts', () => {
  const text = (tag: number, body: Uint8Array) => textOf({ tag, body, raw: body })

  test('are read from every string type of names', () => {
    expect(text(TAG.utf8String, Buffer.from('Één'))).toBe('Één')
    expect(text(TAG.printableString, Buffer.from('Een'))).toBe('Een')
    expect(text(TAG.teletexString, Buffer.from('Één', 'latin1'))).toBe('Één')
    expect(text(TAG.bmpString, bytes('00c9 00e9 006e'))).toBe('Één')
  })

  test('that are no such text give nothing', () => {
    expect(text(TAG.utf8String, bytes('ff'))).toBeUndefined()
    expect(text(TAG.printableString, bytes('e9'))).toBeUndefined()
    expect(text(TAG.bmpString, bytes('00c900'))).toBeUndefined()
    expect(text(TAG.octetString, bytes('41'))).toBeUndefined()
    expect(text(TAG.utf8String, Buffer.alloc(5000, 65))).toBeUndefined()
  })

  test('are shown without anything that steers a terminal or fakes an attribute', () => {
    expect(printable('a, O=b\r\n\u001b[31m\u202e\u2028c')).toBe(
      'a\\, O\\=b\\u{d}\\u{a}\\u{1b}[31m\\u{202e}\\u{2028}c',
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(printable(any)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})

test('no bytes make the reader throw anything but its own error, or read without end', () => {
  const walk = (reader: DerReader, budget: { left: number }): void => {
    while (!reader.done) {
      if ((budget.left -= 1) < 0) throw new Error('the reader does not move forward')
      const value = reader.read('value')
      if (value.tag & 0x20) walk(reader.within(value), budget)
      for (const work of [integerBytes, smallInteger, booleanOf, namedBits, oidText, timeOf]) {
        try {
          work(value, 'value')
        } catch (error) {
          if (!(error instanceof DerError)) throw error
        }
      }
      textOf(value)
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
      try {
        // Every value takes at least two octets, on each of the levels that it lies in.
        walk(new DerReader(any), { left: any.length * 30 })
      } catch (error) {
        expect(error).toBeInstanceOf(DerError)
      }
    }),
    { numRuns: 5000 },
  )
})
