/**
 * What the configuration trusts, as the judge and the listener take it.
 * @module
 */
import { readFileSync, statSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import type { TlsMaterial } from '../http/listen.ts'
import type { TrustOptions } from '../trust/material.ts'

/** The trust files as they are on disk now. */
export function trustOptions({ trust, settings }: Config): TrustOptions {
  const { crls, maxAgeSeconds, onUnknown } = trust.revocation
  return {
    environment: settings.node.environment,
    anchors: trust.anchors.map(({ file, der, identity, policies }) => ({
      name: file,
      bytes: der,
      identity,
      policies,
    })),
    intermediates: trust.intermediates.map(({ file, der }) => ({ name: file, bytes: der })),
    crls: crls.map(({ file }) => ({
      name: file,
      bytes: readFileSync(file),
      obtainedAt: statSync(file).mtimeMs,
    })),
    revocation: { maxAgeMs: maxAgeSeconds * 1_000, onUnknown },
  }
}

/** Certificates and key of one door. */
export function tlsOf({ trust }: Config, pair: { certificate: string; key: string }): TlsMaterial {
  const anchors = [...trust.anchors, ...trust.intermediates].map(({ pem }) => pem)
  return { certificate: pair.certificate, key: pair.key, anchors }
}
