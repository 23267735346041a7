/**
 * `knooppunt certs init`, `issue` and `revoke`: a development PKI in a folder.
 * @module
 */
import { join, resolve } from 'node:path'

import { ALGORITHMS } from '../trust/development/keys.ts'
import { revoke } from '../trust/development/lists.ts'
import { createDevelopmentPki, issue, openDevelopmentPki } from '../trust/development/pki.ts'
import { LEAF_DAYS_MAX } from '../trust/development/terms.ts'
import { flag, numberOption, textOption } from './arguments.ts'
import { inSentence, needed, nothingElse, repeated } from './certs-files.ts'
import { EXIT } from './command.ts'
import type { Command, Option } from './command.ts'
import { UsageError } from './failure.ts'
import { say } from './output.ts'

const DAY_MS = 86_400_000

const dir: Option = { type: 'string', help: 'DIR folder of the development PKI' }

/** Makes root, issuing authorities and first revocation lists. */
export const init: Command = {
  name: 'init',
  summary: 'Make a development PKI: a root, an issuing authority and revocation lists.',
  usage: 'knooppunt certs init --dir DIR [--algorithm ec|rsa|rsa-pss] [--layers 3|4]',
  example: 'knooppunt certs init --dir certs   # writes certs/ca.pem and certs/crl.pem',
  options: {
    dir,
    algorithm: {
      type: 'string',
      default: 'ec',
      help: 'NAME ec, rsa, or rsa-pss with SHA-512 as PKIoverheid G4',
    },
    layers: { type: 'string', default: '3', help: 'N certificates from leaf to root, 3 or 4' },
  },
  run: async (args, io) => {
    nothingElse(args)
    const named = textOption(args, 'algorithm') ?? 'ec'
    const algorithm = ALGORITHMS.find((known) => known === named)
    if (!algorithm) throw new UsageError('Option --algorithm takes ec, rsa or rsa-pss.')
    const layers = numberOption(args, 'layers', { min: 3, max: 4 }) === 4 ? 4 : 3
    const folder = resolve(io.cwd, needed(args, 'dir'))
    inSentence('certs init', () => createDevelopmentPki(folder, { algorithm, layers }))
    say(io, `Root certificate:  ${join(folder, 'ca.pem')}`)
    say(io, `Revocation lists:  ${join(folder, 'crl.pem')}, due again in 30 days`)
    say(io, `Keys of the PKI:   ${join(folder, 'authority')}, for you alone`)
    return EXIT.done
  },
}

/** Issues a certificate with a new key. */
export const issueCertificate: Command = {
  name: 'issue',
  summary: 'Issue a certificate with a new key to a participant or a server.',
  usage:
    'knooppunt certs issue --dir DIR --name NAME --organisation TEXT [--oin OIN] [--ou TEXT] [--server --host HOST] [--days N]',
  example:
    "knooppunt certs issue --dir certs --name gemeente --oin 00000099000000001000 --organisation 'Gemeente Voorbeeldstad'",
  options: {
    dir,
    name: { type: 'string', help: 'NAME name of the files and of the certificate' },
    oin: { type: 'string', help: 'OIN twenty digits; development OINs begin with 00000099' },
    organisation: { type: 'string', help: 'TEXT name of the organisation' },
    ou: { type: 'string', help: 'TEXT unit of the organisation' },
    server: { type: 'boolean', help: 'for a server instead of a participant' },
    host: { type: 'string', multiple: true, help: 'HOST name or address of the server' },
    policy: { type: 'string', multiple: true, help: 'OID certificate policy to state' },
    days: { type: 'string', help: `N days of validity, at most ${LEAF_DAYS_MAX}` },
  },
  run: async (args, io) => {
    nothingElse(args)
    const hosts = repeated(args, 'host')
    const server = flag(args, 'server')
    if (server !== hosts.length > 0) throw new UsageError('--server and --host go together.')
    const days = numberOption(args, 'days', { min: 1, max: LEAF_DAYS_MAX })
    const oin = textOption(args, 'oin')
    const ou = textOption(args, 'ou')
    const policies = repeated(args, 'policy')
    const now = Date.now()
    const folder = resolve(io.cwd, needed(args, 'dir'))
    const request = {
      name: needed(args, 'name'),
      organisation: needed(args, 'organisation'),
      purpose: server ? ('server' as const) : ('client' as const),
      ...(oin !== undefined && { oin }),
      ...(ou !== undefined && { ou }),
      ...(hosts.length > 0 && { hosts }),
      ...(policies.length > 0 && { policies }),
      ...(days !== undefined && { notBefore: now, notAfter: now + days * DAY_MS }),
    }
    const issued = inSentence('certs issue', () => issue(openDevelopmentPki(folder), request))
    say(io, `Certificate with its issuers:  ${issued.certificateFile}`)
    say(io, `Private key, for you alone:    ${issued.keyFile}`)
    return EXIT.done
  },
}

/** Revokes what was issued under a name. */
export const revokeCertificate: Command = {
  name: 'revoke',
  summary: 'Revoke every certificate that was issued under a name, and write new lists.',
  usage: 'knooppunt certs revoke --dir DIR --name NAME',
  example: 'knooppunt certs revoke --dir certs --name gemeente',
  options: { dir, name: { type: 'string', help: 'NAME name under which it was issued' } },
  run: async (args, io) => {
    nothingElse(args)
    const folder = resolve(io.cwd, needed(args, 'dir'))
    const name = needed(args, 'name')
    const count = inSentence('certs revoke', () => revoke(openDevelopmentPki(folder), name))
    say(io, count === 0 ? 'All were revoked before.' : `Revoked: ${count}.`)
    say(io, `Revocation lists:  ${join(folder, 'crl.pem')}`)
    return EXIT.done
  },
}
