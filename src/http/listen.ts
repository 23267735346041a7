/**
 * The listener: mutual TLS in front, Fetch handlers behind. It is the only place that knows how the certificate of the other
 * end comes in, so that a quicker way may replace it. `Bun.serve` gives no peer certificate; a TLS server that hands its
 * sockets to a `node:http` server does.
 * @module
 */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Limits } from '../core/limits.ts'
import { Connections, DEFAULT_PATIENCE, type Patience } from './connections.ts'
import { Peer, presentedBy, type ClosesConnections, type PeerEnv } from './peer.ts'

/** Certificates and key of the listener, as PEM texts. */
export interface TlsMaterial {
  /** Own certificate, with the intermediate ones behind it. */
  readonly certificate: string
  readonly key: string
  /** Certificates by which client certificates are checked; also told to the client as the issuers to choose from. */
  readonly anchors: readonly string[]
}

export interface ListenOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly tls: TlsMaterial
  readonly fetch: (request: Request, env: PeerEnv) => Response | Promise<Response>
  /** The limits of this moment; header size is read once. */
  readonly limits: () => Limits
  /** False for a door that people open with a browser. Default true; a certificate is asked for and never required. */
  readonly askCertificate?: boolean
  readonly patience?: Partial<Patience>
  /** How often overdue connections are looked for. */
  readonly sweepMs?: number
}

export interface Listening extends ClosesConnections {
  readonly port: number
  readonly connections: number
  /**
   * Takes other certificates, key or anchors into use for new handshakes; tickets of before are worthless.
   * @throws when they do not fit together; the old ones stay
   */
  reload(tls: TlsMaterial): void
  /** Accepts nothing new, lets what is in progress finish for so long, then cuts off. */
  stop(graceMs: number): Promise<void>
  /** Makes new ticket keys now; done every hour. Earlier sessions cannot be resumed. */
  renewTicketKeys(): void
}

/**
 * Suites with forward secrecy and authenticated encryption that the NCSC guidelines for TLS call good; TLS 1.3 has no others.
 */
const SUITES = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':')

/** How a handshake may be signed, by us and by the client; left to itself the runtime signs with SHA-1 for who asks. */
const SIGNATURES = [
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
  'rsa_pss_rsae_sha256',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
].join(':')

const TICKET_SECONDS = 3_600
const SWEEP_MS = 1_000

/**
 * Opens the door.
 * @throws what the operating system says when host or port cannot be had, and when certificate and key do not fit
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { limits, sweepMs = SWEEP_MS } = options
  const patience = { ...DEFAULT_PATIENCE, ...options.patience }
  const connections = new Connections(limits, patience, () => performance.now())
  const http = createInner(options, connections, patience)
  const tls = createTlsServer(tlsOptions(options.tls, options.askCertificate ?? true))

  tls.on('connection', (socket) => {
    // Nothing that happens on one socket may reach the process.
    socket.on('error', () => socket.destroy())
    connections.arrive(socket as TLSSocket)
  })
  tls.on('secureConnection', (socket) => {
    if (connections.identify(socket, new Peer(presentedBy(socket)))) http.emit('connection', socket)
  })
  tls.on('tlsClientError', (_error, socket) => socket.destroy())

  await new Promise<void>((resolve, reject) => {
    tls.once('error', reject)
    tls.listen(options.port, options.host, () => resolve())
  })
  tls.on('error', () => {})

  let material = options.tls
  // A new context has new keys for its tickets; the runtime has no other way to change them.
  const renewTicketKeys = () => tls.setSecureContext(secureContext(material))
  const sweeper = setInterval(() => connections.sweep(), sweepMs)
  const ticketRenewer = setInterval(renewTicketKeys, TICKET_SECONDS * 1_000)
  sweeper.unref()
  ticketRenewer.unref()

  return {
    port: (tls.address() as AddressInfo).port,
    get connections() {
      return connections.size
    },
    renewTicketKeys,
    reload(next) {
      tls.setSecureContext(secureContext(next))
      material = next
    },
    closeWhere: (predicate) => connections.endWhere(predicate),
    async stop(graceMs) {
      const closed = new Promise<void>((resolve) => tls.close(() => resolve()))
      connections.endAll(graceMs)
      const cutOff = setTimeout(() => connections.cutAll(), graceMs)
      await closed
      clearTimeout(cutOff)
      clearInterval(sweeper)
      clearInterval(ticketRenewer)
    },
  }
}

function tlsOptions(material: TlsMaterial, askCertificate: boolean): TlsOptions {
  return {
    ...secureContext(material),
    requestCert: askCertificate,
    // A caller without a good certificate still gets the public resources and a clear 401; who is let in is decided per request.
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  }
}

function secureContext(material: TlsMaterial): TlsOptions {
  return {
    cert: material.certificate,
    key: material.key,
    ca: [...material.anchors],
    minVersion: 'TLSv1.2',
    ciphers: SUITES,
    sigalgs: SIGNATURES,
    honorCipherOrder: true,
    sessionTimeout: TICKET_SECONDS,
  }
}

/** The HTTP server that never listens itself. */
function createInner(
  options: ListenOptions,
  connections: Connections,
  patience: Patience,
): HttpServer {
  const peers = new WeakMap<object, Peer>()
  const answer = getRequestListener(
    (request, env) => {
      const peer = peers.get(env.incoming)
      if (peer === undefined) throw new Error('request on an unknown connection')
      return options.fetch(request, { peer })
    },
    {
      overrideGlobalObjects: false,
      hostname: isIP(options.host) === 6 ? `[${options.host}]` : options.host,
      // The handler answers its own failures; what comes here is a request that makes no sense, such as a Host that is none.
      errorHandler: (error) =>
        new Response(null, {
          status: error instanceof RequestError ? 400 : 500,
          headers: { connection: 'close', 'cache-control': 'no-store' },
        }),
    },
  )
  const http = createHttpServer(
    {
      maxHeaderSize: options.limits().headerBytes,
      keepAliveTimeout: patience.idleMs,
      requestTimeout: 0,
    },
    (incoming, outgoing) => {
      const socket = incoming.socket as TLSSocket
      const peer = connections.begin(socket, incoming)
      if (peer === undefined) {
        socket.destroy()
        return
      }
      peers.set(incoming, peer)
      outgoing.once('close', () => connections.finish(socket, incoming))
      void answer(incoming, outgoing)
    },
  )
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // Words of ours in the middle of another answer would make nonsense of both.
    if (!socket.writable || connections.isBusy(socket as TLSSocket)) socket.destroy()
    else socket.end(refusedHead(error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400))
  })
  return http
}

const refusedHead = (status: 400 | 431): string =>
  `HTTP/1.1 ${status} ${status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}\r\n` +
  'Connection: close\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n'
