/**
 * The composition root: every port is wired here, once, from the disk at the bottom to the doors at the top.
 * @module
 */
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import type { Config } from './config/config.ts'
import { listen } from './http/listen.ts'
import type { Listening, TlsMaterial } from './http/listen.ts'
import { rejudge } from './http/peer.ts'
import { createRestApp } from './http/rest/app.ts'
import { systemIds } from './ops/ids.ts'
import type { Probe } from './ops/health.ts'
import { serveControl, streamed } from './ops/control.ts'
import type { Orders } from './ops/control.ts'
import { createJournal } from './ops/journal.ts'
import type { Log } from './ops/log.ts'
import { createOpsApp, serveOps } from './ops/ops-server.ts'
import { startSchedule } from './ops/schedule.ts'
import type { Job } from './ops/schedule.ts'
import { systemTimer } from './ops/timer.ts'
import { VERSION } from './ops/version.ts'
import { createRelay } from './relay/create.ts'
import type { Clock, Ports, Store, Vault } from './relay/ports.ts'
import type { Relay } from './relay/relay.ts'
import { start } from './relay/start.ts'
import { writeBackup } from './store/backup.ts'
import { dataPaths, openData as openDataFolder } from './store/data-folder.ts'
import type { DataPaths } from './store/data-folder.ts'
import { lockFolder } from './store/lock.ts'
import type { FolderLock } from './store/lock.ts'
import { readHead, tellLog, writeHead } from './store/log-chain.ts'
import { openStore } from './store/open.ts'
import type { TrustOptions } from './trust/material.ts'
import { createTrust } from './trust/trust.ts'
import type { ReplaceableTrust } from './trust/trust.ts'
import { openBallast } from './vault/ballast.ts'
import type { FileBallast } from './vault/ballast.ts'
import { deriveKey, signer } from './vault/keys.ts'
import { createVault, openVault } from './vault/open.ts'
import type { VaultOptions } from './vault/open.ts'

/** How often what is due is looked for. */
const EXPIRE_EVERY_MS = 30_000
/** How often open connections are judged again; each request is judged anyhow. */
const REJUDGE_EVERY_MS = 15_000
/** How often it is asked whether the epoch of the keys is over. */
const ROTATE_EVERY_MS = 60_000
/** How often the head of the chained log is noted outside the data folder. */
const NOTE_HEAD_EVERY_MS = 3_600_000
/** How often what has been kept as long as it may is looked for. */
const PRUNE_EVERY_MS = 3_600_000
/** How long requests in progress may take when the relay stops. */
const GRACE_MS = 10_000

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

/** Everything below the verbs. */
interface Data {
  readonly store: Store
  readonly vault: Vault
  readonly ballast: FileBallast
  readonly lock: FolderLock
}

/**
 * Starts a relay in the order of VAULT, Start: lock, ring, files, agreement, damage, doors.
 * @throws with a sentence for the operator; nothing is left open then
 */
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { log, fatal } = options
  const settings = () => config.settings
  const data = await openData(config)
  const opened: (() => Promise<void>)[] = [() => closeData(data)]
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

/** Takes the folder, and opens what is in it or makes it when nothing is (VAULT, Start 1 to 3). */
async function openData({ store, vault }: Config): Promise<Data> {
  mkdirSync(store.path, { recursive: true, mode: 0o700 })
  const lock = lockFolder(dataPaths(store.path).lock)
  const keysAt = (paths: DataPaths): VaultOptions => ({
    path: paths.vault,
    ringPath: vault.ringPath,
    masterKey: vault.masterKey,
  })
  const storeAt = (paths: DataPaths, createFor?: Uint8Array) =>
    openStore({
      engine: store.engine,
      path: paths.store,
      mapBytes: store.mapBytes,
      maxReaders: store.maxReaders,
      sign: signer(vault.masterKey, 'log'),
      ...(createFor === undefined ? {} : { createFor }),
    })
  try {
    const opened = await openDataFolder(
      { dir: store.path, ringPath: vault.ringPath },
      {
        create: async (paths) => {
          const made = await createVault(keysAt(paths))
          return { vault: made, store: await storeAt(paths, made.id) }
        },
        open: async (paths) => {
          const found = await openVault(keysAt(paths))
          return { vault: found, store: await storeAt(paths) }
        },
      },
    )
    const { ballast: path } = dataPaths(store.path)
    return { ...opened, ballast: openBallast({ path, bytes: store.ballastBytes }), lock }
  } catch (reason) {
    lock.release()
    throw reason
  }
}

