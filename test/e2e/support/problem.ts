/**
 * What every refusal must look like (RFC 9457, NL GOV API Design Rules), and the personal data that no answer may repeat.
 * @module
 */
import { expect } from 'bun:test'
import { ERRORS, type ErrorCode } from '../../../src/core/errors.ts'
import { standardHeaders } from '../../../src/http/answer.ts'
import { VERSION } from '../../../src/ops/version.ts'
import type { Answer } from './line.ts'

/** Sent in whatever goes in; may come out nowhere. A valid BSN and IBAN, so that no check stops them early. */
export const CANARY = {
  bsn: '999994712',
  name: 'Kanarievogel',
  iban: 'NL32INGB0009994712',
} as const

/** Which of the canaries stand in a text, in whatever case. */
export function canariesIn(text: string): string[] {
  const lower = text.toLowerCase()
  return Object.values(CANARY).filter((canary) => lower.includes(canary.toLowerCase()))
}

const UUID_URN = /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Words that hardly any Dutch sentence does without, and no English one has. */
const DUTCH = /\b(de|het|een|niet|geen|moet|van|bij|dit|deze|er|en|ontbreekt|onbekend)\b/i

/** The details of a refusal, its own and those of its fields. */
export function sentencesOf(answer: Answer): string[] {
  const { detail, errors = [] } = answer.json()
  return [detail, ...errors.map((error: { detail: string }) => error.detail)]
}

/** Whatever the refusal is, this holds. */
export function expectProblem(answer: Answer, status: number, code: ErrorCode): void {
  expect(answer.status).toBe(status)
  const document = answer.json()
  expect(document).toMatchObject({ status, code })
  expect(document.type).toMatch(new RegExp(`^https://localhost:\\d+/api/v1/fouten/${code}$`))
  expect(document.instance).toMatch(UUID_URN)
  expect(document.title).toMatch(/^\p{Lu}.{5,}$/u)
  // What to do about it is half of the story: the sentence says what is wrong too.
  expect(document.detail).not.toBe(ERRORS[code].help)
  for (const sentence of sentencesOf(answer)) {
    expect(sentence).toMatch(/^\S.{10,400}\.$/)
    expect(sentence).toMatch(DUTCH)
  }
  for (const error of document.errors ?? []) {
    expect(Object.keys(error)).toEqual(['pad', 'code', 'detail'])
    expect(error.pad).toMatch(/^(\/[^/\s]+)*$/)
  }
  expectStandardHeaders(answer)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('content-language')).toBe('nl')
  expect(answer.headers.has('www-authenticate')).toBe(status === 401)
  expect(answer.headers.has('retry-after')).toBe(status === 429 || status === 503)
}

/** Headers that every answer carries. */
export function expectStandardHeaders(answer: Answer): void {
  const given = Object.fromEntries(answer.headers)
  expect(given).toMatchObject(standardHeaders(VERSION))
}
