/**
 * The operator's door: `/live` and `/ready` for those who watch the node. Listens on the loopback address by default and
 * tells nothing about messages or participants.
 * @module
 */
import { Hono } from 'hono'
import type { Context } from 'hono'
import { examine } from './health.ts'
import type { Probe, Timer } from './health.ts'
import type { Log } from './log.ts'

/** Longest that one question may take; well under what supervisors wait. */
const PROBE_TIMEOUT_MS = 2_000

export interface OpsOptions {
  /** When one of these complains the process is beyond help and should be started again. */
  readonly live: readonly Probe[]
  /** When one of these complains no new requests should come here for now. */
  readonly ready: readonly Probe[]
  readonly timer: Timer
  readonly log: Log
}

/** The routes, without a listener. `200` when well, `503` with every reason when not. */
export function createOpsApp({ live, ready, timer, log }: OpsOptions): Hono {
  const app = new Hono()
  const answer = (probes: readonly Probe[]) => async (c: Context) => {
    const { well, complaints } = await examine(probes, PROBE_TIMEOUT_MS, timer)
    return c.json({ status: well ? 'ok' : 'failing', complaints }, well ? 200 : 503)
  }
  app.use(async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
  })
  app.get('/live', answer(live))
  // A node that should be started again is not ready either.
  app.get('/ready', answer([...live, ...ready]))
  app.notFound((c) => c.json({ status: 'unknown', routes: ['/live', '/ready'] }, 404))
  app.onError((error, c) => {
    log.error('ops-request-failed', { error: error.name })
    return c.json({ status: 'failing', complaints: [] }, 500)
  })
  return app
}

/** The running door. */
export interface OpsServer {
  readonly port: number
  /** Ends the listener and its connections. */
  stop(): Promise<void>
}

/**
 * Opens the door.
 * @param at port 0 takes a free one
 * @throws when the port is taken
 */
export function serveOps(
  app: Hono,
  at: { readonly host: string; readonly port: number },
): OpsServer {
  const server = (() => {
    try {
      return Bun.serve({
        hostname: at.host,
        port: at.port,
        fetch: app.fetch,
        // Nothing here needs a body.
        maxRequestBodySize: 1_024,
        idleTimeout: 10,
      })
    } catch (reason) {
      // Bun does not say which address it could not have; the other doors do.
      throw reason instanceof Error
        ? Object.assign(reason, { address: at.host, port: at.port })
        : reason
    }
  })()
  const { port } = server
  if (port === undefined) throw new Error('the operator door has no port')
  return { port, stop: () => server.stop(true) }
}
