/**
 * `knooppunt whoami`.
 * @module
 */
import { ClientError } from '../client/client-error.ts'
import type { Identity, Participant } from '../client/wire.ts'
import { flag } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, ExitCode, Io } from './command.ts'
import { CONNECTION_OPTIONS, connect } from './connection.ts'
import { UsageError, failureOf } from './failure.ts'
import { say, sayJson } from './output.ts'

/** Shows what the relay sees of the caller, or why it lets nobody in with this certificate. */
export const whoami: Command = {
  name: 'whoami',
  summary: 'Show what the relay sees of you: certificate, connection, participants, modules.',
  usage: 'knooppunt whoami [options]',
  example: 'knooppunt whoami --cert gemeente.pem --key gemeente.key --ca ca.pem',
  options: {
    ...CONNECTION_OPTIONS,
    json: { type: 'boolean', help: 'print what the relay answers as JSON' },
  },
  run: show,
}

async function show(args: Arguments, io: Io): Promise<ExitCode> {
  if (args.positionals.length > 0) throw new UsageError('This command takes options only.')
  const client = await connect(args, io)
  try {
    const identity = await client.identity({ signal: io.signal })
    if (flag(args, 'json')) sayJson(io, identity)
    else for (const line of describe(identity)) say(io, line)
    return EXIT.done
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 401) throw error
    if (flag(args, 'json')) sayJson(io, error.problem)
    else for (const line of describeRefusal(error)) say(io, line)
    return EXIT.no
  }
}

const KINDS = { eigen: 'for its own participants', leverancier: 'acting for others' } as const

function describe(identity: Identity): string[] {
  const { knooppunt, omgeving, certificaat, aansluiting, deelnemers } = identity
  return [
    `${knooppunt} (${omgeving}) knows you as connection ${aansluiting.naam}, ${KINDS[aansluiting.soort]}.`,
    ...facts(certificaat),
    ...deelnemers.flatMap(participantLines),
  ]
}

function participantLines({ id, naam, status, type, modules }: Participant): string[] {
  const taken = modules.map(({ module, versies }) => `${module} ${versies.join(', ')}`)
  return [
    `Participant ${naam} (${type.join(', ')}), ${status}`,
    `  id          ${id}`,
    `  modules     ${taken.length === 0 ? 'none' : taken.join('; ')}`,
  ]
}

/** The relay tells of a refused certificate what it could read of it, so that the holder can compare. */
function describeRefusal(error: ClientError): string[] {
  const { certificaat, laag } = error.problem
  return [
    'The relay does not let you in.',
    ...(failureOf(error)?.lines ?? []),
    ...(typeof laag === 'string' ? [`The check that failed first: ${layerText(laag)}`] : []),
    ...facts(certificaat),
  ]
}

const LAYERS: Readonly<Record<string, string>> = {
  certificaat: 'certificate (none was shown, or it cannot be read)',
  keten: 'chain (it does not lead to an authority that the relay trusts)',
  geldigheid: 'validity (not valid yet, or not any more)',
  intrekking: 'revocation (revoked, or nobody can tell)',
  doel: 'purpose (not meant for clients)',
  oin: 'OIN (the subject has no single serialNumber of twenty digits)',
  aansluiting: 'connection (the identity is good, but unknown to this relay)',
}

function layerText(layer: string): string {
  return Object.hasOwn(LAYERS, layer) ? (LAYERS[layer] ?? layer) : layer
}

const FACT_NAMES: Readonly<Record<string, string>> = {
  onderwerp: 'subject',
  uitgever: 'issuer',
  oin: 'OIN',
  geldigVan: 'valid from',
  geldigTot: 'valid until',
  vingerafdruk: 'fingerprint',
}

function facts(certificate: unknown): string[] {
  if (typeof certificate !== 'object' || certificate === null) return []
  const known = Object.entries(certificate).filter(([name]) => Object.hasOwn(FACT_NAMES, name))
  return [
    'Your certificate',
    ...known.map(([name, value]) => `  ${(FACT_NAMES[name] ?? name).padEnd(12)}${String(value)}`),
  ]
}
