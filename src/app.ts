/**
 * The composition root: every port is wired here, once, from the disk at the bottom to the doors at the top.
 * @module
 */
import { closeAll } from './app/close.ts'
import type { Closer } from './app/close.ts'
import { closeData, openData } from './app/data.ts'
import { openDoors } from './app/doors.ts'
import { jobs } from './app/jobs.ts'
import type { Welcome } from './app/jobs.ts'
import { orders } from './app/orders.ts'
import { trustOptions } from './app/trust-files.ts'
import type { Config } from './config/config.ts'
import { rejudge } from './http/peer.ts'
import { serveControl } from './ops/control.ts'
import { systemIds } from './ops/ids.ts'
import { createJournal } from './ops/journal.ts'
import type { Log } from './ops/log.ts'
import { startSchedule } from './ops/schedule.ts'
import { systemTimer } from './ops/timer.ts'
import { VERSION } from './ops/version.ts'
import { createRelay } from './relay/create.ts'
import type { Clock, Ports } from './relay/ports.ts'
import type { Relay } from './relay/relay.ts'
import { start } from './relay/start.ts'
import { dataPaths } from './store/data-folder.ts'
import { createTrust } from './trust/trust.ts'

export interface AppOptions {
  readonly log: Log
  /** Ends the process at once without answering anybody; called when nothing on disk can be trusted. */
  readonly fatal: (reason: string) => never
  /** Clock of the messages, in milliseconds since 1970; tests and the demo may move it. Identity is judged by the real one. */
  readonly now?: () => number
}

/** A running relay. */
export interface App {
  readonly relay: Relay
  readonly apiPort: number
  readonly portalPort: number | undefined
  readonly opsPort: number
  /**
   * Reads the revocation lists again and ends the connections that would not be let in now; done by itself every
   * `trust.revocation.refresh`.
   * @returns how many connections were ended
   * @throws TrustProblem, and then goes on with the lists that it had
   */
  readRevocationLists(): number
  /** Where the keys of messages that wait are; all others must be dead. */
  readonly seats: () => Iterable<{ readonly mid: Uint8Array; readonly slot: number }>
  /** Finishes what runs, flushes, and lets go of the data folder. */
  stop(): Promise<void>
}

/**
 * Starts a relay in the order of VAULT, Start: lock, ring, files, agreement, damage, doors.
 * @throws with a sentence for the operator; nothing is left open then
 */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { log, fatal } = options
  const settings = () => config.settings
  const data = await openData(config)
  const opened: Closer[] = [() => closeData(data)]
  try {
    const ports: Ports = {
      store: data.store,
      vault: data.vault,
      ballast: data.ballast,
      clock: clockOf(options),
      ids: systemIds,
      journal: createJournal(log),
      settings,
      fatal,
    }
    const stopping = new AbortController()
    const found = await start({ ...ports, pause: () => Bun.sleep(1), signal: stopping.signal })
    opened.push(async () => {
      stopping.abort()
      await found.rest
    })
    log.info('data-opened', { count: found.live })
    if (found.erased > 0) log.warn('orphan-keys-erased', { count: found.erased })
    const relay = createRelay(ports)
    opened.push(() => relay.drain())
    data.ballast.refill()
    await relay.endParticipants()

    const trust = createTrust(trustOptions(config), {
      connections: () => settings().directory.connections,
      now: Date.now,
    })
    const doors = await openDoors(config, relay, trust, log)
    opened.push(...doors.closers)
    const welcome: Welcome = {
      endOthers: () => rejudge(doors.api, trust),
      readLists: () => {
        trust.replace(trustOptions(config))
        return rejudge(doors.api, trust)
      },
    }
    const schedule = startSchedule(jobs(config, relay, data.store, welcome, log), systemTimer, log)
    opened.push(() => schedule.stop())
    const control = serveControl(
      dataPaths(config.store.path).control,
      orders(config, relay, data.store),
      log,
    )
    if (control !== undefined) opened.push(() => control.stop())
    log.info('started', { port: doors.api.port, version: VERSION, pid: process.pid })
    return {
      relay,
      apiPort: doors.api.port,
      portalPort: doors.portal?.port,
      opsPort: doors.opsPort,
      readRevocationLists: welcome.readLists,
      seats: () => data.store.live(),
      stop: () => closeAll(opened),
    }
  } catch (reason) {
    await closeAll(opened)
    throw reason
  }
}

/** A clock that somebody moves is believed; the machine's own is held against the time that really passed. */
function clockOf({ now }: AppOptions): Clock {
  return now === undefined ? { now: Date.now, elapsed: () => performance.now() } : { now }
}
