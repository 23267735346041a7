/**
 * JSON in one form (RFC 8785): keys sorted by UTF-16 code units, no white space. Two messages are the same when their
 * canonical forms are the same bytes.
 * @module
 */

/**
 * @param value parsed JSON, nested no deeper than the limit that the door has checked
 * @returns its canonical text
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const object = value as Readonly<Record<string, unknown>>
    const members = Object.keys(object)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}
