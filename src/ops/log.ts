/**
 * The log: one JSON object a line, made of known fields only. Content cannot get in: an unknown field or an object does not
 * compile, and at run time a value that does not fit its field is left out and counted.
 * @module
 */
import type { ErrorCode } from '../core/errors.ts'
import type { Uuid } from '../core/message.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
/** From chatty to grave. */
export type Level = (typeof LEVELS)[number]

/** Longest text of one field, in UTF-16 units. */
const TEXT_LENGTH_MAX = 300

/**
 * What a field may hold. `word` has no spaces and no characters in which a sentence or an address would be written;
 * `text` is for sentences of our own code.
 */
type Form = 'uuid' | 'word' | 'text' | 'number'

/** Every field that a log line may have. A new one needs a form, and a moment's thought whether a person can type into it. */
const FIELDS = {
  // A request.
  method: 'word',
  route: 'word',
  status: 'number',
  code: 'word',
  ms: 'number',
  connection: 'word',
  participant: 'uuid',
  reference: 'uuid',
  bytesIn: 'number',
  bytesOut: 'number',
  requestId: 'uuid',
  // The node and its parts.
  address: 'word',
  count: 'number',
  environment: 'word',
  error: 'word',
  file: 'text',
  fingerprint: 'word',
  frames: 'text',
  generation: 'number',
  head: 'word',
  job: 'word',
  layer: 'word',
  node: 'uuid',
  pid: 'number',
  port: 'number',
  reason: 'text',
  seconds: 'number',
  seq: 'number',
  signal: 'word',
  slot: 'number',
  version: 'word',
} as const satisfies Record<string, Form>

type Name = keyof typeof FIELDS

/** The facts of one line. */
export type LogFields = {
  readonly [N in Name]?: (typeof FIELDS)[N] extends 'number' ? number : string
}

/** Refuses at compile time what `LogFields` does not know, also in an object that was made earlier. */
type Known<T> = T & { readonly [N in Exclude<keyof T, Name>]: never }

/** One request, as it is logged after its answer. */
export interface RequestLine {
  readonly method: string
  /** The pattern, never the path: `/api/v1/berichten/:referentienummer`. */
  readonly route: string
  readonly status: number
  readonly code?: ErrorCode
  readonly ms: number
  /** Name of the connection in the configuration. */
  readonly connection?: string
  readonly participant?: Uuid
  readonly reference?: Uuid
  readonly bytesIn?: number
  readonly bytesOut?: number
  /** The support code that the caller sees too. */
  readonly requestId?: Uuid
}

/** Where the parts of the node tell what happens to them. */
export interface Log {
  /** @param event kebab-case word that names what happened, stable for those who search */
  debug<T extends LogFields>(event: string, fields?: Known<T>): void
  info<T extends LogFields>(event: string, fields?: Known<T>): void
  warn<T extends LogFields>(event: string, fields?: Known<T>): void
  error<T extends LogFields>(event: string, fields?: Known<T>): void
  /** The one line of a request: `error` from status 500 up, else `info`. */
  request(line: RequestLine): void
  /**
   * For callers whose facts are not known at compile time (`Journal`).
   * @param facts what no field knows is left out and counted in `dropped`
   */
  write(level: Level, event: string, facts: Readonly<Record<string, unknown>>): void
}

export interface LogOptions {
  /** Gets one line at a time, with its line end. */
  readonly sink: (line: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The least grave level that is written. */
  readonly level: Level
}

/** Makes a log. It never throws: a sink that fails must not fail a request. */
export function createLog({ sink, now, level }: LogOptions): Log {
  const least = LEVELS.indexOf(level)
  const write = (at: Level, event: string, facts: Readonly<Record<string, unknown>>): void => {
    if (LEVELS.indexOf(at) < least) return
    const { fields, dropped } = fitting(facts)
    const line = {
      time: new Date(now()).toISOString(),
      level: at,
      event: fit('word', event) ?? 'unnamed',
      ...fields,
      ...(dropped > 0 ? { dropped } : {}),
    }
    try {
      sink(`${JSON.stringify(line)}\n`)
    } catch {
      // Nowhere to say it: the sink is where such things are said.
    }
  }
  return {
    debug: (event, fields) => write('debug', event, fields ?? {}),
    info: (event, fields) => write('info', event, fields ?? {}),
    warn: (event, fields) => write('warn', event, fields ?? {}),
    error: (event, fields) => write('error', event, fields ?? {}),
    request: (line) => write(line.status >= 500 ? 'error' : 'info', 'request', { ...line }),
    write,
  }
}

/** What of the facts may be written, in the order of the table, and how many may not. */
function fitting(facts: Readonly<Record<string, unknown>>) {
  const fields: Record<string, string | number> = {}
  let kept = 0
  let given = 0
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue
    given += 1
    if (!Object.hasOwn(FIELDS, name)) continue
    const fitted = fit(FIELDS[name as Name], value)
    if (fitted === undefined) continue
    fields[name] = fitted
    kept += 1
  }
  return { fields, dropped: given - kept }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const WORD = /^[\w.:/{}*+@-]{1,120}$/
// Control characters, line separators and marks that turn the direction of writing, with which a line could be forged.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g

function fit(form: Form, value: unknown): string | number | undefined {
  if (form === 'number') return typeof value === 'number' && isFinite(value) ? value : undefined
  if (typeof value !== 'string') return undefined
  if (form === 'uuid') return UUID.test(value) ? value : undefined
  if (form === 'word') return WORD.test(value) ? value : undefined
  // Cut first: a line costs the same however much was given.
  const cut = value.slice(0, TEXT_LENGTH_MAX).replace(UNSAFE, ' ').toWellFormed()
  return value.length > TEXT_LENGTH_MAX ? `${cut}…` : cut
}
