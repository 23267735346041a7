/**
 * Rules over fields of one level: from how they are written to what is checked.
 * @module
 */
import type { Field, Rule } from './definition.ts'
import type { Path, Report } from './problem.ts'
import type { RuleSource } from './source.ts'

const COMPARABLE: Readonly<Record<'notBefore' | 'atMost', readonly string[]>> = {
  notBefore: ['date', 'datetime'],
  atMost: ['money', 'percentage', 'integer'],
}

/**
 * Builds the rules of a level.
 * @param fields of that level
 * @param path of the list `rules`
 */
export function buildRules(
  sources: readonly RuleSource[] | undefined,
  fields: readonly Field[],
  path: Path,
  report: Report,
): Rule[] {
  return (sources ?? []).flatMap((source, index) => {
    const tell: Report = (at, message) => report([...path, index, ...at], message)
    const rule = buildRule(source, fields, tell)
    return rule ? [rule] : []
  })
}

function buildRule(source: RuleSource, fields: readonly Field[], report: Report): Rule | undefined {
  const find = (name: string, at: Path): Field | undefined => {
    const field = fields.find((candidate) => candidate.name === name)
    if (!field) report(at, `${name} is not a field of this level`)
    return field
  }
  if (source.oneOf) {
    const found = source.oneOf.map((name, index) => find(name, ['oneOf', index]))
    found.forEach((field, index) => {
      if (field?.required) {
        report(['oneOf', index], `${field.name} is required, so it cannot be one of several`)
      }
    })
    return found.every(Boolean) ? { kind: 'oneOf', fields: source.oneOf } : undefined
  }
  if (source.requires) return buildRequires(source.requires, find, report)
  for (const kind of ['notBefore', 'atMost'] as const) {
    const written = source[kind]
    if (!written) continue
    const field = find(written.field, [kind, 'field'])
    const than = find(written.than, [kind, 'than'])
    if (!field || !than) return undefined
    if (field.type !== than.type || !COMPARABLE[kind].includes(field.type)) {
      const types = COMPARABLE[kind].join(' or ')
      report([kind], `${field.name} and ${than.name} must both be ${types}`)
      return undefined
    }
    return { kind, field: field.name, than: than.name }
  }
  return undefined
}

function buildRequires(
  written: NonNullable<RuleSource['requires']>,
  find: (name: string, at: Path) => Field | undefined,
  report: Report,
): Rule | undefined {
  const when = find(written.when.field, ['requires', 'when', 'field'])
  const needed = written.fields.map((name, index) => find(name, ['requires', 'fields', index]))
  needed.forEach((field, index) => {
    if (field?.required) {
      report(['requires', 'fields', index], `${field.name} is required anyway`)
    }
  })
  const is = Array.isArray(written.when.is) ? written.when.is : [written.when.is]
  const allowed: readonly unknown[] | undefined =
    when?.type === 'enum'
      ? when.values.map(({ code }) => code)
      : when?.type === 'boolean'
        ? [true, false]
        : undefined
  if (when && !allowed) {
    report(['requires', 'when', 'field'], `${when.name} must be an enum or a boolean`)
  }
  for (const value of is) {
    if (allowed && !allowed.includes(value)) {
      report(['requires', 'when', 'is'], `${String(value)} is not a value of ${when?.name ?? ''}`)
    }
  }
  if (!when || !allowed || !needed.every(Boolean)) return undefined
  return { kind: 'requires', when: { field: when.name, is }, fields: written.fields }
}
