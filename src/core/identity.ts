/**
 * Who is at the other end of a connection: what was presented, and what we conclude from it (DESIGN 8).
 * @module
 */
import type { Connection } from './directory.ts'
import type { ErrorCode } from './errors.ts'
import type { Instant } from './message.ts'

/** What the TLS layer saw. */
export interface Presented {
  /** DER of the certificates, leaf first, as far as the peer sent them or TLS completed them. */
  readonly chain: readonly Uint8Array[]
  /** The verdict of TLS itself; necessary, never enough. */
  readonly authorized: boolean
}

/** Facts of one certificate that may be shown to its holder. */
export interface CertificateFacts {
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string
  readonly subject: string
  readonly issuer: string
  /** Lower-case hex. */
  readonly serial: string
  /** Twenty digits, when the subject has exactly one such serialNumber. */
  readonly oin?: string
  readonly organisationalUnits: readonly string[]
  readonly notBefore: Instant
  readonly notAfter: Instant
  /** For example `EC P-256` or `RSA 3072`. */
  readonly key: string
}

/** The layer that failed first; shown to the caller, together with nothing about what lies behind it. */
export type TrustLayer =
  'certificaat' | 'keten' | 'geldigheid' | 'intrekking' | 'doel' | 'oin' | 'aansluiting'

export type Verdict =
  | { readonly ok: true; readonly certificate: CertificateFacts; readonly connection: Connection }
  | {
      readonly ok: false
      readonly layer: TrustLayer
      readonly code: ErrorCode
      /** Dutch sentence about this certificate; no values but dates. */
      readonly detail: string
      /** Absent when nothing readable was presented. */
      readonly certificate?: CertificateFacts
    }

/** Judges a peer now. Cheap when the same certificate was judged before in the same trust generation. */
export interface Trust {
  judge(presented: Presented | undefined): Verdict
  /** Rises when anchors, revocation lists or connections change; open connections are judged again. */
  readonly generation: number
}
