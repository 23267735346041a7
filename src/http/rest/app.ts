/**
 * The REST door: every call of `/api/v1`, mounted from its declaration.
 * @module
 */
import { Hono, type Context } from 'hono'
import { RelayError } from '../../core/errors.ts'
import { standardHeaders, toResponse } from '../answer.ts'
import type { PeerEnv } from '../peer.ts'
import { referenceRoutes } from '../openapi/routes.ts'
import { problemAnswer } from '../problem.ts'
import { API_BASE_PATH, type Route, type RouteDeclaration } from '../route.ts'
import { batchRoutes } from './batches.ts'
import { conversationRoutes } from './conversations.ts'
import { endRoutes } from './ends.ts'
import { errorRoutes } from './errors.ts'
import { identityRoutes } from './identity.ts'
import { leaseRoutes } from './leases.ts'
import { logRoutes } from './log.ts'
import { mailboxRoutes } from './mailboxes.ts'
import { manyEndRoutes } from './many-ends.ts'
import { messageRoutes } from './messages.ts'
import { moduleRoutes } from './modules.ts'
import { participantRoutes } from './participants.ts'
import { Pace, type RestParts } from './parts.ts'
import { createServe, logged, logRequest } from './serve.ts'

/** All calls, in the order of the manual. @param parts what the handlers use */
export function restRoutes(parts: RestParts): readonly Route[] {
  const pace = new Pace(parts.now)
  const routes: readonly Route[] = [
    ...referenceRoutes(parts, () => routes.map(({ declaration }) => declaration)),
    ...identityRoutes(),
    ...participantRoutes(),
    ...moduleRoutes(),
    ...messageRoutes(parts, pace),
    ...batchRoutes(parts, pace),
    ...mailboxRoutes(parts),
    ...leaseRoutes(parts),
    ...endRoutes(parts, pace),
    ...manyEndRoutes(parts, pace),
    ...logRoutes(parts),
    ...conversationRoutes(parts),
    ...errorRoutes(),
  ]
  return routes
}

/** The declarations of all calls, for a description of the API where nothing runs. */
export function restDeclarations(): readonly RouteDeclaration[] {
  const nothing = () => {
    throw new Error('a call that is only described was made')
  }
  // Handlers hold on to these and use them when they are called, which they never are.
  const parts = { now: nothing, settings: nothing, version: '' } as unknown as RestParts
  return restRoutes(parts).map(({ declaration }) => declaration)
}

/**
 * Makes the door. Its `fetch` takes the request and, as environment, the peer that the listener knows.
 * @returns an app that answers every path, unknown ones included
 */
export function createRestApp(parts: RestParts): Hono<{ Bindings: PeerEnv }> {
  const app = new Hono<{ Bindings: PeerEnv }>()
  const serve = createServe(parts)
  for (const [path, routes] of byPath(restRoutes(parts))) {
    const methods = new Map(routes.map((route) => [route.declaration.method, route]))
    const pattern = `${API_BASE_PATH}${path.replace(/\{(\w+)\}/g, ':$1')}`
    const answer = (context: Context<{ Bindings: PeerEnv }>) =>
      serve(`${API_BASE_PATH}${path}`, methods, context)
    app.all(pattern, answer)
    // The start of the API is the one place where the rules leave the slash free.
    if (path === '/') app.all(API_BASE_PATH, answer)
  }
  const standard = standardHeaders(parts.version)
  const refuse = (thrown: unknown, { req: { method } }: Context): Response => {
    const answer = problemAnswer(thrown, parts.settings().node.url)
    logRequest(
      parts,
      answer,
      {},
      { method: logged(method), route: 'none', status: answer.status, ms: 0 },
    )
    return toResponse(answer, standard, method === 'HEAD')
  }
  app.notFound((context) => refuse(new RelayError('niet-gevonden'), context))
  app.onError(refuse)
  return app
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  return Map.groupBy(routes, (route) => route.declaration.path)
}
