/**
 * The largest body that a definition allows, and whether it fits the relay. Where it does not, the definition states its cap:
 * how many items of its longest list always fit.
 * @module
 */
import { toHundredths } from '../formats/decimal.ts'
import { ibanRemainder } from '../formats/number.ts'
import type { Limits } from '../limits.ts'
import type { Field, MessageDefinition, Rule } from './definition.ts'
import { judgeForRule } from './judge.ts'
import { readPattern } from './pattern.ts'
import { walkFields } from './walk.ts'
import type { LeafField, Made } from './walk.ts'

/** A character of four bytes in UTF-8, the most that one can take. */
const WIDEST = '\u{1d538}'
const SMALLEST_DOCUMENT = {
  bestandsnaam: 'a',
  mediatype: 'application/pdf',
  inhoud: 'JVBERi0=',
}

type Body = Readonly<Record<string, unknown>>

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength
}

/** The longest IBAN there can be, of a country that does not exist, with good check digits. */
function longestIban(): string {
  const account = '9'.repeat(30)
  const check = 98 - ibanRemainder(`XX00${account}`)
  return `XX${String(check).padStart(2, '0')}${account}`
}

function longestText(max: number, source: string | undefined): string {
  if (source === undefined) return WIDEST.repeat(max)
  const pattern = readPattern(source, max)
  if (typeof pattern === 'string') throw new Error(`the pattern ${pattern}`)
  let text = ''
  let left = max - pattern.parts.reduce((sum, { min }) => sum + min, 0)
  for (const { atom, min, max: most } of pattern.parts) {
    const extra = Math.min(left, most - min)
    left -= extra
    text += widestOf(atom).repeat(min + extra)
  }
  return pattern.closed ? text : text + WIDEST.repeat(left)
}

/** A character that an atom of a pattern accepts, the widest that is easily found. */
function widestOf(atom: string): string {
  const expression = new RegExp(`^${atom}$`, 'u')
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(126 - index))
  const found = [WIDEST, ...ascii].find((character) => expression.test(character))
  if (found === undefined) throw new Error(`no character for ${atom}`)
  return found
}

/** Values that a leaf may have, of which one is the largest; an enum gives all, because rules hang on it. */
function largestValues(field: LeafField): readonly unknown[] {
  switch (field.type) {
    case 'text':
      return [longestText(field.max, field.pattern)]
    case 'multiline':
      // A newline is two bytes for one character; a wide character is four.
      return [WIDEST.repeat(field.max)]
    case 'integer':
      return [String(field.min).length > String(field.max).length ? field.min : field.max]
    case 'money':
    case 'percentage':
      return [field.min.length > field.max.length ? field.min : field.max]
    case 'boolean':
      return [false, true]
    case 'enum':
      return field.values.map(({ code }) => code)
    case 'document':
      return [SMALLEST_DOCUMENT]
    case 'uuid':
      return ['ffffffff-ffff-4fff-bfff-ffffffffffff']
    case 'date':
      return ['2200-12-31']
    case 'datetime':
      return ['2200-12-31T23:59:59.999999999+14:00']
    case 'email':
      return [`${'a'.repeat(64)}@${`${'b'.repeat(63)}.`.repeat(2)}${'c'.repeat(61)}`]
    case 'phone':
      return [`+${'9'.repeat(20)}`]
    case 'postcode':
      return ['9999ZZ']
    case 'postcodegebied':
      return ['9999']
    case 'iban':
      return [longestIban()]
    case 'bsn':
      return ['999999990']
    case 'kvk':
      return ['99999999']
  }
}

/** The largest of some values as JSON. */
function largest<T>(values: readonly T[]): T {
  const [first, ...others] = values
  if (first === undefined) throw new Error('no value fits this definition')
  return others.reduce((most, value) => (jsonBytes(value) > jsonBytes(most) ? value : most), first)
}

