/**
 * The options by which a command finds the relay and shows who it is.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createClient } from '../client/client.ts'
import type { Client } from '../client/client.ts'
import type { Arguments, Io, Option } from './command.ts'
import { textOption } from './arguments.ts'
import { UsageError } from './failure.ts'

const DEFAULT_URL = 'https://localhost:8443'

/** For the `options` of every command that calls a relay. */
export const CONNECTION_OPTIONS = {
  url: {
    type: 'string',
    help: `URL address of the relay; else KNOOPPUNT_URL, else ${DEFAULT_URL}`,
  },
  cert: {
    type: 'string',
    help: 'FILE certificate of the connection (PEM); else KNOOPPUNT_CERT',
  },
  key: { type: 'string', help: 'FILE private key (PEM); else KNOOPPUNT_KEY' },
  ca: {
    type: 'string',
    help: "FILE authority of the relay's own certificate (PEM); else KNOOPPUNT_CA",
  },
  participant: {
    type: 'string',
    help: 'UUID participant to act for, when the connection covers several; else KNOOPPUNT_PARTICIPANT',
  },
} as const satisfies Record<string, Option>

type Name = keyof typeof CONNECTION_OPTIONS

/**
 * A client as the options and the environment say; options win.
 * @throws UsageError when something is missing, ClientError when something cannot be used
 */
export async function connect(args: Arguments, io: Io): Promise<Client> {
  const given = (name: Name) => textOption(args, name) ?? io.env[`KNOOPPUNT_${name.toUpperCase()}`]
  const file = async (name: Name) => {
    const path = given(name)
    if (path === undefined || path === '') {
      throw new UsageError(`Give --${name} FILE, or set KNOOPPUNT_${name.toUpperCase()}.`)
    }
    return readFile(resolve(io.cwd, path), 'utf8')
  }
  const [certificate, key, ca] = [await file('cert'), await file('key'), await file('ca')]
  const participant = given('participant')
  return createClient({
    url: given('url') ?? DEFAULT_URL,
    certificate,
    key,
    ca,
    ...(participant === undefined ? {} : { participant: participant.toLowerCase() }),
  })
}
