/**
 * TLS as the NCSC guidelines call good: what the listener speaks, what it refuses, and what an independent scanner says of it.
 * Attempts are made with the openssl program, which can still speak what nobody should; each is first tried on a listener that
 * allows it, so that a refusal says something about ours.
 * @module
 */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { createDevelopmentPki, issue, type PkiOptions } from '../../src/trust/development/pki.ts'
import { listeners } from '../http/support/listener.ts'

const { start } = listeners()

const folder = mkdtempSync(join(tmpdir(), 'knooppunt-tls-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the listener is given, for one kind of key. */
function materialOf(algorithm: NonNullable<PkiOptions['algorithm']>) {
  const dir = join(folder, algorithm)
  const pki = createDevelopmentPki(dir, { algorithm })
  const hosts = ['localhost', '127.0.0.1']
  const server = issue(pki, { name: 'server', organisation: 'Proef', purpose: 'server', hosts })
  const anchor = readFileSync(join(dir, 'ca.pem'), 'utf8')
  return { certificate: server.certificatePem, key: server.keyPem, anchors: [anchor] }
}
const MATERIAL = { ec: materialOf('ec'), rsa: materialOf('rsa') }
const KINDS = ['ec', 'rsa'] as const

/** A listener that speaks everything that the runtime can, for comparison. */
async function lax(kind: (typeof KINDS)[number]) {
  const { certificate: cert, key } = MATERIAL[kind]
  const server = createServer({ cert, key, minVersion: 'TLSv1', ciphers: 'ALL' }, (socket) =>
    socket.on('error', () => {}),
  )
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() }
}

/** What `openssl s_client` says of one attempt. */
async function attempt(port: number, args: readonly string[], input = 'Q\n'): Promise<string> {
  const child = Bun.spawn(
    ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', ...args],
    { stdin: Buffer.from(input), stdout: 'pipe', stderr: 'pipe', timeout: 5_000 },
  )
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  await child.exited
  return out + err
}

const isConnected = (said: string) => /New, TLS.*Cipher is (?!\(NONE\))/.test(said)

const WEAK = 'ALL:@SECLEVEL=0'

describe.each(KINDS)('with a certificate of kind %s', (kind) => {
  const sort = kind === 'ec' ? 'ECDSA' : 'RSA'
  const attempts: readonly [string, readonly string[]][] = [
    ['TLS 1.0', ['-tls1', '-cipher', WEAK]],
    ['TLS 1.1', ['-tls1_1', '-cipher', WEAK]],
    ['a suite in CBC mode', ['-tls1_2', '-cipher', `ECDHE-${sort}-AES128-SHA:@SECLEVEL=0`]],
    ['a signature over SHA-1', ['-tls1_2', '-cipher', WEAK, '-sigalgs', `${sort}+SHA1`]],
    ...(kind === 'rsa'
      ? [['a key exchange without forward secrecy', ['-tls1_2', '-cipher', 'AES128-GCM-SHA256']]]
      : []),
  ] as [string, string[]][]

  test.each(attempts)('%s is refused, and would be taken by a lax listener', async (_, args) => {
    const control = await lax(kind)
    expect(isConnected(await attempt(control.port, args))).toBe(true)
    control.stop()
    const { port } = await start({ tls: MATERIAL[kind] })
    expect(isConnected(await attempt(port, args))).toBe(false)
    expect(isConnected(await attempt(port, ['-tls1_2']))).toBe(true)
  })

  test.each([
    ['TLS 1.2', '-tls1_2', `ECDHE-${sort}-AES256-GCM-SHA384`],
    ['TLS 1.2', '-tls1_2', `ECDHE-${sort}-AES128-GCM-SHA256`],
    ['TLS 1.2', '-tls1_2', `ECDHE-${sort}-CHACHA20-POLY1305`],
    ['TLS 1.3', '-tls1_3', 'TLS_AES_256_GCM_SHA384'],
    ['TLS 1.3', '-tls1_3', 'TLS_AES_128_GCM_SHA256'],
    ['TLS 1.3', '-tls1_3', 'TLS_CHACHA20_POLY1305_SHA256'],
  ])('%s (%s) is spoken with %s', async (_, version, suite) => {
    const { port } = await start({ tls: MATERIAL[kind] })
    const option = version === '-tls1_3' ? '-ciphersuites' : '-cipher'
    expect(await attempt(port, [version, option, suite])).toContain(`Cipher is ${suite}`)
  })

  test('each way of signing that is left works, for the server and for a client', async () => {
    const { port } = await start({ tls: MATERIAL[kind] })
    const ways = kind === 'ec' ? ['ECDSA+SHA256'] : ['RSA-PSS+SHA256', 'RSA+SHA256', 'RSA+SHA512']
    for (const way of ways) {
      expect(isConnected(await attempt(port, ['-tls1_2', '-sigalgs', way])), way).toBe(true)
    }
  })

  test('a caller cannot renegotiate, compress, or send early data', async () => {
    const { port } = await start({ tls: MATERIAL[kind] })
    expect(await attempt(port, ['-tls1_2'], 'R\n')).toMatch(/RENEGOTIATING[^]*no renegotiation/)
    const said = await attempt(port, ['-tls1_2', '-comp'])
    expect(said).toContain('Compression: NONE')
    expect(await ticketOf(port, '-tls1_3')).toContain('Max Early Data: 0')
  })

  test.each(['-tls1_2', '-tls1_3'])(
    'a ticket of %s is good for an hour at most',
    async (version) => {
      const { port } = await start({ tls: MATERIAL[kind] })
      const seconds = /lifetime hint: (\d+)/.exec(await ticketOf(port, version))?.[1]
      expect(Number(seconds)).toBeWithin(1, 3_601)
    },
  )
})

/** What is said of the session once an answer has come, by which time its ticket has come too. */
function ticketOf(port: number, version: string): Promise<string> {
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  return attempt(port, [version, '-ign_eof'], request)
}

test.each([
  ['TLSv1.1', undefined],
  ['TLSv1.2', 'TLSv1.2'],
  ['TLSv1.3', 'TLSv1.3'],
] as const)('a client of the runtime that goes no higher than %s gets %s', async (most, gets) => {
  const { port } = await start({ tls: MATERIAL.ec })
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: [...MATERIAL.ec.anchors],
    minVersion: 'TLSv1',
    maxVersion: most,
  })
  const spoken = await new Promise<string | null>((resolve) => {
    socket.once('secureConnect', () => resolve(socket.getProtocol()))
    socket.once('error', () => resolve(null))
    socket.once('close', () => resolve(null))
  })
  socket.destroy()
  expect(spoken).toBe(gets ?? null)
})

