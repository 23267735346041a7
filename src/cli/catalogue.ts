/**
 * `knooppunt catalogue`: the message definitions of a node, and the description of its API.
 * @module
 */
import { resolve } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { SHIPPED_MODULES } from '../config/shipped.ts'
import type { MessageDefinition, ModuleDefinition } from '../core/catalogue/definition.ts'
import { toJsonSchema } from '../core/catalogue/json-schema.ts'
import { loadCatalogue } from '../core/catalogue/load.ts'
import { formOf } from '../core/catalogue/sentence.ts'
import { DEFAULT_LIMITS } from '../core/limits.ts'
import { openApiDocument, type Described } from '../http/openapi/document.ts'
import { restDeclarations } from '../http/rest/app.ts'
import { VERSION } from '../ops/version.ts'
import { judgeAnchor } from '../trust/anchor.ts'
import { flag, textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, Io, Option } from './command.ts'
import { CommandError, UsageError } from './failure.ts'
import { helpFor } from './help.ts'
import { say, sayJson, table } from './output.ts'

/** Where a node of nobody in particular would be. */
const SOME_NODE: Described['node'] = {
  id: '00000000-0000-4000-8000-000000000000',
  name: 'Knooppunt',
  url: 'https://localhost:8443',
  environment: 'test',
}

const CONFIG: Option = {
  type: 'string',
  help: 'FILE configuration of the node; without it the definitions that come with the program',
}

/** The group; alone it explains itself. */
export const catalogue: Command = {
  name: 'catalogue',
  summary: 'Show message definitions, and print the description of the API.',
  usage: 'knooppunt catalogue openapi | list | show',
  example:
    'knooppunt catalogue list   # then: knooppunt catalogue show schuldregeling saldoverzoek',
  options: {},
  commands: [
    {
      name: 'openapi',
      summary: 'Print the description of the API (OpenAPI 3.1, JSON), as the node serves it.',
      usage: 'knooppunt catalogue openapi [--config FILE]',
      example: 'knooppunt catalogue openapi > openapi.json',
      options: { config: CONFIG },
      run: async (args, io) => {
        noWords(args)
        const document = openApiDocument(restDeclarations(), describedBy(args, io), VERSION)
        // As it is served: nothing in it is anybody's but ours, and a program reads it.
        io.stdout(`${JSON.stringify(document, null, 2)}\n`)
        return EXIT.done
      },
    },
    {
      name: 'list',
      summary: 'List all message types.',
      usage: 'knooppunt catalogue list [--config FILE] [--json]',
      example: 'knooppunt catalogue list',
      options: { config: CONFIG, json: { type: 'boolean', help: 'print as JSON' } },
      run: async (args, io) => {
        noWords(args)
        const found = definitionsIn(describedBy(args, io))
        if (flag(args, 'json')) sayJson(io, found.map(rowOf))
        else {
          const rows = found.map((each) => Object.values(rowOf(each)))
          const headings = ['module', 'version', 'type', 'message version', 'title', 'evidence']
          for (const line of table(headings, rows)) say(io, line)
        }
        return EXIT.done
      },
    },
    {
      name: 'show',
      summary: 'Show one message type: fields, sample, JSON Schema.',
      usage: 'knooppunt catalogue show MODULE TYPE [--config FILE] [--json]',
      example: 'knooppunt catalogue show schuldregeling saldoverzoek',
      options: {
        config: CONFIG,
        json: { type: 'boolean', help: 'print JSON Schema and sample as JSON' },
      },
      run: async (args, io) => {
        const [module, type, ...others] = args.positionals
        if (module === undefined || type === undefined || others.length > 0) {
          throw new UsageError('Say which: a module and a message type.')
        }
        // Of several versions the newest, which is the last.
        const found = definitionsIn(describedBy(args, io)).findLast(
          (each) => each.module.module === module && each.definition.type === type,
        )
        if (found === undefined) {
          throw new CommandError(`There is no ${module} ${type}; knooppunt catalogue list has all.`)
        }
        show(found, args, io)
        return EXIT.done
      },
    },
  ],
  run: async (_, io) => {
    io.stderr(helpFor(catalogue))
    return EXIT.usage
  },
}

function noWords({ positionals }: Arguments): void {
  if (positionals.length > 0) throw new UsageError('This command takes options only.')
}

/** @throws CommandError with every problem of the configuration */
function describedBy(args: Arguments, io: Io): Described {
  const file = textOption(args, 'config')
  if (file === undefined) return { node: SOME_NODE, catalogue: shipped(), limits: DEFAULT_LIMITS }
  const path = resolve(io.cwd, file)
  const loaded = loadConfig(path, { generation: 1, env: io.env, checkAnchor: judgeAnchor })
  if ('config' in loaded) return loaded.config.settings
  const problems = loaded.problems.map((problem) => formatProblem(problem, io.cwd))
  throw new CommandError(`This configuration has problems:\n${problems.join('\n')}`)
}

function shipped(): Described['catalogue'] {
  const files = SHIPPED_MODULES.map(({ name, text }) => ({ name, data: Bun.YAML.parse(text) }))
  const loaded = loadCatalogue(files)
  if ('catalogue' in loaded) return loaded.catalogue
  throw new Error('the definitions that come with the program have problems')
}

interface Placed {
  readonly module: ModuleDefinition
  readonly definition: MessageDefinition
}

function definitionsIn({ catalogue }: Described): readonly Placed[] {
  return [...catalogue.modules.values()].flatMap((versions) =>
    [...versions.values()].flatMap((module) =>
      [...module.messages.values()].map((definition) => ({ module, definition })),
    ),
  )
}

function rowOf({ module, definition }: Placed) {
  return {
    module: module.module,
    moduleVersion: module.version,
    type: definition.type,
    version: definition.version,
    title: definition.title,
    evidence: definition.evidence,
  }
}

function show(found: Placed, args: Arguments, io: Io): void {
  const { definition } = found
  if (flag(args, 'json')) {
    const schema = toJsonSchema(definition)
    sayJson(io, { ...rowOf(found), summary: definition.summary, schema, sample: definition.sample })
    return
  }
  say(io, `${definition.title} (${definition.module} ${definition.type} ${definition.version})`)
  say(io, definition.summary)
  say(io, '')
  const rows = rowsOf(definition.fields, 0)
  for (const line of table(['field', 'needed', 'what', 'evidence'], rows)) say(io, line)
  say(io, '')
  say(io, JSON.stringify(definition.sample, null, 2))
}

/** A row for each field, those of groups and lists under them. */
function rowsOf(fields: MessageDefinition['fields'], depth: number): readonly string[][] {
  return fields.flatMap((field) => {
    const needed = field.required ? 'yes' : ''
    const row = [`${'· '.repeat(depth)}${field.name}`, needed, formOf(field), field.evidence]
    const isNest = field.type === 'group' || field.type === 'list'
    return [row, ...(isNest ? rowsOf(field.fields, depth + 1) : [])]
  })
}
