/**
 * A relay under siege: the real program, callers who mean harm, and one who does not and whose waiting is measured.
 * @module
 */
import { readFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { Line, type Ask } from '../e2e/support/line.ts'
import { makeDemoNode, type DemoNode, type Overlay } from '../support/demo-node.ts'
import { startNode, type NodeProcess } from '../support/node-process.ts'

/** How a caller connects. */
export interface From {
  /** Name of a connection of the demo, or null for no certificate. */
  readonly as?: string | null
  /** Last part of an address of this machine: many callers need not have one address. */
  readonly host?: number
}

/** Milliseconds that an honest caller waited. */
export interface Waits {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly most: number
}

export interface Siege {
  readonly port: number
  readonly node: DemoNode
  readonly process: NodeProcess
  /** Connects over TLS; undefined when that is refused. */
  open(from?: From): Promise<TLSSocket | undefined>
  /** Connects without TLS. */
  knock(host: number): ReturnType<typeof connectTcp>
  /** A connection of an honest participant. */
  line(as: string): Promise<Line>
  stop(): Promise<void>
}

const OPEN_MS_MAX = 3_000

/** Starts the program. @param limits bounds that this siege wants otherwise */
export async function startSiege(limits: Overlay[string] = {}): Promise<Siege> {
  const node = makeDemoNode({ limits })
  const process = await startNode(node.configFile)
  const port = Number(new URL(process.url).port)
  const read = (name: string) => readFileSync(join(node.dir, 'certs', name), 'utf8')
  const ca = read('ca.pem')
  const opened: { destroy(): unknown }[] = []
  const identity = (as: string) => ({ cert: read(`${as}.pem`), key: read(`${as}.key`) })
  return {
    port,
    node,
    process,
    async open({ as = null, host = 1 } = {}) {
      const socket = connect({
        ...{
          port,
          host: '127.0.0.1',
          localAddress: `127.0.0.${host}`,
          servername: 'localhost',
          ca,
        },
        ...(as !== null && identity(as)),
      })
      opened.push(socket)
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once('secureConnect', () => resolve(true))
        socket.once('error', () => resolve(false))
        socket.once('close', () => resolve(false))
        setTimeout(() => resolve(false), OPEN_MS_MAX)
      })
      socket.on('error', () => {})
      return isOpen ? socket : undefined
    },
    knock(host) {
      const localAddress = `127.0.0.${host}`
      const socket = connectTcp({ port, host: '127.0.0.1', localAddress })
      socket.on('error', () => {})
      opened.push(socket)
      return socket
    },
    line: (as) =>
      Line.open(port, ca, { certificatePem: read(`${as}.pem`), keyPem: read(`${as}.key`) }),
    async stop() {
      for (const socket of opened) socket.destroy()
      await process.kill()
      node.remove()
    },
  }
}

/**
 * Asks again and again for so long, one after the other with a short rest, and measures.
 * @throws when an answer is none of 2xx: being served slowly is one thing, not being served another
 */
export async function waitsOf(
  line: Line,
  ms: number,
  asked: () => readonly [method: string, path: string, ask?: Ask] = () => ['GET', '/berichten'],
): Promise<Waits> {
  const waits: number[] = []
  const until = performance.now() + ms
  while (performance.now() < until) {
    const [method, path, ask] = asked()
    const from = performance.now()
    const { status, text } = await line.ask(method, path, ask)
    waits.push(performance.now() - from)
    if (status > 299) throw new Error(`status ${status} for the honest one: ${text}`)
    await Bun.sleep(5)
  }
  waits.sort((one, other) => one - other)
  const at = (share: number) =>
    Math.round((waits[Math.floor(waits.length * share)] ?? NaN) * 10) / 10
  return { count: waits.length, p50: at(0.5), p99: at(0.99), most: at(0.999_999) }
}
