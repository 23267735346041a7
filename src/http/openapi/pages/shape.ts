/**
 * JSON Schema in the words of the reference.
 * @module
 */
import { html } from 'hono/html'
import type { JsonSchema } from '../../../core/catalogue/json-schema.ts'
import { table, type Html } from './layout.ts'

const TYPES: Readonly<Record<string, string>> = {
  string: 'tekst',
  integer: 'geheel getal',
  boolean: 'true of false',
  object: 'object',
  array: 'lijst',
}

/** What a value must be, as a phrase with links to named shapes. */
export function shapeOf(schema: JsonSchema): unknown {
  const { $ref, 'x-regel': line, items, enum: options, type, format } = schema
  if (typeof $ref === 'string') return linkTo($ref)
  if (isSchema(line)) return html`NDJSON, per regel ${shapeOf(line)}`
  if (isSchema(items)) return html`lijst van ${shapeOf(items)}`
  if (Array.isArray(options))
    return html`een van ${options.map((word) => html`<code>${word}</code> `)}`
  const name = [type]
    .flat()
    .map((each) => TYPES[String(each)] ?? 'willekeurig')
    .join(' of ')
  const known = typeof format === 'string' ? FORMATS[format] : undefined
  return `${known ?? name}${boundsOf(schema)}`
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  'date-time': 'tijdstip in UTC',
  date: 'dag, jjjj-mm-dd',
  uri: 'adres',
}

function boundsOf({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` van ${minimum} tot en met ${maximum}`
  if (minimum !== undefined) return ` vanaf ${minimum}`
  if (maxLength !== undefined) return ` van ${minLength ?? 0} tot en met ${maxLength} tekens`
  return ''
}

function linkTo(reference: string): Html {
  const name = reference.split('/').at(-1) ?? ''
  return html`<a href="#vorm-${name}">${name}</a>`
}

/** The members of an object, those of objects inside it under them. */
export function membersTable(schema: JsonSchema): Html {
  return table(['Lid', 'Vorm', 'Betekenis'], rowsOf(schema, 0))
}

function rowsOf(schema: JsonSchema, depth: number): readonly (readonly unknown[])[] {
  const { properties, required } = schema
  if (!isSchema(properties)) return []
  return Object.entries(properties).flatMap(([name, member]) => {
    if (!isSchema(member)) return []
    const isRequired = Array.isArray(required) && required.includes(name)
    const must = isRequired && html` <span class="must">altijd</span>`
    return [
      [
        html`<span class="d${depth}"><code>${name}</code>${must}</span>`,
        shapeOf(member),
        member['description'] ?? member['title'] ?? '',
      ],
      ...rowsOf(member, depth + 1),
    ]
  })
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
