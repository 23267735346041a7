/**
 * The shared words of a catalogue: enums and groups by name, and which groups are safe to expand. A group may name groups, so
 * before anything is expanded its size is computed without expanding: a few lines could otherwise stand for a billion fields.
 * @module
 */
import { DEFAULT_LIMITS } from '../limits.ts'
import type { Report } from './problem.ts'
import { read } from './shape.ts'
import { enumShape, groupShape } from './source.ts'
import type { EnumSource, FieldSource, GroupSource, SharedSource } from './source.ts'

/** Fields of one message with all its groups expanded. */
const MAX_FIELDS = 2_000

export interface Vocabulary {
  readonly enums: ReadonlyMap<string, EnumSource>
  readonly groups: ReadonlyMap<string, GroupSource>
  /** Groups that have problems of their own; what refers to them cannot be judged. */
  readonly broken: ReadonlySet<string>
  readonly sources: Readonly<Record<string, string>>
}

/** How much a level becomes when its groups are expanded. */
export interface Extent {
  readonly fields: number
  /** JSON levels, the level itself included. */
  readonly levels: number
}

/**
 * Measures a level without expanding it.
 * @param trail groups that are being measured
 * @returns an English sentence when a group contains itself, or it becomes too large or too deep
 */
export function measure(
  fields: readonly FieldSource[],
  groups: ReadonlyMap<string, GroupSource>,
  known: Map<string, Extent> = new Map(),
  trail: readonly string[] = [],
): Extent | string {
  let count = 0
  let levels = 1
  for (const field of fields) {
    const inner = measureField(field, groups, known, trail)
    if (typeof inner === 'string') return inner
    count += 1 + inner.fields
    levels = Math.max(levels, 1 + inner.levels + (field.type === 'list' ? 1 : 0))
  }
  if (count > MAX_FIELDS) return `becomes more than ${MAX_FIELDS} fields with its groups expanded`
  // The envelope around a body is one level.
  if (levels >= DEFAULT_LIMITS.nestingLevels) {
    return `nests deeper than ${DEFAULT_LIMITS.nestingLevels - 1} levels with its groups expanded`
  }
  return { fields: count, levels }
}

function measureField(
  field: FieldSource,
  groups: ReadonlyMap<string, GroupSource>,
  known: Map<string, Extent>,
  trail: readonly string[],
): Extent | string {
  if (field.fields) return measure(field.fields, groups, known, trail)
  const name = field.group
  const group = name === undefined ? undefined : groups.get(name)
  if (name === undefined || !group) return { fields: 0, levels: field.type === 'document' ? 1 : 0 }
  if (trail.includes(name)) return `contains itself: ${[...trail, name].join(' > ')}`
  const before = known.get(name)
  if (before) return before
  const extent = measure(group.fields, groups, known, [...trail, name])
  if (typeof extent !== 'string') known.set(name, extent)
  return extent
}

/** Reads items one by one, so that one bad item hides no problem of another. */
function readNamed<T extends { readonly name: string }>(
  items: readonly unknown[],
  readItem: (item: unknown, index: number) => T | undefined,
  key: string,
  report: Report,
): Map<string, T> {
  const found = new Map<string, T>()
  items.forEach((item, index) => {
    const source = readItem(item, index)
    if (!source) return
    if (found.has(source.name)) report([key, index, 'name'], `${source.name} occurs twice`)
    else found.set(source.name, source)
  })
  return found
}

/** Reads enums and groups. The fields inside groups are judged where they are built. */
export function readVocabulary(shared: SharedSource, report: Report): Vocabulary {
  const enums = readNamed(
    shared.enums,
    (item, index) => read(enumShape, item, ['enums', index], report),
    'enums',
    report,
  )
  const broken = new Set<string>()
  const groups = readNamed(
    shared.groups,
    (item, index) => {
      const group = read(groupShape, item, ['groups', index], report)
      const name = (item as { name?: unknown } | null)?.name
      if (!group && typeof name === 'string') broken.add(name)
      return group
    },
    'groups',
    report,
  )
  for (const [name, group] of groups) {
    const extent = measure(group.fields, groups, new Map(), [name])
    if (typeof extent !== 'string') continue
    broken.add(name)
    report(['groups', placeOf(shared.groups, name)], `group ${name} ${extent}`)
  }
  return { enums, groups, broken, sources: shared.sources }
}

/** Index of the item with a name. */
export function placeOf(items: readonly unknown[], name: string): number {
  return items.findIndex((item) => (item as { name?: unknown } | null)?.name === name)
}

/** Reports each name that occurs twice. */
export function reportTwice(
  names: readonly string[],
  place: (index: number) => (string | number)[],
  what: string,
  report: Report,
): void {
  const seen = new Set<string>()
  names.forEach((name, index) => {
    if (seen.has(name)) report(place(index), `${what} ${name} occurs twice`)
    seen.add(name)
  })
}

/** Reports each source that is not declared. */
export function reportSources(
  used: readonly string[] | undefined,
  declared: Readonly<Record<string, string>>,
  path: readonly (string | number)[],
  report: Report,
): void {
  used?.forEach((name, index) => {
    if (Object.hasOwn(declared, name)) return
    report([...path, 'sources', index], `source ${name} is not declared under sources`)
  })
}
