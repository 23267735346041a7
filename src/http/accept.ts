/**
 * Whether an answer has a form that the caller wants (RFC 9110, 12.5.1).
 * @module
 */

interface Range {
  readonly type: string
  readonly quality: number
}

/**
 * Picks the media type for an answer.
 * @param header value of `Accept`; null means that anything will do
 * @param offered media types, the preferred one first
 * @returns the best one, or undefined when the caller wants none of them
 */
export function negotiate(header: string | null, offered: readonly string[]): string | undefined {
  if (header === null || header.trim() === '') return offered[0]
  const ranges = header.split(',').map(readRange)
  let best: { mediaType: string; quality: number } | undefined
  for (const mediaType of offered) {
    const quality = qualityOf(mediaType, ranges)
    if (quality > (best?.quality ?? 0)) best = { mediaType, quality }
  }
  return best?.mediaType
}

/** Whether a page is wanted and not data. @param offered media types of the call */
export function wantsHtml({ headers }: Request, offered: readonly string[]): boolean {
  return negotiate(headers.get('accept'), offered) === 'text/html'
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = weight === undefined ? 1 : Number(weight.slice(2))
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

/** The most specific range decides: refusing JSON and taking everything means everything but JSON. */
function qualityOf(mediaType: string, ranges: readonly Range[]): number {
  const [group = ''] = mediaType.split('/')
  for (const type of [mediaType, `${group}/*`, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === type)
    if (range !== undefined) return range.quality
  }
  return 0
}
