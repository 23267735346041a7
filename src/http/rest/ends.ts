/**
 * `bevestiging`, `afwijzing` and `intrekking` of one message, and their receipts.
 * @module
 */
import { REFUSAL_REASONS } from '../../core/message.ts'
import type { Limits } from '../../core/limits.ts'
import type { Ended } from '../../relay/relay.ts'
import { json, type Answer } from '../answer.ts'
import { readJsonBody, SMALL_BODY_BYTES } from '../body.ts'
import { oneOf, optional, readObject, required, textOf } from '../input.ts'
import { inPath, route, type ParticipantCall, type Route } from '../route.ts'
import type { Pace, RestParts } from './parts.ts'
import { receiptWire } from './wire.ts'

/** Refusals of whatever ends a message, beside those of its kind of end. */
const ENDING = [
  'onbekend-na-herstel',
  'niet-opgehaald',
  'te-veel-berichten',
  'even-niet-beschikbaar',
  'opslag-vol',
] as const

/** What a refusal is made of. */
export function refusalMembers(limits: Limits) {
  return {
    reden: required(oneOf(REFUSAL_REASONS)),
    toelichting: optional(textOf(limits.explanationCharacters)),
  }
}

/** Reason and explanation, in the words of the verb. */
export function refusalFrom(input: {
  readonly reden: (typeof REFUSAL_REASONS)[number]
  readonly toelichting?: string
}) {
  return {
    reason: input.reden,
    ...(input.toelichting !== undefined && { explanation: input.toelichting }),
  }
}

export function endRoutes({ relay }: RestParts, pace: Pace): readonly Route[] {
  const reference = (call: ParticipantCall) => inPath(call, 'referentienummer')
  return [
    ...endPair({
      path: '/berichten/{referentienummer}/bevestiging',
      id: 'bevestigBericht',
      receiptId: 'geefBevestiging',
      summary: 'Bevestigt dat het bericht veilig is ontvangen. Het knooppunt wist de inhoud.',
      lease: true,
      codes: ['niet-gevonden', 'al-afgewezen', 'in-ophaling', 'verlopen', 'ingetrokken'],
      end: (call) => relay.confirm(call.caller, reference(call), call.lease),
      receipt: (call) => relay.receipt(call.caller, reference(call), 'confirmed'),
    }),
    ...endPair({
      path: '/berichten/{referentienummer}/afwijzing',
      id: 'wijsBerichtAf',
      receiptId: 'geefAfwijzing',
      summary: 'Wijst een bericht af dat niet te verwerken is. De afzender krijgt een melding.',
      lease: true,
      takes: ['application/json'],
      body: 'AfwijzingVraag',
      codes: [
        'niet-gevonden',
        'al-bevestigd',
        'andere-reden',
        'in-ophaling',
        'verlopen',
        'ingetrokken',
      ],
      end: async (call) => {
        const { limits } = call.settings
        const body = await readJsonBody(call.request, limits, SMALL_BODY_BYTES)
        const why = refusalFrom(readObject(body, refusalMembers(limits)))
        return relay.refuse(call.caller, reference(call), why, call.lease)
      },
      receipt: (call) => relay.receipt(call.caller, reference(call), 'refused'),
    }),
    ...endPair({
      path: '/berichten/{referentienummer}/intrekking',
      id: 'trekBerichtIn',
      receiptId: 'geefIntrekking',
      summary: 'Neemt een eigen bericht terug dat nog niet is opgehaald.',
      codes: ['niet-gevonden', 'al-opgehaald', 'al-bevestigd', 'al-afgewezen', 'verlopen'],
      end: (call) => relay.withdraw(call.caller, reference(call)),
      receipt: (call) => relay.receipt(call.caller, reference(call), 'withdrawn'),
    }),
  ]

  function endPair(
    pair: Pick<
      Route['declaration'],
      'path' | 'id' | 'summary' | 'codes' | 'lease' | 'takes' | 'body'
    > & {
      readonly receiptId: string
      readonly end: (call: ParticipantCall) => Promise<Ended>
      readonly receipt: (call: ParticipantCall) => ReturnType<typeof relay.receipt>
    },
  ): Route[] {
    const { end, receipt, receiptId, ...declaration } = pair
    return [
      route(
        {
          ...declaration,
          codes: [...declaration.codes, ...ENDING],
          method: 'PUT',
          access: 'participant',
          tag: 'Afronden',
          query: {},
          answers: { 201: 'Afgerond.', 200: 'Al eerder zo afgerond; dit is het eerste bewijs.' },
          answer: 'Ontvangst',
        },
        async (call): Promise<Answer> => {
          pace.end(call.caller, call.settings)
          const { message, repeated } = await end(call)
          return json(repeated ? 200 : 201, receiptWire(message))
        },
      ),
      route(
        {
          method: 'GET',
          path: declaration.path,
          id: receiptId,
          tag: 'Afronden',
          access: 'participant',
          summary: 'Geeft het bewijs, aan afzender en ontvanger.',
          query: {},
          answers: { 200: 'Het bewijs.' },
          answer: 'Ontvangst',
          codes: ['niet-gevonden'],
        },
        async (call) => json(200, receiptWire(await receipt(call))),
      ),
    ]
  }
}
