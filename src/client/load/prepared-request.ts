/**
 * Requests that are built once; before each use only the UUIDs in them are replaced, in place.
 * @module
 */
import { randomUUID } from 'node:crypto'

const BASE = '/api/v1'

/** Stand in a template of an envelope where the reference and the conversation of each message come. */
export const REFERENCE_MARK = '00000000-0000-4000-8000-00000000000a'
export const CONVERSATION_MARK = '00000000-0000-4000-8000-00000000000b'

/** For whom a request is made. */
export interface RequestOf {
  readonly host: string
  /** Participant to act for. */
  readonly participant: string
}

/** Head and body of a request that is made once or seldom. */
export function requestBytes(
  { host, participant }: RequestOf,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  options: { readonly body?: string; readonly mediaType?: string; readonly lease?: string } = {},
): Buffer {
  const { body = '', mediaType = 'application/json', lease } = options
  const lines = [
    `${method} ${BASE}${path} HTTP/1.1`,
    `Host: ${host}`,
    `Deelnemer: ${participant}`,
    `Accept: ${mediaType}`,
    ...(lease === undefined ? [] : [`Ophaling: ${lease}`]),
    ...(body === '' ? [] : [`Content-Type: ${mediaType}`]),
    ...(method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** A request with one or more new messages in it. */
export class MessageRequest {
  readonly #bytes: Buffer
  readonly #references: readonly number[]
  readonly #conversations: readonly number[]

  /** @param bytes with the marks in place of references and conversations */
  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#references = placesOf(bytes, REFERENCE_MARK)
    this.#conversations = placesOf(bytes, CONVERSATION_MARK)
  }

  /**
   * The request with messages that nobody has sent before; valid until the next call.
   * @param taken gets each new reference
   */
  next(taken?: (reference: string) => void): Uint8Array {
    for (const at of this.#references) {
      const reference = randomUUID()
      this.#bytes.write(reference, at, 'latin1')
      taken?.(reference)
    }
    for (const at of this.#conversations) {
      this.#bytes.write(randomUUID(), at, 'latin1')
    }
    return this.#bytes
  }
}

function placesOf(bytes: Buffer, mark: string): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) found.push(at)
  return found
}
