/**
 * Lines of a body as they come in (NDJSON): numbered, bounded, and honest about a broken connection.
 * @module
 */

/** A line, by its number from 1; empty lines are counted and not given. */
export type Line =
  | { readonly number: number; readonly kind: 'line'; readonly bytes: Uint8Array }
  /** Longer than a line may be, and skipped. */
  | { readonly number: number; readonly kind: 'line-too-long' }
  /** The last that is given: the body is longer than it may be, and nothing is read from this line on. */
  | { readonly number: number; readonly kind: 'body-too-long' }

export interface LineBounds {
  readonly lineBytes: number
  readonly bodyBytes: number
}

const LF = 0x0a
const CR = 0x0d

/**
 * Cuts a body into lines. A last line without line end counts only when the body ended as it should.
 * @throws what the body throws when its connection breaks; the line in progress is then dropped
 */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
  bounds: LineBounds,
): AsyncGenerator<Line> {
  let number = 0
  let parts: Uint8Array[] = []
  let length = 0
  const take = (part: Uint8Array) => {
    length += part.byteLength
    if (length <= bounds.lineBytes) parts.push(part)
    else parts = []
  }
  const finish = (): Line | undefined => {
    number += 1
    const line = lineFrom(number, parts, length > bounds.lineBytes)
    parts = []
    length = 0
    return line
  }

  let read = 0
  for await (const chunk of body) {
    read += chunk.byteLength
    if (read > bounds.bodyBytes) {
      yield { number: number + 1, kind: 'body-too-long' }
      return
    }
    let from = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      take(chunk.subarray(from, end))
      from = end + 1
      const line = finish()
      if (line !== undefined) yield line
    }
    if (from < chunk.byteLength) take(chunk.subarray(from))
  }
  const last = length > 0 ? finish() : undefined
  if (last !== undefined) yield last
}

function lineFrom(
  number: number,
  parts: readonly Uint8Array[],
  isTooLong: boolean,
): Line | undefined {
  if (isTooLong) return { number, kind: 'line-too-long' }
  const [only] = parts
  const bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
  const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes
  return line.byteLength === 0 ? undefined : { number, kind: 'line', bytes: line }
}
