/**
 * The structure of the catalogue files as they are written (the format is explained beside them). Meaning is checked elsewhere.
 * @module
 */
import * as v from 'valibot'
import { PARTICIPANT_TYPES, TRAITS } from '../directory.ts'
import type { Evidence } from './definition.ts'
import { flag, listOf, mapping, oneOf, words, written } from './shape.ts'

const EVIDENCE = ['published', 'related', 'assumed'] as const
const EVIDENCE_OR_PARTIAL = [...EVIDENCE, 'partial'] as const

const evidence = oneOf(EVIDENCE)
const evidenceOrPartial = oneOf(EVIDENCE_OR_PARTIAL)
const sourceNames = v.optional(listOf(words))
const code = written(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u, 'like saldoverzoek-antwoord')
const version = written(/^[0-9]{1,3}\.[0-9]{1,3}$/u, 'like "2.0"')
const fieldName = written(/^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$/u, 'like KlantnummerSHV')
const workingDays = written(/^[1-9][0-9]{0,2} werkdagen$/u, 'like "10 werkdagen"')
const size = written(/^[1-9][0-9]{0,3} MB$/u, 'like "5 MB"')
const table = v.record(v.string('must be text'), words, 'must be a mapping')

/** Field type → keys beside those that every field has. */
const FIELD_KEYS = {
  text: { needs: ['max', 'example'], may: ['pattern'] },
  multiline: { needs: ['max', 'example'], may: [] },
  integer: { needs: ['min', 'max', 'example'], may: [] },
  money: { needs: ['example'], may: ['min', 'max'] },
  percentage: { needs: ['example'], may: ['min', 'max'] },
  enum: { needs: ['enum', 'example'], may: ['values'] },
  uuid: { needs: ['example'], may: [] },
  date: { needs: ['example'], may: [] },
  datetime: { needs: ['example'], may: [] },
  boolean: { needs: ['example'], may: [] },
  email: { needs: ['example'], may: [] },
  phone: { needs: ['example'], may: [] },
  postcode: { needs: ['example'], may: [] },
  postcodegebied: { needs: ['example'], may: [] },
  iban: { needs: ['example'], may: [] },
  bsn: { needs: ['example'], may: [] },
  kvk: { needs: ['example'], may: [] },
  document: { needs: ['example'], may: [] },
  group: { needs: [], may: ['group', 'fields', 'rules'] },
  list: { needs: ['min', 'max'], may: ['group', 'fields', 'rules'] },
} as const

export type FieldType = keyof typeof FIELD_KEYS

const isFieldType = (type: string): type is FieldType => Object.hasOwn(FIELD_KEYS, type)
const FIELD_TYPES = Object.keys(FIELD_KEYS).filter(isFieldType)
const COMMON_KEYS: readonly string[] = ['name', 'type', 'required', 'label', 'help', 'evidence']

export interface FieldSource {
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  readonly label: string
  readonly help?: string | undefined
  readonly evidence?: Evidence | undefined
  readonly example?: unknown
  readonly min?: number | string | undefined
  readonly max?: number | string | undefined
  readonly pattern?: string | undefined
  readonly enum?: string | undefined
  readonly values?: string[] | undefined
  readonly group?: string | undefined
  readonly fields?: FieldSource[] | undefined
  readonly rules?: RuleSource[] | undefined
}

const names = listOf(words, 1)
const literal = v.union([v.string(), v.boolean()], 'must be a code, true or false')
const comparison = mapping({ field: words, than: words })

const RULE_KINDS = ['oneOf', 'requires', 'notBefore', 'atMost']
const ruleShape = v.pipe(
  mapping({
    oneOf: v.optional(listOf(words, 2)),
    requires: v.optional(
      mapping({
        when: mapping({
          field: words,
          is: v.union([literal, listOf(literal, 1)], 'must be a value or a list of values'),
        }),
        fields: names,
      }),
    ),
    notBefore: v.optional(comparison),
    atMost: v.optional(comparison),
  }),
  v.check(
    (rule) => Object.keys(rule).length === 1,
    `must have exactly one of the keys ${RULE_KINDS.join(', ')}`,
  ),
)
export type RuleSource = v.InferOutput<typeof ruleShape>

const bound = v.union([v.number(), v.string()], 'must be a number, or text for an amount')

