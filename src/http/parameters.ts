/**
 * Query parameters: declared as data, read strictly, all problems at once.
 * @module
 */
import { RelayError, type Problem } from '../core/errors.ts'
import type { Limits } from '../core/limits.ts'
import type { Uuid } from '../core/message.ts'
import { asUuid, UUID_PATTERN } from './uuid.ts'

export interface Parameter<T> {
  /** What it is for, in Dutch. */
  readonly description: string
  /** JSON Schema of the value, for a description of the API. */
  readonly schema: (limits: Limits) => Readonly<Record<string, unknown>>
  /** The value, or the rule it breaks, as the rest of a sentence: "moet een UUID zijn". */
  readonly read: (text: string, limits: Limits) => { value: T } | { rule: string }
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** The values that a declaration gives: each one optional. */
export type QueryOf<Q extends Parameters> = {
  readonly [K in keyof Q]?: Q[K] extends Parameter<infer T> ? T : never
}

const TEXT_CHARACTERS_MAX = 200

/** A few words to search with. */
export function text(description: string): Parameter<string> {
  return {
    description,
    schema: () => ({ type: 'string', minLength: 1, maxLength: TEXT_CHARACTERS_MAX }),
    read: (value) =>
      value.length > 0 && value.length <= TEXT_CHARACTERS_MAX
        ? { value }
        : { rule: `moet 1 tot en met ${TEXT_CHARACTERS_MAX} tekens hebben` },
  }
}

/** A text of a fixed form. @param rule the rest of a Dutch sentence, said when the form is another */
export function form(description: string, pattern: string, rule: string): Parameter<string> {
  const expression = new RegExp(pattern)
  return {
    description,
    schema: () => ({ type: 'string', pattern }),
    read: (value) => (expression.test(value) ? { value } : { rule }),
  }
}

/** The code of a module, message type or the like. */
export function code(description: string): Parameter<string> {
  return form(description, '^[a-z][a-z0-9-]{0,63}$', 'moet een code uit de catalogus zijn')
}

/** The version of a module or message. */
export function version(description: string): Parameter<string> {
  return form(description, '^[0-9]{1,3}\\.[0-9]{1,3}$', 'moet een versie zijn zoals 2.0')
}

/** Where the page before this one ended. */
export function cursor(): Parameter<string> {
  return form(
    'Waar de vorige bladzijde ophield: de waarde van volgende.',
    '^[A-Za-z0-9_.:-]{1,200}$',
    'moet de waarde van volgende uit het vorige antwoord zijn',
  )
}

export function uuid(description: string): Parameter<Uuid> {
  return {
    description,
    schema: () => ({ type: 'string', format: 'uuid', pattern: UUID_PATTERN }),
    read: (value) => {
      const id = asUuid(value)
      return id === undefined ? { rule: 'moet een UUID zijn' } : { value: id }
    },
  }
}

/** One of some words, each of which stands for a value of ours. */
export function choice<T>(description: string, words: Readonly<Record<string, T>>): Parameter<T> {
  return {
    description,
    schema: () => ({ type: 'string', enum: Object.keys(words) }),
    read: (value) => {
      const found = Object.entries(words).find(([word]) => word === value)
      return found === undefined
        ? { rule: `moet een zijn van: ${Object.keys(words).join(', ')}` }
        : { value: found[1] }
    },
  }
}

/** `true` or `false`. */
export function flag(description: string): Parameter<boolean> {
  return choice(description, { true: true, false: false })
}

/** A Dutch day, `2026-01-31`. */
export function day(description: string): Parameter<string> {
  return {
    description,
    schema: () => ({ type: 'string', format: 'date' }),
    read: (value) => (isDay(value) ? { value } : { rule: 'moet een dag zijn zoals 2026-01-31' }),
  }
}

function isDay(value: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return false
  const at = Date.parse(`${value}T00:00:00Z`)
  // The engine reads 31 February as 3 March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value)
}

/** A whole number between bounds that may follow from the limits. */
function whole(
  description: string,
  min: number,
  max: (limits: Limits) => number,
): Parameter<number> {
  return {
    description,
    schema: (limits) => ({ type: 'integer', minimum: min, maximum: max(limits) }),
    read: (value, limits) => {
      const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN
      return number >= min && number <= max(limits)
        ? { value: number }
        : { rule: `moet een geheel getal van ${min} tot en met ${max(limits)} zijn` }
    },
  }
}

/** How many items a page has at most. */
export function pageSize(): Parameter<number> {
  return whole('Hoogste aantal op een bladzijde.', 1, (limits) => limits.pageItems)
}

/** How long to wait for news. */
export function patience(): Parameter<number> {
  return whole('Seconden om op nieuws te wachten.', 0, (limits) => limits.longPollSeconds)
}

/**
 * Reads a query.
 * @throws RelayError parameter-ongeldig with every problem; unknown parameters are counted, not named
 */
export function readQuery<Q extends Parameters>(
  declared: Q,
  given: URLSearchParams,
  limits: Limits,
): QueryOf<Q> {
  const values: Record<string, unknown> = {}
  const problems: Problem[] = []
  const problem = (name: string, rule: string) => {
    const path = `/query/${name}`
    problems.push({ path, code: 'parameter-ongeldig', detail: `Parameter ${name} ${rule}.` })
  }
  let unknown = 0
  for (const name of new Set(given.keys())) {
    const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined
    const [value = '', ...others] = given.getAll(name)
    if (parameter === undefined) {
      unknown += 1
      problem(`onbekend[${unknown}]`, 'bestaat niet bij deze aanroep')
    } else if (others.length > 0) {
      problem(name, 'mag maar een keer voorkomen')
    } else {
      const result = parameter.read(value, limits)
      if ('rule' in result) problem(name, result.rule)
      else values[name] = result.value
    }
  }
  if (problems.length > 0) throw parameterRefusal(problems)
  return values as QueryOf<Q>
}

/** @param problems at least one */
function parameterRefusal(problems: readonly Problem[]): RelayError {
  const [first] = problems
  const detail =
    problems.length === 1 && first !== undefined
      ? first.detail
      : `Er zijn ${problems.length} problemen met parameters; errors noemt ze allemaal.`
  return new RelayError('parameter-ongeldig', detail, { problems })
}
