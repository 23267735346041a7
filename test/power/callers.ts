/**
 * Callers as a door would have found them from their certificates.
 * @module
 */
import type { Caller } from '../../src/core/directory.ts'
import type { Uuid } from '../../src/core/message.ts'
import type { Settings } from '../../src/core/settings.ts'

/** @throws when the directory does not have the participant, or no connection acts for it */
export function callerOf({ directory }: Settings, id: Uuid): Caller {
  const participant = directory.participants.get(id)
  const connection = directory.connections.find(({ participants }) => participants.includes(id))
  if (participant === undefined || connection === undefined) throw new Error('nobody has this id')
  return { participant, connection }
}
