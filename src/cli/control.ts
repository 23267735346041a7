/**
 * Asks the running relay, through the socket in its data folder.
 * @module
 */
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { dataPaths } from '../store/data-folder.ts'
import { judgeAnchor } from '../trust/anchor.ts'
import type { Arguments, Io, Option } from './command.ts'
import { textOption } from './arguments.ts'
import { CommandError } from './failure.ts'
import { DEFAULT_CONFIG } from './serve.ts'
import { ClientError } from '../client/client-error.ts'

/** The option that names the node, for commands that work on its data. */
export const CONFIG_OPTION: Readonly<Record<'config', Option>> = {
  config: { type: 'string', default: DEFAULT_CONFIG, help: 'FILE configuration of the node' },
}

/** The configuration of the node. @throws CommandError when it has problems; `check` says which */
export function nodeConfig(args: Arguments, io: Io): Config {
  const file = textOption(args, 'config') ?? DEFAULT_CONFIG
  const loaded = loadConfig(file, { generation: 1, env: io.env, checkAnchor: judgeAnchor })
  if ('problems' in loaded)
    throw new CommandError(`${file} has problems; knooppunt check --config ${file} says which.`)
  return loaded.config
}

/**
 * Gives an order to the running relay and waits until it is carried out.
 * @returns the answer, with a status below 300
 * @throws ClientError `unreachable` when none runs on this data folder; CommandError when the relay could not do it
 */
export async function order(config: Config, name: string, io: Io): Promise<Response> {
  const { control } = dataPaths(config.store.path)
  let answer: Response
  try {
    answer = await fetch(`http://control/${name}`, {
      method: 'POST',
      unix: control,
      signal: io.signal,
    })
  } catch {
    throw new ClientError('unreachable', {
      detail: `No relay runs on ${config.store.path}; knooppunt serve starts one.`,
    })
  }
  if (answer.ok) return answer
  throw new CommandError('The relay could not do it; its log says why.')
}
