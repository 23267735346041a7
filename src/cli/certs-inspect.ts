/**
 * `knooppunt certs inspect`: what is in a file with certificates, in plain English. Nothing is judged.
 * @module
 */
import { factsOf, parseCertificate, type Certificate } from '../trust/certificate.ts'
import { moment } from '../trust/finding.ts'
import { PURPOSE } from '../trust/oids.ts'
import { flag } from './arguments.ts'
import { inSentence, onlyFile, readBlocks } from './certs-files.ts'
import { EXIT } from './command.ts'
import type { Command } from './command.ts'
import { say, sayJson } from './output.ts'

const PURPOSE_TEXT: Readonly<Record<string, string>> = {
  [PURPOSE.client]: 'client',
  [PURPOSE.server]: 'server',
  [PURPOSE.any]: 'anything',
}

/** Shows each certificate in a file, in its order. */
export const inspect: Command = {
  name: 'inspect',
  summary: 'Show what is in a certificate file. Nothing is judged.',
  usage: 'knooppunt certs inspect FILE [--json]',
  example: 'knooppunt certs inspect certs/gemeente.pem   # leaf first, then its issuers',
  options: { json: { type: 'boolean', help: 'print as JSON' } },
  run: async (args, io) => {
    const file = onlyFile(args)
    const blocks = readBlocks(io, file, 'CERTIFICATE')
    const certificates = inSentence(file, () => blocks.map(parseCertificate))
    if (flag(args, 'json')) sayJson(io, certificates.map(asData))
    else say(io, certificates.map(asText).join('\n\n'))
    return EXIT.done
  },
}

function asData(certificate: Certificate): Record<string, unknown> {
  const { extensions, algorithm } = certificate
  const { notBefore, notAfter, ...facts } = factsOf(certificate)
  return {
    ...facts,
    notBefore: moment(notBefore),
    notAfter: moment(notAfter),
    signature: algorithm.text,
    authority: extensions.isAuthority,
    pathLength: extensions.pathLength ?? null,
    purposes: extensions.purposes ?? [],
    policies: extensions.policies ?? [],
    dnsNames: extensions.dnsNames,
    crlAddresses: extensions.crlAddresses,
    unhandledExtensions: extensions.unhandled,
    weakness: weaknessOf(certificate) ?? null,
  }
}

function asText(certificate: Certificate): string {
  const { extensions, algorithm } = certificate
  const facts = factsOf(certificate)
  const below = extensions.pathLength
  const role = extensions.isAuthority
    ? `issuing authority${below === undefined ? '' : `, at most ${below} authorities below it`}`
    : 'end entity'
  const purposes = extensions.purposes?.map((oid) => PURPOSE_TEXT[oid] ?? oid).join(', ')
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Subject', facts.subject],
    ['Issuer', facts.issuer],
    ['OIN', facts.oin ?? (extensions.isAuthority ? undefined : 'none')],
    ['Serial', facts.serial],
    ['Valid', `${moment(facts.notBefore)} to ${moment(facts.notAfter)}`],
    ['Role', role],
    ['Purpose', purposes ?? (extensions.isAuthority ? undefined : 'none named')],
    ['Key', facts.key],
    ['Signed with', algorithm.text],
    ['Weakness', weaknessOf(certificate)],
    ['Policies', extensions.policies?.join(', ')],
    ['Names', extensions.dnsNames.join(', ')],
    ['CRL', extensions.crlAddresses.join(', ')],
    ['Not handled', extensions.unhandled.join(', ')],
    ['SHA-256', facts.fingerprint],
  ]
  return rows.flatMap(([label, text]) => (text ? [`${label.padEnd(12)} ${text}`] : [])).join('\n')
}

function weaknessOf({ key, algorithm }: Certificate): string | undefined {
  if (key.weakness !== undefined) return key.weakness
  return algorithm.scheme ? undefined : `signed with ${algorithm.text}`
}
