/**
 * `knooppunt log verify`: hold the chained log against the key of the node.
 * @module
 */
import { ClientError } from '../client/client-error.ts'
import type { Config } from '../config/config.ts'
import type { LogHead } from '../relay/ports.ts'
import { dataPaths } from '../store/data-folder.ts'
import { lockFolder } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import { readHead, tellLog } from '../store/log-chain.ts'
import type { LogReport } from '../store/log-chain.ts'
import { signer } from '../vault/keys.ts'
import { flag, textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command, Io } from './command.ts'
import { CONFIG_OPTION, nodeConfig, order } from './control.ts'
import { UsageError } from './failure.ts'
import { say, sayJson } from './output.ts'

/** Finds what was changed, removed, put in or cut off. */
export const logVerify: Command = {
  name: 'verify',
  summary: 'Find what somebody changed, removed, put in or cut off in the log of the node.',
  usage: 'knooppunt log verify [--config FILE] [--head HEAD] [--json]',
  example: 'knooppunt log verify   # beside a running relay or without',
  options: {
    ...CONFIG_OPTION,
    head: {
      type: 'string',
      help: 'HEAD from a log-head line noted elsewhere, to see that nothing was rolled back since',
    },
    json: { type: 'boolean', help: 'print what was found as JSON' },
  },
  run: async (args, io) => {
    const text = textOption(args, 'head')
    const noted = text === undefined ? undefined : readHead(text)
    if (text !== undefined && noted === undefined)
      throw new UsageError('A head is a number, a colon and 64 hexadecimal digits.')
    const found = await verify(nodeConfig(args, io), io, text, noted)
    if (flag(args, 'json')) sayJson(io, found)
    else for (const line of tell(found)) say(io, line)
    return found.problems.length === 0 ? EXIT.done : EXIT.no
  },
}

async function verify(
  config: Config,
  io: Io,
  text: string | undefined,
  noted: LogHead | undefined,
): Promise<LogReport> {
  try {
    const name = text === undefined ? 'log-verify' : `log-verify?head=${text}`
    return (await (await order(config, name, io)).json()) as LogReport
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    // Nobody runs, so the files may be opened here.
    return offline(config, noted)
  }
}

async function offline(
  { store: settings, vault }: Config,
  noted: LogHead | undefined,
): Promise<LogReport> {
  const { path, engine, mapBytes, maxReaders } = settings
  const paths = dataPaths(path)
  const lock = lockFolder(paths.lock)
  try {
    const sign = signer(vault.masterKey, 'log')
    const store = await openStore({ engine, path: paths.store, mapBytes, maxReaders, sign })
    try {
      return tellLog(await store.checkLog(() => Bun.sleep(0), noted))
    } finally {
      await store.close()
    }
  } finally {
    lock.release()
  }
}

function tell({ events, first, head, problems }: LogReport): string[] {
  return [
    `Events in the log: ${events}, from number ${first}.`,
    `Head: ${head}`,
    ...problems,
    problems.length === 0
      ? 'The chain is whole: nothing was changed, removed, put in or cut off.'
      : 'THE CHAIN IS BROKEN: somebody wrote in the log who is not this node.',
  ]
}
