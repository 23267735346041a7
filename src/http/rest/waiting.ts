/**
 * Long polls.
 * @module
 */
import { refusalOf } from '../peer.ts'
import type { ConnectionCall } from '../route.ts'

/**
 * Asks something that may take up to a minute, and judges the caller again before the answer goes out: a certificate can
 * expire or be revoked while somebody waits.
 * @throws RelayError when the caller would not be let in now
 */
export async function afterWaiting<T>(
  call: Pick<ConnectionCall, 'judge'>,
  seconds: number,
  ask: () => Promise<T>,
): Promise<T> {
  const found = await ask()
  if (seconds > 0) {
    const verdict = call.judge()
    if (!verdict.ok) throw refusalOf(verdict)
  }
  return found
}
