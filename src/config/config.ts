/**
 * The configuration after loading: checked, files read, ready to wire.
 * @module
 */
import type { Settings } from '../core/settings.ts'
import type { CertificateFile, CrlFile, KeyPair } from './certificates.ts'

/** Address of one listener. */
export interface Listener {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

/** A certificate that chains may end at. */
export interface Anchor extends CertificateFile {
  readonly identity: 'oin'
  /** Object identifiers of which one must be in the chain; empty: any. */
  readonly policies: readonly string[]
}

/** Whose certificates count (DESIGN 8). */
export interface TrustConfig {
  readonly anchors: readonly Anchor[]
  readonly intermediates: readonly CertificateFile[]
  readonly revocation: {
    readonly crls: readonly CrlFile[]
    readonly refreshSeconds: number
    readonly maxAgeSeconds: number
    readonly onUnknown: 'refuse' | 'accept'
  }
}

/** Everything that one start or reload needs. */
export interface Config {
  /** Absolute; names in the configuration are relative to it. */
  readonly folder: string
  readonly settings: Settings
  readonly listen: {
    readonly api: Listener & KeyPair
    readonly portal?: Listener & KeyPair
    readonly ops: Listener
  }
  readonly trust: TrustConfig
  readonly store: {
    readonly engine: 'lmdb'
    /** Absolute. */
    readonly path: string
    readonly mapBytes: number
    readonly maxReaders: number
    readonly ballastBytes: number
  }
  readonly vault: {
    /** 32 bytes. */
    readonly masterKey: Uint8Array
    /** Absolute. */
    readonly ringPath: string
    readonly epochSeconds: number
  }
  /** Every file that was read, absolute, and every folder that was searched: a change in them asks for a reload. */
  readonly files: readonly string[]
  readonly folders: readonly string[]
}
