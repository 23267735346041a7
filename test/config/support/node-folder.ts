/**
 * A node's folder with a sound configuration, certificates and keys, all made at run time, for tests to spoil.
 * @module
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import forge from 'node-forge'

/** The moment at which these tests read their configurations. */
export const NOW = Date.parse('2026-06-15T10:00:00Z')
const DAY_MS = 86_400_000

export interface NodeFolder {
  readonly path: string
  /** Writes a file and gives its absolute name. */
  readonly write: (name: string, content: string | Uint8Array, mode?: number) => string
  readonly remove: () => void
}

/** An empty folder under the system's temporary folder. */
export function emptyFolder(): NodeFolder {
  const path = mkdtempSync(join(tmpdir(), 'knooppunt-config-'))
  return {
    path,
    write: (name, content, mode = 0o600) => {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content, { mode })
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/**
 * A folder with every certificate and key that the sections below, and the golden cases, name.
 * @param now the moment that terms of validity are counted from
 */
export function nodeFolder(now = NOW): NodeFolder {
  const folder = emptyFolder()
  const [key, otherKey] = [makeKey(), makeKey()]
  const certificate = (days: number, from = -30) =>
    makeCertificate(key, now + from * DAY_MS, now + days * DAY_MS)
  folder.write('certs/server.pem', certificate(365))
  folder.write('certs/server.key', key)
  folder.write('certs/other.key', otherKey)
  folder.write('certs/open.key', key, 0o644)
  folder.write('certs/locked.key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n')
  folder.write('certs/ca.pem', certificate(3_650))
  folder.write('certs/leaf.pem', makeCertificate(key, now, now + 100 * DAY_MS, false))
  folder.write('certs/two.pem', certificate(365) + certificate(364))
  folder.write('certs/ended.pem', certificate(-1))
  folder.write('certs/later.pem', certificate(365, 5))
  for (const days of [2, 10, 20, 50]) folder.write(`certs/ends-in-${days}.pem`, certificate(days))
  folder.write('certs/garbled.pem', certificate(365).replace(/[A-Za-z]{20}/, ''))
  folder.write('certs/notes.txt', 'not a certificate')
  folder.write('certs/ca.crl', '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n')
  folder.write('keys/master.key', `${crypto.getRandomValues(new Uint8Array(32)).toHex()}\n`)
  folder.write('keys/open.key', crypto.getRandomValues(new Uint8Array(32)).toHex(), 0o644)
  folder.write('keys/short.key', 'abcdef')
  folder.write('keys/zero.key', '0'.repeat(64))
  folder.write('data/inside.key', crypto.getRandomValues(new Uint8Array(32)).toHex())
  return folder
}

/** A sound configuration, by top-level key. */
export const SECTIONS: Readonly<Record<string, string>> = {
  node: `node:
  id: "11111111-1111-4111-8111-111111111111"
  name: Testknooppunt
  url: https://relay.example.nl:8443
  environment: test
`,
  listen: `listen:
  api: { certificate: certs/server.pem, key: certs/server.key }
`,
  trust: `trust:
  anchors: [{ file: certs/ca.pem }]
`,
  vault: `vault:
  masterKey: { file: keys/master.key }
  ring: { path: keys/ring }
`,
  organisations: `organisations:
  - { id: gemeente, name: Gemeente Voorbeeldstad, kvk: "90000001" }
  - { id: energie, name: Energie Direct, kvk: "90000002" }
`,
  participants: `participants:
  - id: "22222222-2222-4222-8222-222222222222"
    name: Gemeente Voorbeeldstad
    organisation: gemeente
    status: actief
    types: [shv-fase-2]
    modules: { schuldregeling: ["2.0"] }
  - id: "33333333-3333-4333-8333-333333333333"
    name: Energie Direct
    organisation: energie
    status: actief
    types: [schuldeiser]
    modules: { schuldregeling: ["2.0"] }
`,
  connections: `connections:
  - name: gemeente
    oin: "00000099000000010000"
    participants: ["22222222-2222-4222-8222-222222222222"]
  - name: energie
    oin: "00000099000000020000"
    participants: ["33333333-3333-4333-8333-333333333333"]
`,
}

/** A whole configuration: the given text first, then the sound sections that it does not have. */
export function complete(text: string, without: readonly string[] = []): string {
  const rest = Object.entries(SECTIONS)
    .filter(([key]) => !new RegExp(`^${key}:`, 'm').test(text) && !without.includes(key))
    .map(([, section]) => section)
  return [text.replace(/\n*$/, '\n'), ...rest].join('')
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
}

/** A self-signed certificate for relay.example.nl. */
function makeCertificate(keyPem: string, from: number, to: number, isAuthority = true): string {
  const privateKey = forge.pki.privateKeyFromPem(keyPem)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e)
  certificate.serialNumber = '01'
  certificate.validity.notBefore = new Date(from)
  certificate.validity.notAfter = new Date(to)
  const name = [{ name: 'commonName', value: 'Test' }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: isAuthority },
    { name: 'subjectAltName', altNames: [{ type: 2, value: 'relay.example.nl' }] },
  ])
  certificate.sign(privateKey, forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate).replaceAll('\r', '')
}
