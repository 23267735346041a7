/**
 * Outcomes of calls that do many things at once: each with the status it would have had alone.
 * @module
 */
import { RelayError } from '../../core/errors.ts'
import type { Uuid } from '../../core/message.ts'
import { faultOf, problemDocument, type ProblemDocument } from '../problem.ts'
import type { RestParts } from './parts.ts'

export interface Outcome {
  /** Line or place in the list, from 1. */
  readonly regel: number
  readonly referentienummer?: Uuid
  readonly status: number
  /** Receipt of an accepted or ended message. */
  readonly ontvangst?: unknown
  readonly probleem?: ProblemDocument
}

/**
 * Does one of many things and says how it went. Never rejects: one failure must not hide the other outcomes.
 * @param act gives the status and the receipt
 */
export async function outcomeOf(
  parts: Pick<RestParts, 'log' | 'settings'>,
  at: { readonly regel: number; readonly referentienummer?: Uuid },
  act: () => Promise<{ readonly status: number; readonly ontvangst: unknown }>,
): Promise<Outcome> {
  try {
    return { ...at, ...(await act()) }
  } catch (thrown) {
    const refused = thrown instanceof RelayError ? thrown : new RelayError('interne-fout')
    const probleem = problemDocument(refused, parts.settings().node.url)
    if (refused !== thrown) {
      const { name, frames } = faultOf(thrown)
      const requestId = probleem.instance.slice('urn:uuid:'.length)
      parts.log.error('request-fault', { requestId, error: name, frames: frames.join('; ') })
    }
    return { ...at, status: probleem.status, probleem }
  }
}
