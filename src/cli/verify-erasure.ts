/**
 * `knooppunt verify-erasure`: prove that what was confirmed is gone.
 * @module
 */
import { loadConfig } from '../config/load.ts'
import { dataPaths } from '../store/data-folder.ts'
import { readLiveSeats } from '../store/lmdb/live-seats.ts'
import { judgeAnchor } from '../trust/anchor.ts'
import { inspectKeys } from '../vault/inspect.ts'
import { flag, textOption, textsOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command } from './command.ts'
import { examineErasure, isErased } from './erasure.ts'
import type { ErasureReport } from './erasure.ts'
import { CommandError, UsageError } from './failure.ts'
import { say, sayJson } from './output.ts'
import { DEFAULT_CONFIG } from './serve.ts'

const MARKERS_MAX = 100
const LOOK_AGAIN = 3
const LOOK_AGAIN_MS = 300
const MARKER_LENGTH_MIN = 8
const MARKER_LENGTH_MAX = 1_000

/** Searches every byte of the data folder and tries every key that is left. */
export const verifyErasure: Command = {
  name: 'verify-erasure',
  summary: 'Prove that ended messages cannot be read, with master key and ring at hand.',
  usage: 'knooppunt verify-erasure [--config FILE] [--marker TEXT]... [--json]',
  example:
    'knooppunt verify-erasure --config config/knooppunt.yaml   # beside a running relay or without',
  options: {
    config: { type: 'string', default: DEFAULT_CONFIG, help: 'FILE configuration of the node' },
    marker: {
      type: 'string',
      multiple: true,
      help: 'TEXT that was in a message that ended and must be nowhere on the disk',
    },
    json: { type: 'boolean', help: 'print the figures as JSON' },
  },
  run: async (args, io) => {
    const markers = textsOption(args, 'marker')
    const isBad = ({ length }: string) => length < MARKER_LENGTH_MIN || length > MARKER_LENGTH_MAX
    if (markers.length > MARKERS_MAX || markers.some(isBad)) {
      throw new UsageError(
        `Give at most ${MARKERS_MAX} markers of ${MARKER_LENGTH_MIN} to ${MARKER_LENGTH_MAX} characters.`,
      )
    }
    const file = textOption(args, 'config') ?? DEFAULT_CONFIG
    const loaded = loadConfig(file, { generation: 1, env: io.env, checkAnchor: judgeAnchor })
    if ('problems' in loaded) {
      throw new CommandError(`${file} has problems; knooppunt check --config ${file} says which.`)
    }
    const { store, vault } = loaded.config
    const paths = dataPaths(store.path)
    const { masterKey, ringPath } = vault
    const keys = inspectKeys({ path: paths.vault, ringPath, masterKey })
    try {
      const report = await settledReport(async () =>
        examineErasure({
          dataDir: store.path,
          keys,
          live: await readLiveSeats(paths.store),
          markers,
        }),
      )
      if (flag(args, 'json')) sayJson(io, { ...report, erased: isErased(report) })
      else for (const line of tell(report)) say(io, line)
      return isErased(report) ? EXIT.done : EXIT.no
    } finally {
      keys.close()
    }
  },
}

/**
 * Looks again when something was found: beside a running relay a message may have come or gone between reading store and
 * vault. What is really left is still there the next time.
 */
export async function settledReport(look: () => Promise<ErasureReport>): Promise<ErasureReport> {
  let report = await look()
  for (let again = 0; again < LOOK_AGAIN && !isErased(report); again += 1) {
    await Bun.sleep(LOOK_AGAIN_MS)
    report = await look()
  }
  return report
}

/** The figures in plain words. */
export function tell(report: ErasureReport): string[] {
  const { files, bytes, live, remains, recovered, strayKeys, found } = report
  const mib = (bytes / 2 ** 20).toFixed(1)
  return [
    `Searched ${files} files, ${mib} MiB.`,
    `Waiting messages, readable as they should be: ${live}.`,
    `Traces of ended messages that the store left on disk: ${remains}.`,
    `Of those, readable with master key and ring: ${recovered}.`,
    `Keys on disk that belong to no waiting message: ${strayKeys}.`,
    ...found.map(({ file, form }) => `A marker stands in ${file} as ${form}.`),
    isErased(report)
      ? 'Erased: nothing that has ended can be read.'
      : 'NOT ERASED: what has ended can still be read.',
  ]
}
