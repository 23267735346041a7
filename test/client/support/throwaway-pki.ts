/**
 * A throw-away authority with a server and clients, made by the openssl program in a folder that the caller removes.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Pair {
  readonly certificate: string
  readonly key: string
  readonly certificateFile: string
  readonly keyFile: string
}

export interface ThrowawayPki {
  readonly folder: string
  readonly ca: string
  readonly caFile: string
  /** For `localhost` and 127.0.0.1. */
  readonly server: Pair
  /** A client certificate whose common name is the name. */
  client(name: string): Pair
  remove(): void
}

export function throwawayPki(): ThrowawayPki {
  const folder = mkdtempSync(join(tmpdir(), 'knooppunt-client-'))
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => {
    const { exitCode, stderr } = Bun.spawnSync(['openssl', ...args], { cwd: folder })
    if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`)
  }
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl(
    ...['req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem'],
    ...['-days', '2', '-subj', '/CN=throw-away authority'],
  )
  const issue = (name: string, extensions: string): Pair => {
    const [key, request, certificate] = [`${name}.key`, `${name}.csr`, `${name}.pem`] as const
    openssl('req', ...curve, '-keyout', key, '-out', request, '-subj', `/CN=${name}`)
    writeFileSync(at('extensions'), extensions)
    openssl(
      ...['x509', '-req', '-in', request, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-days', '1', '-out', certificate, '-extfile', 'extensions'],
    )
    return {
      certificate: readFileSync(at(certificate), 'utf8'),
      key: readFileSync(at(key), 'utf8'),
      certificateFile: at(certificate),
      keyFile: at(key),
    }
  }
  return {
    folder,
    ca: readFileSync(at('ca.pem'), 'utf8'),
    caFile: at('ca.pem'),
    server: issue('server', 'subjectAltName=DNS:localhost,IP:127.0.0.1'),
    client: (name) => issue(name, 'extendedKeyUsage=clientAuth'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
