/**
 * Who may do what: by status (DESIGN 6), and by participant type × module × message × side (DESIGN 8). Pure; decided again in
 * the writer loop when the configuration has moved.
 * @module
 */
import type { MessageDefinition, ModuleDefinition } from './catalogue/definition.ts'
import type { Participant, ParticipantStatus } from './directory.ts'
import { RelayError } from './errors.ts'
import type { Side } from './message.ts'

/**
 * What a participant does: `identify` sees its own identity and modules, `read` everything else that changes nothing or fetches,
 * `submit` offers and withdraws, `end` confirms and refuses what it fetched.
 */
export type Act = 'identify' | 'read' | 'submit' | 'end'

/**
 * Refuses an act that the status of the caller does not allow. Whether a suspended participant had fetched the message that
 * it ends, the verb decides: that is a fact of the message.
 * @throws RelayError deelnemer-aangemeld, deelnemer-geschorst or deelnemer-beeindigd
 */
export function mayAct(status: ParticipantStatus, act: Act): void {
  switch (status) {
    case 'actief':
      return
    case 'aangemeld':
      if (act === 'identify') return
      throw new RelayError('deelnemer-aangemeld')
    case 'geschorst':
      if (act === 'identify' || act === 'end') return
      throw new RelayError('deelnemer-geschorst')
    case 'beeindigd':
      throw new RelayError('deelnemer-beeindigd')
  }
}

/** Sides of a module that a participant can take by its types: none, one, or both. */
export function sideOf(module: ModuleDefinition, participant: Participant): Side[] {
  const sides: Side[] = ['asker', 'answerer']
  return sides.filter((side) =>
    module.parties[side].some((type) => participant.types.includes(type)),
  )
}

/** The side across. */
export function otherSide(side: Side): Side {
  return side === 'asker' ? 'answerer' : 'asker'
}

function versionsTaken(participant: Participant, module: string): readonly string[] {
  return Object.hasOwn(participant.modules, module) ? (participant.modules[module] ?? []) : []
}

/**
 * Refuses a message that may not pass between these two. What the sender lacks comes first, so that a participant without rights
 * learns nothing about others. The status of the sender is for `mayAct`.
 * @param module the version of the module that the conversation runs in
 * @throws RelayError afzender-niet-bevoegd, afzender-zonder-module, ontvanger-onbekend (applied for but not yet active, so in
 * nobody's directory), ontvanger-niet-bevoegd, ontvanger-niet-actief, ontvanger-zonder-module or versie-niet-afgenomen
 */
export function mayPass(
  definition: MessageDefinition,
  module: ModuleDefinition,
  sender: Participant,
  recipient: Participant,
): void {
  if (!sideOf(module, sender).includes(definition.from)) {
    throw new RelayError('afzender-niet-bevoegd')
  }
  const ownVersions = versionsTaken(sender, module.module)
  if (!ownVersions.includes(module.version)) {
    const detail =
      ownVersions.length === 0
        ? undefined
        : `De afzender neemt van deze module af: ${ownVersions.join(', ')}.`
    throw new RelayError('afzender-zonder-module', detail)
  }
  if (recipient.status === 'aangemeld') throw new RelayError('ontvanger-onbekend')
  if (!sideOf(module, recipient).includes(otherSide(definition.from))) {
    throw new RelayError('ontvanger-niet-bevoegd')
  }
  if (recipient.status !== 'actief') throw new RelayError('ontvanger-niet-actief')
  const versions = versionsTaken(recipient, module.module)
  if (versions.length === 0) throw new RelayError('ontvanger-zonder-module')
  if (!versions.includes(module.version)) {
    const detail = `De ontvanger neemt van deze module af: ${versions.join(', ')}.`
    throw new RelayError('versie-niet-afgenomen', detail)
  }
}

/**
 * The document that a sender owes with this message. A sender of several types owes it when any of the types by which it could
 * send does: rights are never wider because somebody is more than one thing.
 * @param opening whether this message opens its conversation
 * @returns code of the document; with several, the first in the order of the module
 */
export function documentOwed(
  module: ModuleDefinition,
  definition: MessageDefinition,
  sender: Participant,
  opening: boolean,
): string | undefined {
  if (module.documentsWith === 'opening' && !opening) return undefined
  const eligible = module.parties[definition.from].filter((type) => sender.types.includes(type))
  for (const [type, document] of module.documents) {
    if (eligible.includes(type)) return document
  }
  return undefined
}
