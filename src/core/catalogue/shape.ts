/**
 * Small words to describe the structure of a file with valibot, so that every problem is found at once and speaks our language.
 * @module
 */
import * as v from 'valibot'
import type { Path, Report } from './problem.ts'

const MAX_NODES = 200_000
const MAX_LEVELS = 40

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys with what they must be. Reports each missing and each unknown key. */
export function mapping<const E extends v.ObjectEntries>(
  entries: E,
): v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<E, undefined>>> {
  const keys = Object.keys(entries)
  const object = v.object(entries, missingKey)
  return v.pipe(
    v.custom<Record<string, unknown>>(isMapping, 'must be a mapping'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      const level = dataset.value
      for (const key of Object.keys(level)) {
        if (Object.hasOwn(entries, key)) continue
        const message = `unknown key; the keys here are ${keys.join(', ')}`
        addIssue({
          message,
          path: [{ type: 'unknown', origin: 'key', input: level, key, value: level[key] }],
        })
      }
    }),
    // Runs beside the check above, not after it: valibot skips a schema once its pipe has a problem.
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      const known = Object.fromEntries(
        Object.entries(dataset.value).filter(([key]) => Object.hasOwn(entries, key)),
      )
      const { issues = [] } = v.safeParse(object, known)
      for (const { message, path } of issues) addIssue(path ? { message, path } : { message })
    }),
  ) as unknown as v.GenericSchema<unknown, v.InferOutput<v.ObjectSchema<E, undefined>>>
}

const missingKey = (issue: v.BaseIssue<unknown>): string =>
  `key ${String(issue.path?.at(-1)?.key)} is missing`

/** Text that is not empty. */
export const words = v.pipe(
  v.string('must be text'),
  v.check((text) => text.trim() !== '' && text.length <= 4_000, 'must be 1 to 4000 characters'),
)

/** Text of a given form. */
export const written = (pattern: RegExp, like: string): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(`must be text ${like}`),
    v.check((text) => text.length <= 200 && pattern.test(text), `must read ${like}`),
  )

/** One of some words. */
export const oneOf = <const T extends string>(
  options: readonly T[],
): v.PicklistSchema<readonly T[], string> =>
  v.picklist(options, `must be one of ${options.join(', ')}`)

export const flag = v.boolean('must be true or false')

/** A list, of at least `min` items. */
export const listOf = <T extends v.GenericSchema>(
  item: T,
  min = 0,
): v.GenericSchema<unknown, v.InferOutput<T>[]> =>
  v.pipe(
    v.array(item, 'must be a list'),
    v.rawCheck(({ dataset, addIssue }) => {
      if (Array.isArray(dataset.value) && dataset.value.length < min) {
        addIssue({ message: `must have at least ${min} item${min === 1 ? '' : 's'}` })
      }
    }),
  ) as unknown as v.GenericSchema<unknown, v.InferOutput<T>[]>

/**
 * Reads data by its shape.
 * @returns undefined after every problem was reported
 */
export function read<T>(
  shape: v.GenericSchema<unknown, T>,
  data: unknown,
  path: Path,
  report: Report,
): T | undefined {
  const result = v.safeParse(shape, data)
  if (result.success) return data as T
  for (const issue of result.issues) {
    const items = issue.path ?? []
    // A missing key has no place in the file; the mapping that lacks it has.
    const placed = issue.message.endsWith(' is missing') ? items.slice(0, -1) : items
    const keys = placed.map(({ key }) => (typeof key === 'number' ? key : String(key)))
    report([...path, ...keys], issue.message)
  }
  return undefined
}

/** Whether data is small and shallow enough to read; aliases in a file can make it endless. */
export function isReadable(data: unknown): boolean {
  let nodes = 0
  const visit = (value: unknown, level: number): boolean => {
    nodes += 1
    if (level > MAX_LEVELS || nodes > MAX_NODES) return false
    if (typeof value !== 'object' || value === null) return true
    return Object.values(value).every((child) => visit(child, level + 1))
  }
  return visit(data, 1)
}
