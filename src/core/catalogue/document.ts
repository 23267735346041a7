/**
 * A document as it travels: `{ bestandsnaam, mediatype, inhoud }`, in a body and in `bijlagen` alike. Only forms that every
 * receiver can open, and only when the first bytes say the same as the media type.
 * @module
 */
import type { ErrorCode, Problem } from '../errors.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import type { Document } from '../message.ts'
import { FILE_NAME_PATTERN, isLongerThan } from '../formats/text.ts'

/** Media type → what the content starts with. */
const SIGNATURES: ReadonlyMap<string, readonly number[]> = new Map([
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
])

export const DOCUMENT_MEDIA_TYPES: readonly string[] = [...SIGNATURES.keys()]
export const FILE_NAME_CHARACTERS = 200
/** Canonical base64 but for the unused bits of the last character. ECMAScript. */
export const BASE64_PATTERN = '^[A-Za-z0-9+/]+={0,2}$'

/** What one document may be. */
export interface DocumentBounds {
  readonly mediaTypes: readonly string[]
  /** Decoded. */
  readonly maxBytes: number
}

export const DOCUMENT_BOUNDS: DocumentBounds = {
  mediaTypes: DOCUMENT_MEDIA_TYPES,
  maxBytes: DEFAULT_LIMITS.documentBytes,
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64 = new RegExp(BASE64_PATTERN, 'u')
const FILE_NAME = new RegExp(FILE_NAME_PATTERN, 'u')
const MEMBERS = ['bestandsnaam', 'mediatype', 'inhoud']
const MAX_UNKNOWN = 10

/** Whether the text is the one way in which base64 writes its bytes: padded, no white space, unused bits zero. */
export function isCanonicalBase64(text: string): boolean {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return false
  if (text.endsWith('==')) return ALPHABET.indexOf(text.charAt(text.length - 3)) % 16 === 0
  if (text.endsWith('=')) return ALPHABET.indexOf(text.charAt(text.length - 2)) % 4 === 0
  return true
}

/** Bytes behind a canonical base64 text. */
function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return Math.floor(base64.length / 4) * 3 - padding
}

function judgeName(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'De bestandsnaam moet tekst zijn.'
  if (name === '' || isLongerThan(name, FILE_NAME_CHARACTERS)) {
    return `De bestandsnaam heeft 1 tot en met ${FILE_NAME_CHARACTERS} tekens.`
  }
  return FILE_NAME.test(name) && name.isWellFormed() && name !== '.' && name !== '..'
    ? undefined
    : 'De bestandsnaam heeft geen schuine strepen en geen onzichtbare tekens.'
}

function judgeContent(content: unknown, mediaType: unknown, maxBytes: number): string | undefined {
  if (typeof content !== 'string' || content === '') return 'De inhoud is base64 van het document.'
  const mebibytes = Math.floor((maxBytes / 1024 / 1024) * 100) / 100
  // Length first, so that too much is refused unread.
  if (Math.floor(content.length / 4) * 3 - 2 > maxBytes) {
    return `Het document is te groot; hoogstens ${mebibytes} MB.`
  }
  if (!isCanonicalBase64(content)) {
    return 'De inhoud is geen base64. Gebruik de gewone tekens met opvulling en zonder regeleinden.'
  }
  if (decodedLength(content) > maxBytes)
    return `Het document is te groot; hoogstens ${mebibytes} MB.`
  const signature = typeof mediaType === 'string' ? SIGNATURES.get(mediaType) : undefined
  if (!signature) return undefined
  // Sixteen characters hold twelve bytes, more than the longest signature.
  const start = Uint8Array.fromBase64(content.slice(0, 16))
  return signature.every((byte, index) => start[index] === byte)
    ? undefined
    : 'De inhoud past niet bij het mediatype.'
}

/**
 * Checks one document.
 * @param path JSON Pointer of the document; the problems lie under it
 * @param value parsed JSON
 * @returns every problem, with Dutch sentences without values; empty when the document is good
 */
export function checkDocument(
  path: string,
  value: unknown,
  bounds: DocumentBounds = DOCUMENT_BOUNDS,
): Problem[] {
  const problems: Problem[] = []
  const add = (member: string, code: ErrorCode, detail: string | undefined) => {
    if (detail !== undefined) problems.push({ path: `${path}${member}`, code, detail })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    add('', 'veld-type', 'Een document is een object met bestandsnaam, mediatype en inhoud.')
    return problems
  }
  const document: Readonly<Record<string, unknown>> = { ...value }
  for (const member of MEMBERS) {
    if (!Object.hasOwn(document, member)) {
      add(`/${member}`, 'veld-ontbreekt', `Van het document ontbreekt ${member}.`)
    }
  }
  if (Object.hasOwn(document, 'bestandsnaam')) {
    add('/bestandsnaam', 'document-ongeldig', judgeName(document['bestandsnaam']))
  }
  const mediaType = document['mediatype']
  if (
    Object.hasOwn(document, 'mediatype') &&
    !bounds.mediaTypes.some((known) => known === mediaType)
  ) {
    const known = bounds.mediaTypes.join(', ')
    add('/mediatype', 'document-ongeldig', `Het mediatype moet een van deze zijn: ${known}.`)
  }
  if (Object.hasOwn(document, 'inhoud')) {
    const judged = judgeContent(document['inhoud'], mediaType, bounds.maxBytes)
    add('/inhoud', 'document-ongeldig', judged)
  }
  const unknown = Object.keys(document).filter((key) => !MEMBERS.includes(key)).length
  for (let number = 1; number <= Math.min(unknown, MAX_UNKNOWN); number += 1) {
    add(`/onbekend[${number}]`, 'veld-onbekend', 'Een document kent dit veld niet. Laat het weg.')
  }
  return problems
}

/**
 * Checks one document and decodes it.
 * @param path JSON Pointer of the document; problems lie under it
 * @param value parsed JSON
 * @param maxBytes decoded
 */
export function readDocument(
  path: string,
  value: unknown,
  maxBytes: number,
): { readonly document: Document } | { readonly problems: readonly Problem[] } {
  const problems = checkDocument(path, value, { ...DOCUMENT_BOUNDS, maxBytes })
  return problems.length > 0 ? { problems } : { document: decodeDocument(value) }
}

/**
 * Decodes a value in which `checkDocument` found no problem.
 * @throws TypeError when it was not checked
 */
function decodeDocument(value: unknown): Document {
  const { bestandsnaam, mediatype, inhoud } = value as Readonly<Record<string, unknown>>
  if (
    typeof bestandsnaam !== 'string' ||
    typeof mediatype !== 'string' ||
    typeof inhoud !== 'string'
  ) {
    throw new TypeError('a document must be checked before it is decoded')
  }
  return { fileName: bestandsnaam, mediaType: mediatype, bytes: Uint8Array.fromBase64(inhoud) }
}

/** Decoded bytes of a document, unchecked; 0 where there is nothing to measure. */
export function documentBytes(value: unknown): number {
  if (typeof value !== 'object' || value === null || !('inhoud' in value)) return 0
  return typeof value.inhoud === 'string' ? Math.max(0, decodedLength(value.inhoud)) : 0
}
