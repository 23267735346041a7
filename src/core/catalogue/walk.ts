/**
 * The one walker over definitions. Everything that is generated from a definition is a fold over its fields, from the leaves
 * up, so that no generated form can forget a part of it.
 * @module
 */
import type { Field } from './definition.ts'

export type GroupField = Extract<Field, { type: 'group' }>
export type ListField = Extract<Field, { type: 'list' }>
export type LeafField = Exclude<Field, GroupField | ListField>

/** Names from the body down to a field; a list adds its name once. */
export type FieldPath = readonly string[]

/** A field and what was made of it. */
export interface Made<T, F extends Field = Field> {
  readonly field: F
  readonly made: T
}

/** What to make of each kind of field. */
export interface FieldVisitor<T> {
  readonly leaf: (field: LeafField, path: FieldPath) => T
  readonly group: (field: GroupField, members: readonly Made<T>[], path: FieldPath) => T
  readonly list: (field: ListField, members: readonly Made<T>[], path: FieldPath) => T
}

/**
 * Folds the fields of one level, in the order of the catalogue.
 * @param path of the level itself; empty for a body
 */
export function walkFields<T>(
  fields: readonly Field[],
  visitor: FieldVisitor<T>,
  path: FieldPath = [],
): readonly Made<T>[] {
  return fields.map((field) => {
    const own = [...path, field.name]
    switch (field.type) {
      case 'group':
        return { field, made: visitor.group(field, walkFields(field.fields, visitor, own), own) }
      case 'list':
        return { field, made: visitor.list(field, walkFields(field.fields, visitor, own), own) }
      default:
        return { field, made: visitor.leaf(field, own) }
    }
  })
}

/** A leaf where it stands, with the lists around it. */
export interface PlacedLeaf {
  readonly field: LeafField
  readonly path: FieldPath
  /** Paths of the lists that it lies in, from the outside in. */
  readonly lists: readonly FieldPath[]
}

/** All leaves in the order of the catalogue. */
export function leavesOf(fields: readonly Field[]): readonly PlacedLeaf[] {
  const join = (members: readonly Made<readonly PlacedLeaf[]>[]) =>
    members.flatMap((member) => member.made)
  return join(
    walkFields<readonly PlacedLeaf[]>(fields, {
      leaf: (field, path) => [{ field, path, lists: [] }],
      group: (_, members) => join(members),
      list: (_, members, path) =>
        join(members).map((leaf) => ({ ...leaf, lists: [path, ...leaf.lists] })),
    }),
  )
}

/** JSON levels of a body with these fields: an object is one, a list of objects two. */
export function levelsOf(fields: readonly Field[]): number {
  const deepest = (members: readonly Made<number>[]) =>
    1 + Math.max(0, ...members.map((member) => member.made))
  return deepest(
    walkFields<number>(fields, {
      leaf: (field) => (field.type === 'document' ? 1 : 0),
      group: (_, members) => deepest(members),
      list: (_, members) => 1 + deepest(members),
    }),
  )
}
