/**
 * A call of the REST door as a declaration: what the router mounts, the checks of its input, and what a description of the
 * API can be made from, are one value.
 * @module
 */
import type { Caller, Connection } from '../core/directory.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { Verdict } from '../core/identity.ts'
import type { Uuid } from '../core/message.ts'
import type { Settings } from '../core/settings.ts'
import type { Answer } from './answer.ts'
import type { Tag } from './openapi/tags.ts'
import type { SchemaName } from './openapi/wire-schemas.ts'
import type { Parameters, QueryOf } from './parameters.ts'
import { UUID_PATTERN } from './uuid.ts'

/** Where the API lives; a next major version stands beside it. */
export const API_BASE_PATH = '/api/v1'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'

/**
 * Who may call. `public`: anybody; `connection`: a good certificate; `participant`: a good certificate that acts for one
 * participant, named in the header `Deelnemer` when there are several.
 */
export type Access = 'public' | 'connection' | 'participant'

/** Parameters in a path. A value that does not fit cannot name anything, so it is not found. */
export const PATH_PARAMETERS = {
  referentienummer: {
    description: 'Referentienummer van het bericht.',
    type: 'string',
    format: 'uuid',
    pattern: UUID_PATTERN,
  },
  id: { description: 'Nummer.', type: 'string', format: 'uuid', pattern: UUID_PATTERN },
  module: {
    description: 'Code van de module.',
    type: 'string',
    pattern: '^[a-z][a-z0-9-]{0,63}$',
  },
  versie: {
    description: 'Versie van de module.',
    type: 'string',
    pattern: '^[0-9]{1,3}\\.[0-9]{1,3}$',
  },
  type: {
    description: 'Code van het berichttype.',
    type: 'string',
    pattern: '^[a-z][a-z0-9-]{0,63}$',
  },
  code: { description: 'Foutcode.', type: 'string', pattern: '^[a-z0-9-]{1,64}$' },
} as const

export type PathParameter = keyof typeof PATH_PARAMETERS

export interface RouteDeclaration<A extends Access = Access, Q extends Parameters = Parameters> {
  readonly method: Method
  /** Below `/api/v1`, parameters in braces: `/berichten/{referentienummer}`. */
  readonly path: `/${string}`
  readonly access: A
  /** Name of the call in generated clients: lowerCamel, unique, never changed. */
  readonly id: string
  /** Part of the reference where it stands. */
  readonly tag: Tag
  /** One Dutch sentence. */
  readonly summary: string
  /** What else there is to know, in Dutch, as Markdown. */
  readonly description?: string
  readonly query: Q
  /** Media types that a body may have; absent when the call takes none. */
  readonly takes?: readonly string[]
  /** Shape of that body in JSON. */
  readonly body?: SchemaName
  /** Shapes of a line each way, where body and answer can be NDJSON. */
  readonly lines?: { readonly body: SchemaName; readonly answer: SchemaName }
  /** Media types that the answer can have; JSON when absent. */
  readonly gives?: readonly string[]
  /** Whether the header `Ophaling` means something here. */
  readonly lease?: boolean
  /** Status of each good answer, with what it means, in Dutch. */
  readonly answers: Readonly<Record<number, string>>
  /** Shape of every good answer in JSON. */
  readonly answer?: SchemaName
  /** Whether good answers have a header `Location`. */
  readonly locates?: boolean
  /** Whether a call that anybody may make refuses by identity all the same. */
  readonly identifies?: boolean
  /** Codes of the refusals that belong to this call, beside those that every call has. */
  readonly codes: readonly ErrorCode[]
}

/** What every handler knows. */
export interface PublicCall<Q extends Parameters = Parameters> {
  readonly request: Request
  /** The configuration that this request keeps. */
  readonly settings: Settings
  readonly path: Readonly<Partial<Record<PathParameter, string>>>
  readonly query: QueryOf<Q>
  /** Who is at the other end, judged now. */
  readonly judge: () => Verdict
  /** Aborted when the caller has gone or the connection has to end. */
  readonly signal: () => AbortSignal
}

export interface ConnectionCall<Q extends Parameters = Parameters> extends PublicCall<Q> {
  readonly connection: Connection
}

export interface ParticipantCall<Q extends Parameters = Parameters> extends ConnectionCall<Q> {
  readonly caller: Caller
  /** Header `Ophaling`. */
  readonly lease?: Uuid
}

export interface Calls<Q extends Parameters> {
  readonly public: PublicCall<Q>
  readonly connection: ConnectionCall<Q>
  readonly participant: ParticipantCall<Q>
}

/** A declaration with its handler; the handler gets at least what the declaration asks for. */
export interface Route {
  readonly declaration: RouteDeclaration
  readonly handle: (call: ParticipantCall) => Answer | Promise<Answer>
}

/** Ties a handler to its declaration; the type of the call follows from `access` and `query`. */
export function route<A extends Access, const Q extends Parameters>(
  declaration: RouteDeclaration<A, Q>,
  handle: (call: Calls<Q>[A]) => Answer | Promise<Answer>,
): Route {
  // The router makes the call from this very declaration, which the two type parameters cannot express.
  return { declaration, handle: handle as unknown as Route['handle'] }
}

/** A parameter of the path. @throws when the declaration has no such parameter: a defect */
export function inPath(call: PublicCall, name: PathParameter): string {
  const value = call.path[name]
  if (value === undefined) throw new Error(`path has no parameter ${name}`)
  return value
}
