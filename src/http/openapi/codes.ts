/**
 * Which refusals each call can give: those that its declaration names, and those that follow from what it asks for.
 * @module
 */
import { ERRORS, type ErrorCode } from '../../core/errors.ts'
import type { Kind } from '../../core/errors/row.ts'
import { STATUS_OF } from '../problem.ts'
import type { RouteDeclaration } from '../route.ts'

/** Whatever is called. */
const ALWAYS: readonly ErrorCode[] = ['parameter-ongeldig', 'niet-acceptabel', 'interne-fout']

/** Every code of a kind. */
function codesOf(kind: Kind): readonly ErrorCode[] {
  return (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].kind === kind)
}

/** Who is not let in, by the layer that failed. */
const IDENTITY = codesOf('unauthenticated')

const PARTICIPANT: readonly ErrorCode[] = [
  'deelnemer-ontbreekt',
  'deelnemer-niet-gemachtigd',
  'deelnemer-aangemeld',
  'deelnemer-geschorst',
  'deelnemer-beeindigd',
]

/** Whatever has a body, before anybody looks at what it says. */
const BODY: readonly ErrorCode[] = [
  'json-ongeldig',
  'json-dubbele-sleutel',
  'json-te-diep',
  'utf8-ongeldig',
  'te-groot',
  'mediatype-niet-ondersteund',
]

/** A body that is a small object of known members. */
const MEMBERS: readonly ErrorCode[] = [
  'bericht-ongeldig',
  'veld-onbekend',
  'veld-ontbreekt',
  'veld-type',
  'veld-leeg',
  'veld-te-lang',
  'veld-patroon',
  'veld-bereik',
  'veld-waarde',
  'lijst-aantal',
]

/** A body that is a message: whatever can be wrong with one. */
const MESSAGE: readonly ErrorCode[] = codesOf('invalid').filter(
  (code) => code !== 'deelnemer-ontbreekt',
)

/** Codes of a call by HTTP status, both in ascending order. */
export function codesByStatus(
  declaration: RouteDeclaration,
): ReadonlyMap<number, readonly ErrorCode[]> {
  const { access, path, body, codes, identifies } = declaration
  const all = new Set<ErrorCode>([
    ...ALWAYS,
    ...(access !== 'public' || identifies === true ? IDENTITY : []),
    ...(access === 'participant' ? PARTICIPANT : []),
    ...(path.includes('{') ? (['niet-gevonden'] as const) : []),
    ...(body === undefined ? [] : BODY),
    ...(body === undefined ? [] : body === 'Bericht' ? MESSAGE : MEMBERS),
    ...codes,
  ])
  const byStatus = Map.groupBy([...all].sort(), (code) => STATUS_OF[ERRORS[code].kind])
  return new Map([...byStatus].sort(([one], [other]) => one - other))
}
