/**
 * The relay's journal, written to the log: what needs a person.
 * @module
 */
import type { Journal } from '../relay/ports.ts'
import type { Log } from './log.ts'

/** Passes alarms on as grave lines; facts that no log field knows are left out and counted. */
export function createJournal(log: Log): Journal {
  return { alarm: (event, facts) => log.write('error', event, facts) }
}
