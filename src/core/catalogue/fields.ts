/**
 * Builds the fields of a level: groups expanded, bounds filled in, evidence made effective, every example tried.
 * @module
 */
import { ERRORS } from '../errors.ts'
import { LARGEST_AMOUNT, LARGEST_PERCENTAGE, toHundredths } from '../formats/decimal.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { Evidence, Field, Rule } from './definition.ts'
import { judgeFor } from './judge.ts'
import { readPattern } from './pattern.ts'
import type { Path, Report } from './problem.ts'
import { buildRules } from './rules.ts'
import type { FieldSource, RuleSource } from './source.ts'
import { reportTwice } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { LeafField } from './walk.ts'

const TEXT_MAX = 4_000

/** Where a level stands and what its fields inherit. */
export interface Place {
  readonly vocabulary: Vocabulary
  readonly path: Path
  readonly report: Report
  /** Evidence of a field that states none. */
  readonly evidence: Evidence
  /** The weakest evidence on the way here: a published group inside an assumed one counts as assumed. */
  readonly weakest?: Evidence
  /** Called when a part could not be built, so that what depends on it is not judged. */
  readonly incomplete: () => void
}

export interface LevelSource {
  readonly fields: readonly FieldSource[]
  readonly rules?: readonly RuleSource[] | undefined
}

export interface Level {
  readonly fields: readonly Field[]
  readonly rules: readonly Rule[]
}

type Base = Pick<Field, 'name' | 'required' | 'label' | 'evidence' | 'example' | 'help'>

const RANK: Readonly<Record<Evidence, number>> = {
  published: 0,
  related: 1,
  partial: 1,
  assumed: 2,
}

function weaker(one: Evidence, other: Evidence | undefined): Evidence {
  return other !== undefined && RANK[other] > RANK[one] ? other : one
}

/** Builds a level. Reports every problem; parts with a problem are left out. */
export function buildLevel(source: LevelSource, place: Place): Level {
  const at = (index: number) => [...place.path, 'fields', index]
  const { report } = place
  const names = source.fields.map(({ name }) => name)
  const labels = source.fields.map(({ label }) => label)
  reportTwice(names, (index) => [...at(index), 'name'], 'field', report)
  reportTwice(labels, (index) => [...at(index), 'label'], 'label', report)
  const fields = source.fields.flatMap((field, index) => {
    const built = buildField(field, { ...place, path: at(index) })
    if (!built) place.incomplete()
    return built ? [built] : []
  })
  const complete = fields.length === source.fields.length
  const rules = complete ? buildRules(source.rules, fields, [...place.path, 'rules'], report) : []
  if (rules.length !== (source.rules?.length ?? 0)) place.incomplete()
  return { fields, rules }
}

function buildField(source: FieldSource, place: Place): Field | undefined {
  const evidence = weaker(source.evidence ?? place.evidence, place.weakest)
  const base: Base = {
    name: source.name,
    required: source.required,
    label: source.label,
    evidence,
    ...(source.help === undefined ? {} : { help: source.help }),
    ...(source.example === undefined ? {} : { example: source.example }),
  }
  if (source.type === 'group' || source.type === 'list') return buildContainer(source, base, place)
  const field = buildLeaf(source, base, place)
  if (!field) return undefined
  const wrong = judgeFor(field)(source.example)
  if (wrong) {
    place.report([...place.path, 'example'], `the example does not fit: ${ERRORS[wrong].en}`)
    return undefined
  }
  return field
}

function buildContainer(source: FieldSource, base: Base, place: Place): Field | undefined {
  const level = buildInner(source, base.evidence, place)
  if (!level) return undefined
  if (source.type === 'group') return { ...base, type: 'group', ...level }
  const { min, max } = source
  if (!isCount(min, 1) || !isCount(max, min) || max > DEFAULT_LIMITS.listItems) {
    const most = DEFAULT_LIMITS.listItems
    place.report(place.path, `min and max must be whole numbers, 1 <= min <= max <= ${most}`)
    return undefined
  }
  return { ...base, type: 'list', min, max, ...level }
}

