/**
 * A client that says exactly what a test wants to say, byte by byte.
 */
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Credentials } from './pki.ts'

export interface Wire {
  readonly socket: TLSSocket
  /** Everything received so far. */
  readonly received: () => string
  send(text: string): void
  /** Waits for what the other end says. */
  expect(pattern: RegExp, ms?: number): Promise<string>
  /** Resolves with the milliseconds until the connection was closed. */
  readonly closed: Promise<number>
}

/** Connects, and resolves when the handshake is done. */
export async function dial(
  port: number,
  anchor: string,
  as: Credentials | null,
  options: ConnectionOptions = {},
): Promise<Wire> {
  const from = performance.now()
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: anchor,
    servername: 'localhost',
    ...(as !== null && { cert: as.cert, key: as.key }),
    ...options,
  })
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  const closed = new Promise<number>((resolve) =>
    socket.once('close', () => resolve(performance.now() - from)),
  )
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed during the handshake')))
  })
  socket.on('error', () => {})
  return {
    socket,
    received: () => text,
    send: (given) => void socket.write(given),
    async expect(pattern, ms = 3_000) {
      const until = performance.now() + ms
      while (!pattern.test(text)) {
        if (performance.now() > until) throw new Error(`no ${pattern} in ${JSON.stringify(text)}`)
        await Bun.sleep(5)
      }
      return text
    },
    closed,
  }
}

/** A request without a body. */
export function get(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`
}
