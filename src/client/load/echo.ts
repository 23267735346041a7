/**
 * A server that does nothing: it answers each whole request with a receipt that never changes. What a generator reaches
 * against it is the most that it can make.
 * @module
 */
import { requestEnds } from './request-ends.ts'

/** PEM texts of the server, and the authority whose clients it lets in. */
export interface EchoTls {
  readonly certificate: string
  readonly key: string
  readonly ca: string
}

const RECEIPT = JSON.stringify({ status: 201, at: '0'.repeat(280) })
const ANSWER = Buffer.from(
  `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${RECEIPT.length}\r\n\r\n${RECEIPT}`,
)

/** Listens on a free port of this machine, with mutual TLS. */
export function startEcho(tls: EchoTls): { readonly port: number; stop(): void } {
  const listener = Bun.listen<{ ends: (data: Uint8Array) => number }>({
    hostname: '127.0.0.1',
    port: 0,
    tls: {
      cert: tls.certificate,
      key: tls.key,
      ca: tls.ca,
      requestCert: true,
      rejectUnauthorized: true,
    },
    socket: {
      open: (socket) => {
        socket.data = { ends: requestEnds() }
      },
      data: (socket, data) => {
        for (let count = socket.data.ends(data); count > 0; count -= 1) socket.write(ANSWER)
      },
    },
  })
  return { port: listener.port, stop: () => listener.stop(true) }
}
