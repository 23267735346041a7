/**
 * A reader of HTTP/1.1 that knows no mercy (RFC 9112): it stops at the first thing that two readers could take for different
 * things. What it reads is what a server may act on; a server that acts on more can be smuggled past.
 * @module
 */

/** One request as it may be understood. */
export interface StrictRequest {
  readonly method: string
  /** Normal path of the target, without host and query; absent when it has octets beyond ASCII, which have no one reading. */
  readonly path: string | undefined
  /** Absent when it did not come whole. */
  readonly body?: Buffer
}

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\S+) HTTP\/1\.([01])$/
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\0-\x08\x0a-\x1f\x7f]*)$/
const LENGTH = /^[0-9]{1,15}$/
const CHUNK_LINE = /^([0-9A-Fa-f]{1,8})(?:[ \t]*;[^\0-\x08\x0a-\x1f\x7f]*)?$/

/** @returns the requests up to the first doubt, the last one possibly without its body */
export function readStrictly(bytes: Buffer): StrictRequest[] {
  const requests: StrictRequest[] = []
  for (let at = 0; at < bytes.length;) {
    // An empty line in front of a request is passed over (RFC 9112, 2.2).
    while (bytes.toString('latin1', at, at + 2) === '\r\n') at += 2
    const end = bytes.indexOf('\r\n\r\n', at)
    if (end === -1) break
    const head = readHead(bytes.toString('latin1', at, end))
    if (head === undefined) break
    const body = head.isChunked
      ? readChunks(bytes, end + 4)
      : readLength(bytes, end + 4, head.length)
    const { method, path } = head
    requests.push({ method, path, ...(body !== undefined && { body: body.content }) })
    if (body === undefined || head.isLast) break
    at = body.end
  }
  return requests
}

function readHead(text: string) {
  const [first = '', ...lines] = text.split('\r\n')
  const [, method = '', target = '', minor] = REQUEST_LINE.exec(first) ?? []
  if (method === '' || !isTarget(target)) return undefined
  const headers: (readonly [string, string])[] = []
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    headers.push([name.toLowerCase(), value.trim()])
  }
  const all = (name: string) => headers.filter(([one]) => one === name).map(([, value]) => value)
  const [lengths, codings, hosts] = [all('content-length'), all('transfer-encoding'), all('host')]
  const isFramedTwice = lengths.length + codings.length > 1
  const isOddlyFramed =
    lengths.some((length) => !LENGTH.test(length)) ||
    codings.some((coding) => coding.toLowerCase() !== 'chunked' || minor === '0')
  if (isFramedTwice || isOddlyFramed || hosts.length > 1) return undefined
  return {
    method,
    path: /^[!-~]+$/.test(target) ? new URL(whole(target)).pathname : undefined,
    isChunked: codings.length > 0,
    length: Number(lengths[0] ?? 0),
    // What follows CONNECT is no HTTP.
    isLast:
      method === 'CONNECT' ||
      minor === '0' ||
      all('connection').some((value) => /close|upgrade/i.test(value)),
  }
}

const isTarget = (target: string): boolean => URL.canParse(whole(target))

const whole = (target: string): string =>
  target.startsWith('/') ? `https://localhost${target}` : target

function readLength(bytes: Buffer, from: number, length: number) {
  const end = from + length
  return end > bytes.length ? undefined : { content: bytes.subarray(from, end), end }
}

function readChunks(bytes: Buffer, from: number) {
  const parts: Buffer[] = []
  for (let at = from; ;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const digits = CHUNK_LINE.exec(bytes.toString('latin1', at, lineEnd))?.[1]
    if (digits === undefined) return undefined
    const size = Number.parseInt(digits, 16)
    const end = lineEnd + 2 + size
    if (size === 0) {
      const last = trailersEnd(bytes, lineEnd + 2)
      return last === undefined ? undefined : { content: Buffer.concat(parts), end: last }
    }
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') return undefined
    parts.push(bytes.subarray(lineEnd + 2, end))
    at = end + 2
  }
}

function trailersEnd(bytes: Buffer, from: number): number | undefined {
  for (let at = from; ;) {
    const end = bytes.indexOf('\r\n', at)
    if (end === -1) return undefined
    if (end === at) return end + 2
    if (!HEADER_LINE.test(bytes.toString('latin1', at, end))) return undefined
    at = end + 2
  }
}
