/**
 * `bevestigingen` and `afwijzingen`: end many messages in one call, an outcome each.
 * @module
 */
import { isUuid } from '../../core/envelope.ts'
import { refusalFor } from '../../core/errors.ts'
import type { Uuid } from '../../core/message.ts'
import type { Ended } from '../../relay/relay.ts'
import { json, type Answer } from '../answer.ts'
import { readJsonBody } from '../body.ts'
import { listOf, readObject, required, uuidOf } from '../input.ts'
import { route, type ParticipantCall, type Route } from '../route.ts'
import { refusalFrom, refusalMembers } from './ends.ts'
import { outcomeOf } from './outcome.ts'
import type { Pace, RestParts } from './parts.ts'
import { receiptWire } from './wire.ts'

/** A thousand explanations at their longest, with room for the rest. */
const BODY_BYTES_MAX = 4 * 1024 * 1024

export function manyEndRoutes(parts: RestParts, pace: Pace): readonly Route[] {
  const { relay } = parts
  return [
    route(
      {
        method: 'POST',
        path: '/bevestigingen',
        id: 'bevestigBerichten',
        tag: 'Afronden',
        access: 'participant',
        summary: 'Bevestigt veel berichten; elk heeft zijn eigen uitkomst.',
        query: {},
        takes: ['application/json'],
        body: 'BevestigingenVraag',
        lease: true,
        answers: { 200: 'De uitkomsten, in de volgorde van de vraag.' },
        answer: 'Uitkomsten',
        codes: [],
      },
      async (call) => {
        const { referentienummers } = readObject(await body(call), {
          referentienummers: required(listOf(call.settings.limits.batchMessages)),
        })
        return endMany(call, 'referentienummers', referentienummers, referenceOf, (item, path) => {
          const reference = uuidOf(item, path)
          if ('problem' in reference) throw refusalFor([reference.problem])
          return relay.confirm(call.caller, reference.value, call.lease)
        })
      },
    ),
    route(
      {
        method: 'POST',
        path: '/afwijzingen',
        id: 'wijsBerichtenAf',
        tag: 'Afronden',
        access: 'participant',
        summary: 'Wijst veel berichten af; elk heeft zijn eigen uitkomst.',
        query: {},
        takes: ['application/json'],
        body: 'AfwijzingenVraag',
        lease: true,
        answers: { 200: 'De uitkomsten, in de volgorde van de vraag.' },
        answer: 'Uitkomsten',
        codes: [],
      },
      async (call) => {
        const { limits } = call.settings
        const { afwijzingen } = readObject(await body(call), {
          afwijzingen: required(listOf(limits.batchMessages)),
        })
        const members = { referentienummer: required(uuidOf), ...refusalMembers(limits) }
        return endMany(call, 'afwijzingen', afwijzingen, referenceIn, (item, path) => {
          const refusal = readObject(item, members, path)
          const why = refusalFrom(refusal)
          return relay.refuse(call.caller, refusal.referentienummer, why, call.lease)
        })
      },
    ),
  ]

  function body({ request, settings }: ParticipantCall): Promise<unknown> {
    return readJsonBody(request, settings.limits, BODY_BYTES_MAX)
  }

  /**
   * @param name of the list in the body
   * @param referenceFrom the reference in an item, where it can be read
   * @param end ends one; gets the JSON Pointer of its item too
   */
  async function endMany(
    call: ParticipantCall,
    name: string,
    items: readonly unknown[],
    referenceFrom: (item: unknown) => Uuid | undefined,
    end: (item: unknown, path: string) => Promise<Ended>,
  ): Promise<Answer> {
    const outcomes = items.map((item, index) => {
      const reference = referenceFrom(item)
      const at = {
        regel: index + 1,
        ...(reference !== undefined && { referentienummer: reference }),
      }
      return outcomeOf(parts, at, async () => {
        pace.end(call.caller, call.settings)
        const { message, repeated } = await end(item, `/${name}/${index}`)
        return { status: repeated ? 200 : 201, ontvangst: receiptWire(message) }
      })
    })
    return json(200, { uitkomsten: await Promise.all(outcomes) })
  }
}

function referenceOf(item: unknown): Uuid | undefined {
  return isUuid(item) ? item : undefined
}

/** The reference of a message or refusal, as far as it has one. */
export function referenceIn(item: unknown): Uuid | undefined {
  const hasReference = typeof item === 'object' && item !== null && 'referentienummer' in item
  return hasReference ? referenceOf(item.referentienummer) : undefined
}
