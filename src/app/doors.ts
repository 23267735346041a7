/**
 * Opens the doors: REST with mutual TLS, the public resources without, and the operator's.
 * @module
 */
import type { Config } from '../config/config.ts'
import { listen } from '../http/listen.ts'
import type { Listening } from '../http/listen.ts'
import { createRestApp } from '../http/rest/app.ts'
import type { Probe } from '../ops/health.ts'
import type { Log } from '../ops/log.ts'
import { createOpsApp, serveOps } from '../ops/ops-server.ts'
import { systemTimer } from '../ops/timer.ts'
import { VERSION } from '../ops/version.ts'
import type { Relay } from '../relay/relay.ts'
import type { Trust } from '../core/identity.ts'
import { closeAll } from './close.ts'
import type { Closer } from './close.ts'
import { tlsOf } from './trust-files.ts'

/** How long requests in progress may take when the relay stops. */
const GRACE_MS = 10_000

/** The open doors. */
export interface Doors {
  readonly api: Listening
  readonly portal: Listening | undefined
  readonly opsPort: number
  readonly closers: readonly Closer[]
}

/** Opens the doors: the last thing at the start, so that nobody is answered before everything agrees. */
export async function openDoors(
  config: Config,
  relay: Relay,
  trust: Trust,
  log: Log,
): Promise<Doors> {
  const { settings } = config
  const rest = createRestApp({
    relay,
    settings: () => settings,
    trust,
    log,
    now: () => performance.now(),
    version: VERSION,
  })
  const limits = () => settings.limits
  const closers: Closer[] = []
  try {
    const { api: apiAt, portal: portalAt, ops: opsAt } = config.listen
    const api = await listen({ ...apiAt, tls: tlsOf(config, apiAt), fetch: rest.fetch, limits })
    closers.push(() => api.stop(GRACE_MS))
    // Without a request for a certificate everybody gets the public resources here, and a browser does not ask for one.
    const portal =
      portalAt === undefined
        ? undefined
        : await listen({
            ...portalAt,
            tls: tlsOf(config, portalAt),
            fetch: rest.fetch,
            limits,
            askCertificate: false,
          })
    if (portal !== undefined) closers.push(() => portal.stop(GRACE_MS))
    const ops = serveOps(createOpsApp({ ...probes(relay), timer: systemTimer, log }), opsAt)
    closers.push(() => ops.stop())
    return { api, portal, opsPort: ops.port, closers }
  } catch (reason) {
    await closeAll(closers)
    throw reason
  }
}

/** Live: the process answers at all. Ready: it takes messages. */
function probes(relay: Relay): { live: Probe[]; ready: Probe[] } {
  const takesMessages: Probe = {
    name: 'accepting',
    look: () =>
      relay.isAccepting() ? null : 'there is no room for new messages, or the relay is stopping',
  }
  return { live: [], ready: [takesMessages] }
}
