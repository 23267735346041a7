/**
 * A few words to write JSON Schema 2020-12 with, so that the shapes of the wire read as what they are.
 * @module
 */
import type { JsonSchema } from '../../core/catalogue/json-schema.ts'
import { UUID_PATTERN } from '../uuid.ts'

/** Points at a named schema of the document. */
export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

/** A text. @param more further keywords, such as a pattern */
export function text(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: 'string', description, ...more }
}

/** A UUID in lower case, as everywhere in bodies. */
export function uuid(description: string): JsonSchema {
  return text(description, { format: 'uuid', pattern: UUID_PATTERN })
}

/** An instant, in UTC. */
export function instant(description: string): JsonSchema {
  return text(description, { format: 'date-time' })
}

/** A whole number. @param max none when left out */
export function whole(description: string, min: number, max?: number): JsonSchema {
  const bound = max === undefined ? {} : { maximum: max }
  return { type: 'integer', description, minimum: min, ...bound }
}

export function flag(description: string): JsonSchema {
  return { type: 'boolean', description }
}

/** One of some words. */
export function words(description: string, options: readonly string[]): JsonSchema {
  return text(description, { enum: options })
}

/** A single word. An `enum` of one says the same as `const`, and more generators understand it. */
export function only(word: string): JsonSchema {
  return { type: 'string', enum: [word] }
}

export function list(description: string, items: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: 'array', description, items, ...more }
}

/**
 * An object.
 * @param members by name; a name that ends in `?` may be absent
 * @param isClosed whether other members are refused, as in what the relay takes; what it gives may grow
 */
export function object(
  description: string,
  members: Readonly<Record<string, JsonSchema>>,
  isClosed = false,
): JsonSchema {
  const entries = Object.entries(members)
  const required = entries.map(([name]) => name).filter((name) => !name.endsWith('?'))
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(
      entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema]),
    ),
    ...(required.length > 0 && { required }),
    ...(isClosed && { additionalProperties: false }),
  }
}

/** A page of a list: its items under their own name, and where the next page begins. */
export function page(description: string, name: string, items: JsonSchema): JsonSchema {
  return object(description, {
    [name]: list('Wat op deze bladzijde staat.', items),
    'volgende?': text(
      'Geef dit als parameter `na` voor de volgende bladzijde; ontbreekt op de laatste.',
    ),
  })
}
