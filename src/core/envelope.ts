/**
 * Reads the envelope of a message as it comes over the wire (API, Envelope): every problem at once, no value echoed.
 * What the body must look like is the catalogue's; here it is only handed on.
 * @module
 */
import { readDocument } from './catalogue/document.ts'
import type { Problem } from './errors.ts'
import type { Limits } from './limits.ts'
import type { Attachment, Uuid } from './message.ts'

/** The envelope as far as it could be read; a field with a problem is absent. */
export interface Envelope {
  readonly reference?: Uuid
  readonly conversation?: Uuid
  readonly cross?: Uuid
  readonly module?: string
  readonly type?: string
  readonly version?: string
  readonly recipient?: Uuid
  readonly sender?: Uuid
  readonly attachments: readonly Attachment[]
  readonly body?: unknown
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether a text is a UUID in lower case, as everywhere on the wire. */
export function isUuid(text: unknown): text is Uuid {
  return typeof text === 'string' && UUID.test(text)
}

const CODE = /^[a-z][a-z0-9-]*$/
const VERSION = /^[0-9]{1,3}\.[0-9]{1,3}$/

/** Key on the wire → how it is read. */
const FIELDS = {
  referentienummer: { to: 'reference', kind: 'uuid', required: true },
  conversatieReferentienummer: { to: 'conversation', kind: 'uuid', required: true },
  crossReferentienummer: { to: 'cross', kind: 'uuid', required: false },
  module: { to: 'module', kind: 'code', required: true },
  berichttype: { to: 'type', kind: 'code', required: true },
  versie: { to: 'version', kind: 'version', required: true },
  ontvanger: { to: 'recipient', kind: 'uuid', required: true },
  afzender: { to: 'sender', kind: 'uuid', required: false },
} as const

const FORMS = {
  uuid: { pattern: UUID, max: 36, text: 'een UUID in kleine letters' },
  code: { pattern: CODE, max: 64, text: 'een code van kleine letters, cijfers en streepjes' },
  version: { pattern: VERSION, max: 7, text: 'een versie als 2.0' },
} as const

/**
 * @param input parsed JSON, size and nesting already bounded by the door
 * @returns what could be read, and all problems with a JSON Pointer from the root of the message
 */
export function readEnvelope(
  input: unknown,
  limits: Limits,
): { envelope: Envelope; problems: Problem[] } {
  if (!isObject(input)) {
    const detail = 'Een bericht is een JSON-object.'
    return { envelope: { attachments: [] }, problems: [{ path: '', code: 'veld-type', detail }] }
  }
  const problems = unknownKeys(input)
  const read: Record<string, string> = {}
  for (const [key, field] of Object.entries(FIELDS)) {
    const value = input[key]
    const problem = checkText(`/${key}`, value, field)
    if (problem !== undefined) problems.push(problem)
    else if (typeof value === 'string') read[field.to] = value
  }
  const body = input['inhoud']
  if (!isObject(body)) {
    problems.push(
      body === undefined
        ? { path: '/inhoud', code: 'veld-ontbreekt', detail: 'inhoud ontbreekt.' }
        : { path: '/inhoud', code: 'veld-type', detail: 'inhoud moet een JSON-object zijn.' },
    )
  }
  const attachments = readAttachments(input['bijlagen'], limits, problems)
  return {
    envelope: { ...read, attachments, ...(isObject(body) ? { body } : {}) },
    problems,
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Unknown keys are numbered, not named: a key may itself hold personal data. */
function unknownKeys(input: Readonly<Record<string, unknown>>): Problem[] {
  return Object.keys(input)
    .filter((key) => !Object.hasOwn(FIELDS, key) && key !== 'inhoud' && key !== 'bijlagen')
    .slice(0, 20)
    .map((_key, index) => ({
      path: `/onbekend[${index + 1}]`,
      code: 'veld-onbekend',
      detail: 'Deze sleutel hoort niet in de envelop van een bericht.',
    }))
}

function checkText(
  path: string,
  value: unknown,
  field: { kind: keyof typeof FORMS; required: boolean },
): Problem | undefined {
  const name = path.slice(1)
  if (value === undefined) {
    if (!field.required) return undefined
    return { path, code: 'veld-ontbreekt', detail: `${name} ontbreekt.` }
  }
  if (typeof value !== 'string') {
    return { path, code: 'veld-type', detail: `${name} moet tekst zijn.` }
  }
  const form = FORMS[field.kind]
  if (value.length <= form.max && form.pattern.test(value)) return undefined
  return { path, code: 'veld-patroon', detail: `${name} moet ${form.text} zijn.` }
}

function readAttachments(value: unknown, limits: Limits, problems: Problem[]): Attachment[] {
  if (value === undefined) return []
  const path = '/bijlagen'
  if (!Array.isArray(value)) {
    problems.push({ path, code: 'veld-type', detail: 'bijlagen moet een lijst zijn.' })
    return []
  }
  if (value.length === 0 || value.length > limits.documentsPerMessage) {
    const detail = `bijlagen heeft 1 tot en met ${limits.documentsPerMessage} onderdelen; laat een lege lijst weg.`
    problems.push({ path, code: 'lijst-aantal', detail })
    return []
  }
  return value.flatMap((item: unknown, index) => {
    const attachment = readAttachment(`${path}/${index}`, item, limits, problems)
    return attachment === undefined ? [] : [attachment]
  })
}

function readAttachment(
  path: string,
  item: unknown,
  limits: Limits,
  problems: Problem[],
): Attachment | undefined {
  if (!isObject(item)) {
    problems.push({ path, code: 'veld-type', detail: 'Een bijlage is een JSON-object.' })
    return undefined
  }
  const unknown = Object.keys(item).filter((key) => key !== 'soort' && key !== 'document')
  unknown.slice(0, 20).forEach((_key, index) =>
    problems.push({
      path: `${path}/onbekend[${index + 1}]`,
      code: 'veld-onbekend',
      detail: 'Een bijlage heeft alleen soort en document.',
    }),
  )
  const kind = item['soort']
  const kindProblem = checkText(`${path}/soort`, kind, { kind: 'code', required: true })
  if (kindProblem !== undefined) {
    problems.push({ ...kindProblem, detail: kindProblem.detail.replace(/^\S+/, 'soort') })
  }
  const read = readDocument(`${path}/document`, item['document'], limits.documentBytes)
  if ('problems' in read) problems.push(...read.problems)
  if ('problems' in read || kindProblem !== undefined || typeof kind !== 'string') return undefined
  return { kind, document: read.document }
}
