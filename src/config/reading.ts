/**
 * One source checked against one schema: every problem noted, and what is sound handed out, so that a mistake in one
 * section does not hide the mistakes in another.
 * @module
 */
import * as v from 'valibot'
import type { Findings, Path, Placed } from './problem.ts'
import { strays } from './shape.ts'
import type { YamlSource } from './yaml-source.ts'

/** The sound part of a section. */
export class Reading<T> {
  readonly source: YamlSource
  readonly path: Path
  readonly #value: unknown
  readonly #broken: readonly Path[]

  constructor(source: YamlSource, path: Path, value: unknown, broken: readonly Path[]) {
    this.source = source
    this.path = path
    this.#value = value
    this.#broken = broken
  }

  /** Value of a key; undefined when it was left out or when there is a problem in it. */
  get<K extends keyof T & string>(key: K): T[K] | undefined {
    return this.#sound([key]) ? (this.#member(key) as T[K]) : undefined
  }

  /** A section under this one, which may be broken in parts. */
  within<K extends keyof T & string>(key: K): Reading<NonNullable<T[K]>> {
    return new Reading(this.source, [...this.path, key], this.#member(key), this.#broken)
  }

  /** The sound items of a list, each with its place. */
  items<K extends keyof T & string>(key: K): Placed<Item<T[K]>>[] {
    const value = this.#member(key)
    if (!Array.isArray(value)) return []
    return value.flatMap((item: Item<T[K]>, index) => {
      const path = [...this.path, key, index]
      return this.#sound([key, index]) ? [{ value: item, source: this.source, path }] : []
    })
  }

  /** The value of a key together with its place; the key has to be sound. */
  placed<K extends keyof T & string>(key: K): Placed<NonNullable<T[K]>> | undefined {
    const value = this.get(key)
    if (value === undefined || value === null) return undefined
    return { value, source: this.source, path: [...this.path, key] }
  }

  #member(key: string): unknown {
    const value = this.#value
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined
  }

  #sound(below: Path): boolean {
    const path = [...this.path, ...below]
    return !this.#broken.some((broken) => path.every((step, index) => broken[index] === step))
  }
}

type Item<L> = NonNullable<L> extends readonly (infer I)[] ? I : never

/** Checks a source, notes every problem and gives what is sound. */
export function checkSource<S extends v.GenericSchema>(
  schema: S,
  source: YamlSource,
  findings: Findings,
): Reading<v.InferOutput<S>> {
  // An empty file is a group in which everything is missing.
  const data = source.data ?? {}
  for (const { path, message } of strays(schema, data)) {
    findings.problem(source, path, message, 'key')
  }
  const result = v.safeParse(schema, data)
  const broken: Path[] = []
  for (const issue of result.issues ?? []) {
    const path = (issue.path ?? []).map((item) => item.key as string | number)
    broken.push(path)
    const inList = Array.isArray(issue.path?.at(-1)?.input) && typeof path.at(-1) === 'string'
    // A list in the place of a group misses every key; the stray has said so once.
    if (!inList) findings.problem(source, path, issue.message)
  }
  return new Reading(source, [], result.output, broken)
}