function buildInner(source: FieldSource, evidence: Evidence, place: Place): Level | undefined {
  const { report, vocabulary, path } = place
  if ((source.group === undefined) === (source.fields === undefined)) {
    report(path, 'must have either group or fields')
    return undefined
  }
  if (source.fields) {
    return buildLevel({ fields: source.fields, rules: source.rules }, { ...place, evidence })
  }
  if (source.rules) report([...path, 'rules'], 'rules belong to the group itself')
  const name = source.group ?? ''
  if (vocabulary.broken.has(name)) return undefined
  const group = vocabulary.groups.get(name)
  if (!group) {
    report([...path, 'group'], `group ${name} does not exist`)
    return undefined
  }
  // What is wrong inside the group is reported there, once.
  return buildLevel(group, {
    ...place,
    report: () => {},
    evidence: group.evidence,
    weakest: evidence,
  })
}

const isCount = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least

function buildLeaf(source: FieldSource, base: Base, place: Place): LeafField | undefined {
  const { report, path } = place
  switch (source.type) {
    case 'text':
    case 'multiline': {
      const { max, pattern } = source
      if (!isCount(max, 1) || max > TEXT_MAX) {
        report([...path, 'max'], `must be a whole number from 1 to ${TEXT_MAX}`)
        return undefined
      }
      if (source.type === 'multiline' || pattern === undefined) {
        return { ...base, type: source.type, max }
      }
      const read = readPattern(pattern, max)
      if (typeof read !== 'string') return { ...base, type: 'text', max, pattern }
      report([...path, 'pattern'], `the pattern ${read}`)
      return undefined
    }
    case 'integer': {
      const { min, max } = source
      if (isCount(min, Number.MIN_SAFE_INTEGER) && isCount(max, min)) {
        return { ...base, type: 'integer', min, max }
      }
      report(path, 'min and max must be whole numbers, min <= max')
      return undefined
    }
    case 'money':
    case 'percentage':
      return buildDecimal(source, source.type, base, place)
    case 'enum':
      return buildEnum(source, base, place)
    case 'group':
    case 'list':
      throw new Error('a group or list is no leaf')
    default:
      return { ...base, type: source.type }
  }
}

function buildDecimal(
  source: FieldSource,
  type: 'money' | 'percentage',
  base: Base,
  { report, path }: Place,
): LeafField | undefined {
  const most = type === 'money' ? LARGEST_AMOUNT : LARGEST_PERCENTAGE
  const { min = '0.00', max = most } = source
  const [least, greatest] = [min, max].map((text) =>
    typeof text === 'string' ? toHundredths(text) : undefined,
  )
  if (
    typeof min !== 'string' ||
    typeof max !== 'string' ||
    least === undefined ||
    greatest === undefined
  ) {
    report(path, 'min and max must be text with two decimals, like "0.00"')
    return undefined
  }
  if (least > greatest || greatest > (toHundredths(most) ?? 0)) {
    report(path, `min must be at most max, and max at most ${most}`)
    return undefined
  }
  return { ...base, type, min, max }
}

function buildEnum(
  source: FieldSource,
  base: Base,
  { report, path, vocabulary }: Place,
): LeafField | undefined {
  const name = source.enum ?? ''
  const known = vocabulary.enums.get(name)
  if (!known) {
    report([...path, 'enum'], `enum ${name} does not exist`)
    return undefined
  }
  const codes = known.values.map(({ code }) => code)
  const chosen = source.values ?? codes
  const foreign = chosen.filter((code) => !codes.includes(code))
  source.values?.forEach((code, index) => {
    if (codes.includes(code)) return
    report([...path, 'values', index], `${code} is not a value of enum ${name}`)
  })
  reportTwice(source.values ?? [], (index) => [...path, 'values', index], 'value', report)
  if (foreign.length > 0) return undefined
  const values = known.values.filter(({ code }) => chosen.includes(code))
  return {
    ...base,
    type: 'enum',
    enum: name,
    values: values.map(({ code, label }) => ({ code, label })),
  }
}
