/**
 * A small evaluator of JSON Schema 2020-12, for the keywords that our schemas use. It shares nothing with the validator, so that
 * agreement of the two means something; it throws on a keyword that it does not know.
 */
import type { JsonSchema } from '../../../src/core/catalogue/json-schema.ts'

type Keyword = (argument: unknown, value: unknown, schema: JsonSchema) => boolean

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
const schemas = (argument: unknown) => argument as JsonSchema[]
const onText = (holds: (text: string, argument: never) => boolean): Keyword => {
  return (argument, value) => typeof value !== 'string' || holds(value, argument as never)
}
const onNumber = (holds: (number: number, bound: number) => boolean): Keyword => {
  return (argument, value) => typeof value !== 'number' || holds(value, argument as number)
}
const onList = (holds: (list: unknown[], argument: never) => boolean): Keyword => {
  return (argument, value) => !Array.isArray(value) || holds(value, argument as never)
}

/** Formats are asserted where the pattern beside them says less. */
const FORMATS: Record<string, (text: string) => boolean> = {
  uuid: () => true,
  email: () => true,
  date: (text) => isDay(text),
  'date-time': (text) => isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)),
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

const KEYWORDS: Record<string, Keyword> = {
  type: (type, value) => TYPES[type as string]?.(value) ?? false,
  enum: (options, value) => (options as unknown[]).some((option) => same(option, value)),
  minLength: onText((text, least: number) => [...text].length >= least),
  maxLength: onText((text, most: number) => [...text].length <= most),
  pattern: onText((text, pattern: string) => new RegExp(pattern, 'u').test(text)),
  format: onText((text, format: string) => FORMATS[format]?.(text) ?? false),
  minimum: onNumber((number, least) => number >= least),
  maximum: onNumber((number, most) => number <= most),
  minItems: onList((list, least: number) => list.length >= least),
  maxItems: onList((list, most: number) => list.length <= most),
  items: onList((list, schema: JsonSchema) => list.every((item) => isValid(schema, item))),
  required: (names, value) =>
    !isObject(value) || (names as string[]).every((name) => Object.hasOwn(value, name)),
  properties: (properties, value) =>
    !isObject(value) ||
    Object.entries(properties as Record<string, JsonSchema>).every(
      ([name, schema]) => !Object.hasOwn(value, name) || isValid(schema, value[name]),
    ),
  additionalProperties: (allowed, value, schema) => {
    if (allowed !== false) throw new Error('only false is used')
    const known = Object.keys((schema['properties'] ?? {}) as object)
    return !isObject(value) || Object.keys(value).every((key) => known.includes(key))
  },
  allOf: (all, value) => schemas(all).every((schema) => isValid(schema, value)),
  oneOf: (options, value) =>
    schemas(options).filter((schema) => isValid(schema, value)).length === 1,
  not: (schema, value) => !isValid(schema as JsonSchema, value),
  if: (condition, value, schema) =>
    !isValid(condition as JsonSchema, value) ||
    isValid((schema['then'] ?? {}) as JsonSchema, value),
}

const SAYS_NOTHING = new Set([
  '$schema',
  'title',
  'description',
  'examples',
  'contentEncoding',
  'then',
])

/** Whether a value is valid by a schema. */
export function isValid(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema).every(([key, argument]) => {
    if (SAYS_NOTHING.has(key) || key.startsWith('x-')) return true
    const keyword = KEYWORDS[key]
    if (!keyword) throw new Error(`unknown keyword ${key}`)
    return keyword(argument, value, schema)
  })
}
