/**
 * Who is at the other end. What TLS saw is read once per connection; what we make of it is asked for every request, since
 * certificates expire, are revoked, and lists change while a connection stays open (DESIGN 8).
 * @module
 */
import type { DetailedPeerCertificate } from 'node:tls'
import type { Caller, Connection } from '../core/directory.ts'
import { RelayError } from '../core/errors.ts'
import type { Presented, Trust, Verdict } from '../core/identity.ts'
import type { Settings } from '../core/settings.ts'
import { asUuid } from './uuid.ts'

/** PKIoverheid is four layers deep; a chain beyond this is not one. */
const CHAIN_CERTIFICATES_MAX = 10

/**
 * One open connection as the doors see it. The listener makes it; how it came by the certificate is its own affair, so
 * that another listener can take its place.
 */
export class Peer {
  /** Absent when no certificate was presented. */
  readonly presented: Presented | undefined
  readonly #controller = new AbortController()
  #admitted = false

  constructor(presented: Presented | undefined) {
    this.presented = presented
  }

  /** Aborted when this connection has to end: whoever waits stops waiting and answers. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Whether a request on this connection was ever let in on its certificate. */
  get admitted(): boolean {
    return this.#admitted
  }

  /** Asks for the verdict of this moment. */
  judge(trust: Trust): Verdict {
    const verdict = trust.judge(this.presented)
    this.#admitted ||= verdict.ok
    return verdict
  }

  /** Tells whoever waits on this connection that it ends. */
  end(): void {
    this.#controller.abort()
  }
}

/** What a handler gets from the listener beside the request. */
export interface PeerEnv {
  readonly peer: Peer
}

/** The certificate of the other end with those above it, an empty object when there is none. `false`: not abbreviated. */
interface TellsPeerCertificate {
  getPeerCertificate(
    abbreviated: false,
  ): DetailedPeerCertificate | Record<string, never> | undefined
}

/** Reads what the other end of a TLS socket presented. Only for a socket whose handshake is done. */
export function presentedBy(socket: Bun.Socket<unknown>): Presented | undefined {
  // The types of the runtime leave the argument out.
  let certificate = (socket as unknown as TellsPeerCertificate).getPeerCertificate(false)
  if (certificate?.raw === undefined) return undefined
  const chain: Uint8Array[] = []
  while (certificate?.raw !== undefined && chain.length < CHAIN_CERTIFICATES_MAX) {
    const der = new Uint8Array(certificate.raw)
    // A root is its own issuer, by reference or as a copy.
    if (chain.some((before) => Buffer.compare(before, der) === 0)) break
    chain.push(der)
    certificate = certificate.issuerCertificate
  }
  return { chain, authorized: socket.authorized }
}

/** The refusal that goes with a verdict. */
export function refusalOf(verdict: Extract<Verdict, { ok: false }>): RelayError {
  return new RelayError(verdict.code, verdict.detail)
}

/**
 * The participant for whom a connection acts in this call.
 * @param named value of the header `Deelnemer`, or null
 * @throws RelayError deelnemer-ontbreekt, deelnemer-niet-gemachtigd, or parameter-ongeldig when it is no UUID
 */
export function callerOf(settings: Settings, connection: Connection, named: string | null): Caller {
  const id = named === null ? onlyParticipant(connection) : asUuid(named)
  if (id === undefined) {
    throw new RelayError('parameter-ongeldig', 'De header Deelnemer moet een UUID zijn.')
  }
  const participant = settings.directory.participants.get(id)
  if (participant === undefined || !connection.participants.includes(id)) {
    throw new RelayError('deelnemer-niet-gemachtigd')
  }
  return { connection, participant }
}

function onlyParticipant(connection: Connection): string {
  const [only, ...others] = connection.participants
  if (others.length > 0) throw new RelayError('deelnemer-ontbreekt')
  if (only === undefined) throw new RelayError('deelnemer-niet-gemachtigd')
  return only
}

/** Something that can end connections; the listener. */
export interface ClosesConnections {
  closeWhere(predicate: (peer: Peer) => boolean): number
}

/**
 * Ends the connections that were let in and would not be now: call it when the trust generation moved, and now and then for
 * certificates that expire. A request in progress gets its 401 first.
 * @returns how many were ended
 */
export function rejudge(listening: ClosesConnections, trust: Trust): number {
  return listening.closeWhere((peer) => peer.admitted && !trust.judge(peer.presented).ok)
}