const fieldShape: v.GenericSchema<unknown, FieldSource> = v.pipe(
  mapping({
    name: fieldName,
    type: oneOf(FIELD_TYPES),
    required: flag,
    label: v.pipe(words, v.maxLength(80, 'must be at most 80 characters')),
    help: v.optional(words),
    evidence: v.optional(evidence),
    example: v.optional(v.unknown()),
    min: v.optional(bound),
    max: v.optional(bound),
    pattern: v.optional(words),
    enum: v.optional(words),
    values: v.optional(names),
    group: v.optional(words),
    fields: v.optional(v.lazy(() => listOf(fieldShape, 1))),
    rules: v.optional(listOf(ruleShape)),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || !isFieldType(dataset.value.type)) return
    const { needs, may }: { needs: readonly string[]; may: readonly string[] } =
      FIELD_KEYS[dataset.value.type]
    for (const key of needs) {
      if (!Object.hasOwn(dataset.value, key)) {
        addIssue({ message: `type ${dataset.value.type} needs the key ${key}` })
      }
    }
    for (const key of Object.keys(dataset.value)) {
      if (COMMON_KEYS.includes(key) || needs.includes(key) || may.includes(key)) continue
      addIssue({ message: `key ${key} does not belong to type ${dataset.value.type}` })
    }
  }),
)

const column = mapping({
  column: words,
  part: oneOf(['question', 'answer']),
  section: words,
  name: words,
  alias: v.optional(names),
  source: oneOf(['header', 'sender', 'question', 'answer', 'switch']),
  path: v.optional(words),
  composite: v.optional(names),
  list: v.optional(oneOf(['cell', 'rows'])),
  only: v.optional(words),
  becomes: v.optional(
    mapping({ type: code, set: v.optional(v.record(v.string('must be text'), v.unknown())) }),
  ),
  evidence,
})

const csvLayoutShape = mapping({
  title: words,
  question: listOf(code, 1),
  answer: listOf(code, 1),
  sources: sourceNames,
  note: words,
  columns: listOf(column, 1),
})

export const messageShape = mapping({
  type: code,
  title: words,
  aliases: v.optional(names),
  version,
  from: oneOf(['asker', 'answerer']),
  starts: flag,
  answers: listOf(code),
  follows: listOf(code),
  ends: flag,
  term: v.optional(workingDays),
  existence: oneOf(['published', 'assumed']),
  evidence: evidenceOrPartial,
  sources: names,
  summary: words,
  csv: flag,
  csvLayout: v.optional(csvLayoutShape),
  fields: listOf(fieldShape, 1),
  rules: v.optional(listOf(ruleShape)),
  sample: v.record(v.string('must be text'), v.unknown(), 'must be a mapping'),
})
export type MessageSource = v.InferOutput<typeof messageShape>

const side = mapping({ types: listOf(oneOf(PARTICIPANT_TYPES)) })

/** A module file; its messages are read one by one. */
export const moduleShape = mapping({
  module: code,
  title: words,
  summary: words,
  version,
  sources: table,
  parties: mapping({ asker: side, answerer: side, evidence }),
  documents: v.record(oneOf(PARTICIPANT_TYPES), words, 'must be a mapping'),
  documentsWith: v.optional(oneOf(['opening', 'every'])),
  terms: mapping({ answer: workingDays, removal: workingDays, evidence }),
  messages: listOf(v.unknown(), 1),
})
export type ModuleSource = v.InferOutput<typeof moduleShape>

export const enumShape = mapping({
  name: fieldName,
  evidence: evidenceOrPartial,
  sources: sourceNames,
  values: listOf(mapping({ code: words, label: words, evidence: v.optional(evidence) }), 1),
})
export type EnumSource = v.InferOutput<typeof enumShape>

export const groupShape = mapping({
  name: fieldName,
  title: words,
  evidence,
  sources: sourceNames,
  fields: listOf(fieldShape, 1),
  rules: v.optional(listOf(ruleShape)),
})
export type GroupSource = v.InferOutput<typeof groupShape>

/** The shared file; its enums and groups are read one by one. */
export const sharedShape = mapping({
  catalogue: v.literal(1, 'must be 1, the only format that this release reads'),
  sources: table,
  participantTypes: listOf(
    mapping({
      code: oneOf(PARTICIPANT_TYPES),
      title: words,
      organisationType: v.optional(oneOf(['SHV', 'SE'])),
      summary: words,
      legalBasis: words,
      evidence,
      sources: sourceNames,
    }),
  ),
  participantTraits: listOf(
    mapping({ code: oneOf(TRAITS), title: words, summary: words, evidence, sources: sourceNames }),
  ),
  documents: listOf(
    mapping({
      code,
      title: words,
      summary: words,
      mediaTypes: names,
      maxSize: size,
      evidence,
      formatEvidence: evidence,
      sources: sourceNames,
    }),
  ),
  header: mapping({ evidence, sources: sourceNames, fields: listOf(fieldShape, 1) }),
  csv: v.record(v.string('must be text'), v.unknown(), 'must be a mapping'),
  enums: listOf(v.unknown()),
  groups: listOf(v.unknown()),
})
export type SharedSource = v.InferOutput<typeof sharedShape>
