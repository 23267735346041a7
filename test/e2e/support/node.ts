/**
 * A whole relay in this process, as the demo makes it: its own PKI, real TLS, a store on disk in a temporary folder, any free
 * port. One for each test file.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { parse } from 'yaml'
import { startApp, type App } from '../../../src/app.ts'
import { prepareDemo, type DemoFolder } from '../../../src/cli/demo-folder.ts'
import { DEMO_CONNECTIONS } from '../../../src/cli/demo-world.ts'
import type { Config } from '../../../src/config/config.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { renderConfig } from '../../../src/config/render.ts'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import type { Caller } from '../../../src/core/directory.ts'
import { API_BASE_PATH } from '../../../src/http/route.ts'
import { createLog } from '../../../src/ops/log.ts'
import { VERSION } from '../../../src/ops/version.ts'
import { judgeAnchor } from '../../../src/trust/anchor.ts'
import { Contract, holdToContract, type Exchange } from '../../openapi/support/contract.ts'
import { documentOf } from '../../openapi/support/document.ts'
import { Line, type Answer, type Ask, type Credentials } from './line.ts'

/** What a test changes of the demo. */
interface NodeOptions {
  /** Gets the configuration of the demo, and gives the one to run; may issue certificates in the PKI of the folder. */
  readonly edit?: (config: ConfigInput, folder: DemoFolder) => ConfigInput
}

/** A running relay, and the ways to it. */
export interface RunningNode extends DemoFolder {
  readonly app: App
  /** Every line of the log so far. */
  readonly log: readonly string[]
  /** How far the clock of the messages is ahead of the real one. */
  readonly clock: { aheadMs: number }
  /** Opens a connection. @param as name of a connection, a certificate of the test's own, or null for none */
  dial(as: string | Credentials | null, options?: ConnectionOptions): Promise<Line>
  /** One request on a connection that is kept for each name. @param as name of a connection */
  ask(as: string, method: string, path: string, asked?: Ask): Promise<Answer>
  /** Everything that the relay holds for anybody: what a refused call may not change. */
  held(): Promise<unknown>
  /** Stops, and starts again on the same folder with another configuration. @param edit of the demo as it was made */
  restart(edit: NonNullable<NodeOptions['edit']>): Promise<RunningNode>
  /** Stops, and removes the folder. */
  stop(): Promise<void>
}

/** Asks as one participant, by its own connection or that of its supplier. */
export type Voice = (method: string, path: string, asked?: Ask) => Promise<Answer>

/** @param name of a participant of the demo; the header `Deelnemer` goes along where its connection has several */
export function voiceOf(node: Pick<RunningNode, 'ask'>, name: string): Voice {
  const id = participantId(name)
  const connection = DEMO_CONNECTIONS.find(({ participants }) =>
    participants.some((participant) => participant.id === id),
  )
  if (connection === undefined) throw new Error(`nobody acts for ${name}`)
  const deelnemer = connection.participants.length > 1 ? { deelnemer: id } : {}
  return (method, path, asked = {}) =>
    node.ask(connection.name, method, path, {
      ...asked,
      headers: { ...deelnemer, ...asked.headers },
    })
}

/** Number of a participant of the demo. @throws when nobody has this name */
export function participantId(name: string): string {
  const found = DEMO_CONNECTIONS.flatMap(({ participants }) => participants).find(
    (participant) => participant.name === name,
  )
  if (found === undefined) throw new Error(`nobody in the demo is called ${name}`)
  return found.id
}

/** Makes the folder and starts the relay. */
export async function startNode(options: NodeOptions = {}): Promise<RunningNode> {
  const dir = mkdtempSync(join(tmpdir(), 'knooppunt-e2e-'))
  try {
    return await startIn(dir, options)
  } catch (reason) {
    rmSync(dir, { recursive: true, force: true })
    throw reason
  }
}

