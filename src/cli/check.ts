/**
 * `knooppunt check`: everything that a start does with the configuration, but start.
 * @module
 */
import { resolve } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { renderExample } from '../config/render.ts'
import type { Summary } from '../config/summary.ts'
import { summarise } from '../config/summary.ts'
import { formatSize } from '../config/units.ts'
import { PARTICIPANT_STATUSES } from '../core/directory.ts'
import { DEFAULT_LIMITS } from '../core/limits.ts'
import type { Limits } from '../core/limits.ts'
import { judgeAnchor } from '../trust/anchor.ts'
import { flag, textOption } from './arguments.ts'
import { examineStore, tellStore } from './check-store.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, ExitCode, Io } from './command.ts'
import { UsageError } from './failure.ts'
import { say, sayJson, table } from './output.ts'

/** Says everything that is wrong with a configuration, or what it comes down to. */
export const check: Command = {
  name: 'check',
  summary:
    'Check the configuration and everything that it points at, and say what it comes down to.',
  usage: 'knooppunt check [options]',
  example: 'knooppunt check --config config/knooppunt.yaml',
  options: {
    config: {
      type: 'string',
      default: 'config/knooppunt.yaml',
      help: 'FILE configuration to check',
    },
    json: { type: 'boolean', help: 'print problems, warnings and summary as JSON' },
    store: {
      type: 'boolean',
      help: 'check the data of the stopped node too: every message, key and log line',
    },
    example: {
      type: 'boolean',
      help: 'print a configuration with every setting explained, and stop',
    },
  },
  run: runCheck,
}

async function runCheck(args: Arguments, io: Io): Promise<ExitCode> {
  if (args.positionals.length > 0) throw new UsageError('This command takes options only.')
  if (flag(args, 'example')) {
    io.stdout(renderExample())
    return EXIT.done
  }
  const file = resolve(io.cwd, textOption(args, 'config') ?? 'config/knooppunt.yaml')
  const now = Date.now()
  const loaded = loadConfig(file, { generation: 1, env: io.env, now, checkAnchor: judgeAnchor })
  const problems = 'problems' in loaded ? loaded.problems : []
  const summary = 'config' in loaded ? summarise(loaded.config, now) : undefined
  const store =
    flag(args, 'store') && 'config' in loaded ? await examineStore(loaded.config) : undefined
  const ok = summary !== undefined && store?.sound !== false

  if (flag(args, 'json')) {
    const { warnings } = loaded
    sayJson(io, { ok, problems, warnings, ...(summary && { summary }), ...(store && { store }) })
    return ok ? EXIT.done : EXIT.no
  }
  for (const problem of problems) say(io, formatProblem(problem, io.cwd))
  for (const warning of loaded.warnings) {
    say(io, formatProblem({ ...warning, path: `warning: ${warning.path}` }, io.cwd))
  }
  if (problems.length + loaded.warnings.length > 0) say(io, '')
  if (summary === undefined) {
    say(io, `${count(problems.length, 'problem')}; a relay does not start on this.`)
    return EXIT.no
  }
  for (const line of summaryLines(summary)) say(io, line)
  const warned = loaded.warnings.length > 0 ? `, ${count(loaded.warnings.length, 'warning')}` : ''
  say(io, `\nNo problems${warned}.`)
  for (const line of store === undefined ? [] : ['', ...tellStore(store)]) say(io, line)
  return ok ? EXIT.done : EXIT.no
}

function summaryLines(summary: Summary): string[] {
  const { node, listen } = summary
  return [
    `${node.name}, environment ${node.environment}, ${node.url}`,
    `  folder   ${summary.folder}`,
    ...Object.entries(listen).map(([door, address]) => `  ${door.padEnd(8)} ${address}`),
    ...block('Participants by type and status', participantTable(summary)),
    ...block('Modules', moduleTable(summary)),
    ...block('Connections', connectionTable(summary)),
    ...block('Limits (changed ones marked *)', limitTable(summary.limits)),
    ...(summary.caps.length > 0
      ? block('Messages that do not fit these limits at their largest', capLines(summary))
      : []),
    ...block('Kept', retentionLines(summary)),
    ...block('Next closed days', [
      ...summary.closedDays.map(({ day, name }) => `${day}  ${name ?? 'calendar.closed'}`),
    ]),
    ...block('Certificates', [
      ...table(
        ['what', 'ends'],
        summary.certificates.map(({ what, ends }) => [what, ends.slice(0, 10)]),
      ),
      ...summary.crls.map((file) => `revocation list ${file}`),
    ]),
  ]
}

function block(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => `  ${line}`)]
}

function participantTable({ participants, organisations }: Summary): readonly string[] {
  const rows = Object.entries(participants).map(([type, counts]) => [
    type,
    ...PARTICIPANT_STATUSES.map((status) => String(counts[status] ?? 0)),
  ])
  return [
    ...table(['type', ...PARTICIPANT_STATUSES], rows),
    `of ${count(organisations, 'organisation')}`,
  ]
}

function moduleTable({ modules }: Summary): readonly string[] {
  const rows = Object.entries(modules).map(([module, { versions, participants }]) => [
    module,
    versions.join(', '),
    String(participants),
  ])
  return table(['module', 'versions', 'participants'], rows)
}

function connectionTable({ connections }: Summary): readonly string[] {
  const rows = connections.map(({ name, oin, kind, participants }) => [
    name,
    oin,
    kind,
    String(participants),
  ])
  return table(['name', 'OIN or HRN', 'kind', 'participants'], rows)
}

function limitTable(limits: Limits): readonly string[] {
  const rows = (Object.keys(limits) as (keyof Limits)[]).map((name) => {
    const value = limits[name]
    const text = name.toLowerCase().includes('bytes') ? formatSize(value) : String(value)
    return [name, text, value === DEFAULT_LIMITS[name] ? '' : '*']
  })
  return table(['limit', 'value', ''], rows)
}

function capLines({ caps }: Summary): string[] {
  return caps.map(({ message, bytes, list, atMost }) =>
    list === undefined
      ? `${message}: ${formatSize(bytes)}`
      : `${message}: ${formatSize(bytes)}; ${list} always fits with ${atMost} items`,
  )
}

function retentionLines({ retention }: Summary): readonly string[] {
  return [
    `messages  ${count(retention.removalDays, 'working day')}`,
    `log       ${count(retention.logDays, 'day')}`,
    `facts of conversations  ${count(retention.conversationDaysAfterEnd, 'day')} after the end, at most ${count(retention.conversationDaysAtMost, 'day')}`,
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
