/**
 * Walks a schema beside the data that was written for it, and finds the keys that no setting has.
 * @module
 */
import type * as v from 'valibot'
import type { Path } from './problem.ts'
import { didYouMean } from './suggest.ts'

/** What a schema is under its wrappings. */
export type Shape =
  | { readonly kind: 'section'; readonly entries: Readonly<Record<string, v.GenericSchema>> }
  | { readonly kind: 'list'; readonly item: v.GenericSchema }
  | { readonly kind: 'value' }

/** @param input what was written there, for the few settings whose shape depends on it */
export function shapeOf(schema: v.GenericSchema, input?: unknown): Shape {
  if ('wrapped' in schema) return shapeOf(schema.wrapped as v.GenericSchema, input)
  if ('getter' in schema) {
    const getter = schema.getter as (input: unknown) => v.GenericSchema
    return shapeOf(getter(input), input)
  }
  if (schema.type === 'object' && 'entries' in schema) {
    return { kind: 'section', entries: schema.entries as Record<string, v.GenericSchema> }
  }
  if (schema.type === 'array' && 'item' in schema) {
    return { kind: 'list', item: schema.item as v.GenericSchema }
  }
  return { kind: 'value' }
}

/** A key or value that does not belong where it stands. */
export interface Stray {
  readonly path: Path
  readonly message: string
}

/** All keys that are unknown, and lists where a group should be, at every depth. */
export function strays(schema: v.GenericSchema, data: unknown, path: Path = []): Stray[] {
  const shape = shapeOf(schema, data)
  if (shape.kind === 'list') {
    if (!Array.isArray(data)) return []
    return data.flatMap((item, index) => strays(shape.item, item, [...path, index]))
  }
  if (shape.kind === 'value' || typeof data !== 'object' || data === null) return []
  if (Array.isArray(data)) return [{ path, message: 'must be a group of keys, not a list' }]

  return Object.entries(data).flatMap(([key, value]) => {
    const known = Object.hasOwn(shape.entries, key) ? shape.entries[key] : undefined
    if (known !== undefined) return strays(known, value, [...path, key])
    const names = Object.keys(shape.entries)
    const hint = didYouMean(key, names)
    const all = hint === '' && names.length <= 12 ? `; known are ${names.join(', ')}` : hint
    return [{ path: [...path, key], message: `is not a setting${all}` }]
  })
}
