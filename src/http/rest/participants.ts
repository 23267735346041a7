/**
 * `deelnemers`: the address book. Anybody sees the active participants; participants also see who is suspended, and OINs.
 * @module
 */
import {
  PARTICIPANT_TYPES,
  type Directory,
  type Participant,
  type ParticipantType,
} from '../../core/directory.ts'
import { RelayError } from '../../core/errors.ts'
import type { Settings } from '../../core/settings.ts'
import { json } from '../answer.ts'
import * as parameters from '../parameters.ts'
import { inPath, route, type PublicCall, type Route } from '../route.ts'
import { pageWire, participantWire } from './wire.ts'

const TYPES = Object.fromEntries(PARTICIPANT_TYPES.map((type) => [type, type])) as Readonly<
  Record<string, ParticipantType>
>

const PAGE_ITEMS_DEFAULT = 100

const QUERY = {
  module: parameters.code('Alleen wie deze module afneemt.'),
  versie: parameters.version('Alleen wie deze versie van die module afneemt.'),
  type: parameters.choice('Alleen dit type deelnemer.', TYPES),
  werkgebied: parameters.form(
    'Alleen wie in deze gemeente werkt.',
    '^[0-9]{4}$',
    'moet een gemeentecode van vier cijfers zijn',
  ),
  zoek: parameters.text('Deel van de naam, een handelsnaam of het KvK-nummer.'),
  na: parameters.uuid('Waar de vorige bladzijde ophield: de waarde van volgende.'),
  limiet: parameters.pageSize(),
}

export function participantRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/deelnemers',
        id: 'zoekDeelnemers',
        tag: 'Adresboek',
        access: 'public',
        summary: 'Zoekt in het adresboek wie bereikbaar is, en waarvoor.',
        query: QUERY,
        answers: { 200: 'Een bladzijde van het adresboek, op naam.' },
        answer: 'DeelnemersBladzijde',
        codes: [],
      },
      (call) => {
        const { query, settings } = call
        const isInsider = actsForActive(call)
        const found = visible(settings.directory, isInsider).filter((participant) =>
          fits(settings.directory, participant, query),
        )
        const start = query.na === undefined ? 0 : after(found, settings.directory, query.na)
        const size = query.limiet ?? Math.min(PAGE_ITEMS_DEFAULT, settings.limits.pageItems)
        const page = found.slice(start, start + size)
        const next = start + size < found.length ? page.at(-1)?.id : undefined
        const items = page.map((participant) => entry(settings, participant, isInsider))
        return json(200, pageWire('deelnemers', items, next))
      },
    ),
    route(
      {
        method: 'GET',
        path: '/deelnemers/{id}',
        id: 'geefDeelnemer',
        tag: 'Adresboek',
        access: 'public',
        summary: 'Geeft een deelnemer uit het adresboek.',
        query: {},
        answers: { 200: 'De deelnemer.' },
        answer: 'Deelnemer',
        codes: ['niet-gevonden'],
      },
      (call) => {
        const { settings } = call
        const isInsider = actsForActive(call)
        const id = inPath(call, 'id')
        const found = visible(settings.directory, isInsider).find((each) => each.id === id)
        if (found === undefined) throw new RelayError('niet-gevonden')
        return json(200, entry(settings, found, isInsider))
      },
    ),
  ]
}

/** Whether the caller acts for at least one active participant; only those may see what is not public. */
function actsForActive({ judge, settings }: PublicCall): boolean {
  const verdict = judge()
  return (
    verdict.ok &&
    verdict.connection.participants.some(
      (id) => settings.directory.participants.get(id)?.status === 'actief',
    )
  )
}

function visible(directory: Directory, isInsider: boolean): Participant[] {
  return [...directory.participants.values()]
    .filter(({ status }) => status === 'actief' || (isInsider && status === 'geschorst'))
    .sort(byName)
}

function byName(left: Participant, right: Participant): number {
  return compare(left.name, right.name) || compare(left.id, right.id)
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

/** Where the page after a participant begins; also right when that one has since left the list. */
function after(found: readonly Participant[], directory: Directory, id: string): number {
  const last = directory.participants.get(id)
  if (last === undefined) {
    throw new RelayError('parameter-ongeldig', 'Parameter na is geen waarde van volgende.')
  }
  const index = found.findIndex((participant) => byName(participant, last) > 0)
  return index === -1 ? found.length : index
}

type Wanted = PublicCall<typeof QUERY>['query']

function fits(directory: Directory, participant: Participant, wanted: Wanted): boolean {
  const { module, versie, type, werkgebied, zoek } = wanted
  const versions =
    module === undefined
      ? Object.values(participant.modules).flat()
      : Object.hasOwn(participant.modules, module)
        ? (participant.modules[module] ?? [])
        : undefined
  return (
    versions !== undefined &&
    (versie === undefined || versions.includes(versie)) &&
    (type === undefined || participant.types.includes(type)) &&
    (werkgebied === undefined || participant.workArea.includes(werkgebied)) &&
    (zoek === undefined || matches(directory, participant, zoek))
  )
}

function matches(directory: Directory, participant: Participant, words: string): boolean {
  const organisation = directory.organisations.get(participant.organisation)
  const places = [
    participant.name,
    ...participant.tradeNames,
    organisation?.name ?? '',
    organisation?.kvk ?? '',
  ]
  const sought = words.toLowerCase()
  return places.some((place) => place.toLowerCase().includes(sought))
}

function entry(settings: Settings, participant: Participant, isInsider: boolean) {
  const { directory } = settings
  if (!isInsider) return participantWire(directory, participant)
  const covering = directory.connections.filter(({ participants }) =>
    participants.includes(participant.id),
  )
  const oins = [...new Set(covering.map(({ oin }) => oin))]
  return participantWire(directory, participant, oins)
}
