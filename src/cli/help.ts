/**
 * Help, made from the command values.
 * @module
 */
import type { Command, Option } from './command.ts'

const PROGRAM = 'knooppunt'

/** The page of one command. */
export function helpFor(command: Command): string {
  const options: [string, string][] = Object.entries(command.options).map(([name, option]) =>
    optionRow(name, option),
  )
  return page([
    [`${command.summary}`],
    ['Usage:', `  ${command.usage}`],
    section(
      'Commands:',
      (command.commands ?? []).map(({ name, summary }) => [name, summary]),
    ),
    section('Options:', [...options, ['-h, --help', 'show this page']]),
    ['Example:', `  ${command.example}`],
  ])
}

/** The page of the program. */
export function overview(commands: readonly Command[]): string {
  return page([
    ['Knooppunt relays standard messages in the Dutch debt-help chain, and keeps none of them.'],
    ['Usage:', `  ${PROGRAM} COMMAND [options]`],
    section(
      'Commands:',
      commands.map(({ name, summary }) => [name, summary]),
    ),
    [`${PROGRAM} COMMAND --help explains a command.`],
  ])
}

function optionRow(name: string, option: Option): [string, string] {
  const value = option.type === 'string' ? /^([A-Z][A-Z0-9_|:/-]*) (.*)$/s.exec(option.help) : null
  const placeholder = value?.[1] ?? (option.type === 'string' ? 'VALUE' : '')
  const preset = option.default === undefined ? '' : ` (default: ${option.default})`
  const more = option.multiple === true ? ' (may be repeated)' : ''
  return [`--${name} ${placeholder}`.trimEnd(), `${value?.[2] ?? option.help}${preset}${more}`]
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([left]) => left.length))
  return [title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)]
}

function page(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((block) => block.length > 0)
  return `${filled.map((block) => block.join('\n')).join('\n\n')}\n`
}
