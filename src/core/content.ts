/**
 * How content becomes the parts that are sealed, and back: part 0 the body with the names of the attachments, 1.. their
 * bytes (VAULT, SEAL). The same message gives the same parts by whichever door it comes.
 * @module
 */
import { canonicalJson } from './canonical.ts'
import type { Attachment, Content } from './message.ts'

interface FirstPart {
  readonly inhoud: Readonly<Record<string, unknown>>
  readonly bijlagen: readonly { soort: string; bestandsnaam: string; mediatype: string }[]
}

/** @returns part 0 as canonical JSON, then one part per attachment in their order */
export function toParts(content: Content): Uint8Array[] {
  const first: FirstPart = {
    inhoud: content.body,
    bijlagen: content.attachments.map(({ kind, document }) => ({
      soort: kind,
      bestandsnaam: document.fileName,
      mediatype: document.mediaType,
    })),
  }
  const body = new TextEncoder().encode(canonicalJson(first))
  return [body, ...content.attachments.map((attachment) => attachment.document.bytes)]
}

/**
 * @param parts as `toParts` made them
 * @throws Error when they were not: content that opened under its key is never damaged in part
 */
export function fromParts(parts: readonly Uint8Array[]): Content {
  const [body, ...documents] = parts
  const first = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as FirstPart
  if (first.bijlagen.length !== documents.length) throw new Error('parts do not fit the body')
  const attachments = first.bijlagen.map((named, index): Attachment => {
    const bytes = documents[index]
    if (bytes === undefined) throw new Error('part missing')
    return {
      kind: named.soort,
      document: { fileName: named.bestandsnaam, mediaType: named.mediatype, bytes },
    }
  })
  return { body: first.inhoud, attachments }
}

/** Bytes of content in clear. */
export function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0)
}

/** Whether two contents are the same to the byte. */
export function sameParts(left: readonly Uint8Array[], right: readonly Uint8Array[]): boolean {
  return (
    left.length === right.length &&
    left.every((part, index) => {
      const other = right[index]
      return other !== undefined && sameBytes(part, other)
    })
  )
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.byteLength === right.byteLength && left.every((byte, index) => byte === right[index])
}