async function startIn(dir: string, { edit }: NodeOptions): Promise<RunningNode> {
  const folder = prepareDemo(dir, { api: 0, portal: 0, ops: 0 })
  if (edit !== undefined) {
    const before = parse(readFileSync(folder.configFile, 'utf8')) as ConfigInput
    writeFileSync(folder.configFile, renderConfig(edit(before, folder)))
  }
  const loaded = loadConfig(folder.configFile, { generation: 1, checkAnchor: judgeAnchor })
  if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 2))
  const { config } = loaded
  const log: string[] = []
  const clock = { aheadMs: 0 }
  const app = await startApp(config, {
    log: createLog({ sink: (line) => void log.push(line), now: Date.now, level: 'debug' }),
    fatal: (reason) => {
      throw new Error(`the relay gave up: ${reason}`)
    },
    now: () => Date.now() + clock.aheadMs,
  })
  const ca = readFileSync(join(folder.certs, 'ca.pem'), 'utf8')
  const credentials = (name: string): Credentials => ({
    certificatePem: readFileSync(join(folder.certs, `${name}.pem`), 'utf8'),
    keyPem: readFileSync(join(folder.certs, `${name}.key`), 'utf8'),
  })
  const contract = new Contract(documentOf(config.settings, VERSION), { judgesMessages: true })
  const dial: RunningNode['dial'] = async (as, more) => {
    const identity = typeof as === 'string' ? credentials(as) : as
    const line = await Line.open(app.apiPort, ca, identity, more)
    line.watch = (...exchange) => holdToContract(contract, exchangeOf(...exchange))
    return line
  }
  const lines = new Map<string, Promise<Line>>()
  const end = async () => {
    for (const line of lines.values()) (await line).cut()
    await app.stop()
  }
  return {
    ...folder,
    app,
    log,
    clock,
    dial,
    ask: async (as, method, path, asked) => {
      const kept = lines.get(as) ?? dial(as)
      lines.set(as, kept)
      const answer = await (await kept).ask(method, path, asked)
      // The next one needs a new connection.
      if (answer.headers.get('connection') === 'close') lines.delete(as)
      return answer
    },
    held: () => heldBy(app, config),
    restart: async (next) => {
      await end()
      return startIn(dir, { edit: next })
    },
    stop: async () => {
      await end()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** What went over a line, as the judge of the contract wants it. */
function exchangeOf(method: string, path: string, asked: Ask, answer: Answer): Exchange {
  const given = new Map(
    Object.entries(asked.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  if (asked.json !== undefined && !given.has('content-type')) {
    given.set('content-type', 'application/json')
  }
  const body = asked.json === undefined ? asked.body : JSON.stringify(asked.json)
  return {
    method,
    path: `${API_BASE_PATH}${path}`,
    request: {
      header: (name) => given.get(name.toLowerCase()) ?? null,
      body: body === undefined ? undefined : Buffer.from(body).toString('utf8'),
    },
    status: answer.status,
    header: (name) => answer.headers.get(name.toLowerCase()) ?? null,
    body: answer.text,
  }
}

/** Live rows with their keys, and log, conversations and mailbox of every participant, past the doors and their rights. */
async function heldBy({ relay, seats }: App, { settings }: Config): Promise<unknown> {
  const { connections, participants } = settings.directory
  const live = [...seats()].map(({ mid, slot }) => ({
    mid: Buffer.from(mid).toString('hex'),
    slot,
  }))
  const callers = connections.flatMap((connection) =>
    connection.participants.flatMap((id) => {
      const participant = participants.get(id)
      // Who is suspended may not look, and what it holds matters all the same.
      return participant === undefined
        ? []
        : [{ connection, participant: { ...participant, status: 'actief' as const } }]
    }),
  )
  return { live, each: await Promise.all(callers.map((caller) => heldFor(relay, caller))) }
}

async function heldFor(relay: App['relay'], caller: Caller): Promise<unknown> {
  const page = { limit: 500 }
  const { items: log } = await relay.log(caller, page)
  const { items: conversations } = await relay.conversations(caller, page)
  const { items: mailbox } = await relay.list(caller, page)
  return {
    participant: caller.participant.id,
    log: log.map(({ seq, state, fetches, receipt }) => ({ seq, state, fetches, receipt })),
    conversations: conversations.map(({ conversation }) => conversation),
    mailbox: mailbox.map(({ message }) => message.seq),
  }
}

/** Less than an hour: a relay that was away for longer gives recipients time before anything expires. */
const STEP_MS = 55 * 60_000

/**
 * Lets time pass for the messages, step by step as a relay that runs would see it, and ends what is due on the way.
 * @param until milliseconds since 1970
 */
export async function passTime({ app, clock }: RunningNode, until: number): Promise<void> {
  while (Date.now() + clock.aheadMs < until) {
    clock.aheadMs += Math.min(STEP_MS, until - Date.now() - clock.aheadMs)
    while ((await app.relay.expire()) > 0);
  }
}
