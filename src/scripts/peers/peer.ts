/**
 * What a broker must offer to be put beside the relay, and how its server is started and stopped.
 * @module
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Collecting, Sending } from '../../client/load/queue.ts'

/** Files that a server gets, all readable by the user it runs as. */
export interface PeerFiles {
  /** For its data and configuration; nothing else uses it. */
  readonly folder: string
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** Where a server listens, and the client's credentials as PEM texts. */
export interface PeerAddress {
  readonly port: number
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** Connections to a server. */
export interface PeerConnections {
  senders(count: number): Promise<readonly Sending[]>
  collectors(count: number): Promise<readonly Collecting[]>
  close(): Promise<void>
}

/** A broker that people would take instead. */
export interface Peer {
  readonly name: string
  /** How it is made durable and what stands for confirming, for the report. */
  readonly setUp: string
  /** Why it cannot be measured on this machine; undefined when it can. */
  lacks(): string | undefined
  /** As the program itself says it. */
  version(): string
  /** Starts the server on a port of this machine, with mutual TLS. */
  start(files: PeerFiles, port: number): PeerServer | Promise<PeerServer>
  /** Makes the queue. @throws while the server is not ready */
  prepare(address: PeerAddress): Promise<void>
  /** @param message bytes of each; the first 36 become its id */
  connect(address: PeerAddress, message: Uint8Array): PeerConnections
}

/** A server that runs. */
export interface PeerServer {
  readonly pid: number
  stop(): Promise<void>
}

const STOP_MS = 15_000
/** Characters of a UUID. */
export const ID_CHARACTERS = 36

/** First line that a program says about itself, or undefined when it is not installed. */
export function askProgram(command: readonly string[]): string | undefined {
  const [program = ''] = command
  if (Bun.which(program) === null) return undefined
  const { stdout, stderr } = Bun.spawnSync([...command], { timeout: 20_000 })
  return `${stdout.toString()}${stderr.toString()}`.trim().split('\n')[0]
}

/** The user that servers run as: some refuse to be root. */
export function serverUser(): { readonly uid?: number; readonly gid?: number } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
}

const NOBODY = 65_534

/**
 * Starts a server in a process group of its own, so that what it starts ends with it.
 * @param stopSignal what it understands as an order to stop soon
 */
export function startServer(
  command: readonly string[],
  { folder }: PeerFiles,
  options: { env?: Record<string, string>; stopSignal?: NodeJS.Signals } = {},
): PeerServer {
  const [program = '', ...args] = command
  const log = openSync(join(folder, 'server.log'), 'a')
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, LANG: 'C.UTF-8', ...options.env },
    stdio: ['ignore', log, log],
    detached: true,
    ...serverUser(),
  })
  closeSync(log)
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} cannot be started`)
  return {
    pid,
    async stop() {
      signalGroup(pid, options.stopSignal ?? 'SIGTERM')
      const until = performance.now() + STOP_MS
      while (!hasEnded(child) && performance.now() < until) await sleep(20)
      // Also for what the server left behind in its group.
      signalGroup(pid, 'SIGKILL')
      while (!hasEnded(child)) await sleep(20)
    },
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** The group is gone when nobody is left to hear it. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (reason) {
    if (!(reason instanceof Error && 'code' in reason && reason.code === 'ESRCH')) throw reason
  }
}

/** A sender's own copy of the message, with a new id at its start each time. */
export function freshMessage(message: Uint8Array): (made?: (id: string) => void) => Buffer {
  const own = Buffer.from(message)
  return (made) => {
    const id = crypto.randomUUID()
    own.write(id, 0, 'latin1')
    made?.(id)
    return own
  }
}
