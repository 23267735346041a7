/**
 * `berichten`: offer one, list the mailbox, fetch one.
 * @module
 */
import { empty, json } from '../answer.ts'
import { readJsonBody } from '../body.ts'
import * as parameters from '../parameters.ts'
import { inPath, route, type Route } from '../route.ts'
import type { Pace, RestParts } from './parts.ts'
import { afterWaiting } from './waiting.ts'
import { deliveredWire, itemWire, pageWire, receiptWire } from './wire.ts'

const PAGE_ITEMS_DEFAULT = 100

export function messageRoutes(parts: RestParts, pace: Pace): readonly Route[] {
  return [submitRoute(parts, pace), listRoute(parts), fetchRoute(parts), peekRoute(parts)]
}

function submitRoute({ relay }: RestParts, pace: Pace): Route {
  return route(
    {
      method: 'POST',
      path: '/berichten',
      id: 'biedBerichtAan',
      tag: 'Aanbieden',
      access: 'participant',
      summary: 'Biedt een bericht aan. Herhalen met hetzelfde referentienummer is veilig.',
      query: {},
      takes: ['application/json'],
      body: 'Bericht',
      answers: {
        201: 'Aangenomen en veilig opgeslagen.',
        200: 'Al eerder aangenomen; dit is de eerste ontvangstbevestiging.',
      },
      answer: 'Ontvangst',
      locates: true,
      codes: [
        'bericht-ongeldig',
        'json-ongeldig',
        'te-groot',
        'mediatype-niet-ondersteund',
        'afzender-niet-bevoegd',
        'ontvanger-niet-bevoegd',
        'afzender-zonder-module',
        'referentienummer-bezet',
        'stap-niet-toegestaan',
        'conversatie-beeindigd',
        'conversatie-vol',
        'ontvanger-niet-actief',
        'ontvanger-zonder-module',
        'versie-niet-afgenomen',
        'te-veel-berichten',
        'postbus-ontvanger-vol',
        'even-niet-beschikbaar',
        'opslag-vol',
      ],
    },
    async ({ request, settings, caller }) => {
      const { limits } = settings
      pace.submit(caller, settings)
      const input = await readJsonBody(request, limits, limits.requestBytes)
      const { message, repeated } = await relay.submit(caller, input)
      return json(repeated ? 200 : 201, receiptWire(message), {
        // Where its sender can follow it; the message itself is the recipient's.
        location: `${settings.node.url}/api/v1/logboek/${message.header.reference}`,
      })
    },
  )
}

function listRoute({ relay }: RestParts): Route {
  return route(
    {
      method: 'GET',
      path: '/berichten',
      id: 'toonPostbus',
      tag: 'Ontvangen',
      access: 'participant',
      summary: 'Toont wat er in de postbus wacht, in volgorde van aannemen en zonder inhoud.',
      query: {
        module: parameters.code('Alleen berichten van deze module.'),
        berichttype: parameters.code('Alleen dit berichttype.'),
        conversatie: parameters.uuid('Alleen berichten uit deze conversatie.'),
        na: parameters.cursor(),
        limiet: parameters.pageSize(),
        wacht: parameters.patience(),
      },
      answers: { 200: 'Een bladzijde van de postbus.' },
      answer: 'PostbusBladzijde',
      codes: [],
    },
    async (call) => {
      const { caller, query, settings } = call
      const { module, berichttype: type, conversatie: conversation, na: after } = query
      const waitSeconds = query.wacht ?? 0
      const page = await afterWaiting(call, waitSeconds, () =>
        relay.list(caller, {
          ...(module !== undefined && { module }),
          ...(type !== undefined && { type }),
          ...(conversation !== undefined && { conversation }),
          ...(after !== undefined && { after }),
          ...(waitSeconds > 0 && { waitSeconds, signal: call.signal() }),
          limit: query.limiet ?? Math.min(PAGE_ITEMS_DEFAULT, settings.limits.pageItems),
        }),
      )
      const items = page.items.map((item) => itemWire(item, settings))
      return json(200, pageWire('berichten', items, page.next))
    },
  )
}

function fetchRoute({ relay }: RestParts): Route {
  return route(
    {
      method: 'GET',
      path: '/berichten/{referentienummer}',
      id: 'haalBerichtOp',
      tag: 'Ontvangen',
      access: 'participant',
      summary: 'Haalt een bericht met inhoud op. Het blijft staan tot het is bevestigd.',
      query: {},
      lease: true,
      answers: { 200: 'Het bericht.' },
      answer: 'OpgehaaldBericht',
      codes: [
        'niet-gevonden',
        'in-ophaling',
        'bericht-weg',
        'verlopen',
        'ingetrokken',
        'onbekend-na-herstel',
        'bericht-beschadigd',
        'even-niet-beschikbaar',
        'opslag-vol',
      ],
    },
    async (call) => {
      const reference = inPath(call, 'referentienummer')
      const delivered = await relay.fetch(call.caller, reference, call.lease)
      return json(200, deliveredWire(delivered, call.settings))
    },
  )
}

function peekRoute({ relay }: RestParts): Route {
  return route(
    {
      method: 'HEAD',
      path: '/berichten/{referentienummer}',
      id: 'kijkNaarBericht',
      tag: 'Ontvangen',
      access: 'participant',
      summary: 'Kijkt of een bericht er is, zonder het op te halen.',
      query: {},
      lease: true,
      answers: { 200: 'Het bericht is er.' },
      codes: [
        'niet-gevonden',
        'in-ophaling',
        'bericht-weg',
        'verlopen',
        'ingetrokken',
        'onbekend-na-herstel',
      ],
    },
    async (call) => {
      await relay.peek(call.caller, inPath(call, 'referentienummer'), call.lease)
      return empty(200, { 'content-type': 'application/json' })
    },
  )
}
