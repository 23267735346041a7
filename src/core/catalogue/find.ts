/**
 * Finds the filled fields of one type in a body; only the branches that hold such a field are walked.
 * @module
 */
import type { Field, Found } from './definition.ts'
import { walkFields } from './walk.ts'
import type { Made } from './walk.ts'

type Collect = (value: unknown, path: string, found: Found[]) => void

/** Makes the finder of a definition. It takes any body, also one that is not valid, and finds what can be found. */
export function compileFinder(
  fields: readonly Field[],
  type: 'bsn' | 'document',
): (body: unknown) => Found[] {
  const gather = (members: readonly Made<Collect | undefined>[]): Collect | undefined => {
    const holding = members.flatMap(({ field, made }) => (made ? [{ name: field.name, made }] : []))
    if (holding.length === 0) return undefined
    return (value, path, found) => {
      if (typeof value !== 'object' || value === null) return
      const level = value as Readonly<Record<string, unknown>>
      for (const { name, made } of holding) {
        if (Object.hasOwn(level, name)) made(level[name], `${path}/${name}`, found)
      }
    }
  }
  const collect = gather(
    walkFields<Collect | undefined>(fields, {
      leaf: (field) =>
        field.type === type ? (value, path, found) => void found.push({ path, value }) : undefined,
      group: (_, members) => gather(members),
      list: (_, members) => {
        const inItem = gather(members)
        return (
          inItem &&
          ((value, path, found) => {
            if (!Array.isArray(value)) return
            value.forEach((item, index) => inItem(item, `${path}/${index}`, found))
          })
        )
      },
    }),
  )
  return (body) => {
    const found: Found[] = []
    collect?.(body, '', found)
    return found
  }
}
