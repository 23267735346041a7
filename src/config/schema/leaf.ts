/**
 * The kinds of values and groups that the configuration is made of. Each says in words what it takes (`form`), and those
 * words serve the problem texts, the annotated example and the manual alike.
 * @module
 */
import * as v from 'valibot'
import { parseDays, parseDuration, parseSize, parseWorkingDays } from '../units.ts'
import { didYouMean } from '../suggest.ts'

/** What a schema carries beside its rules. */
export interface Facts {
  /** What the setting is for and what it needs. */
  readonly about?: string
  /** What a value looks like, to be read after "must be". */
  readonly form?: string
  /** Whether the annotated example says the form too; where a value says enough, it is for problems only. */
  readonly told?: boolean
  /** A value for the annotated example, where there is no default. */
  readonly example?: unknown
}

/** Says what a value must be, with the usual mistakes of YAML: a number where text was meant. */
function mustBe(form: string): (issue: { readonly input: unknown }) => string {
  return ({ input }) => {
    const quotes = typeof input === 'number' || typeof input === 'boolean' ? ', in quotes' : ''
    return `must be ${form}${quotes}`
  }
}

/** Text on one line of at most `most` characters, without space around it. */
export const line = (form: string, most = 200) =>
  v.pipe(
    v.string(mustBe(form)),
    v.maxLength(most, `must be at most ${most} characters`),
    v.regex(
      /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u,
      `must be ${form}, on one line, without space around it`,
    ),
    v.metadata({ form }),
  )

/** Text that fits a pattern. */
export const pattern = (form: string, regex: RegExp) =>
  v.pipe(v.string(mustBe(form)), v.regex(regex, mustBe(form)), v.metadata({ form, told: true }))

/** Text that stands for something else; `parse` gives undefined for what it does not know. */
export const read = <T>(form: string, parse: (text: string) => T | undefined) =>
  v.pipe(
    v.string(mustBe(form)),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value)
      if (value !== undefined) return value
      addIssue({ message: `must be ${form}` })
      return NEVER
    }),
    v.metadata({ form }),
  )

/** A whole number between two bounds, inclusive. */
export const whole = (form: string, least: number, most: number) => {
  const message = ({ input }: { readonly input: unknown }) => {
    if (typeof input === 'number') return `${input} is not ${form}`
    const quoted = typeof input === 'string' && /^\d+$/.test(input)
    return `must be ${form}${quoted ? ', without quotes' : ''}`
  }
  return v.pipe(
    v.number(message),
    v.check((value) => Number.isInteger(value) && value >= least && value <= most, message),
    v.metadata({ form }),
  )
}

/** One of a few words. */
export const choice = <const T extends readonly string[]>(words: T) => {
  const form = `${words.slice(0, -1).join(', ')}${words.length > 1 ? ' or ' : ''}${words.at(-1)}`
  return v.pipe(
    v.picklist(words, ({ input }) => {
      const hint = typeof input === 'string' && words.length > 1 ? didYouMean(input, words) : ''
      return `must be ${form}${hint}`
    }),
    v.metadata({ form, told: words.length > 1 }),
  )
}

/** A duration between two others; gives seconds. */
export const duration = (least: string, most: string) => {
  const form = `a duration from ${least} to ${most}, such as 30s, 15m, 4h or 2d`
  const [from = 0, to = 0] = [parseDuration(least), parseDuration(most)]
  const bounded = read(form, (text) => {
    const seconds = parseDuration(text)
    return seconds !== undefined && seconds >= from && seconds <= to ? seconds : undefined
  })
  return v.pipe(bounded, v.metadata({ told: true }))
}

/** A number of days, weeks or years in Dutch words; gives days. */
export const days = () => read('a term such as 180 dagen, 26 weken or 1 jaar', parseDays)

/** A number of working days in Dutch words. */
export const workingDays = () =>
  read('a term in working days, such as 5 werkdagen', parseWorkingDays)

/** A size with its unit, or a number of bytes; gives bytes. */
export const size = () => {
  const form = 'a size such as 16 KiB, 256 MiB or 4 GiB'
  return v.pipe(
    v.union([v.string(), v.number()], `must be ${form}`),
    v.rawTransform<string | number, number>(({ dataset, addIssue, NEVER }) => {
      const { value } = dataset
      const bytes = typeof value === 'string' ? parseSize(value) : value
      if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes
      addIssue({ message: `must be ${form}` })
      return NEVER
    }),
    v.metadata({ form }),
  )
}

/** The name of a file or folder. A key or certificate pasted in its place is refused without showing it. */
export const file = (form = 'the name of a file') =>
  v.pipe(
    v.string(mustBe(form)),
    v.check(
      (value) => !value.includes('-----') && !value.includes('\n'),
      `must be ${form}; what is in it does not go here, and a key never does`,
    ),
    v.regex(/^[^\0]{1,4096}$/, mustBe(form)),
    v.metadata({ form }),
  )

/** Names of files, of which the last part may contain `*` or `?`. */
export const files = (form = 'the name of a file, in which * may stand for a part of it') =>
  v.pipe(
    file(form),
    v.check(
      (value) => !/[*?].*\//.test(value),
      '* and ? may stand in the name of the file only, not in that of a folder',
    ),
    v.metadata({ form }),
  )

/** Several of the same. */
export const list = <const S extends v.GenericSchema>(item: S, most = 1_000) =>
  v.pipe(
    v.array(item, 'must be a list, as in [one, two] or with a dash before each'),
    v.maxLength(most, `must be at most ${most} of them`),
  )

/** A group of keys. Which keys are unknown is found by a walk of its own, so that all of them are. */
export const section = <const E extends v.ObjectEntries>(about: string, entries: E) =>
  v.pipe(
    v.object(entries, (issue) => sectionMessage(entries, issue)),
    v.metadata({ about }),
  )

function sectionMessage(entries: v.ObjectEntries, issue: v.ObjectIssue): string {
  const last = issue.path?.at(-1)
  const missing = last?.origin === 'key' && !Array.isArray(last.input)
  if (!missing) return 'must be a group of keys'
  const schema = entries[String(last.key)]
  const form = schema === undefined ? undefined : factsOf(schema).form
  return form === undefined ? 'is missing' : `is missing; it must be ${form}`
}

/** A key that has to be there. */
export const required = <const S extends v.GenericSchema>(
  about: string,
  schema: S,
  example?: unknown,
) => v.pipe(schema, v.metadata({ about, example }))

/**
 * A key that has a value when it is left out; the value is written as in the file.
 * @param example shown in the annotated example in the place of an empty value
 */
export const usual = <const S extends v.GenericSchema>(
  about: string,
  schema: S,
  value: v.InferInput<S>,
  example?: v.InferInput<S>,
) => v.optional(v.pipe(schema, v.metadata({ about, example })), value)

/** A key that may be left out. */
export const optional = <const S extends v.GenericSchema>(
  about: string,
  schema: S,
  example: unknown,
) => v.exactOptional(v.pipe(schema, v.metadata({ about, example })))

/** What stands beside a schema: its own facts over those of what it wraps. */
export function factsOf(schema: v.GenericSchema): Facts {
  const wrapped = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema
  return v.getMetadata(wrapped)
}
