/**
 * `knooppunt log`.
 * @module
 */
import type { Client } from '../client/client.ts'
import type { LogQuery } from '../client/query.ts'
import type { LogLine } from '../client/wire.ts'
import { DEFAULT_LIMITS } from '../core/limits.ts'
import { flag, numberOption, textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, ExitCode, Io, Option } from './command.ts'
import { CONNECTION_OPTIONS, connect } from './connection.ts'
import { UsageError } from './failure.ts'
import { logVerify } from './log-verify.ts'
import { say, sayJson, table } from './output.ts'

const LINES_DEFAULT = 50
const LINES_MAX = 100_000

/** Option → parameter of the wire, and how to explain it. */
const FILTERS = {
  reference: ['referentienummer', 'UUID the message itself'],
  cross: ['crossReferentienummer', 'UUID answers to this message'],
  conversation: ['conversatie', 'UUID messages of this conversation'],
  module: ['module', 'NAME messages of this module'],
  type: ['berichttype', 'NAME messages of this type'],
  version: ['versie', 'VERSION messages of this version'],
  sender: ['afzender', 'UUID messages of this sender'],
  recipient: ['ontvanger', 'UUID messages for this recipient'],
  outcome: [
    'uitkomst',
    'STATE one of wachtend, opgehaald, bevestigd, afgewezen, ingetrokken, verlopen',
  ],
  from: ['vanafDatum', 'DATE from this Dutch day on, as 2026-01-31'],
  to: ['totDatum', 'DATE up to and including this Dutch day'],
} as const satisfies Record<string, readonly [keyof LogQuery, string]>

const filterOptions: Record<string, Option> = Object.fromEntries(
  Object.entries(FILTERS).map(([name, [, help]]) => [name, { type: 'string', help }]),
)

/** Shows what passed. */
export const log: Command = {
  name: 'log',
  summary: 'Show what was sent and received: references, parties, types, times and outcomes.',
  usage: 'knooppunt log [filters] [options]',
  example: 'knooppunt log --module schuldregeling --outcome wachtend --from 2026-01-01',
  options: {
    ...CONNECTION_OPTIONS,
    ...filterOptions,
    limit: { type: 'string', help: `COUNT newest lines to show, ${LINES_DEFAULT} when not given` },
    json: { type: 'boolean', help: 'print the lines as JSON' },
  },
  commands: [logVerify],
  run: showLog,
}

async function showLog(args: Arguments, io: Io): Promise<ExitCode> {
  if (args.positionals.length > 0) throw new UsageError('This command takes options only.')
  const limit = numberOption(args, 'limit', { min: 1, max: LINES_MAX }) ?? LINES_DEFAULT
  const query: LogQuery = Object.fromEntries(
    Object.entries(FILTERS).flatMap(([name, [parameter]]) => {
      const value = textOption(args, name)
      return value === undefined ? [] : [[parameter, value]]
    }),
  )
  const lines = await collect(await connect(args, io), query, limit, io.signal)
  if (flag(args, 'json')) sayJson(io, lines)
  else for (const row of rows(lines)) say(io, row)
  return EXIT.done
}

async function collect(
  client: Client,
  query: LogQuery,
  limit: number,
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const lines: LogLine[] = []
  let na: string | undefined
  do {
    const limiet = Math.min(limit - lines.length, DEFAULT_LIMITS.pageItems)
    const page = await client.log(
      { ...query, limiet, ...(na === undefined ? {} : { na }) },
      { signal },
    )
    lines.push(...page.regels)
    na = page.volgende
  } while (na !== undefined && lines.length < limit)
  return lines.slice(0, limit)
}

function rows(lines: readonly LogLine[]): readonly string[] {
  return table(
    ['offered', 'state', 'module', 'type', 'sender', 'recipient', 'reference'],
    lines.map((line) => [
      line.aangebodenOp,
      line.stand,
      line.module,
      line.berichttype,
      line.afzender.naam,
      line.ontvanger,
      line.referentienummer,
    ]),
  )
}
