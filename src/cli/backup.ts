/**
 * `knooppunt backup`: write down what the running relay knows, without any content or key.
 * @module
 */
import { open, rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readBackup } from '../store/backup.ts'
import { deriveKey } from '../vault/keys.ts'
import { textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command } from './command.ts'
import { CONFIG_OPTION, nodeConfig, order } from './control.ts'
import { UsageError } from './failure.ts'
import { say } from './output.ts'

/** Makes a backup through the running relay, and reads it again before it says that it is there. */
export const backup: Command = {
  name: 'backup',
  summary: 'Write log, conversations, references and receipts to a file; no content and no key.',
  usage: 'knooppunt backup --out FILE [--config FILE]',
  example: 'knooppunt backup --out knooppunt.backup   # beside the running relay',
  options: {
    ...CONFIG_OPTION,
    out: { type: 'string', help: 'FILE to write; must not be there yet' },
  },
  run: async (args, io) => {
    const out = textOption(args, 'out')
    if (out === undefined) throw new UsageError('Give the file to write with --out.')
    const path = resolve(io.cwd, out)
    const config = nodeConfig(args, io)
    const answer = await order(config, 'backup', io)
    const unfinished = `${path}.part`
    // Fails when somebody else's file is there, also one that was left unfinished.
    await (await open(path, 'wx', 0o600)).close()
    try {
      const file = await open(unfinished, 'wx', 0o600)
      try {
        for await (const chunk of answer.body ?? []) await file.writeFile(chunk)
        await file.sync()
      } finally {
        await file.close()
      }
      const { nextSeq } = readBackup(unfinished, deriveKey(config.vault.masterKey, 'backup'))
      await rename(unfinished, path)
      say(io, `Backup written to ${out}: everything up to message ${nextSeq - 1}, without content.`)
      return EXIT.done
    } catch (error) {
      await rm(unfinished, { force: true })
      await rm(path, { force: true })
      throw error
    }
  },
}
