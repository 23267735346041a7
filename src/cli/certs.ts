/**
 * `knooppunt certs`: a development PKI, and explanations of certificates.
 * @module
 */
import { inspect } from './certs-inspect.ts'
import { explain } from './certs-explain.ts'
import { init, issueCertificate, revokeCertificate } from './certs-pki.ts'
import { EXIT } from './command.ts'
import type { Command } from './command.ts'
import { helpFor } from './help.ts'

/** The group; alone it explains itself. */
export const certs: Command = {
  name: 'certs',
  summary: 'Make certificates for development, and explain any certificate.',
  usage: 'knooppunt certs init | issue | revoke | inspect | explain',
  example: 'knooppunt certs init --dir certs   # then: knooppunt certs issue --help',
  options: {},
  commands: [init, issueCertificate, revokeCertificate, inspect, explain],
  run: async (_, io) => {
    io.stderr(helpFor(certs))
    return EXIT.usage
  },
}
