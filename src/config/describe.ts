/**
 * Every setting as data, read from the schema: for the manual, and for whoever wants to know what can be configured.
 * @module
 */
import type * as v from 'valibot'
import { configSchema } from './schema/config.ts'
import { factsOf } from './schema/leaf.ts'
import { shapeOf } from './shape.ts'

/** One setting. */
export interface Setting {
  /** As in `listen.api.port`; `[]` stands for each item of a list. */
  readonly path: string
  readonly kind: 'section' | 'list' | 'value'
  /** What it is for and what it needs. */
  readonly about: string
  /** What a value looks like, to be read after "must be". */
  readonly form?: string
  /** Whether the form says more than the value shows. */
  readonly told: boolean
  /** `required`: has to be there; `usual`: has a default; `optional`: may be left out. */
  readonly presence: 'required' | 'usual' | 'optional'
  /** As it would be written in the file. */
  readonly default?: unknown
  readonly example?: unknown
}

/** Every setting in the order of the file, sections before what is in them. */
export function describeSettings(): Setting[] {
  return below('', configSchema)
}

function below(path: string, schema: v.GenericSchema): Setting[] {
  const shape = shapeOf(schema)
  if (shape.kind === 'list') return below(`${path}[]`, shape.item)
  if (shape.kind === 'value' || factsOf(schema).form !== undefined) return []
  return Object.entries(shape.entries).flatMap(([key, entry]) => {
    const at = path === '' ? key : `${path}.${key}`
    return [describe(at, entry), ...below(at, entry)]
  })
}

/** One setting, without what is in it. */
export function describe(path: string, schema: v.GenericSchema): Setting {
  const { about = '', form, told = false, example } = factsOf(schema)
  const { kind } = shapeOf(schema)
  const start = 'default' in schema ? schema.default : undefined
  const presence =
    start !== undefined ? 'usual' : schema.type === 'exact_optional' ? 'optional' : 'required'
  return {
    path,
    // A group that is written on one line, such as { file: … }, counts as a value.
    kind: kind === 'section' && form !== undefined ? 'value' : kind,
    about,
    told,
    presence,
    ...(form !== undefined && { form }),
    ...(start !== undefined && { default: start }),
    ...(example !== undefined && { example }),
  }
}
