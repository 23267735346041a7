/**
 * The judge behind real TLS: hundreds of connections with good, rogue, expired, revoked and no certificates, new and
 * resumed. Shows how `Presented` is made from a socket.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'

import type { Presented, Verdict } from '../../src/core/identity.ts'
import { revoke } from '../../src/trust/development/lists.ts'
import { createDevelopmentPki, issue, type Issued } from '../../src/trust/development/pki.ts'
import { parseCertificate, type Certificate } from '../../src/trust/certificate.ts'
import {
  ALGORITHMS,
  keyPem,
  signerFor,
  type Algorithm,
  type KeyPair,
} from '../../src/trust/development/keys.ts'
import { LEAF_DAYS_MAX } from '../../src/trust/development/terms.ts'
import { writeCertificate } from '../../src/trust/development/x509-writer.ts'
import { blocksOf, toPem } from '../../src/trust/pem.ts'
import { createTrust, type ReplaceableTrust } from '../../src/trust/trust.ts'
import {
  authorityExtensions,
  connectionOf,
  DAY,
  keyNamed,
  leafExtensions,
  OIN,
} from './made-pki.ts'

const CONNECTIONS = [connectionOf('gemeente')]
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000)

/** What a connected socket presents: the chain as DER, and the word of TLS. */
function presentedBy(socket: tls.TLSSocket): Presented | undefined {
  const chain: Uint8Array[] = []
  let certificate: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  // A root names itself as its issuer; the bound holds where something else goes round.
  while (certificate?.raw && chain.length < 10) {
    chain.push(certificate.raw)
    const above: tls.DetailedPeerCertificate | undefined = certificate.issuerCertificate
    certificate = above === certificate ? undefined : above
  }
  return chain.length > 0 ? { chain, authorized: socket.authorized } : undefined
}

type Kind = 'good' | 'rogue' | 'look-alike' | 'expired' | 'revoked' | 'server-only' | 'none'

const EXPECTED: Record<Kind, string> = {
  good: 'gemeente',
  rogue: 'certificaat-keten',
  'look-alike': 'certificaat-handtekening',
  expired: 'certificaat-verlopen',
  revoked: 'certificaat-ingetrokken',
  'server-only': 'certificaat-doel',
  none: 'certificaat-ontbreekt',
}

type Identity = Pick<Issued, 'certificatePem' | 'keyPem'>

interface World {
  readonly server: tls.Server
  readonly port: number
  readonly ca: Buffer
  readonly trust: ReplaceableTrust
  readonly certificates: Record<Exclude<Kind, 'none'>, Identity>
  /** Makes the judge read the files again. */
  readonly reload: () => void
  readonly pki: ReturnType<typeof createDevelopmentPki>
}

const outcome = (verdict: Verdict): string => (verdict.ok ? verdict.connection.name : verdict.code)

/** A chain with the very names of the real one, but with other keys. */
function lookAlike(rootFile: string, goodPem: string, algorithm: Algorithm): Identity {
  const [leaf, issuing] = blocksOf(Buffer.from(goodPem), 'CERTIFICATE').map(parseCertificate)
  const [root] = blocksOf(readFileSync(rootFile), 'CERTIFICATE').map(parseCertificate)
  if (!leaf || !issuing || !root) throw new Error('the real chain is not complete')
  const rogue = (label: string) => keyNamed(algorithm, `rogue ${label}`)
  const forge = (of: Certificate, key: KeyPair, issuer: KeyPair, extensions: Uint8Array[]) =>
    writeCertificate(
      {
        issuer: of.issuer.raw,
        subject: of.subject.raw,
        notBefore: of.notBefore,
        notAfter: of.notAfter,
        spki: key.spki,
        extensions,
      },
      signerFor(issuer, algorithm),
    )
  const chain = [
    forge(leaf, rogue('leaf'), rogue('issuing'), leafExtensions()),
    forge(issuing, rogue('issuing'), rogue('root'), authorityExtensions(0)),
    forge(root, rogue('root'), rogue('root'), authorityExtensions()),
  ]
  return {
    certificatePem: chain.map((der) => toPem(der, 'CERTIFICATE')).join(''),
    keyPem: keyPem(rogue('leaf')),
  }
}

