import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  checkDocument,
  documentBytes,
  isCanonicalBase64,
  readDocument,
} from '../../../src/core/catalogue/document.ts'
import { DEFAULT_LIMITS } from '../../../src/core/limits.ts'

const pdf = { bestandsnaam: 'brief.pdf', mediatype: 'application/pdf', inhoud: 'JVBERi0xLjQK' }
const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64')
const png = base64(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0)
const jpeg = base64(0xff, 0xd8, 0xff, 0xe0)

function found(value: unknown): string[] {
  return checkDocument('/bijlagen/0/document', value).map(
    ({ path, code }) => `${path.replace('/bijlagen/0/document', '')} ${code}`,
  )
}

describe('a document', () => {
  const cases: [string, unknown, string[]][] = [
    ['pdf', pdf, []],
    ['png', { ...pdf, mediatype: 'image/png', inhoud: png }, []],
    ['jpeg', { ...pdf, mediatype: 'image/jpeg', inhoud: jpeg }, []],
    ['no object', 'JVBERi0xLjQK', [' veld-type']],
    ['null', null, [' veld-type']],
    ['a list', [pdf], [' veld-type']],
    [
      'nothing in it',
      {},
      ['/bestandsnaam veld-ontbreekt', '/mediatype veld-ontbreekt', '/inhoud veld-ontbreekt'],
    ],
    ['an unknown key', { ...pdf, Jansen: 1 }, ['/onbekend[1] veld-onbekend']],
    ['another media type', { ...pdf, mediatype: 'text/html' }, ['/mediatype document-ongeldig']],
    ['a media type that is a number', { ...pdf, mediatype: 1 }, ['/mediatype document-ongeldig']],
    ['png that says pdf', { ...pdf, inhoud: png }, ['/inhoud document-ongeldig']],
    ['html that says pdf', { ...pdf, inhoud: btoa('<html>') }, ['/inhoud document-ongeldig']],
    ['too short for a signature', { ...pdf, inhoud: 'JVBE' }, ['/inhoud document-ongeldig']],
    ['empty content', { ...pdf, inhoud: '' }, ['/inhoud document-ongeldig']],
    ['content that is no text', { ...pdf, inhoud: 5 }, ['/inhoud document-ongeldig']],
    ['base64 with a newline', { ...pdf, inhoud: 'JVBERi0x\nLjQ' }, ['/inhoud document-ongeldig']],
    ['base64 without padding', { ...pdf, inhoud: 'JVBERi0' }, ['/inhoud document-ongeldig']],
    ['base64url', { ...pdf, inhoud: 'JVBERi0_' }, ['/inhoud document-ongeldig']],
    ['unused bits set', { ...pdf, inhoud: 'JVBERi1=' }, ['/inhoud document-ongeldig']],
    [
      'a folder in the name',
      { ...pdf, bestandsnaam: '../x.pdf' },
      ['/bestandsnaam document-ongeldig'],
    ],
    [
      'a Windows folder',
      { ...pdf, bestandsnaam: 'c:\\x.pdf' },
      ['/bestandsnaam document-ongeldig'],
    ],
    ['only dots', { ...pdf, bestandsnaam: '..' }, ['/bestandsnaam document-ongeldig']],
    ['a name of spaces', { ...pdf, bestandsnaam: '  ' }, ['/bestandsnaam document-ongeldig']],
    [
      'a NUL in the name',
      { ...pdf, bestandsnaam: 'a\u0000.pdf' },
      ['/bestandsnaam document-ongeldig'],
    ],
    ['a broken name', { ...pdf, bestandsnaam: '\ud800.pdf' }, ['/bestandsnaam document-ongeldig']],
    [
      'a name of 201 characters',
      { ...pdf, bestandsnaam: 'a'.repeat(201) },
      ['/bestandsnaam document-ongeldig'],
    ],
    ['a name of 200 wide characters', { ...pdf, bestandsnaam: '𝔸'.repeat(200) }, []],
  ]
  test.each(cases)('%s', (_, value, expected) => {
    expect(found(value)).toEqual(expected)
  })

  test('is good up to its bound and refused one byte above it', () => {
    const bound = 1_000
    const sized = (bytes: number) => {
      const content = Buffer.alloc(bytes, '%PDF-1.4\n').toString('base64')
      return checkDocument(
        '',
        { ...pdf, inhoud: content },
        { mediaTypes: [pdf.mediatype], maxBytes: bound },
      )
    }
    for (const bytes of [998, 999, 1_000]) expect(sized(bytes)).toEqual([])
    for (const bytes of [1_001, 1_002, 1_003, 5_000]) {
      expect(sized(bytes).map(({ path }) => path)).toEqual(['/inhoud'])
    }
  })

  test('of the greatest size is checked in linear time', () => {
    const inhoud = Buffer.alloc(DEFAULT_LIMITS.documentBytes, '%PDF-1.4\n').toString('base64')
    const started = performance.now()
    expect(found({ ...pdf, inhoud })).toEqual([])
    expect(found({ ...pdf, inhoud: `${inhoud.slice(0, -4)}\n\n\n\n` })).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

test('reading gives the bytes, or the problems at their place', () => {
  expect(readDocument('/x', pdf, 100)).toEqual({
    document: {
      fileName: 'brief.pdf',
      mediaType: 'application/pdf',
      bytes: new TextEncoder().encode('%PDF-1.4\n'),
    },
  })
  expect(readDocument('/x', { ...pdf, inhoud: '' }, 100)).toMatchObject({
    problems: [{ path: '/x/inhoud', code: 'document-ongeldig' }],
  })
  expect(documentBytes(pdf)).toBe(9)
  expect([documentBytes(null), documentBytes({ inhoud: 5 }), documentBytes('x')]).toEqual([0, 0, 0])
})

test('canonical base64 is exactly what encoding gives', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
      expect(isCanonicalBase64(Buffer.from(bytes).toString('base64'))).toBe(true)
    }),
    { seed },
  )
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9+/]{1,9}={0,3}$/), (text) => {
      expect(isCanonicalBase64(text)).toBe(Buffer.from(text, 'base64').toString('base64') === text)
    }),
    { seed },
  )
})
