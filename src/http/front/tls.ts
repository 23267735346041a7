/**
 * TLS of the front: what it speaks, and how a socket that was just accepted gets it. The context is chosen per socket, so that
 * new certificates and ticket keys need no new listener.
 * @module
 */
import { createSecureContext, type SecureContext } from 'node:tls'

/** Certificates and key of the listener, as PEM texts. */
export interface TlsMaterial {
  /** Own certificate, with the intermediate ones behind it. */
  readonly certificate: string
  readonly key: string
  /** Certificates by which client certificates are checked; also told to the client as the issuers to choose from. */
  readonly anchors: readonly string[]
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

/** How long a session may be resumed, and how long keys of tickets may live. */
export const TICKET_SECONDS = 3_600

/** The names of protocols as they stand in the handshake: each after its length. */
const PROTOCOLS = Buffer.from('\x08http/1.1', 'latin1')

/**
 * A context with ticket keys of its own: sessions of another one cannot be resumed.
 * @throws when certificate and key do not fit together
 */
export function tlsContext(material: TlsMaterial): SecureContext {
  return createSecureContext({
    cert: material.certificate,
    key: material.key,
    ca: [...material.anchors],
    minVersion: 'TLSv1.2',
    ciphers: SUITES,
    sigalgs: SIGNATURES,
    honorCipherOrder: true,
    sessionTimeout: TICKET_SECONDS,
  })
}

/** What the pinned runtime takes beside what its types say; `test/http` says what is relied on. */
interface ServerUpgradeOptions<Data> {
  readonly isServer: true
  readonly data: Data
  readonly socket: Bun.SocketHandler<Data>
  readonly tls: {
    readonly secureContext: unknown
    readonly requestCert: boolean
    readonly rejectUnauthorized: boolean
    readonly ALPNProtocols: Buffer
  }
}

/** Answers the handshake on a socket that was just accepted and has said nothing. @returns the socket inside TLS */
export function upgradeToTls<Data>(
  socket: Bun.Socket<unknown>,
  { context, askCertificate }: { context: SecureContext; askCertificate: boolean },
  data: Data,
  handlers: Bun.SocketHandler<Data>,
): Bun.Socket<Data> {
  const options: ServerUpgradeOptions<Data> = {
    isServer: true,
    data,
    socket: handlers,
    tls: {
      secureContext: context.context,
      requestCert: askCertificate,
      // A caller without a good certificate still gets the public resources and a clear 401; who is let in is decided per request.
      rejectUnauthorized: false,
      ALPNProtocols: PROTOCOLS,
    },
  }
  const [, secured] = socket.upgradeTLS(options as unknown as Bun.TLSUpgradeOptions<Data>)
  return secured
}
