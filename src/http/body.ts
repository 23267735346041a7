/**
 * Getting the body of a request: right media type, never more bytes than the bound, and no reading on after a refusal.
 * @module
 */
import { RelayError } from '../core/errors.ts'
import type { Limits } from '../core/limits.ts'
import { readJson, type JsonBounds } from './json.ts'

/** Enough for every body that is not a message: a reason, a page of references. */
export const SMALL_BODY_BYTES = 256 * 1024

/** A thousand fields in every tenth item, or a hundred in each: far beyond any message of the catalogue. */
const VALUES_PER_LIST_ITEM = 100

/** Bounds for JSON that follow from the limits of the node. */
export function jsonBounds(limits: Limits): JsonBounds {
  return {
    nestingLevels: limits.nestingLevels,
    values: limits.listItems * VALUES_PER_LIST_ITEM,
  }
}

/**
 * The media type of a request, in lower case and without parameters.
 * @throws RelayError mediatype-niet-ondersteund when it is not among `accepted`, has another charset than UTF-8, or the
 *   body is compressed
 */
export function requireMediaType(request: Request, accepted: readonly string[]): string {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').split(';')
  const mediaType = type.trim().toLowerCase()
  const charset = parameters
    .map((parameter) => parameter.trim().toLowerCase())
    .find((parameter) => parameter.startsWith('charset='))
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (accepted.includes(mediaType) && isUtf8 && encoding === 'identity') return mediaType
  throw new RelayError(
    'mediatype-niet-ondersteund',
    `Stuur de body als ${accepted.join(' of ')}, in UTF-8 en niet gecomprimeerd.`,
  )
}

/**
 * Reads a JSON body whole.
 * @param bytesMax bytes as sent
 * @throws RelayError mediatype-niet-ondersteund, te-groot and what `readJson` throws
 */
export async function readJsonBody(
  request: Request,
  limits: Limits,
  bytesMax: number,
): Promise<unknown> {
  requireMediaType(request, ['application/json'])
  return readJson(await readBytes(request, bytesMax), jsonBounds(limits))
}

/**
 * Reads a body whole.
 * @throws RelayError te-groot as soon as the bound is passed, without reading the rest; json-ongeldig when it breaks off
 */
async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  try {
    return await readBounded(request, bytesMax)
  } catch (thrown) {
    if (thrown instanceof RelayError) throw thrown
    // The runtime breaks the stream when the connection goes; that is no defect of ours.
    throw new RelayError('json-ongeldig', 'De body brak af voor het einde.')
  }
}

async function readBounded(request: Request, bytesMax: number): Promise<Uint8Array> {
  const announced = request.headers.get('content-length')
  if (announced !== null) {
    if (Number(announced) > bytesMax) throw tooLarge(bytesMax)
    // HTTP holds the sender to the length it announced, so the quick way is bounded too.
    if (request.headers.get('transfer-encoding') === null) {
      const bytes = new Uint8Array(await request.arrayBuffer())
      if (bytes.length > bytesMax) throw tooLarge(bytesMax)
      return bytes
    }
  }
  if (request.body === null) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  // Leaving the loop by throwing cancels the stream.
  for await (const part of request.body) {
    length += part.byteLength
    if (length > bytesMax) throw tooLarge(bytesMax)
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

/** Refusal of a body over its bound. @param bytesMax shown, as it is no secret and the sender needs it */
export function tooLarge(bytesMax: number): RelayError {
  return new RelayError(
    'te-groot',
    `De body is groter dan het maximum van ${bytesMax} bytes voor deze aanroep.`,
  )
}
