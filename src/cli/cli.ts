/**
 * From arguments to an exit code: finds the command, reads its options, runs it, and explains what went wrong.
 * @module
 */
import { parseArguments } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command, ExitCode, Io } from './command.ts'
import { UsageError, failureOf } from './failure.ts'
import { helpFor, overview } from './help.ts'
import { nearest } from '../config/suggest.ts'

/** Commands by name, each loaded when it is needed, so that a start does not read what it does not use. */
export type CommandTable = Readonly<Record<string, () => Promise<Command>>>

/** Other ways to ask for the same. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['-h', 'help'],
  ['--help', 'help'],
  ['-v', 'version'],
  ['--version', 'version'],
])

/**
 * Runs one command line.
 * @param argv without the program's own name
 * @returns never throws: what nobody expected ends with 1 and the place where it happened
 */
export async function run(
  argv: readonly string[],
  io: Io,
  commands: CommandTable,
): Promise<ExitCode> {
  const [first = '', ...rest] = argv
  const words = [ALIASES.get(first) ?? first, ...rest]
  let asked = 'knooppunt'
  try {
    if (words[0] === '') {
      io.stderr(overview(await loadAll(commands)))
      return EXIT.usage
    }
    if (words[0] === 'help' && words.length === 1) {
      io.stdout(overview(await loadAll(commands)))
      return EXIT.done
    }
    const path = words[0] === 'help' ? [...words.slice(1), '--help'] : words
    const found = await find(path, commands)
    asked = found.name
    const { help, ...args } = parseArguments(found.command, found.args)
    if (help) {
      io.stdout(helpFor(found.command))
      return EXIT.done
    }
    return await found.command.run(args, io)
  } catch (error) {
    return explain(error, asked, io)
  }
}

async function loadAll(commands: CommandTable): Promise<readonly Command[]> {
  return Promise.all(Object.values(commands).map((load) => load()))
}

interface Found {
  readonly name: string
  readonly command: Command
  readonly args: readonly string[]
}

async function find(words: readonly string[], commands: CommandTable): Promise<Found> {
  const [name = '', ...rest] = words
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) throw unknownCommand(name, Object.keys(commands))
  let found: Found = { name: `knooppunt ${name}`, command: await load(), args: rest }
  while (found.command.commands !== undefined) {
    const [word, ...after] = found.args
    // A group alone explains itself, if it has nothing better to do.
    if (word === undefined || word.startsWith('-')) return found
    const under = found.command.commands
    const command = under.find((candidate) => candidate.name === word)
    if (command === undefined) {
      throw unknownCommand(
        word,
        under.map((candidate) => candidate.name),
      )
    }
    found = { name: `${found.name} ${word}`, command, args: after }
  }
  return found
}

function unknownCommand(name: string, known: readonly string[]): UsageError {
  const meant = nearest(name, known)
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
  return new UsageError(`There is no command ${JSON.stringify(name.slice(0, 40))}.${hint}`)
}

function explain(error: unknown, asked: string, io: Io): ExitCode {
  const failure = failureOf(error)
  if (failure === undefined) return defect(error, asked, io)
  const [first = '', ...more] = failure.lines
  io.stderr([`${asked}: ${first}`, ...more, ''].join('\n'))
  if (failure.exit === EXIT.usage) io.stderr(`See ${asked} --help.\n`)
  return failure.exit
}

/** A defect of ours: where it happened, without the text, which could hold content and end up in a journal. */
function defect(error: unknown, asked: string, io: Io): ExitCode {
  const name = error instanceof Error ? error.name : typeof error
  const frames = (error instanceof Error ? (error.stack ?? '') : '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
  io.stderr([`${asked}: internal error (${name}); please report this:`, ...frames, ''].join('\n'))
  return EXIT.no
}
