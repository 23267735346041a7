/**
 * What a single value must be by its field, and what fields must be to each other. Linear in the size of the value.
 * @module
 */
import type { ErrorCode } from '../errors.ts'
import { toInstant } from '../formats/date.ts'
import { DECIMAL_PATTERN, SIGNED_DECIMAL_PATTERN, toHundredths } from '../formats/decimal.ts'
import { checkDocument } from './document.ts'
import { judgeFormat } from '../formats/format.ts'
import { judgeText } from '../formats/text.ts'
import type { Field, Rule } from './definition.ts'
import type { LeafField } from './walk.ts'

/** Says what is wrong with a value; undefined when it is good. */
export type Judge = (value: unknown) => ErrorCode | undefined

type JudgeText = (text: string) => ErrorCode | undefined

const ofText =
  (judge: JudgeText): Judge =>
  (value) =>
    typeof value === 'string' ? judge(value) : 'veld-type'

const DECIMAL = new RegExp(DECIMAL_PATTERN, 'u')
const SIGNED_DECIMAL = new RegExp(SIGNED_DECIMAL_PATTERN, 'u')

function judgeDecimal(min: string, max: string): JudgeText {
  const least = toHundredths(min) ?? 0
  const most = toHundredths(max) ?? 0
  const pattern = goesBelowZero(min) ? SIGNED_DECIMAL : DECIMAL
  return (text) => {
    if (text === '') return 'veld-leeg'
    const hundredths = pattern.test(text) ? toHundredths(text) : undefined
    if (hundredths === undefined) return 'veld-patroon'
    return hundredths < least || hundredths > most ? 'veld-bereik' : undefined
  }
}

/** Form of an amount or percentage: a sign only where the definition goes below zero. */
export function decimalPattern(min: string): string {
  return goesBelowZero(min) ? SIGNED_DECIMAL_PATTERN : DECIMAL_PATTERN
}

const goesBelowZero = (min: string): boolean => min.startsWith('-')

/** Makes the judge of a leaf; expressions are compiled here, once. A document has members, each with problems of its own. */
export function judgeFor(field: LeafField): Judge {
  switch (field.type) {
    case 'text': {
      const own = field.pattern === undefined ? undefined : new RegExp(field.pattern, 'u')
      return ofText(
        (text) =>
          judgeText(text, 'text', field.max) ??
          (own && !own.test(text) ? 'veld-patroon' : undefined),
      )
    }
    case 'multiline':
      return ofText((text) => judgeText(text, 'multiline', field.max))
    case 'integer':
      return (value) => {
        if (typeof value !== 'number' || !Number.isInteger(value)) return 'veld-type'
        return value < field.min || value > field.max ? 'veld-bereik' : undefined
      }
    case 'money':
    case 'percentage':
      return ofText(judgeDecimal(field.min, field.max))
    case 'document':
      return (value) => checkDocument('', value)[0]?.code
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? undefined : 'veld-type')
    case 'enum': {
      const codes = new Set(field.values.map((value) => value.code))
      return ofText((text) =>
        text === '' ? 'veld-leeg' : codes.has(text) ? undefined : 'veld-waarde',
      )
    }
    default: {
      const { type } = field
      return ofText((text) => judgeFormat(type, text))
    }
  }
}

/** A rule that does not hold: the path below its level (empty: the level itself), and the field that is missing, if any. */
export interface RuleBreach {
  readonly at: string | undefined
  readonly missing?: string
}

/** Finds where a level breaks a rule. Values of the wrong form are left to the judges of their fields. */
export type RuleJudge = (level: Readonly<Record<string, unknown>>) => RuleBreach[]

/** What a value of this field is compared by; undefined for a value of the wrong form. */
function comparable(field: Field, value: unknown): number | undefined {
  if (typeof value === 'number') return field.type === 'integer' ? value : undefined
  if (typeof value !== 'string') return undefined
  switch (field.type) {
    case 'date':
      return toInstant(`${value}T00:00:00Z`)
    case 'datetime':
      return toInstant(value)
    case 'money':
    case 'percentage':
      return toHundredths(value)
    default:
      return undefined
  }
}

/**
 * Makes the judge of a rule.
 * @param fields of the level that the rule belongs to
 */
export function judgeForRule(rule: Rule, fields: readonly Field[]): RuleJudge {
  switch (rule.kind) {
    case 'oneOf':
      return (level) =>
        rule.fields.filter((name) => Object.hasOwn(level, name)).length === 1
          ? []
          : [{ at: undefined }]
    case 'requires': {
      const values = new Set<unknown>(rule.when.is)
      return (level) => {
        if (!Object.hasOwn(level, rule.when.field) || !values.has(level[rule.when.field])) return []
        return rule.fields
          .filter((name) => !Object.hasOwn(level, name))
          .map((name) => ({ at: name, missing: name }))
      }
    }
    default: {
      const find = (name: string) => fields.find((field) => field.name === name)
      const [field, than] = [find(rule.field), find(rule.than)]
      if (!field || !than)
        throw new Error(`rule names ${rule.field} and ${rule.than}, not both here`)
      return (level) => {
        if (!Object.hasOwn(level, field.name) || !Object.hasOwn(level, than.name)) return []
        const own = comparable(field, level[field.name])
        const other = comparable(than, level[than.name])
        if (own === undefined || other === undefined) return []
        const holds = rule.kind === 'notBefore' ? own >= other : own <= other
        return holds ? [] : [{ at: field.name }]
      }
    }
  }
}
