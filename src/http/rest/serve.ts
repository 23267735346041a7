/**
 * One request from arrival to answer: method, identity, participant, form of the answer, path, query, and then the handler.
 * Whatever happens on the way becomes one answer and one line in the log.
 * @module
 */
import type { Context } from 'hono'
import type { Caller, Connection } from '../../core/directory.ts'
import { RelayError } from '../../core/errors.ts'
import type { Uuid } from '../../core/message.ts'
import type { Settings } from '../../core/settings.ts'
import type { RequestLine } from '../../ops/log.ts'
import { negotiate } from '../accept.ts'
import { empty, standardHeaders, toResponse, type Answer } from '../answer.ts'
import { readQuery } from '../parameters.ts'
import { callerOf, refusalOf, type PeerEnv } from '../peer.ts'
import { problemAnswer } from '../problem.ts'
import { PATH_PARAMETERS, type Method, type ParticipantCall, type Route } from '../route.ts'
import { isHeavy, Turns } from '../turns.ts'
import { asUuid } from '../uuid.ts'
import type { RestParts } from './parts.ts'

type RestContext = Context<{ Bindings: PeerEnv }>
type Methods = ReadonlyMap<Method, Route>

/** What became known of the caller on the way, for the log; filled in as far as the request came. */
interface Known {
  connection?: Connection
  caller?: Caller
}

/** Makes the function that answers requests on one path with the calls that exist there. */
export function createServe(parts: RestParts) {
  const standard = standardHeaders(parts.version)
  const turns = new Turns()
  return async (pattern: string, methods: Methods, context: RestContext): Promise<Response> => {
    const startedAt = parts.now()
    const settings = parts.settings()
    const { method } = context.req
    const known: Known = {}
    let answer: Answer
    try {
      answer = await answerTo(parts, turns, settings, methods, context, known)
    } catch (thrown) {
      answer = refusal(thrown, settings, methods, context)
    }
    logRequest(parts, answer, known, {
      method: logged(method),
      route: pattern,
      status: answer.status,
      ms: Math.round((parts.now() - startedAt) * 1_000) / 1_000,
      ...referenceIn(context),
      ...bytesIn(context),
    })
    return toResponse(answer, headersFor(standard, methods, context), method === 'HEAD')
  }
}

function headersFor(
  standard: Readonly<Record<string, string>>,
  methods: Methods,
  context: RestContext,
): Readonly<Record<string, string>> {
  const isPublic = [...methods.values()].every(({ declaration }) => declaration.access === 'public')
  const isEnding = context.env.peer.signal.aborted
  return {
    ...standard,
    // Browsers never send client certificates along with such a request, so nothing but the public part can be read.
    ...(isPublic && { 'access-control-allow-origin': '*' }),
    ...(isEnding && { connection: 'close' }),
  }
}

async function answerTo(
  parts: RestParts,
  turns: Turns,
  settings: Settings,
  methods: Methods,
  context: RestContext,
  known: Known,
): Promise<Answer> {
  const { method } = context.req
  if (method === 'OPTIONS') return empty(204, { allow: allowed(methods) })
  const route =
    methods.get(method as Method) ?? (method === 'HEAD' ? methods.get('GET') : undefined)
  if (route === undefined) throw new RelayError('methode-niet-toegestaan')
  const { declaration } = route
  const { env, req } = context
  const request = req.raw

  const judge = () => env.peer.judge(parts.trust)
  if (declaration.access !== 'public') {
    const verdict = judge()
    if (!verdict.ok) throw refusalOf(verdict)
    known.connection = verdict.connection
    if (declaration.access === 'participant') {
      const named = request.headers.get('deelnemer')
      known.caller = callerOf(settings, verdict.connection, named)
    }
  }
  const gives = declaration.gives ?? ['application/json']
  if (negotiate(request.headers.get('accept'), gives) === undefined) {
    throw new RelayError(
      'niet-acceptabel',
      `Deze aanroep antwoordt alleen als ${gives.join(' of ')}; vraag daarom in Accept.`,
    )
  }
  const lease = declaration.lease === true ? leaseIn(request) : undefined
  const call: Partial<ParticipantCall> & Omit<ParticipantCall, 'connection' | 'caller'> = {
    request,
    settings,
    path: pathOf(req.param()),
    query: readQuery(declaration.query, new URL(request.url).searchParams, settings.limits),
    judge,
    signal: () => AbortSignal.any([request.signal, env.peer.signal]),
    ...known,
    ...(lease !== undefined && { lease }),
  }
  // Who calls is known by now as far as the declaration asks; see `route`.
  const handle = () => route.handle(call as ParticipantCall)
  const who = known.caller?.participant.id
  return who === undefined || !isHeavy(request) ? handle() : turns.take(who, handle)
}

