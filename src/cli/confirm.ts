/**
 * `knooppunt confirm`.
 * @module
 */
import { ClientError } from '../client/client-error.ts'
import type { Receipt } from '../client/wire.ts'
import { flag } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, ExitCode, Io } from './command.ts'
import { CONNECTION_OPTIONS, connect } from './connection.ts'
import { UsageError, failureOf } from './failure.ts'
import { say, sayJson } from './output.ts'

/** Confirms messages that were fetched before. */
export const confirm: Command = {
  name: 'confirm',
  summary: 'Confirm messages that are safely stored here, after which the relay erases them.',
  usage: 'knooppunt confirm REF… [options]',
  example: 'knooppunt confirm 7c1f0a52-3f0e-4f0c-9d6f-0a8a7a4f1b2c   # confirmed and erased',
  options: {
    ...CONNECTION_OPTIONS,
    json: { type: 'boolean', help: 'print the receipts as JSON' },
  },
  run: confirmEach,
}

async function confirmEach(args: Arguments, io: Io): Promise<ExitCode> {
  const references = [...new Set(args.positionals.map((reference) => reference.toLowerCase()))]
  if (references.length === 0) throw new UsageError('Give the referentienummer of a message.')
  const client = await connect(args, io)
  const receipts: Receipt[] = []
  let refused = false
  for (const reference of references) {
    try {
      const receipt = await client.confirm(reference, { signal: io.signal })
      receipts.push(receipt)
      if (!flag(args, 'json')) say(io, `${reference}  confirmed and erased`)
    } catch (error) {
      // One that cannot be confirmed says nothing about the next; a relay that cannot be reached does.
      if (!(error instanceof ClientError) || error.status === undefined) throw error
      refused = true
      io.stderr(`${reference}  ${failureOf(error)?.lines.join('\n') ?? error.code}\n`)
    }
  }
  if (flag(args, 'json')) sayJson(io, receipts)
  return refused ? EXIT.no : EXIT.done
}
