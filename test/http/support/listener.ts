/**
 * Listeners over real TLS that tell who they think is at the other end; stopped after each test.
 * @module
 */
import { afterAll, afterEach } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import { DEFAULT_LIMITS, type Limits } from '../../../src/core/limits.ts'
import { listen, type Listening, type ListenOptions } from '../../../src/http/listen.ts'
import type { Peer } from '../../../src/http/peer.ts'
import { createPki, type Credentials } from './pki.ts'

/** For one test file: a PKI, and a way to start listeners on it. */
export function listeners() {
  const pki = createPki()
  const tls = { certificate: pki.server.cert, key: pki.server.key, anchors: [pki.anchor] }
  const open: Listening[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((listening) => listening.stop(0)))
  })
  afterAll(() => pki.remove())

  const start = async (
    options: Partial<ListenOptions> & { given?: Partial<Limits> } = {},
  ): Promise<Listening> => {
    const { given, ...rest } = options
    const limits = { ...DEFAULT_LIMITS, ...given }
    const listening = await listen({
      host: '127.0.0.1',
      port: 0,
      tls,
      fetch: echo,
      limits: () => limits,
      sweepMs: 50,
      ...rest,
    })
    open.push(listening)
    return listening
  }
  return { pki, start }
}

/** Fingerprint of who is at the other end, or `none`. */
export const leafOf = (peer: Peer) =>
  peer.presented === undefined
    ? 'none'
    : new X509Certificate(peer.presented.chain[0]!).fingerprint256

/** As the echo names a caller. */
export const fingerprint = ({ cert }: Credentials): string =>
  new X509Certificate(cert).fingerprint256

/** The code of a network error. */
export const codeOf = (thrown: { code?: string }): string => thrown.code ?? ''

/** Answers who asks, and waits where the path says so. */
export const echo: ListenOptions['fetch'] = async (request, { peer }) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/wait') {
    const signal = AbortSignal.any([request.signal, peer.signal])
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return new Response('waited')
  }
  if (pathname === '/body') return new Response(`read ${(await request.arrayBuffer()).byteLength}`)
  if (pathname === '/slow') await Bun.sleep(100)
  return new Response(`${pathname} ${leafOf(peer)} ${peer.presented?.authorized}`)
}