async function closeData({ lock, store, vault, ballast }: Data): Promise<void> {
  await ballast.settled()
  await vault.close()
  await store.close()
  lock.release()
}

interface Doors {
  readonly api: Listening
  readonly portal: Listening | undefined
  readonly opsPort: number
  readonly closers: readonly (() => Promise<void>)[]
}

/** Opens the doors: the last thing at the start, so that nobody is answered before everything agrees. */
async function openDoors(
  config: Config,
  relay: Relay,
  trust: ReplaceableTrust,
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
  const closers: (() => Promise<void>)[] = []
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

/** Keeps to those who belong here now; both give the number of connections that they ended. */
interface Welcome {
  readonly endOthers: () => number
  readonly readLists: () => number
}

/** A clock that somebody moves is believed; the machine's own is held against the time that really passed. */
function clockOf({ now }: AppOptions): Clock {
  return now === undefined ? { now: Date.now, elapsed: () => performance.now() } : { now }
}

/** What the command line may ask of the running relay. */
function orders({ vault }: Config, relay: Relay, store: Store): Orders {
  const backupKey = deriveKey(vault.masterKey, 'backup')
  return {
    backup: async () => streamed(writeBackup(store.snapshot(), backupKey, Date.now())),
    'log-verify': async (parameters) => {
      const noted = readHead(parameters.get('head') ?? '')
      return tellLog(await store.checkLog(() => Bun.sleep(0), noted))
    },
    clock: async () => relay.clock(),
    'clock-accept': async () => relay.acceptClock(),
    'vault-rotate': () => relay.rotate(),
  }
}

function jobs(config: Config, relay: Relay, store: Store, welcome: Welcome, log: Log): Job[] {
  return [
    {
      name: 'note-log-head',
      everyMs: NOTE_HEAD_EVERY_MS,
      atOnce: true,
      // Where log lines go, nobody who has the data folder can change them.
      run: async () => log.info('log-head', { head: writeHead(store.logHead) }),
    },
    {
      name: 'expire',
      everyMs: EXPIRE_EVERY_MS,
      run: async () => ((await relay.expire()) > 0 ? 'again' : undefined),
    },
    {
      name: 'rotate-keys',
      everyMs: ROTATE_EVERY_MS,
      atOnce: true,
      run: async (signal) => {
        if (!relay.isRotationDue(config.vault.epochSeconds * 1_000)) return
        const { finished, looked } = await relay.rotate(signal)
        if (finished) log.info('keys-rotated', { count: looked })
      },
    },
    {
      name: 'prune',
      everyMs: PRUNE_EVERY_MS,
      run: async (signal) => {
        const { lines, conversations } = await relay.prune(signal)
        if (lines + conversations > 0) log.info('pruned', { count: lines + conversations })
      },
    },
    {
      name: 'rejudge-connections',
      everyMs: REJUDGE_EVERY_MS,
      run: async () => void welcome.endOthers(),
    },
    {
      name: 'read-revocation-lists',
      everyMs: config.trust.revocation.refreshSeconds * 1_000,
      run: async () => void welcome.readLists(),
    },
  ]
}

/** The trust files as they are on disk now. */
function trustOptions({ trust, settings }: Config): TrustOptions {
  const { crls, maxAgeSeconds, onUnknown } = trust.revocation
  return {
    environment: settings.node.environment,
    anchors: trust.anchors.map(({ file, der, identity, policies }) => ({
      name: file,
      bytes: der,
      identity,
      policies,
    })),
    intermediates: trust.intermediates.map(({ file, der }) => ({ name: file, bytes: der })),
    crls: crls.map(({ file }) => ({
      name: file,
      bytes: readFileSync(file),
      obtainedAt: statSync(file).mtimeMs,
    })),
    revocation: { maxAgeMs: maxAgeSeconds * 1_000, onUnknown },
  }
}

function tlsOf({ trust }: Config, pair: { certificate: string; key: string }): TlsMaterial {
  const anchors = [...trust.anchors, ...trust.intermediates].map(({ pem }) => pem)
  return { certificate: pair.certificate, key: pair.key, anchors }
}

/** Closes the last opened first; a closer that fails does not keep the others from closing. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closers.toReversed()) {
    try {
      await close()
    } catch (reason) {
      failures.push(reason)
    }
  }
  if (failures.length > 0) throw failures[0]
}
