/**
 * `logboek`: what passed, to whoever sent or received it. Never content.
 * @module
 */
import { json } from '../answer.ts'
import * as parameters from '../parameters.ts'
import { inPath, route, type Route } from '../route.ts'
import type { RestParts } from './parts.ts'
import { logWire, pageWire, WORD_STATES } from './wire.ts'

const PAGE_ITEMS_DEFAULT = 100

export function logRoutes({ relay }: RestParts): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/logboek',
        id: 'doorzoekLogboek',
        tag: 'Naslaan',
        access: 'participant',
        summary: 'Zoekt in het eigen logboek, nieuwste eerst.',
        query: {
          referentienummer: parameters.uuid('Dit bericht.'),
          crossReferentienummer: parameters.uuid('Antwoorden op dit bericht.'),
          conversatie: parameters.uuid('Berichten uit deze conversatie.'),
          module: parameters.code('Berichten van deze module.'),
          afzender: parameters.uuid('Berichten van deze deelnemer.'),
          ontvanger: parameters.uuid('Berichten aan deze deelnemer.'),
          berichttype: parameters.code('Berichten van dit type.'),
          versie: parameters.version('Berichten van deze versie.'),
          opgehaald: parameters.flag('Of het bericht is opgehaald.'),
          bevestigd: parameters.flag('Of het bericht is bevestigd.'),
          uitkomst: parameters.choice('Stand van het bericht.', WORD_STATES),
          vanafDatum: parameters.day('Aangeboden op of na deze dag.'),
          totDatum: parameters.day('Aangeboden op of voor deze dag.'),
          na: parameters.cursor(),
          limiet: parameters.pageSize(),
        },
        answers: { 200: 'Een bladzijde van het logboek.' },
        answer: 'LogboekBladzijde',
        codes: [],
      },
      async ({ caller, query, settings }) => {
        const asked = {
          reference: query.referentienummer,
          cross: query.crossReferentienummer,
          conversation: query.conversatie,
          module: query.module,
          sender: query.afzender,
          recipient: query.ontvanger,
          type: query.berichttype,
          version: query.versie,
          fetched: query.opgehaald,
          confirmed: query.bevestigd,
          outcome: query.uitkomst,
          from: query.vanafDatum,
          to: query.totDatum,
          after: query.na,
        }
        const limit = query.limiet ?? Math.min(PAGE_ITEMS_DEFAULT, settings.limits.pageItems)
        const page = await relay.log(caller, { ...withoutAbsent(asked), limit })
        const items = page.items.map((message) => logWire(message, settings))
        return json(200, pageWire('regels', items, page.next))
      },
    ),
    route(
      {
        method: 'GET',
        path: '/logboek/{referentienummer}',
        id: 'geefLogboekregel',
        tag: 'Naslaan',
        access: 'participant',
        summary: 'Geeft de regel van een bericht, aan afzender en ontvanger.',
        query: {},
        answers: { 200: 'De regel, met de stand.' },
        answer: 'LogboekRegel',
        codes: ['niet-gevonden'],
      },
      async (call) => {
        const message = await relay.logLine(call.caller, inPath(call, 'referentienummer'))
        return json(200, logWire(message, call.settings))
      },
    ),
  ]
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The same without members that are undefined, which is not the same as absent. */
function withoutAbsent<T extends object>(object: T): Present<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== undefined),
  ) as Present<T>
}
