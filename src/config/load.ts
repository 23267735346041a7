/**
 * Reads the configuration of a node: one YAML file, what it points at, and every problem at once.
 * @module
 */
import { resolve } from 'node:path'
import type { Limits } from '../core/limits.ts'
import { contradictions } from '../core/limits.ts'
import type { Instant } from '../core/message.ts'
import type { Settings } from '../core/settings.ts'
import { CertificateReader } from './certificates.ts'
import type { Config } from './config.ts'
import { makeDirectory } from './directory.ts'
import { gatherEntries } from './directory-entries.ts'
import { calendarOf } from './holidays.ts'
import { readListeners } from './listeners.ts'
import { readModules } from './modules.ts'
import { NodeFiles, nodeFolder, readBounded, YAML_BYTES_MAX } from './node-files.ts'
import type { ConfigProblem, Path } from './problem.ts'
import { Findings } from './problem.ts'
import { checkSource } from './reading.ts'
import type { Reading } from './reading.ts'
import type { ConfigData } from './schema/config.ts'
import { configSchema } from './schema/config.ts'
import { parseSource } from './source.ts'
import { readStorage } from './storage.ts'
import type { AnchorRule } from './trust-config.ts'
import { readTrust } from './trust-config.ts'

export interface LoadOptions {
  /** Number of this picture of the configuration; a reload gives the next. */
  readonly generation: number
  /** Where `{ env: … }` looks; the environment of the process when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** For certificates that end and the years of the calendar; the clock when left out. */
  readonly now?: Instant
  readonly checkAnchor?: AnchorRule
}

export type Loaded =
  | { readonly config: Config; readonly warnings: readonly ConfigProblem[] }
  | { readonly problems: readonly ConfigProblem[]; readonly warnings: readonly ConfigProblem[] }

/**
 * Loads a configuration. Reads files and nothing else: no socket, no store.
 * @param file the main file; names in it are relative to the folder that holds `config/` (see NodeFiles)
 * @returns the configuration, or every problem in order of place; never throws for anything in a file
 */
export function loadConfig(file: string, options: LoadOptions): Loaded {
  const path = resolve(file)
  const findings = new Findings(path)
  const config = load(path, options, findings)
  const { problems, warnings } = findings
  if (config !== undefined && problems.length === 0) return { config, warnings }
  // Every undefined part has noted why; were it ever to forget, nothing may start on half a configuration.
  const unsaid = { file: path, line: 1, column: 1, path: '', message: 'could not be used' }
  return { problems: problems.length > 0 ? problems : [unsaid], warnings }
}

function load(path: string, options: LoadOptions, findings: Findings): Config | undefined {
  const now = options.now ?? Date.now()
  const files = new NodeFiles(nodeFolder(path), findings)
  const bytes = readBounded(path, YAML_BYTES_MAX)
  if (typeof bytes === 'string') {
    const message = `${bytes}; knooppunt init makes a configuration`
    findings.add([{ file: path, line: 1, column: 1, path: '', message }])
    return undefined
  }
  files.read.add(path)
  const source = parseSource(path, bytes, findings)
  if (source === undefined) return undefined

  const main = checkSource(configSchema, source, findings)
  const certificates = new CertificateReader(files, findings, now)
  const environment = main.within('node').get('environment')
  const listen = readListeners(main, certificates, findings)
  const trust = readTrust(main.within('trust'), {
    files,
    certificates,
    findings,
    environment,
    checkAnchor: options.checkAnchor,
  })
  const storage = readStorage(main, files, options.env ?? process.env, findings)
  const settings = readSettings(main, files, findings, options.generation, now)
  if (!listen || !trust || !storage || !settings) return undefined
  return {
    folder: files.folder,
    settings,
    listen,
    trust,
    ...storage,
    files: [...files.read],
    folders: [...files.searched],
  }
}

function readSettings(
  main: Reading<ConfigData>,
  files: NodeFiles,
  findings: Findings,
  generation: number,
  now: Instant,
): Settings | undefined {
  const node = main.within('node')
  const catalogue = readModules(main.items('modules'), files, findings)
  const around = { catalogue, nodeId: node.get('id'), environment: node.get('environment') }
  const directory = makeDirectory(gatherEntries(main, files, findings), around, findings)
  const retention = main.placed('retention')
  const limits = main.get('limits')
  if (limits !== undefined) checkLimits(limits, main, findings)
  if (retention !== undefined) checkRetention(retention.value, main, findings)

  const [about, calendar] = [main.get('node'), main.get('calendar')]
  if (!about || !catalogue || !calendar || !retention || !limits) return undefined
  return {
    generation,
    node: about,
    directory,
    catalogue,
    calendar: calendarOf(calendar.closed, now),
    limits,
    retention: {
      removalDays: retention.value.removal,
      logDays: retention.value.log,
      conversationDaysAfterEnd: retention.value.conversation.afterEnd,
      conversationDaysAtMost: retention.value.conversation.atMost,
    },
  }
}

/** Puts each contradiction at the first bound it names that stands in the file. */
function checkLimits(limits: Limits, main: Reading<ConfigData>, findings: Findings): void {
  const written = Object.keys(Object(member(main.source.data, 'limits')))
  for (const sentence of contradictions(limits)) {
    const named = written.find((name) => new RegExp(`\\b${name}\\b`).test(sentence))
    const path: Path = named === undefined ? ['limits'] : ['limits', named]
    findings.problem(main.source, path, sentence)
  }
}

function checkRetention(
  { conversation }: ConfigData['retention'],
  main: Reading<ConfigData>,
  findings: Findings,
): void {
  if (conversation.afterEnd <= conversation.atMost) return
  const path = ['retention', 'conversation', 'afterEnd']
  findings.problem(main.source, path, 'is longer than atMost, which ends it in any case')
}

function member(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, key)
    ? (data as Record<string, unknown>)[key]
    : undefined
}
