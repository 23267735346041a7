/**
 * Compiles a definition into a valibot schema, once, and the schema into `validate`. Each part of the schema speaks for itself:
 * its messages are `code sentence` of our own, so nothing that valibot would say, with values in it, is ever passed on.
 *
 * Levels and lists are checks of our own inside valibot's pipe, for what its objects and arrays do not do: name every unknown
 * key (and take `constructor` for one), and stop at a hundred problems instead of collecting a million.
 * @module
 */
import * as v from 'valibot'
import { ERRORS } from '../errors.ts'
import type { ErrorCode, Problem } from '../errors.ts'
import { checkDocument } from './document.ts'
import type { Field, Rule } from './definition.ts'
import { judgeFor, judgeForRule } from './judge.ts'
import { NOT_AN_OBJECT, sentenceFor, sentenceForRule, UNKNOWN_FIELD } from './sentence.ts'
import { walkFields } from './walk.ts'
import type { LeafField, Made } from './walk.ts'

/** Problems that one message reports; then one more says that there are others. */
export const MAX_PROBLEMS = 100

type Schema = v.GenericSchema<unknown>
type Level = Readonly<Record<string, unknown>>
type Keys = readonly (string | number)[]
/** Reports a problem at a place below the value that is being checked. */
type Report = (message: string, keys: Keys) => void

const speak = (code: ErrorCode, sentence: string): string => `${code} ${sentence}`
const speakOf = (field: Field, code: ErrorCode): string => speak(code, sentenceFor(field, code))

/** A step in the path of an issue. Only its key is ever read; the values stay out of it. */
const step = (key: string | number): v.UnknownPathItem => ({
  type: 'unknown',
  origin: 'value',
  input: undefined,
  key,
  value: undefined,
})

/** A check that reports with places. */
function check<T>(inspect: (value: T, report: Report) => void): v.RawCheckAction<T> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    inspect(dataset.value, (message, keys) => {
      const [first, ...rest] = keys.map(step)
      addIssue(first ? { message, path: [first, ...rest] } : { message })
    })
  })
}

/** Checks a part and reports its problems under a key. @returns how many there were */
function inspectUnder(
  schema: Schema,
  value: unknown,
  key: string | number,
  report: Report,
): number {
  const { issues = [] } = v.safeParse(schema, value)
  for (const issue of issues) report(issue.message, [key, ...keysOf(issue)])
  return issues.length
}

function keysOf(issue: v.BaseIssue<unknown>): Keys {
  return (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))
}

const isLevel = (value: unknown): value is Level =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function compileValue(field: LeafField): Schema {
  const judge = judgeFor(field)
  return v.custom<unknown>(
    (value) => judge(value) === undefined,
    // Asked only after the check above failed.
    ({ input }) => speakOf(field, judge(input) ?? 'veld-type'),
  )
}

function compileDocument(): Schema {
  return v.pipe(
    v.unknown(),
    check((value, report) => {
      for (const { path, code, detail } of checkDocument('', value)) {
        report(speak(code, detail), path.split('/').slice(1))
      }
    }),
  )
}

/** One level: known fields in order, unknown keys without their names, then the rules. */
function compileLevel(
  members: readonly Made<Schema>[],
  rules: readonly Rule[],
  wrongType: string,
): Schema {
  const fields = members.map(({ field }) => field)
  const known = new Set(fields.map(({ name }) => name))
  const parts = members.map(({ field, made }) => ({
    name: field.name,
    schema: made,
    missing: field.required ? speakOf(field, 'veld-ontbreekt') : undefined,
  }))
  const ruleParts = rules.map((rule) => ({ rule, judge: judgeForRule(rule, fields) }))
  return v.pipe(
    v.custom<Level>(isLevel, wrongType),
    check((level, report) => {
      for (const { name, schema, missing } of parts) {
        if (Object.hasOwn(level, name)) inspectUnder(schema, level[name], name, report)
        else if (missing !== undefined) report(missing, [name])
      }
      let unknown = 0
      for (const key in level) {
        if (known.has(key)) continue
        unknown += 1
        report(speak('veld-onbekend', UNKNOWN_FIELD), [`onbekend[${unknown}]`])
        if (unknown > MAX_PROBLEMS) break
      }
      for (const { rule, judge } of ruleParts) {
        for (const { at, missing } of judge(level)) {
          const sentence = sentenceForRule(rule, fields, missing)
          report(speak('veld-regel', sentence), at === undefined ? [] : [at])
        }
      }
    }),
  )
}

function compileList(field: Extract<Field, { type: 'list' }>, item: Schema): Schema {
  const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
  return v.pipe(
    v.custom<readonly unknown[]>(isList, speakOf(field, 'veld-type')),
    check((list, report) => {
      // A list of the wrong length is not read further: its items could be any number.
      if (list.length < field.min || list.length > field.max) {
        report(speakOf(field, 'lijst-aantal'), [])
        return
      }
      let found = 0
      for (let index = 0; index < list.length && found <= MAX_PROBLEMS; index += 1) {
        found += inspectUnder(item, list[index], index, report)
      }
    }),
  )
}

/** The valibot schema of a body. Its issues speak in `code sentence`. */
function compileBody(fields: readonly Field[], rules: readonly Rule[]): Schema {
  const members = walkFields<Schema>(fields, {
    leaf: (field) => (field.type === 'document' ? compileDocument() : compileValue(field)),
    group: (field, inner) => compileLevel(inner, field.rules, speakOf(field, 'veld-type')),
    list: (field, inner) => {
      const item = speak('veld-type', `Elk onderdeel van ${field.label} is een object met velden.`)
      return compileList(field, compileLevel(inner, field.rules, item))
    },
  })
  return compileLevel(members, rules, speak('veld-type', NOT_AN_OBJECT))
}

function toProblem(issue: v.BaseIssue<unknown>): Problem {
  const space = issue.message.indexOf(' ')
  const code = issue.message.slice(0, space)
  if (!isErrorCode(code)) throw new Error('a part of a compiled definition speaks for the library')
  const path = keysOf(issue)
    .map((key) => `/${key}`)
    .join('')
  return { path, code, detail: issue.message.slice(space + 1) }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

/**
 * Makes `validate` of a definition.
 * @returns checks a parsed body; every problem with its path in the body, at most `MAX_PROBLEMS` and one that says there are more
 */
export function compileValidator(
  fields: readonly Field[],
  rules: readonly Rule[],
): (body: unknown) => Problem[] {
  const schema = compileBody(fields, rules)
  return (body) => {
    const { issues = [] } = v.safeParse(schema, body)
    const problems = issues.slice(0, MAX_PROBLEMS).map(toProblem)
    if (issues.length > MAX_PROBLEMS) {
      const detail = `Er zijn nog meer problemen. Dit zijn de eerste ${MAX_PROBLEMS}.`
      problems.push({ path: '', code: 'bericht-ongeldig', detail })
    }
    return problems
  }
}
