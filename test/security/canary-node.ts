/**
 * The real program with a canary in its mouth: says bytes to its doors, and keeps all that comes back.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { requestBytes, type Ask, type Credentials } from '../e2e/support/line.ts'
import { makeDemoNode, participantId, type DemoNode } from '../support/demo-node.ts'
import { startNode, type Ended, type NodeProcess } from '../support/node-process.ts'

/** One thing that was said through a door, and all that came back. */
export interface Exchange {
  readonly door: string
  readonly received: string
  /** Whether the content of a message was asked for by whom it is for: there, and only there, the canary belongs. */
  readonly isContent: boolean
}

/** How something is said. */
export interface Said {
  /** Name of a connection of the demo, or null for no certificate. Default the municipality. */
  readonly as?: string | null
  readonly with?: Credentials
  readonly servername?: string
  readonly isContent?: boolean
}

export interface CanaryNode {
  readonly exchanges: readonly Exchange[]
  /** Asks over REST. @param path below `/api/v1` */
  ask(method: string, path: string, asked?: Ask, said?: Said): Promise<string>
  /** Says bytes to the REST door and gives what came back. */
  say(bytes: string | Uint8Array, said?: Said): Promise<string>
  /** Says bytes to the door of browsers. */
  sayToPortal(bytes: string | Uint8Array): Promise<string>
  /** Says bytes to the door of the operator. */
  sayToOps(bytes: string): Promise<string>
  /** From now on exchanges belong to this door. */
  name(door: string): void
  id(participant: string): string
  /** Ends the program. @returns all that it wrote */
  stop(): Promise<Ended>
  /** Every file below the folder of the node with data in it: name and bytes. */
  files(): Iterable<readonly [string, Buffer]>
  remove(): Promise<void>
}

/** What is never answered is cut off after so long. */
const PATIENCE_MS = 2_000

/** Starts the program on data of its own. */
export async function startCanaryNode(): Promise<CanaryNode> {
  const [portal, ops] = [await freePort(), await freePort()]
  const pair = { certificate: 'certs/server.pem', key: 'certs/server.key' }
  const node = makeDemoNode({
    listen: {
      portal: { host: '127.0.0.1', port: portal, ...pair },
      ops: { host: '127.0.0.1', port: ops },
    },
  })
  const process = await startNode(node.configFile)
  const port = Number(new URL(process.url).port)
  const exchanges: Exchange[] = []
  let door = 'start'
  const keep = (received: string, isContent = false): string => {
    exchanges.push({ door, received, isContent })
    return received
  }
  const say: CanaryNode['say'] = async (bytes, said = {}) => {
    const { as = 'gemeente-voorbeeldstad', servername = 'localhost' } = said
    const identity = said.with ?? (as === null ? undefined : credentials(node, as))
    const cert = { cert: identity?.certificatePem, key: identity?.keyPem }
    const to = { port, host: '127.0.0.1', servername, rejectUnauthorized: false }
    const socket = connect({ ...to, ...(identity && cert) })
    return keep(await exchange(socket, 'secureConnect', bytes), said.isContent)
  }
  return {
    exchanges,
    say,
    ask: (method, path, asked = {}, said) => {
      const headers = { ...asked.headers, connection: 'close' }
      return say(requestBytes(method, path, { ...asked, headers }), said)
    },
    sayToPortal: async (bytes) => {
      const to = { port: portal, host: '127.0.0.1', servername: 'localhost' }
      const socket = connect({ ...to, rejectUnauthorized: false })
      return keep(await exchange(socket, 'secureConnect', bytes))
    },
    sayToOps: async (bytes) => keep(await exchange(connectTcp(ops, '127.0.0.1'), 'connect', bytes)),
    name: (given) => void (door = given),
    id: participantId,
    stop: () => process.stop(),
    files: () => filesIn(node),
    remove: () => removeAll(process, node),
  }
}

async function removeAll(process: NodeProcess, node: DemoNode): Promise<void> {
  await process.kill()
  node.remove()
}

function credentials({ dir }: DemoNode, name: string): Credentials {
  const read = (end: string) => readFileSync(join(dir, 'certs', `${name}.${end}`), 'utf8')
  return { certificatePem: read('pem'), keyPem: read('key') }
}

/** Says bytes once connected, and gives all that comes until the end. */
function exchange(socket: Socket, ready: string, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const tooLong = setTimeout(() => socket.destroy(), PATIENCE_MS)
    socket.on(ready, () => socket.write(bytes))
    socket.on('data', (part: Buffer) => parts.push(part))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(tooLong)
      resolve(Buffer.concat(parts).toString('latin1'))
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function* filesIn({ dir }: DemoNode): Iterable<readonly [string, Buffer]> {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    yield [path, readFileSync(path)]
  }
}
