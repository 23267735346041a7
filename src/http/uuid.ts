/**
 * UUIDs as callers write them in paths, queries and headers.
 * @module
 */
import { isUuid } from '../core/envelope.ts'
import type { Uuid } from '../core/message.ts'

/** Form of a UUID in lower case, for schemas. */
export const UUID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'

/** Reads a UUID in either case. @returns it in lower case, or undefined when it is none */
export function asUuid(text: string): Uuid | undefined {
  const lower = text.toLowerCase()
  return isUuid(lower) ? lower : undefined
}
