/**
 * Reading the command line against the options of a command, with our own words for every mistake.
 * @module
 */
import { parseArgs } from 'node:util'
import type { Arguments, Command } from './command.ts'
import { UsageError } from './failure.ts'
import { nearest } from '../config/suggest.ts'

/** What may be said to every command. */
const HELP = { type: 'boolean', short: 'h' } as const

export interface Parsed extends Arguments {
  /** Whether the reader asks how it works; then nothing else was checked. */
  readonly help: boolean
}

/** @throws UsageError that names the option */
export function parseArguments(command: Command, args: readonly string[]): Parsed {
  // Not strict: the library's refusals would be the library's texts.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: { ...command.options, help: HELP },
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  if (values['help'] === true) return { values: {}, positionals: [], help: true }
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined
    if (option === undefined) throw unknownOption(command, rawName)
    // `--out --json` forgets the folder; who means it writes `--out=--json`.
    const forgotten = value === undefined || (!token.inlineValue && value.startsWith('--'))
    if (option.type === 'string' && forgotten) {
      throw new UsageError(`Option ${rawName} needs a value.`)
    }
    if (option.type === 'boolean' && value !== undefined) {
      throw new UsageError(`Option ${rawName} takes no value.`)
    }
    if (option.multiple !== true && seen.has(name)) {
      throw new UsageError(`Option ${rawName} is given more than once.`)
    }
    seen.add(name)
  }
  return { values: values as Arguments['values'], positionals, help: false }
}

function unknownOption(command: Command, rawName: string): UsageError {
  const known = [...Object.keys(command.options), 'help'].map((name) => `--${name}`)
  const meant = nearest(rawName, known)
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
  return new UsageError(`There is no option ${rawName}.${hint}`)
}

/** The value of a text option. */
export function textOption(args: Arguments, name: string): string | undefined {
  const value = args.values[name]
  return typeof value === 'string' ? value : undefined
}

/** All values of an option that may be given more than once, in order. */
export function textsOption(args: Arguments, name: string): readonly string[] {
  const values = args.values[name]
  if (Array.isArray(values)) return values
  return typeof values === 'string' ? [values] : []
}

/** Whether an option without a value was given. */
export function flag(args: Arguments, name: string): boolean {
  return args.values[name] === true
}

/**
 * The value of an option that takes a whole number.
 * @throws UsageError when it is something else, or outside the bounds
 */
export function numberOption(
  args: Arguments,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`Option --${name} takes a whole number from ${min} to ${max}.`)
}
