/**
 * What the network's own errors mean for a caller.
 * @module
 */
import { ClientError } from './client-error.ts'

/** The connection was never made, so the relay cannot have seen the request. */
const UNSENT = new Set(['ECONNREFUSED', 'ConnectionRefused', 'EHOSTUNREACH', 'ENETUNREACH'])

/** The connection broke: whether the relay saw the request is not known. */
const BROKEN = new Set([
  'ECONNRESET',
  'ConnectionClosed',
  'ConnectionReset',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
])

/** How far a request came, which decides whether it may be sent again. */
export type Reach = 'unsent' | 'unknown' | 'final'

/** How far a request came that failed with this error. */
export function reachOf(error: unknown): Reach {
  const code = codeOf(error)
  if (UNSENT.has(code)) return 'unsent'
  return BROKEN.has(code) ? 'unknown' : 'final'
}

/**
 * One of our own errors for whatever `fetch` threw; the text of the library stays behind, since it could hold anything.
 * @param signal the caller's own signal, to tell its abort from our time limit
 */
export function asClientError(
  error: unknown,
  signal: AbortSignal | undefined,
  timeoutMs: number,
): ClientError {
  if (error instanceof ClientError) return error
  if (signal?.aborted === true)
    return new ClientError('aborted', { detail: 'The call was stopped.' })
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new ClientError('timeout', { detail: `No complete answer within ${timeoutMs} ms.` })
  }
  const reason = codeOf(error)
  if (isTrustCode(reason)) {
    return new ClientError('untrusted', {
      reason,
      detail:
        'The certificate of the relay does not belong to this address, or does not come from the given authority.',
    })
  }
  return new ClientError('unreachable', { reason, detail: 'Nothing answers at this address.' })
}

/** Codes that TLS gives for a server certificate it does not accept. */
function isTrustCode(code: string): boolean {
  return /CERT|ISSUER|SIGNATURE|ALTNAME|CA_|CRL|VERIFY|HOSTNAME_MISMATCH/i.test(code)
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'unknown'
}
