/**
 * `knooppunt vault change-master-key`.
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { decodeKey } from '../config/secret.ts'
import { systemIds } from '../ops/ids.ts'
import { createJournal } from '../ops/journal.ts'
import { createLog } from '../ops/log.ts'
import { createRelay } from '../relay/create.ts'
import type { Rotated } from '../relay/relay.ts'
import { start } from '../relay/start.ts'
import { dataPaths } from '../store/data-folder.ts'
import { resignStore } from '../store/lmdb/resign.ts'
import { lockFolder } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import { signer } from '../vault/keys.ts'
import { changeMasterKey as changeVault } from '../vault/master-key.ts'
import { openVault } from '../vault/open.ts'
import { textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command, Io } from './command.ts'
import { CONFIG_OPTION, nodeConfig } from './control.ts'
import { CommandError, UsageError } from './failure.ts'
import { say } from './output.ts'
import { fatalTo } from './serve.ts'

/** Puts the data of a stopped node under another master key. */
export const changeMasterKey: Command = {
  name: 'change-master-key',
  summary: 'Put the data of a stopped node under another master key, and end the epoch.',
  usage: 'knooppunt vault change-master-key --new FILE [--config FILE]',
  example: 'openssl rand -hex 32 > keys/master-2.key   # then --new keys/master-2.key',
  options: {
    ...CONFIG_OPTION,
    new: { type: 'string', help: 'FILE with the new master key; the configuration has the old' },
  },
  run: async (args, io) => {
    const name = textOption(args, 'new')
    if (name === undefined) throw new UsageError('Give the file of the new master key with --new.')
    const after = readNewKey(resolve(io.cwd, name), name)
    const config = nodeConfig(args, io)
    if (Buffer.from(after).equals(Buffer.from(config.vault.masterKey)))
      throw new CommandError('The new master key is the one that the configuration has already.')
    const { looked, damaged } = await change(config, after, io)
    say(io, `Ring, vault and log are under the new master key; ${looked - damaged} keys moved on.`)
    say(io, `1. Let vault.masterKey of the configuration point at ${name}.`)
    say(io, '2. Start the relay, and make a new backup: earlier ones open with the old key only.')
    say(io, '3. Destroy the file of the old master key.')
    return EXIT.done
  },
}

function readNewKey(path: string, name: string): Uint8Array {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode
  if (mode === undefined) throw new CommandError(`There is no file ${name}.`)
  if ((mode & 0o037) !== 0)
    throw new CommandError(`Others may read or change ${name}; chmod 600 makes it yours alone.`)
  const key = decodeKey(readFileSync(path, 'utf8'))
  if (key === undefined)
    throw new CommandError(
      `${name} does not hold thirty-two bytes as 64 hexadecimal digits or base64.`,
    )
  return key
}

async function change(config: Config, after: Uint8Array, io: Io): Promise<Rotated> {
  const { store: settings, vault } = config
  const { ringPath, masterKey: before } = vault
  const paths = dataPaths(settings.path)
  const lock = lockFolder(paths.lock)
  try {
    const { engine, mapBytes, maxReaders } = settings
    const environment = { path: paths.store, mapBytes, maxReaders }
    changeVault({ path: paths.vault, ringPath }, before, after)
    await resignStore(environment, signer(before, 'log'), signer(after, 'log'))
    // Whoever copied ring and old master key holds keys of this epoch; it ends here.
    const keys = await openVault({ path: paths.vault, ringPath, masterKey: after })
    const store = await openStore({ ...environment, engine, sign: signer(after, 'log') })
    const ports = {
      store,
      vault: keys,
      ballast: { release: () => false, refill: () => {} },
      clock: { now: Date.now },
      ids: systemIds,
      journal: createJournal(createLog({ sink: io.stderr, now: Date.now, level: 'info' })),
      settings: () => config.settings,
      fatal: fatalTo(io),
    }
    const { rest } = await start({ ...ports, pause: () => Bun.sleep(0) })
    await rest
    const relay = createRelay(ports)
    const rotated = await relay.rotate()
    await relay.drain()
    await store.close()
    await keys.close()
    return rotated
  } finally {
    lock.release()
  }
}
