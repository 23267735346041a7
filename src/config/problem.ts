/**
 * What is wrong with a configuration: data with a place, collected and reported all at once (STYLE 3.8).
 * @module
 */
import { relative } from 'node:path'

/** Keys and indexes from the top of a file to one value. */
export type Path = readonly (string | number)[]

/** Where something stands; lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One thing that must be put right, or for a warning, that deserves a look. */
export interface ConfigProblem extends Position {
  /** Absolute; `shipped:<name>` for a module that comes with the program. */
  readonly file: string
  /** As in `participants[3].modules.schuldregeling[0]`; empty for the file as a whole. */
  readonly path: string
  /** English: what is wrong and what would be right. Never a secret. */
  readonly message: string
}

/** A file of which the values can be found again. */
export interface Located {
  readonly file: string
  /** Place of a value, or of its key; of the nearest thing around it when it is not there. */
  position(path: Path, what: 'key' | 'value'): Position
}

/** One value and the place where it was written, so that a check across files can point at it. */
export interface Placed<T> {
  readonly value: T
  readonly source: Located
  readonly path: Path
}

/** More than a person reads at once; a file of nothing but mistakes must not take minutes to answer. */
const FINDINGS_MAX = 500

/** Collects problems and warnings while the parts of a configuration are read; the first 500 of each. */
export class Findings {
  readonly #first: string
  readonly #problems: ConfigProblem[] = []
  readonly #warnings: ConfigProblem[] = []

  /** @param first the file whose problems come first */
  constructor(first: string) {
    this.#first = first
  }

  /** Notes something that stops the configuration from being used. */
  problem(source: Located, path: Path, message: string, what: 'key' | 'value' = 'value'): void {
    if (this.#problems.length >= FINDINGS_MAX) return
    this.#problems.push(placed(source, path, message, what))
  }

  /** Notes something that works, and that the operator may not have meant. */
  warning(source: Located, path: Path, message: string): void {
    if (this.#warnings.length >= FINDINGS_MAX) return
    this.#warnings.push(placed(source, path, message, 'value'))
  }

  /** Takes over problems whose place is already known. */
  add(problems: readonly ConfigProblem[]): void {
    this.#problems.push(...problems.slice(0, FINDINGS_MAX - this.#problems.length))
  }

  get problems(): ConfigProblem[] {
    return inOrder(this.#problems, this.#first)
  }

  get warnings(): ConfigProblem[] {
    return inOrder(this.#warnings, this.#first)
  }
}

function placed(
  source: Located,
  path: Path,
  message: string,
  what: 'key' | 'value',
): ConfigProblem {
  return { file: source.file, ...source.position(path, what), path: pathText(path), message }
}

/** By file in the order in which files were first mentioned, then by place; the same thing is said once. */
function inOrder(problems: readonly ConfigProblem[], first: string): ConfigProblem[] {
  const rank = new Map<string, number>([[first, 0]])
  const seen = new Map<string, ConfigProblem>()
  for (const problem of problems) {
    if (!rank.has(problem.file)) rank.set(problem.file, rank.size)
    seen.set(formatProblem(problem), problem)
  }
  const fileRank = (problem: ConfigProblem) => rank.get(problem.file) ?? 0
  return [...seen.values()].sort(
    (a, b) => fileRank(a) - fileRank(b) || a.line - b.line || a.column - b.column,
  )
}

/** Writes a path the way people write it: `connections[0].participants[1]`. */
function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    const key = /^[\w-]+$/.test(step) ? step : JSON.stringify(step)
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/**
 * One line that an editor can jump from: `file:line:column: path: message`.
 * @param folder files below it are written relative to it
 */
export function formatProblem(problem: ConfigProblem, folder?: string): string {
  const path = problem.path === '' ? '' : `${problem.path}: `
  const file = shortName(problem.file, folder)
  return `${file}:${problem.line}:${problem.column}: ${path}${problem.message}`
}

function shortName(file: string, folder: string | undefined): string {
  if (folder === undefined || !file.startsWith('/')) return file
  const short = relative(folder, file)
  return short === '' || short.startsWith('..') ? file : short
}
