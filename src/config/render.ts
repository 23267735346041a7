/**
 * Writes a configuration as YAML that explains itself: every key under its explanation, made from the schema. The
 * annotated example is the same text with every key in it.
 * @module
 */
import type * as v from 'valibot'
import { describe } from './describe.ts'
import type { Setting } from './describe.ts'
import type { ConfigInput } from './schema/config.ts'
import { configSchema } from './schema/config.ts'
import { shapeOf } from './shape.ts'
import { comment, inline } from './yaml-text.ts'

type Entries = Readonly<Record<string, v.GenericSchema>>

interface Style {
  /** Also write what was not given: defaults, examples, and optional settings as comments. */
  readonly complete: boolean
  /** Explain every key. */
  readonly explain: boolean
}

const RENDERED_TITLE = [
  '# Configuration of Knooppunt. What is left out has its default; every setting with its default and',
  '# meaning: knooppunt check --example',
  '#',
  '# Names of files are relative to the folder that holds config/.',
]

const EXAMPLE_TITLE = [
  '# Configuration of Knooppunt: every setting, what it is for, what it takes, and its default.',
  '# Written by: knooppunt check --example',
  '#',
  '# Settings marked Required have no default; their values here are examples, and all names and numbers',
  '# are fictitious. The others may be left out. A # without a space before a key is a setting that is off.',
  '#',
  '# Names of files, in this file and in those it points at, are relative to the folder that holds config/;',
  '# or, when this file is not in a folder called config, to its own folder.',
  '# Secrets never go in here: they are in files of their own or in the environment.',
  '# knooppunt check says everything that is wrong, with line and column.',
]

/** Writes a configuration file for the given settings; `loadConfig` reads back what went in. */
export function renderConfig(model: ConfigInput): string {
  const lines = renderEntries(rootEntries(), model, { complete: false, explain: true }, '')
  return [...RENDERED_TITLE, ...lines, ''].join('\n')
}

/** The annotated example, `config/knooppunt.example.yaml`. */
export function renderExample(): string {
  const lines = renderEntries(rootEntries(), {}, { complete: true, explain: true }, '')
  return [...EXAMPLE_TITLE, ...lines, ''].join('\n')
}

function rootEntries(): Entries {
  const shape = shapeOf(configSchema)
  if (shape.kind !== 'section') throw new Error('the configuration is a group of keys')
  return shape.entries
}

function renderEntries(entries: Entries, model: unknown, style: Style, indent: string): string[] {
  return Object.entries(entries).flatMap(([key, schema]) => {
    const setting = describe(key, schema)
    const given = Object(model)[key] as unknown
    if (given === undefined && !style.complete) return []

    const isOff = given === undefined && setting.presence === 'optional'
    const value = given ?? startOf(setting)
    const block = renderEntry(
      key,
      schema,
      value,
      isOff ? { ...style, explain: false } : style,
      indent,
    )
    return [
      ...(indent === '' ? [''] : []),
      ...(style.explain ? comment(explanation(setting, style.complete), indent) : []),
      ...(isOff ? block.map((line) => `${indent}#${line.slice(indent.length)}`) : block),
    ]
  })
}

/** What an absent setting is shown with. */
function startOf({ kind, default: start, example }: Setting): unknown {
  return example ?? start ?? (kind === 'list' ? [] : {})
}

function explanation(setting: Setting, complete: boolean): string {
  if (!complete) return setting.about
  const { form, told, presence, example, default: start } = setting
  const takes = told ? [`Takes ${form}.`] : []
  const required = presence === 'required' && setting.kind === 'value' ? ['Required.'] : []
  const absent = presence === 'usual' && example !== undefined ? [`Default: ${inline(start)}.`] : []
  return [setting.about, ...takes, ...required, ...absent].join(' ')
}

function renderEntry(
  key: string,
  schema: v.GenericSchema,
  value: unknown,
  style: Style,
  indent: string,
): string[] {
  const { kind } = describe(key, schema)
  const shape = shapeOf(schema)
  if (kind === 'section' && shape.kind === 'section') {
    const lines = renderEntries(shape.entries, value, style, `${indent}  `)
    return lines.length === 0 ? [`${indent}${key}: {}`] : [`${indent}${key}:`, ...lines]
  }
  if (kind === 'list' && shape.kind === 'list') {
    const item = shapeOf(shape.item)
    if (item.kind === 'section') {
      return renderItems(key, item.entries, value as unknown[], style, indent)
    }
  }
  return [`${indent}${key}: ${inline(value)}`]
}

/** Items of a list of groups; the first one is explained, the others look like it. */
function renderItems(
  key: string,
  entries: Entries,
  given: readonly unknown[],
  style: Style,
  indent: string,
): string[] {
  const items = given.length === 0 && style.complete ? [{}] : given
  if (items.length === 0) return [`${indent}${key}: []`]
  const deeper = `${indent}    `
  const first = items.findIndex((item) => typeof item !== 'string')
  const blocks = items.map((item, index) => {
    if (typeof item === 'string') return [`${indent}  - ${inline(item)}`]
    const lines = renderEntries(
      entries,
      item,
      { ...style, explain: style.explain && index === first },
      deeper,
    )
    // The dash stands before the first key, and what explains that key above the dash.
    const at = lines.findIndex((line) => !line.trimStart().startsWith('#'))
    return lines.map((line, number) => {
      if (number > at) return line
      return `${indent}  ${number === at ? '- ' : ''}${line.slice(deeper.length)}`
    })
  })
  return [`${indent}${key}:`, ...blocks.flat()]
}
