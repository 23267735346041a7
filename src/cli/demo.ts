/**
 * `knooppunt demo`: a whole relay with fictitious participants, in one command and one folder.
 * @module
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startApp } from '../app.ts'
import type { App } from '../app.ts'
import { createClient } from '../client/client.ts'
import type { Client } from '../client/client.ts'
import { createLog } from '../ops/log.ts'
import type { Config } from '../config/config.ts'
import { dataPaths } from '../store/data-folder.ts'
import { inspectKeys } from '../vault/inspect.ts'
import { flag, numberOption, textOption } from './arguments.ts'
import { EXIT } from './command.ts'
import type { Command, Io } from './command.ts'
import { prepareDemo } from './demo-folder.ts'
import { play } from './demo-play.ts'
import type { Actor, Played } from './demo-play.ts'
import { leaveMessages } from './demo-leave.ts'
import { DEMO_CONNECTIONS } from './demo-world.ts'
import { examineErasure, isErased } from './erasure.ts'
import { say } from './output.ts'
import { aborted, configFor, fatalTo } from './serve.ts'
import { settledReport, tell } from './verify-erasure.ts'

const PORT = { min: 0, max: 65_535 }

/** Starts everything, plays one conversation, proves the erasure, and stays up. */
export const demo: Command = {
  name: 'demo',
  summary: 'Start a relay with fictitious participants, play a conversation, prove the erasure.',
  usage:
    'knooppunt demo [--dir DIR] [--port N] [--portal-port N] [--ops-port N] [--no-play] [--once]',
  example: 'knooppunt demo --dir demo --once   # exits with 0 only if everything held',
  options: {
    dir: { type: 'string', default: 'demo', help: 'DIR where everything goes that the demo makes' },
    port: { type: 'string', default: '8443', help: 'PORT of the REST door' },
    'portal-port': {
      type: 'string',
      default: '8444',
      help: 'PORT without certificates, for the public resources',
    },
    'ops-port': {
      type: 'string',
      default: '9090',
      help: 'PORT for the operator: /live and /ready',
    },
    'no-play': { type: 'boolean', help: 'start only, play nothing' },
    once: { type: 'boolean', help: 'play, verify, stop; exit with 0 only if everything held' },
  },
  run: async (args, io) => {
    const dir = resolve(io.cwd, textOption(args, 'dir') ?? 'demo')
    const ports = {
      api: numberOption(args, 'port', PORT) ?? 8443,
      portal: numberOption(args, 'portal-port', PORT) ?? 8444,
      ops: numberOption(args, 'ops-port', PORT) ?? 9090,
    }
    const { configFile, certs } = prepareDemo(dir, ports)
    const config = configFor(configFile, io)
    if (config === undefined) return EXIT.no
    // The clock of the demo can be set back for a moment, to make a message that is about to expire.
    const clock = { behindMs: 0 }
    const app = await startApp(config, {
      log: quietLog(io),
      fatal: fatalTo(io),
      now: () => Date.now() - clock.behindMs,
    })
    try {
      say(io, `The relay runs; everything it made is in ${dir}.`)
      const cast = castFor(certs, app.apiPort)
      const once = flag(args, 'once')
      if (!flag(args, 'no-play')) {
        const held = await perform(cast, app, config, io)
        if (once) return held ? EXIT.done : EXIT.no
        await leaveMessages(
          cast('gemeente-voorbeeldstad'),
          cast('energie-direct'),
          config.settings,
          clock,
        )
      }
      if (once) return EXIT.done
      const { berichten } = await cast('energie-direct').client.list()
      for (const line of addresses(app, dir, certs, berichten.length)) say(io, line)
      await aborted(io.signal)
      say(io, 'Stopping.')
      return EXIT.done
    } finally {
      await app.stop()
    }
  },
}

/** Warnings and worse go to standard error; a line per request would drown the story. */
function quietLog(io: Io) {
  return createLog({ sink: io.stderr, now: Date.now, level: 'warn' })
}

/** A client for each connection, by its name. */
function castFor(certs: string, port: number): (name: string) => Actor {
  const ca = readFileSync(join(certs, 'ca.pem'), 'utf8')
  const clients = new Map<string, Client>()
  return (name) => {
    const found = DEMO_CONNECTIONS.find((connection) => connection.name === name)
    const first = found?.participants[0]
    if (first === undefined) throw new Error(`nobody in the demo is called ${name}`)
    const client =
      clients.get(name) ??
      createClient({
        url: `https://localhost:${port}`,
        certificate: readFileSync(join(certs, `${name}.pem`), 'utf8'),
        key: readFileSync(join(certs, `${name}.key`), 'utf8'),
        ca,
      })
    clients.set(name, client)
    return { name, id: first.id, client }
  }
}

/** Plays the conversation and proves the erasure. @returns whether everything held */
async function perform(
  cast: (name: string) => Actor,
  app: App,
  config: Config,
  io: Io,
): Promise<boolean> {
  say(io, '')
  say(io, 'A debt settlement, over mutual TLS, each side with its own certificate:')
  const story = (line: string) => say(io, `  ${line}`)
  const played = await play(cast('gemeente-voorbeeldstad'), cast('energie-direct'), story)
  say(io, '')
  say(io, 'Is it really gone? With master key and key ring in hand, on the bytes of the disk:')
  return proveErasure(app, config, played, story)
}

async function proveErasure(
  app: App,
  { store, vault }: Config,
  { marker }: Played,
  story: (line: string) => void,
): Promise<boolean> {
  const paths = dataPaths(store.path)
  const keys = inspectKeys({
    path: paths.vault,
    ringPath: vault.ringPath,
    masterKey: vault.masterKey,
  })
  try {
    const report = await settledReport(async () =>
      examineErasure({ dataDir: store.path, keys, live: app.seats(), markers: [marker] }),
    )
    tell(report).forEach(story)
    return isErased(report)
  } finally {
    keys.close()
  }
}

/** Where to go from here. */
function addresses(app: App, dir: string, certs: string, waiting: number): string[] {
  const api = `https://localhost:${app.apiPort}/api/v1`
  const as = (name: string) =>
    `curl --cacert ${join(certs, 'ca.pem')} --cert ${join(certs, `${name}.pem`)} --key ${join(certs, `${name}.key`)}`
  return [
    '',
    `REST, mutual TLS      ${api}`,
    `Public, no certificate https://localhost:${app.portalPort ?? 0}/api/v1/modules`,
    `Operator              http://localhost:${app.opsPort}/ready`,
    `Configuration         ${join(dir, 'config', 'knooppunt.yaml')}`,
    '',
    waiting === 0
      ? 'The mailbox of energie-direct, empty for now:'
      : `${waiting} messages wait for energie-direct. Look into its mailbox:`,
    '',
    `  ${as('energie-direct')} ${api}/berichten`,
    '',
    'Ctrl-C stops the relay; the same command starts it again with what waits.',
  ]
}