function refusal(
  thrown: unknown,
  settings: Settings,
  methods: Methods,
  { env }: RestContext,
): Answer {
  const answer = problemAnswer(thrown, settings.node.url)
  if (answer.status === 405) return withHeader(answer, 'allow', allowed(methods))
  // Who was let in before and is not now loses the connection too.
  if (answer.status === 401 && env.peer.admitted) return withHeader(answer, 'connection', 'close')
  return answer
}

function withHeader(answer: Answer, name: string, value: string): Answer {
  return { ...answer, headers: { ...answer.headers, [name]: value } }
}

function allowed(methods: Methods): string {
  const names = new Set<string>(methods.keys())
  if (names.has('GET')) names.add('HEAD')
  return [...names.add('OPTIONS')].join(', ')
}

function pathOf(given: Readonly<Record<string, string>>): ParticipantCall['path'] {
  const entries = Object.entries(PATH_PARAMETERS).flatMap(([name, { pattern, ...schema }]) => {
    const value = given[name]
    if (value === undefined) return []
    const read = 'format' in schema ? asUuid(value) : value
    if (read === undefined || !new RegExp(pattern).test(read)) throw new RelayError('niet-gevonden')
    return [[name, read] as const]
  })
  return Object.fromEntries(entries)
}

function leaseIn(request: Request): Uuid | undefined {
  const header = request.headers.get('ophaling')
  if (header === null) return undefined
  const lease = asUuid(header)
  if (lease !== undefined) return lease
  throw new RelayError('parameter-ongeldig', 'De header Ophaling moet een UUID zijn.')
}

function referenceIn(context: RestContext): { reference?: Uuid } {
  const given = context.req.param('referentienummer')
  const reference = given === undefined ? undefined : asUuid(given)
  return reference === undefined ? {} : { reference }
}

function bytesIn(context: RestContext): { bytesIn?: number } {
  const length = context.req.raw.headers.get('content-length')
  return length === null ? {} : { bytesIn: Number(length) }
}

/** A method as it may stand in the log: anybody can send any word for one. */
export function logged(method: string): string {
  return /^[A-Z]{1,10}$/.test(method) ? method : 'OTHER'
}

/** Writes the line of a request, and where a defect showed itself. */
export function logRequest(
  parts: Pick<RestParts, 'log'>,
  answer: Answer,
  known: Known,
  line: RequestLine,
): void {
  const { problem } = answer
  const requestId = problem?.instance.slice('urn:uuid:'.length)
  const connection = known.connection?.name
  const participant = known.caller?.participant.id
  parts.log.request({
    ...line,
    ...(problem !== undefined && { code: problem.code }),
    ...(requestId !== undefined && { requestId }),
    ...(connection !== undefined && { connection }),
    ...(participant !== undefined && { participant }),
  })
  if (problem?.fault === undefined || requestId === undefined) return
  const { name, frames } = problem.fault
  parts.log.error('request-fault', { requestId, error: name, frames: frames.join('; ') })
}
