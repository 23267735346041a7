/**
 * The HTTP server of one connection. Nothing else can reach it, so whatever it is asked was asked by the other end of that
 * connection: no header, port or address has to be believed to know who that is.
 * @module
 */
import { unlinkSync } from 'node:fs'
import type { BodyLength } from './pace.ts'

export interface InnerOptions {
  /** Path of a socket that does not exist yet. */
  readonly path: string
  /** Told of every head of a request, before `fetch`. */
  readonly begun: (body: BodyLength) => void
  /** Bytes of the head that was begun. */
  readonly headBytes: () => number
  readonly headBytesMax: number
  readonly fetch: (request: Request) => Response | Promise<Response>
}

/** The types of the runtime leave it out beside a path; it holds there too, and would break off what waits for news. */
const NO_IDLE_TIMEOUT: object = { idleTimeout: 0 }

/** Starts the server of one connection. @throws when the system has no room for another socket */
export function serveInner(options: InnerOptions): Bun.Server<undefined> {
  return Bun.serve({
    unix: options.path,
    // Deadlines are kept where the bytes of the other end are seen; the bound of a body depends on the call.
    ...NO_IDLE_TIMEOUT,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch: (request) => answer(request, options),
    // The handler answers its own failures and never throws; this one says nothing about what happened.
    error: () => refusal(500),
  })
}

/** Connects to the server of one connection, and takes its path away so that nobody else can. */
export async function connectInner<Data>(
  path: string,
  data: Data,
  handlers: Bun.SocketHandler<Data>,
): Promise<Bun.Socket<Data>> {
  try {
    return await Bun.connect<Data>({ unix: path, data, socket: handlers })
  } finally {
    unlinkSync(path)
  }
}

function answer(request: Request, options: InnerOptions): Response | Promise<Response> {
  const { headers } = request
  const isChunked = headers.has('transfer-encoding')
  const length = headers.get('content-length') ?? '0'
  // One that is no number is refused below.
  options.begun(isChunked ? 'unknown' : Number(length) || 0)
  if (options.headBytes() > options.headBytesMax) return refusal(431)
  const problem = problemOf(request, length)
  if (problem !== undefined) return refusal(problem)
  return isChunked ? answerChunked(request, options) : options.fetch(request)
}

/** Where an unread body of unknown length ends is not known, so there can be no next request behind it. */
async function answerChunked(request: Request, { fetch }: InnerOptions): Promise<Response> {
  const response = await fetch(request)
  if (!request.bodyUsed) response.headers.set('connection', 'close')
  return response
}

/**
 * What the parser lets through and others may read otherwise: two hosts, lengths or codings (joined by a comma), a host that
 * is none, and CONNECT. And what a client expects that nobody here can do.
 */
function problemOf({ method, url, headers }: Request, length: string): 400 | 417 | undefined {
  const isPlain =
    method !== 'CONNECT' &&
    url.startsWith('http://') &&
    headers.get('host')?.includes(',') === false &&
    (headers.get('transfer-encoding') ?? 'chunked').toLowerCase() === 'chunked' &&
    /^\d{1,15}$/.test(length)
  if (!isPlain) return 400
  const expected = headers.get('expect')
  return expected === null || expected.toLowerCase() === '100-continue' ? undefined : 417
}

const refusal = (status: 400 | 417 | 431 | 500): Response =>
  new Response(null, { status, headers: { connection: 'close', 'cache-control': 'no-store' } })
