/**
 * A small REST server over real mutual TLS that answers as a test tells it to and remembers what it was asked.
 * @module
 */
import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { ThrowawayPki } from './throwaway-pki.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Common name of the client certificate. */
  readonly name: string | undefined
  /** Number of the TLS connection, from 1. */
  readonly connection: number
}

/** Answers with JSON, or takes over the response itself. */
export type Reply =
  | { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  | ((response: ServerResponse, socket: Socket) => void)

export interface FakeDoor {
  readonly url: string
  readonly asked: readonly Asked[]
  /** Decides every answer from now on; forgets what was asked before. */
  answer(decide: (asked: Asked, at: number) => Reply): void
  stop(): Promise<void>
}

export async function fakeDoor(pki: ThrowawayPki): Promise<FakeDoor> {
  let asked: Asked[] = []
  let decide: (asked: Asked, at: number) => Reply = () => ({ status: 500 })
  let connections = 0
  const sockets = new Map<Socket, { name: string | undefined; connection: number }>()

  const http = createHttpServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    const socket = request.socket
    const one: Asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      ...(sockets.get(socket) ?? { name: undefined, connection: 0 }),
    }
    asked.push(one)
    const reply = decide(one, asked.length - 1)
    if (typeof reply === 'function') return reply(response, socket)
    const { status, json, headers } = reply
    const type = status < 300 ? 'application/json' : 'application/problem+json'
    response.writeHead(status, { 'content-type': type, ...headers })
    response.end(json === undefined ? undefined : JSON.stringify(json))
  })
  const tls = createTlsServer(
    {
      cert: pki.server.certificate,
      key: pki.server.key,
      ca: pki.ca,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket: TLSSocket) => {
      connections += 1
      const subject = socket.getPeerCertificate().subject as { CN?: string } | undefined
      sockets.set(socket, {
        name: socket.authorized ? subject?.CN : undefined,
        connection: connections,
      })
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => {})
      http.emit('connection', socket)
    },
  )
  tls.on('tlsClientError', () => {})
  await new Promise<void>((ready) => tls.listen(0, '127.0.0.1', ready))
  return {
    url: `https://localhost:${(tls.address() as AddressInfo).port}`,
    get asked() {
      return asked
    },
    answer: (next) => {
      asked = []
      decide = next
    },
    stop: async () => {
      for (const socket of sockets.keys()) socket.destroy()
      http.close()
      await new Promise<void>((closed) => tls.close(() => closed()))
    },
  }
}
