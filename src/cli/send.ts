/**
 * `knooppunt send`.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { Envelope } from '../client/wire.ts'
import { DEFAULT_LIMITS } from '../core/limits.ts'
import { flag, textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, ExitCode, Io } from './command.ts'
import { CONNECTION_OPTIONS, connect } from './connection.ts'
import { CommandError, UsageError } from './failure.ts'
import { say, sayJson } from './output.ts'

/** Offers one message and prints its reference. */
export const send: Command = {
  name: 'send',
  summary: 'Offer one message to the relay.',
  usage: 'knooppunt send FILE|- [options]',
  example:
    'knooppunt send saldoverzoek.json --cert gemeente.pem --key gemeente.key --ca ca.pem   # accepted, on disk',
  options: {
    ...CONNECTION_OPTIONS,
    reference: {
      type: 'string',
      help: 'UUID referentienummer of the message, to repeat a call whose answer was lost',
    },
    json: { type: 'boolean', help: "print the relay's answer as JSON" },
  },
  run: sendOne,
}

async function sendOne(args: Arguments, io: Io): Promise<ExitCode> {
  const [source, ...more] = args.positionals
  if (source === undefined || more.length > 0)
    throw new UsageError('Give one FILE, or - for input.')
  const client = await connect(args, io)
  const draft = parseDraft(await readSource(source, io))
  const envelope = complete(draft, textOption(args, 'reference'))
  const { referentienummer } = envelope
  if (draft['referentienummer'] !== referentienummer) {
    // Said before the call: whoever loses the answer needs it, to repeat without sending twice.
    io.stderr(`referentienummer ${referentienummer}\n`)
  }
  const accepted = await client.submit(envelope, { signal: io.signal })
  if (flag(args, 'json')) sayJson(io, accepted)
  else {
    say(io, `referentienummer            ${accepted.referentienummer}`)
    say(io, `conversatieReferentienummer ${accepted.conversatieReferentienummer}`)
    say(io, `kept until confirmed, at most until ${accepted.verlooptOp}`)
  }
  return EXIT.done
}

type Draft = Readonly<Record<string, unknown>>

/** Fills in what the sender makes anyway; everything else is for the relay to judge. */
function complete(draft: Draft, reference: string | undefined): Envelope {
  const opens = draft['crossReferentienummer'] === undefined
  return {
    ...(opens ? { conversatieReferentienummer: randomUUID() } : {}),
    referentienummer: randomUUID(),
    ...draft,
    ...(reference === undefined ? {} : { referentienummer: reference.toLowerCase() }),
  } as Envelope
}

function parseDraft(text: string): Draft {
  let draft: unknown
  try {
    draft = JSON.parse(text)
  } catch {
    throw new CommandError('The message is not valid JSON.')
  }
  if (typeof draft !== 'object' || draft === null || Array.isArray(draft)) {
    throw new CommandError('The message must be one JSON object.')
  }
  return draft as Draft
}

async function readSource(source: string, io: Io): Promise<string> {
  const input = source === '-' ? io.stdin?.() : createReadStream(resolve(io.cwd, source))
  if (input === undefined) throw new CommandError('There is no standard input to read.')
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of input as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > DEFAULT_LIMITS.requestBytes) {
      throw new CommandError(`The message is larger than ${DEFAULT_LIMITS.requestBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new CommandError('The message is not valid UTF-8.')
  }
}
