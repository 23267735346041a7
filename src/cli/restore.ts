/**
 * `knooppunt restore`: make a node from a backup, in an empty folder.
 * @module
 */
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { systemIds } from '../ops/ids.ts'
import { createJournal } from '../ops/journal.ts'
import { createLog } from '../ops/log.ts'
import { createRelay } from '../relay/create.ts'
import type { Ports } from '../relay/ports.ts'
import { restore as restoreInto } from '../relay/restore.ts'
import type { Restored } from '../relay/restore.ts'
import { readBackup } from '../store/backup.ts'
import { beginRestore, dataPaths, endRestore } from '../store/data-folder.ts'
import { lockFolder } from '../store/lock.ts'
import { openStore } from '../store/open.ts'
import { deriveKey, signer } from '../vault/keys.ts'
import { createVault } from '../vault/open.ts'
import { flag, textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command, Io } from './command.ts'
import { CONFIG_OPTION, nodeConfig } from './control.ts'
import { CommandError, UsageError } from './failure.ts'
import { say, sayJson } from './output.ts'
import { fatalTo } from './serve.ts'

/** Restores into the empty data folder of the configuration. */
export const restore: Command = {
  name: 'restore',
  summary:
    'Make the data of a node from a backup; what waited then is told to its senders as lost.',
  usage: 'knooppunt restore --in FILE [--config FILE] [--json]',
  example: 'knooppunt restore --in knooppunt.backup   # then knooppunt serve',
  options: {
    ...CONFIG_OPTION,
    in: { type: 'string', help: 'FILE that knooppunt backup wrote, under the same master key' },
    json: { type: 'boolean', help: 'print the figures as JSON' },
  },
  run: async (args, io) => {
    const file = textOption(args, 'in')
    if (file === undefined) throw new UsageError('Give the backup with --in.')
    const path = resolve(io.cwd, file)
    if (!existsSync(path)) throw new CommandError(`There is no file ${file}.`)
    const restored = await restoreNode(nodeConfig(args, io), path, io)
    if (flag(args, 'json')) sayJson(io, restored)
    else for (const line of tell(restored)) say(io, line)
    return EXIT.done
  },
}

async function restoreNode(config: Config, file: string, io: Io): Promise<Restored> {
  const { masterKey, ringPath } = config.vault
  const backup = readBackup(file, deriveKey(masterKey, 'backup'))
  const paths = dataPaths(config.store.path)
  mkdirSync(config.store.path, { recursive: true, mode: 0o700 })
  const lock = lockFolder(paths.lock)
  try {
    const folder = { dir: config.store.path, ringPath }
    await beginRestore(folder)
    const vault = await createVault({ path: paths.vault, ringPath, masterKey })
    const { engine, mapBytes, maxReaders } = config.store
    const store = await openStore({
      ...{ engine, mapBytes, maxReaders, path: paths.store },
      sign: signer(masterKey, 'log'),
      createFor: vault.id,
    })
    vault.adopt([])
    const restored = await restoreInto({ store, vault }, backup, Date.now())
    const ports: Ports = {
      store,
      vault,
      ballast: { release: () => false, refill: () => {} },
      clock: { now: Date.now },
      ids: systemIds,
      journal: createJournal(createLog({ sink: io.stderr, now: Date.now, level: 'info' })),
      settings: () => config.settings,
      fatal: fatalTo(io),
    }
    const relay = createRelay(ports)
    await relay.tellLost()
    await relay.drain()
    await store.close()
    await vault.close()
    await endRestore(folder)
    return restored
  } finally {
    lock.release()
  }
}

function tell({ messages, conversations, lost }: Restored): string[] {
  return [
    `Restored: ${messages} messages by their headers, ${conversations} conversations.`,
    `Waiting when the backup was made, now onbekend-na-herstel and told to their senders: ${lost}.`,
    'What happened after the backup is not known here. Content is nowhere; senders may offer it again.',
  ]
}