/** Fields that steer a rule: their value decides what else must or may be there. */
function steering(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(rules.flatMap((rule) => (rule.kind === 'requires' ? [rule.when.field] : [])))
}

/** The largest level that holds to its rules: every choice between fields and every steering value is tried. */
function largestLevel(members: readonly Made<readonly unknown[]>[], rules: readonly Rule[]): Body {
  const fields = members.map(({ field }) => field)
  const steers = steering(rules)
  let levels: Record<string, unknown>[] = [{}]
  for (const { field, made } of members) {
    const values = steers.has(field.name) ? made : [largest(made)]
    levels = levels.flatMap((level) => values.map((value) => ({ ...level, [field.name]: value })))
  }
  for (const rule of rules) {
    if (rule.kind !== 'oneOf') continue
    levels = levels.flatMap((level) => rule.fields.map((kept) => without(level, rule.fields, kept)))
  }
  for (const rule of rules)
    if (rule.kind === 'atMost') levels.forEach((level) => lower(level, rule))
  const judges = rules.map((rule) => judgeForRule(rule, fields))
  return largest(levels.filter((level) => judges.every((judge) => judge(level).length === 0)))
}

function without(
  level: Readonly<Record<string, unknown>>,
  choice: readonly string[],
  kept: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(level).filter(([name]) => name === kept || !choice.includes(name)),
  )
}

/** Makes an amount no more than the one that bounds it. */
function lower(level: Record<string, unknown>, { field, than }: { field: string; than: string }) {
  const [own, bound] = [level[field], level[than]]
  const isMore =
    typeof own === 'string' && typeof bound === 'string'
      ? (toHundredths(own) ?? 0) > (toHundredths(bound) ?? 0)
      : Number(own) > Number(bound)
  if (isMore) level[field] = bound
}

function build(
  fields: readonly Field[],
  rules: readonly Rule[],
  itemsOf: (list: Extract<Field, { type: 'list' }>) => number,
): Body {
  const members = walkFields<readonly unknown[]>(fields, {
    leaf: largestValues,
    group: (field, inner) => [largestLevel(inner, field.rules)],
    list: (field, inner) => {
      const item = largestLevel(inner, field.rules)
      return [Array.from({ length: itemsOf(field) }, () => item)]
    },
  })
  return largestLevel(members, rules)
}

/** A valid body with every list and every text as long as the definition allows; documents in it are small. */
export function maximalBody(definition: MessageDefinition): Body {
  return build(definition.fields, definition.rules, (list) => list.max)
}

/** How large a message of a type can get, beside what the relay takes. */
export interface Cap {
  /** Largest body as JSON in UTF-8, without the documents in it. */
  readonly bytes: number
  readonly fits: boolean
  /** When it does not fit: how many items of its longest list always do, however long their texts are. */
  readonly items?: { readonly list: string; readonly atMost: number; readonly defined: number }
}

/**
 * States the cap of a definition under the limits of a node.
 * @param limits `bodyBytes` is what counts
 */
export function capOf(definition: MessageDefinition, limits: Pick<Limits, 'bodyBytes'>): Cap {
  const bytes = jsonBytes(maximalBody(definition))
  if (bytes <= limits.bodyBytes) return { bytes, fits: true }
  const lists = definition.fields.flatMap((field) => (field.type === 'list' ? [field] : []))
  const [longest] = lists.toSorted((one, other) => other.max - one.max)
  if (!longest) return { bytes, fits: false }
  const bytesWith = (items: number) =>
    jsonBytes(
      build(definition.fields, definition.rules, (list) =>
        list.name === longest.name ? items : list.max,
      ),
    )
  // Every further item adds the same number of bytes: itself and a comma.
  const [one, two] = [bytesWith(1), bytesWith(2)]
  const atMost = Math.max(0, Math.floor((limits.bodyBytes - one) / (two - one)) + 1)
  return { bytes, fits: false, items: { list: longest.name, atMost, defined: longest.max } }
}
