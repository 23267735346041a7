/**
 * `knooppunt receive`.
 * @module
 */
import { join, resolve } from 'node:path'
import { ClientError } from '../client/client-error.ts'
import type { Client } from '../client/client.ts'
import type { Delivered, MailboxItem } from '../client/wire.ts'
import type { ErrorCode } from '../core/errors.ts'
import { DEFAULT_LIMITS } from '../core/limits.ts'
import { flag, numberOption, textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, ExitCode, Io } from './command.ts'
import { CONNECTION_OPTIONS, connect } from './connection.ts'
import { CommandError, UsageError, failureOf } from './failure.ts'
import { say, sayJson } from './output.ts'
import { writeSafely } from './safe-file.ts'

/** Fetches what waits, and confirms it once it is safe. */
export const receive: Command = {
  name: 'receive',
  summary: 'Fetch the messages that wait, and confirm them once they are safely on disk.',
  usage: 'knooppunt receive [--out DIR [--confirm]] [options]',
  example:
    'knooppunt receive --out inbox --confirm --wait 30   # one file per message; the relay erases what it gave',
  options: {
    ...CONNECTION_OPTIONS,
    module: { type: 'string', help: 'NAME only messages of this module' },
    out: {
      type: 'string',
      help: 'DIR write each message to DIR/<referentienummer>.json; without it, print one per line',
    },
    confirm: {
      type: 'boolean',
      help: 'confirm each message after its file is on disk; the relay then erases it',
    },
    wait: {
      type: 'string',
      help: `SECONDS how long to wait for a first message, up to ${DEFAULT_LIMITS.longPollSeconds}`,
    },
    limit: { type: 'string', help: 'COUNT stop after this many messages' },
    json: { type: 'boolean', help: 'print what was done as JSON (with --out)' },
  },
  run: receiveAll,
}

/** What became of one message. */
interface Received {
  readonly referentienummer: string
  readonly module: string
  readonly berichttype: string
  readonly file: string
  readonly confirmed: boolean
}

/** Ends that another worker or the clock may bring between list and fetch; no failure of ours. */
const OVERTAKEN: readonly string[] = [
  'bericht-weg',
  'niet-gevonden',
  'in-ophaling',
] satisfies ErrorCode[]

async function receiveAll(args: Arguments, io: Io): Promise<ExitCode> {
  if (args.positionals.length > 0) throw new UsageError('This command takes options only.')
  const out = textOption(args, 'out')
  const confirming = flag(args, 'confirm')
  if (out === undefined && confirming) {
    throw new UsageError('--confirm needs --out DIR: what is only printed is not safe.')
  }
  const limit = numberOption(args, 'limit', { min: 1, max: 1_000_000 }) ?? Infinity
  const client = await connect(args, io)
  const received: Received[] = []
  let troubled = false
  let count = 0
  for await (const item of waiting(client, args, io)) {
    if (count === limit) break
    const message = await fetchOne(client, item, io)
    if (message === undefined) continue
    if (message === 'failed') {
      troubled = true
      continue
    }
    count += 1
    if (out === undefined) {
      io.stdout(`${JSON.stringify(message)}\n`)
      continue
    }
    const file = await keep(message, resolve(io.cwd, out))
    const confirmed = confirming && (await confirmOne(client, message, io))
    troubled ||= confirming && !confirmed
    const { referentienummer, module, berichttype } = message
    const done: Received = { referentienummer, module, berichttype, file, confirmed }
    received.push(done)
    if (!flag(args, 'json')) {
      say(
        io,
        `${done.referentienummer}  ${done.module}/${done.berichttype}  ${done.confirmed ? 'confirmed' : 'fetched'}`,
      )
    }
  }
  if (out !== undefined && flag(args, 'json')) sayJson(io, received)
  else if (count === 0) io.stderr('Nothing waits.\n')
  return troubled ? EXIT.no : EXIT.done
}

/** Everything in the mailbox, page by page. */
async function* waiting(client: Client, args: Arguments, io: Io): AsyncGenerator<MailboxItem> {
  const module = textOption(args, 'module')
  const wait = numberOption(args, 'wait', { min: 0, max: DEFAULT_LIMITS.longPollSeconds })
  const filter = module === undefined ? {} : { module }
  const { signal } = io
  // Only the first page waits: the following ones are there already.
  let page = await client.list({ ...filter, ...(wait ? { wacht: wait } : {}) }, { signal })
  for (;;) {
    yield* page.berichten
    if (page.volgende === undefined) return
    page = await client.list({ ...filter, na: page.volgende }, { signal })
  }
}

/** @returns undefined when the message went elsewhere meanwhile, `failed` when the relay cannot give it */
async function fetchOne(
  client: Client,
  { referentienummer }: MailboxItem,
  io: Io,
): Promise<Delivered | 'failed' | undefined> {
  try {
    return await client.fetch(referentienummer, { signal: io.signal })
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    if (OVERTAKEN.includes(error.code)) return undefined
    if (error.code !== 'bericht-beschadigd') throw error
    const lines = failureOf(error)?.lines ?? []
    io.stderr(`${referentienummer}: ${lines.join('\n')}\n`)
    return 'failed'
  }
}

/** Writes a message to its own file. @returns where */
async function keep(message: Delivered, folder: string): Promise<string> {
  const { referentienummer } = message
  // It becomes a file name, and comes from outside.
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(referentienummer)) {
    throw new CommandError('The relay gave a referentienummer that is no UUID.')
  }
  const file = join(folder, `${referentienummer}.json`)
  await writeSafely(file, `${JSON.stringify(message, null, 2)}\n`)
  return file
}

/** @returns false when the relay refuses, which it does when the message has ended meanwhile: the file stays */
async function confirmOne(
  client: Client,
  { referentienummer }: Delivered,
  io: Io,
): Promise<boolean> {
  try {
    await client.confirm(referentienummer, { signal: io.signal })
    return true
  } catch (error) {
    if (!(error instanceof ClientError) || error.status === undefined) throw error
    io.stderr(`${referentienummer}: ${failureOf(error)?.lines.join('\n')}\n`)
    return false
  }
}