const scanner = Bun.which('sslscan')
if (scanner === null) {
  console.error(
    'SKIPPED: the scan of TLS by an independent program; install it with apt-get install sslscan',
  )
}

/** Suites that the guidelines call good. */
const GOOD_SUITES = new Set([
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  ...['ECDSA', 'RSA'].flatMap((sort) =>
    ['AES256-GCM-SHA384', 'AES128-GCM-SHA256', 'CHACHA20-POLY1305'].map(
      (rest) => `ECDHE-${sort}-${rest}`,
    ),
  ),
])

describe.skipIf(scanner === null)('sslscan', () => {
  test.each(KINDS)(
    'finds nothing but what is good, with a certificate of kind %s',
    async (kind) => {
      const { port } = await start({ tls: MATERIAL[kind] })
      const found = await scan(port)
      expect(found.protocols).toEqual({ 'TLSv1.2': true, 'TLSv1.3': true })
      expect(found.suites.length).toBe(6)
      expect(found.suites.filter((suite) => !GOOD_SUITES.has(suite))).toEqual([])
      expect(found.weaknesses).toEqual([])
    },
    30_000,
  )

  test('finds what is wrong with a lax listener, so that it can fail', async () => {
    const control = await lax('rsa')
    const found = await scan(control.port)
    control.stop()
    expect(found.protocols).toMatchObject({ 'TLSv1.0': true, 'TLSv1.1': true })
    expect(found.suites.filter((suite) => !GOOD_SUITES.has(suite))).not.toEqual([])
  }, 30_000)
})

/** Protocols that are on, suites that are taken, and what else the scanner holds against a listener. */
async function scan(port: number) {
  const child = Bun.spawn(['sslscan', '--no-colour', '--xml=-', `localhost:${port}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 25_000,
  })
  const xml = await new Response(child.stdout).text()
  const each = (pattern: RegExp) => [...xml.matchAll(pattern)]
  const protocols = each(/<protocol type="(\w+)" version="([\d.]+)" enabled="1"/g)
  return {
    protocols: Object.fromEntries(
      protocols.map(([, type = '', version = '']) => [`${type.toUpperCase()}v${version}`, true]),
    ),
    suites: each(/<cipher [^>]*cipher="([^"]+)"/g).map(([, suite = '']) => suite),
    weaknesses: each(
      /<(?:renegotiation supported="1"|compression supported="1"|heartbleed [^>]*vulnerable="1")[^>]*>/g,
    ).map(([tag]) => tag),
  }
}
