/**
 * `ophalingen`: fetch many under a lease.
 * @module
 */
import { empty, json } from '../answer.ts'
import { readJsonBody, SMALL_BODY_BYTES } from '../body.ts'
import { optional, readObject, required, textOf, wholeOf } from '../input.ts'
import { inPath, route, type Route } from '../route.ts'
import type { RestParts } from './parts.ts'
import { deliveredWire, leaseWire } from './wire.ts'

const MODULE_CHARACTERS_MAX = 64

export function leaseRoutes({ relay }: RestParts): readonly Route[] {
  return [
    route(
      {
        method: 'POST',
        path: '/ophalingen',
        id: 'beginOphaling',
        tag: 'Ontvangen',
        access: 'participant',
        summary: 'Haalt veel berichten op en houdt ze zo lang weg bij andere verwerkers.',
        query: {},
        takes: ['application/json'],
        body: 'OphalingVraag',
        answers: { 201: 'De ophaling met haar berichten.' },
        answer: 'OphalingMetBerichten',
        locates: true,
        codes: ['te-veel-berichten', 'even-niet-beschikbaar', 'opslag-vol'],
      },
      async ({ request, settings, caller }) => {
        const { limits } = settings
        const input = readObject(await readJsonBody(request, limits, SMALL_BODY_BYTES), {
          limiet: required(wholeOf(1, limits.batchMessages)),
          leaseSeconden: required(wholeOf(limits.leaseSecondsMin, limits.leaseSecondsMax)),
          module: optional(textOf(MODULE_CHARACTERS_MAX)),
        })
        const { lease, messages } = await relay.lease(caller, {
          limit: input.limiet,
          seconds: input.leaseSeconden,
          ...(input.module !== undefined && { module: input.module }),
        })
        const berichten = messages.map((message) => deliveredWire(message, settings))
        return json(
          201,
          { ...leaseWire(lease), berichten },
          { location: `${settings.node.url}/api/v1/ophalingen/${lease.id}` },
        )
      },
    ),
    route(
      {
        method: 'PUT',
        path: '/ophalingen/{id}',
        id: 'verlengOphaling',
        tag: 'Ontvangen',
        access: 'participant',
        summary: 'Verlengt een ophaling, gerekend vanaf nu.',
        query: {},
        takes: ['application/json'],
        body: 'VerlengingVraag',
        answers: { 200: 'De ophaling met haar nieuwe einde.' },
        answer: 'Ophaling',
        codes: ['niet-gevonden'],
      },
      async (call) => {
        const { limits } = call.settings
        const input = readObject(await readJsonBody(call.request, limits, SMALL_BODY_BYTES), {
          leaseSeconden: required(wholeOf(limits.leaseSecondsMin, limits.leaseSecondsMax)),
        })
        const lease = await relay.extend(call.caller, inPath(call, 'id'), input.leaseSeconden)
        return json(200, leaseWire(lease))
      },
    ),
    route(
      {
        method: 'DELETE',
        path: '/ophalingen/{id}',
        id: 'geefOphalingVrij',
        tag: 'Ontvangen',
        access: 'participant',
        summary: 'Geeft een ophaling vrij; wat niet is bevestigd, wacht weer voor iedereen.',
        query: {},
        answers: { 204: 'Vrijgegeven.' },
        codes: ['niet-gevonden'],
      },
      async (call) => {
        await relay.release(call.caller, inPath(call, 'id'))
        return empty(204)
      },
    ),
  ]
}
