/**
 * JSON Schema 2020-12 of a message definition, with Dutch titles and texts. What the language cannot say (check digits, amounts,
 * real dates, comparisons) stands beside it in keys that start with `x-`.
 * @module
 */
import { FORMATS } from '../formats/format.ts'
import type { Format } from '../formats/format.ts'
import { FILE_NAME_PATTERN, LINE_PATTERN, MULTILINE_PATTERN } from '../formats/text.ts'
import type { Field, MessageDefinition, Rule } from './definition.ts'
import { BASE64_PATTERN, DOCUMENT_BOUNDS, FILE_NAME_CHARACTERS } from './document.ts'
import { decimalPattern } from './judge.ts'
import { sentenceForRule } from './sentence.ts'
import { walkFields } from './walk.ts'
import type { LeafField, Made } from './walk.ts'

/** A schema, or a part of one, as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Title, explanation, evidence and example, as every field has them. */
function describe(field: Field): JsonSchema {
  return {
    title: field.label,
    ...(field.help === undefined ? {} : { description: field.help }),
    ...(field.example === undefined ? {} : { examples: [field.example] }),
    'x-evidence': field.evidence,
  }
}

function leafSchema(field: LeafField): JsonSchema {
  switch (field.type) {
    case 'text': {
      const base = { type: 'string', minLength: 1, maxLength: field.max }
      // The pattern of the field says what is asked; that it is one visible line holds besides.
      return field.pattern === undefined
        ? { ...base, pattern: LINE_PATTERN }
        : { ...base, pattern: field.pattern, allOf: [{ pattern: LINE_PATTERN }] }
    }
    case 'multiline':
      return { type: 'string', minLength: 1, maxLength: field.max, pattern: MULTILINE_PATTERN }
    case 'integer':
      return { type: 'integer', minimum: field.min, maximum: field.max }
    case 'money':
    case 'percentage':
      return {
        type: 'string',
        pattern: decimalPattern(field.min),
        'x-minimum': field.min,
        'x-maximum': field.max,
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'enum':
      return {
        type: 'string',
        enum: field.values.map(({ code }) => code),
        'x-labels': Object.fromEntries(field.values.map(({ code, label }) => [code, label])),
      }
    case 'document':
      return documentSchema()
    default: {
      const { pattern, maxLength, form, jsonFormat, check }: Format = FORMATS[field.type]
      return {
        type: 'string',
        ...(jsonFormat === undefined ? {} : { format: jsonFormat }),
        pattern,
        maxLength,
        ...(check === undefined ? {} : { 'x-check': check }),
        'x-form': form,
      }
    }
  }
}

/** Schema of a document, in a body and in `bijlagen` alike. @param maxBytes decoded */
export function documentSchema(maxBytes = DOCUMENT_BOUNDS.maxBytes): JsonSchema {
  return {
    type: 'object',
    properties: {
      bestandsnaam: {
        type: 'string',
        title: 'Bestandsnaam',
        minLength: 1,
        maxLength: FILE_NAME_CHARACTERS,
        pattern: FILE_NAME_PATTERN,
        not: { enum: ['.', '..'] },
      },
      mediatype: { type: 'string', title: 'Mediatype', enum: DOCUMENT_BOUNDS.mediaTypes },
      inhoud: {
        type: 'string',
        title: 'Inhoud',
        contentEncoding: 'base64',
        minLength: 4,
        maxLength: Math.ceil(maxBytes / 3) * 4,
        pattern: BASE64_PATTERN,
        'x-maximum-bytes': maxBytes,
      },
    },
    required: ['bestandsnaam', 'mediatype', 'inhoud'],
    additionalProperties: false,
  }
}

function levelSchema(members: readonly Made<JsonSchema>[], rules: readonly Rule[]): JsonSchema {
  const fields = members.map(({ field }) => field)
  const required = fields.filter((field) => field.required).map(({ name }) => name)
  const said = rules.flatMap(ruleSchema)
  const unsaid = rules.filter((rule) => rule.kind === 'notBefore' || rule.kind === 'atMost')
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(({ field, made }) => [field.name, made])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
    ...(said.length === 0 ? {} : { allOf: said }),
    ...(unsaid.length === 0
      ? {}
      : { 'x-rules': unsaid.map((rule) => ({ ...rule, text: sentenceForRule(rule, fields) })) }),
  }
}

/** What JSON Schema can say of a rule; nothing for comparisons. */
function ruleSchema(rule: Rule): JsonSchema[] {
  switch (rule.kind) {
    case 'oneOf':
      return [{ oneOf: rule.fields.map((name) => ({ required: [name] })) }]
    case 'requires':
      return [
        {
          if: {
            properties: { [rule.when.field]: { enum: rule.when.is } },
            required: [rule.when.field],
          },
          then: { required: rule.fields },
        },
      ]
    default:
      return []
  }
}

/**
 * The schema of a body.
 * @returns plain JSON without an `$id`, so that it can be embedded under any name
 */
export function toJsonSchema(definition: MessageDefinition): JsonSchema {
  const members = walkFields<JsonSchema>(definition.fields, {
    leaf: (field) => ({ ...describe(field), ...leafSchema(field) }),
    group: (field, inner) => ({ ...describe(field), ...levelSchema(inner, field.rules) }),
    list: (field, inner) => ({
      ...describe(field),
      type: 'array',
      minItems: field.min,
      maxItems: field.max,
      items: levelSchema(inner, field.rules),
    }),
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: definition.title,
    description: definition.summary,
    'x-module': definition.module,
    'x-berichttype': definition.type,
    'x-versie': definition.version,
    'x-existence': definition.existence,
    'x-evidence': definition.evidence,
    ...levelSchema(members, definition.rules),
    examples: [definition.sample],
  }
}