async function startWorld(dir: string, algorithm: Algorithm): Promise<World> {
  const pki = createDevelopmentPki(join(dir, 'pki'), { algorithm })
  const rogue = createDevelopmentPki(join(dir, 'rogue'), { algorithm })
  const client = { oin: OIN, organisation: 'Gemeente Voorbeeldstad', purpose: 'client' } as const
  const now = Date.now()
  const past = { notBefore: now - LEAF_DAYS_MAX * DAY, notAfter: now - DAY }
  const good = issue(pki, { ...client, name: 'good' })
  const certificates = {
    good,
    rogue: issue(rogue, { ...client, name: 'good' }),
    'look-alike': lookAlike(join(pki.dir, 'ca.pem'), good.certificatePem, algorithm),
    expired: issue(pki, { ...client, ...past, name: 'expired' }),
    revoked: issue(pki, { ...client, name: 'revoked' }),
    'server-only': issue(pki, { ...client, purpose: 'server', name: 'server-only' }),
  }
  revoke(pki, 'revoked')
  const relay = issue(pki, {
    name: 'relay',
    organisation: 'Relay',
    purpose: 'server',
    hosts: ['localhost'],
  })
  const ca = readFileSync(join(pki.dir, 'ca.pem'))
  const options = () => ({
    environment: 'test' as const,
    anchors: [{ name: 'ca.pem', bytes: ca, identity: 'oin' as const, policies: [] }],
    intermediates: [],
    crls: [{ name: 'crl.pem', bytes: readFileSync(join(pki.dir, 'crl.pem')) }],
    revocation: { maxAgeMs: DAY, onUnknown: 'refuse' as const },
  })
  const trust = createTrust(options(), { connections: () => CONNECTIONS, now: Date.now })
  const server = tls.createServer(
    {
      cert: relay.certificatePem,
      key: relay.keyPem,
      ca,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    },
    (socket) => {
      socket.on('error', () => undefined)
      // Judged per request: on every line that arrives.
      socket.on('data', () => {
        const verdict = trust.judge(presentedBy(socket))
        socket.write(`${outcome(verdict)} ${socket.isSessionReused() ? 'resumed' : 'new'}\n`)
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { server, port, ca, trust, certificates, pki, reload: () => trust.replace(options()) }
}

interface Client {
  ask(): Promise<string>
  session(): Buffer | undefined
  close(): void
}

function connect(world: World, kind: Kind, extra: tls.ConnectionOptions = {}): Promise<Client> {
  const issued = kind === 'none' ? undefined : world.certificates[kind]
  return new Promise((resolve, reject) => {
    let session: Buffer | undefined
    let answered: ((text: string) => void) | undefined
    const socket = tls.connect(
      {
        host: '127.0.0.1',
        port: world.port,
        servername: 'localhost',
        ca: world.ca,
        ...(issued && { cert: issued.certificatePem, key: issued.keyPem }),
        ...extra,
      },
      () =>
        resolve({
          ask: () =>
            new Promise((answer) => {
              answered = answer
              socket.write('who am I?\n')
            }),
          session: () => session ?? socket.getSession(),
          close: () => socket.destroy(),
        }),
    )
    socket.on('session', (ticket) => (session = ticket))
    socket.on('data', (data) => answered?.(data.toString().trim()))
    socket.on('error', reject)
  })
}

describe.each([...ALGORITHMS])('over TLS with %s', (algorithm) => {
  let dir: string
  let world: World
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'knooppunt-tls-'))
    world = await startWorld(dir, algorithm)
  })
  afterAll(() => {
    world.server.close()
    rmSync(dir, { recursive: true, force: true })
  })

  test(`every one of ${algorithm === 'ec' ? 700 : 140} connections gets its own verdict (seed ${SEED})`, async () => {
    const rounds = algorithm === 'ec' ? 100 : 20
    const kinds = Array.from({ length: rounds }, () => Object.keys(EXPECTED) as Kind[]).flat()
    let state = SEED
    const shuffled = kinds
      .map((kind) => ({ kind, order: (state = (state * 48_271 + 11) % 2_147_483_647) }))
      .toSorted((a, b) => a.order - b.order)
    const queue = shuffled.map(({ kind }) => kind)
    const wrong: string[] = []
    const worker = async (): Promise<void> => {
      for (let kind = queue.pop(); kind; kind = queue.pop()) {
        const client = await connect(world, kind)
        for (let round = 0; round < 2; round += 1) {
          const answer = await client.ask()
          if (answer.split(' ')[0] !== EXPECTED[kind]) wrong.push(`${kind}: ${answer}`)
        }
        client.close()
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    expect(wrong).toEqual([])
  }, 30_000)

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`a resumed session of ${version} is judged like a new one, and no longer after revocation`, async () => {
      const versions = { minVersion: version, maxVersion: version }
      const fresh = issue(world.pki, {
        name: `resumed-${version.slice(-1)}`,
        oin: OIN,
        organisation: 'Gemeente Voorbeeldstad',
        purpose: 'client',
      })
      const own = { ...versions, cert: fresh.certificatePem, key: fresh.keyPem }
      const first = await connect(world, 'good', own)
      expect(await first.ask()).toBe('gemeente new')
      const session = first.session()
      if (!session) throw new Error('the server gave no session')
      const second = await connect(world, 'good', { ...own, session })
      expect(await second.ask()).toBe('gemeente resumed')

      // Both connections stay open while their certificate is revoked.
      revoke(world.pki, `resumed-${version.slice(-1)}`)
      world.reload()
      const third = await connect(world, 'good', { ...own, session: second.session() ?? session })
      expect((await first.ask()).split(' ')[0]).toBe('certificaat-ingetrokken')
      expect((await second.ask()).split(' ')[0]).toBe('certificaat-ingetrokken')
      expect(await third.ask()).toBe('certificaat-ingetrokken resumed')
      for (const client of [first, second, third]) client.close()
    })
  }
})
