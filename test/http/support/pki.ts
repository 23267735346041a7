/**
 * Certificates made at run time with the openssl command, in a folder that is removed afterwards.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Credentials {
  readonly cert: string
  readonly key: string
}

export interface Pki {
  readonly anchor: string
  readonly server: Credentials
  /** Another server certificate of the same issuer. */
  readonly nextServer: Credentials
  readonly good: Credentials
  readonly alsoGood: Credentials
  /** Issued by itself, with the subject of `good`. */
  readonly rogue: Credentials
  remove(): void
}

export function createPki(): Pki {
  const folder = mkdtempSync(join(tmpdir(), 'knooppunt-pki-'))
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const read = (name: string): Credentials => ({
    cert: readFileSync(at(`${name}.pem`), 'utf8'),
    key: readFileSync(at(`${name}.key`), 'utf8'),
  })
  const key = (name: string) =>
    openssl(
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-out',
      `${name}.key`,
    )
  const selfSigned = (name: string, subject: string) => {
    key(name)
    openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      `${name}.key`,
      '-subj',
      subject,
      '-days',
      '2',
      '-out',
      `${name}.pem`,
    )
  }
  const issue = (name: string): Credentials => {
    key(name)
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`)
    writeFileSync(at('extensions'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'anchor.pem', '-CAkey', 'anchor.key'],
      ...['-CAcreateserial', '-days', '2', '-extfile', 'extensions', '-out', `${name}.pem`],
    )
    return read(name)
  }
  selfSigned('anchor', '/CN=Proefanker')
  selfSigned('rogue', '/CN=good')
  return {
    anchor: read('anchor').cert,
    server: issue('server'),
    nextServer: issue('nextServer'),
    good: issue('good'),
    alsoGood: issue('alsoGood'),
    rogue: read('rogue'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
