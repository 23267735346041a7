/**
 * The control socket: how the command line asks the running relay for what only it may do with its data. A socket in the data
 * folder that its owner alone may open: whoever can write there owns the relay anyhow, so no further login is needed.
 * @module
 */
import { rmSync } from 'node:fs'
import type { Log } from './log.ts'

/** What is sent at a time; in between others get their turn. */
const PIECE_CHARACTERS = 65_536
/** Addresses of sockets are short everywhere; this is the least that systems take. */
const PATH_BYTES_MAX = 103

/** What may be asked: a name, and what answers it, given the parameters. A value is sent as JSON. */
export type Orders = Readonly<
  Record<string, (parameters: URLSearchParams) => Promise<Response | object>>
>

/** The open socket. */
export interface Control {
  stop(): Promise<void>
}

/**
 * Opens the socket; only the owner of the lock of the data folder may do so.
 * @param path as in `data/control`
 * @returns undefined when it cannot be opened, which is told: the relay can do without
 */
export function serveControl(path: string, orders: Orders, log: Log): Control | undefined {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    const reason = `store.path is too long for a socket in it: ${PATH_BYTES_MAX} bytes at most`
    log.warn('control-closed', { reason })
    return undefined
  }
  // Left behind by a process that was killed.
  rmSync(path, { force: true })
  // The socket is made with the rights that it keeps; between making and changing them anybody could connect.
  const mask = process.umask(0o177)
  try {
    const server = Bun.serve({
      unix: path,
      fetch: (request, own) => {
        // A rotation over many messages takes minutes, in which nothing passes.
        own.timeout(request, 0)
        return answer(request, orders, log)
      },
      maxRequestBodySize: 1_024,
    })
    return { stop: () => server.stop(true) }
  } finally {
    process.umask(mask)
  }
}

async function answer(request: Request, orders: Orders, log: Log): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const name = pathname.slice(1)
  const order = Object.hasOwn(orders, name) ? orders[name] : undefined
  if (order === undefined || request.method !== 'POST')
    return Response.json({ error: 'unknown-order', orders: Object.keys(orders) }, { status: 404 })
  log.info('ordered', { job: name })
  try {
    const answered = await order(searchParams)
    return answered instanceof Response ? answered : Response.json(answered)
  } catch (error) {
    const word = error instanceof Error ? error.name : typeof error
    log.error('order-failed', { job: name, error: word })
    return Response.json({ error: word }, { status: 500 })
  }
}

/** Text in one piece after the other, as fast as the reader takes it; a reader that goes away ends the making. */
export function streamed(lines: Generator<string, void>): Response {
  const encoder = new TextEncoder()
  return new Response(
    new ReadableStream<Uint8Array>({
      pull(controller) {
        let text = ''
        for (let next = lines.next(); ; next = lines.next()) {
          if (next.done === true) {
            if (text !== '') controller.enqueue(encoder.encode(text))
            controller.close()
            return
          }
          text += next.value
          if (text.length >= PIECE_CHARACTERS) break
        }
        controller.enqueue(encoder.encode(text))
      },
      cancel: () => void lines.return(),
    }),
  )
}
