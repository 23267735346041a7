/**
 * Small JSON bodies that are no messages: an object with a few known members, all problems at once.
 * @module
 */
import { isUuid } from '../core/envelope.ts'
import { refusalFor, type Problem } from '../core/errors.ts'

/** How one member is read: the value, or the problem with it. */
type Reader<T> = (value: unknown, path: string) => { value: T } | { problem: Problem }

/** A member and whether it must be there. */
interface Member<T, R extends boolean = boolean> {
  readonly required: R
  readonly read: Reader<T>
}

/** Beyond this number the list says nothing new. */
const UNKNOWN_MEMBERS_TOLD_MAX = 20

type Members = Readonly<Record<string, Member<unknown>>>

/** What a table of members gives: required ones present, others perhaps. */
type ReadOf<M extends Members> = {
  readonly [K in keyof M as M[K] extends Member<unknown, true> ? K : never]: ValueOf<M[K]>
} & {
  readonly [K in keyof M as M[K] extends Member<unknown, true> ? never : K]?: ValueOf<M[K]>
}
type ValueOf<M> = M extends Member<infer T> ? T : never

/** A member that must be there. */
export function required<T>(read: Reader<T>): Member<T, true> {
  return { required: true, read }
}

/** A member that may be left out. */
export function optional<T>(read: Reader<T>): Member<T, false> {
  return { required: false, read }
}

const problem = (path: string, code: Problem['code'], detail: string) => ({
  problem: { path, code, detail },
})

/** One of some words. */
export function oneOf<const W extends readonly string[]>(words: W): Reader<W[number]> {
  return (value, path) => {
    if (typeof value !== 'string') return problem(path, 'veld-type', 'Dit moet een tekst zijn.')
    return words.includes(value)
      ? { value }
      : problem(path, 'veld-waarde', `Dit moet een zijn van: ${words.join(', ')}.`)
  }
}

/** A text that is not empty. @param max characters */
export function textOf(max: number): Reader<string> {
  return (value, path) => {
    if (typeof value !== 'string') return problem(path, 'veld-type', 'Dit moet een tekst zijn.')
    if (value.trim() === '') return problem(path, 'veld-leeg', 'Vul dit in of laat het weg.')
    return [...value].length <= max
      ? { value }
      : problem(path, 'veld-te-lang', `Dit mag hoogstens ${max} tekens hebben.`)
  }
}

/** A whole number between bounds. */
export function wholeOf(min: number, max: number): Reader<number> {
  return (value, path) => {
    if (typeof value !== 'number') return problem(path, 'veld-type', 'Dit moet een getal zijn.')
    return Number.isInteger(value) && value >= min && value <= max
      ? { value }
      : problem(path, 'veld-bereik', `Dit moet een geheel getal van ${min} tot en met ${max} zijn.`)
  }
}

/** A UUID in lower case. */
export const uuidOf: Reader<string> = (value, path) =>
  isUuid(value)
    ? { value }
    : problem(path, 'veld-patroon', 'Dit moet een UUID in kleine letters zijn.')

/** A list, of which the items are read later, each for itself. @param max items */
export function listOf(max: number): Reader<readonly unknown[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return problem(path, 'veld-type', 'Dit moet een lijst zijn.')
    return value.length >= 1 && value.length <= max
      ? { value }
      : problem(path, 'lijst-aantal', `Deze lijst moet 1 tot en met ${max} onderdelen hebben.`)
  }
}

/**
 * Reads an object.
 * @param path JSON Pointer of the object itself; empty for the whole body
 * @throws RelayError with every problem; unknown members are counted, not named
 */
export function readObject<M extends Members>(input: unknown, members: M, path = ''): ReadOf<M> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw refusalFor([{ path, code: 'veld-type', detail: 'Dit moet een JSON-object zijn.' }])
  }
  const problems: Problem[] = Object.keys(input)
    .filter((key) => !Object.hasOwn(members, key))
    .slice(0, UNKNOWN_MEMBERS_TOLD_MAX)
    .map((_, index) => ({
      path: `${path}/onbekend[${index + 1}]`,
      code: 'veld-onbekend',
      detail: `Onbekend veld; bekend zijn: ${Object.keys(members).join(', ')}.`,
    }))
  const given = new Map(Object.entries(input))
  const values: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(members)) {
    const at = `${path}/${name}`
    if (given.has(name)) {
      const result = member.read(given.get(name), at)
      if ('problem' in result) problems.push(result.problem)
      else values[name] = result.value
    } else if (member.required) {
      problems.push({ path: at, code: 'veld-ontbreekt', detail: `${name} ontbreekt.` })
    }
  }
  if (problems.length > 0) throw refusalFor(problems)
  return values as ReadOf<M>
}
