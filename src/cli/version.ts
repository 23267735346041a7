/**
 * `knooppunt version`.
 * @module
 */
import { VERSION } from '../ops/version.ts'
import { EXIT } from './command.ts'
import type { Command } from './command.ts'
import { flag } from './arguments.ts'
import { say, sayJson } from './output.ts'

/** Prints the version of this program. */
export const version: Command = {
  name: 'version',
  summary: 'Print the version of this program.',
  usage: 'knooppunt version [--json]',
  example: 'knooppunt version   # 0.1.0',
  options: { json: { type: 'boolean', help: 'print as JSON, with the version of the runtime' } },
  run: async (args, io) => {
    if (flag(args, 'json')) sayJson(io, { knooppunt: VERSION, bun: Bun.version })
    else say(io, VERSION)
    return EXIT.done
  },
}
