/**
 * What the relay does by itself, and how often.
 * @module
 */
import type { Config } from '../config/config.ts'
import type { Log } from '../ops/log.ts'
import type { Job } from '../ops/schedule.ts'
import type { Store } from '../relay/ports.ts'
import type { Relay } from '../relay/relay.ts'
import { writeHead } from '../store/log-chain.ts'

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

/** Keeps to those who belong here now; both give the number of connections that they ended. */
export interface Welcome {
  readonly endOthers: () => number
  readonly readLists: () => number
}

/** All of it, for the schedule. */
export function jobs(
  config: Config,
  relay: Relay,
  store: Store,
  welcome: Welcome,
  log: Log,
): Job[] {
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
