/**
 * A client that knows nothing of ours: bytes over TLS, with a small reader of HTTP/1.1 behind them. What it is given to send
 * goes out as it is, however senseless.
 * @module
 */
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'

/** A certificate with its chain, and its key, both PEM. */
export interface Credentials {
  readonly certificatePem: string
  readonly keyPem: string
}

/** One answer, as it came. */
export interface Answer {
  readonly status: number
  /** By name in small letters. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  /** The body as JSON; throws when it is none. */
  readonly json: () => any
}

/** What goes out with a request. */
export interface Ask {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Sent as `application/json`, unless the headers say otherwise. */
  readonly json?: unknown
}

const ANSWER_MS_MAX = 15_000

/** One connection. Answers come in the order of the requests. */
export class Line {
  readonly socket: TLSSocket
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>
  /** What to give to resume this session; there once the server has sent it. */
  session: Buffer | undefined
  /** Sees each request of `ask` with its answer. */
  watch: ((method: string, path: string, asked: Ask, answer: Answer) => void) | undefined
  #received = Buffer.alloc(0)
  #isClosed = false
  #wake = () => {}
  /** Settles when the last request is answered. */
  #before: Promise<unknown> = Promise.resolve()

  /** Connects, and resolves when the handshake is done. @param as null for no certificate */
  static async open(
    port: number,
    ca: string,
    as: Credentials | null,
    options: ConnectionOptions = {},
  ): Promise<Line> {
    const identity = as === null ? {} : { cert: as.certificatePem, key: as.keyPem }
    const to = { port, host: '127.0.0.1', servername: 'localhost', ca }
    const socket = connect({ ...to, ...identity, ...options })
    const line = new Line(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed during the handshake')))
    })
    socket.on('error', () => {})
    return line
  }

  private constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('session', (ticket: Buffer) => (this.session = ticket))
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    this.closed = new Promise((resolve) =>
      socket.once('close', () => {
        this.#isClosed = true
        this.#wake()
        resolve()
      }),
    )
  }

  /** Sends bytes as they are. */
  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Sends a request once those before it are answered, and reads its answer. @param path below `/api/v1` */
  ask(method: string, path: string, asked: Ask = {}): Promise<Answer> {
    const answer = this.#before.then(async () => {
      this.send(requestBytes(method, path, asked))
      const answer = await this.answer(method)
      this.watch?.(method, path, asked, answer)
      return answer
    })
    this.#before = answer.catch(() => {})
    return answer
  }

  /** Reads the next answer. @param method of its request: the answer to HEAD has no body */
  async answer(method = 'GET'): Promise<Answer> {
    const until = performance.now() + ANSWER_MS_MAX
    for (;;) {
      const read = readAnswer(this.#received, method, this.#isClosed)
      if (read !== undefined) {
        this.#received = this.#received.subarray(read.length)
        return read.answer
      }
      if (this.#isClosed) throw new Error(`closed after ${this.#received.length} bytes`)
      const left = until - performance.now()
      if (left <= 0) throw new Error(`no answer to ${method} in ${ANSWER_MS_MAX} ms`)
      await Promise.race([new Promise<void>((wake) => (this.#wake = wake)), Bun.sleep(left)])
    }
  }

  /** Cuts the connection. */
  cut(): void {
    this.socket.destroy()
  }
}

/** A whole request as bytes. @param path below `/api/v1` */
export function requestBytes(method: string, path: string, asked: Ask = {}): Buffer {
  const body = asked.json === undefined ? asked.body : JSON.stringify(asked.json)
  const headers: Record<string, string> = {
    host: 'localhost',
    ...(asked.json !== undefined && { 'content-type': 'application/json' }),
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
    ...asked.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${method} /api/v1${path} HTTP/1.1\r\n${lines.join('')}\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.from(body ?? '')])
}

function readAnswer(
  bytes: Buffer,
  method: string,
  isClosed: boolean,
): { answer: Answer; length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1])
  const headers = new Map(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.toLowerCase(), value.join(':').trim()]
    }),
  )
  const rest = bytes.subarray(headEnd + 4)
  const body = bodyIn(rest, headers, method === 'HEAD' || status === 204, isClosed)
  if (body === undefined) return undefined
  const text = body.content.toString('utf8')
  return {
    answer: { status, headers, text, json: () => JSON.parse(text) },
    length: headEnd + 4 + body.length,
  }
}

function bodyIn(
  rest: Buffer,
  headers: ReadonlyMap<string, string>,
  isEmpty: boolean,
  isClosed: boolean,
): { content: Buffer; length: number } | undefined {
  if (isEmpty) return { content: Buffer.alloc(0), length: 0 }
  if (headers.get('transfer-encoding') === 'chunked') return unchunked(rest)
  const announced = headers.get('content-length')
  if (announced === undefined) {
    return isClosed ? { content: rest, length: rest.length } : undefined
  }
  const length = Number(announced)
  return rest.length < length ? undefined : { content: rest.subarray(0, length), length }
}

function unchunked(rest: Buffer): { content: Buffer; length: number } | undefined {
  const parts: Buffer[] = []
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16)
    const end = lineEnd + 2 + size + 2
    if (rest.length < end) return undefined
    if (size === 0) return { content: Buffer.concat(parts), length: end }
    parts.push(rest.subarray(lineEnd + 2, end - 2))
    at = end
  }
}
