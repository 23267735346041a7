/**
 * Fields of a message for people, each with where it comes from.
 * @module
 */
import { html } from 'hono/html'
import type { Evidence, Field, Rule } from '../../../core/catalogue/definition.ts'
import { formOf, sentenceForRule } from '../../../core/catalogue/sentence.ts'
import { table, type Html } from './layout.ts'

/** Where a definition comes from, in words. */
export const EVIDENCE = {
  published: {
    word: 'gepubliceerd',
    about: 'Staat zo in de gepubliceerde definities van de keten.',
  },
  related: {
    word: 'verwant',
    about: 'Komt uit een gepubliceerde definitie van een verwant bericht.',
  },
  partial: { word: 'deels', about: 'Deels gepubliceerd: bij elk veld staat welk deel.' },
  assumed: {
    word: 'aangenomen',
    about: 'Door ons ontworpen, omdat er niets over is gepubliceerd.',
  },
} as const satisfies Record<Evidence, { readonly word: string; readonly about: string }>

/** The word in a small frame. */
export function evidenceMark(evidence: Evidence): Html {
  return html`<span class="mark" title="${EVIDENCE[evidence].about}"
    >${EVIDENCE[evidence].word}</span
  >`
}

/** Rules over fields of one level, as sentences. */
export function rulesList(rules: readonly Rule[], fields: readonly Field[]): Html | false {
  if (rules.length === 0) return false
  return html`<ul>
    ${rules.map((rule) => html`<li>${ruleText(rule, fields)}</li>`)}
  </ul>`
}

function ruleText(rule: Rule, fields: readonly Field[]): string {
  if (rule.kind !== 'requires') return sentenceForRule(rule, fields)
  const label = (name: string) => fields.find((field) => field.name === name)?.label ?? name
  const values = rule.when.is.map(String).join(' of ')
  return `Bij ${label(rule.when.field)} ${values} is verplicht: ${rule.fields.map(label).join(', ')}.`
}

/** All fields, those of groups and lists under them. */
export function fieldsTable(fields: readonly Field[]): Html {
  return table(['Veld', 'Betekenis', 'Vorm', 'Herkomst'], rowsOf(fields, 0))
}

function rowsOf(fields: readonly Field[], depth: number): readonly (readonly unknown[])[] {
  return fields.flatMap((field) => {
    const { name, label, help, required, evidence, example } = field
    const must = required && html` <span class="must">verplicht</span>`
    const isNest = field.type === 'group' || field.type === 'list'
    return [
      [
        html`<span class="d${Math.min(depth, 4)}"><code>${name}</code>${must}</span>`,
        html`${label}${help !== undefined && html`<small>${help}</small>`}${isNest && rulesList(field.rules, field.fields)}`,
        html`${formText(field)}${isPlain(example) && html`<small>bijvoorbeeld <code>${String(example)}</code></small>`}`,
        evidenceMark(evidence),
      ],
      ...(isNest ? rowsOf(field.fields, depth + 1) : []),
    ]
  })
}

/** An example that fits on a line; that of a document is in the sample. */
function isPlain(example: unknown): boolean {
  return example !== undefined && typeof example !== 'object'
}

function formText(field: Field): unknown {
  if (field.type !== 'enum') return formOf(field)
  return html`een van deze codes:
  ${field.values.map(
    ({ code, label }) => html`<small><code>${code}</code>${label !== code && ` ${label}`}</small>`,
  )}`
}
