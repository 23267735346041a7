/**
 * Distinguished names (RFC 5280, 4.1.2.4), read from DER. The text is for people; decisions use the bytes and the attributes.
 * @module
 */
import { DerError, oidText, TAG, type DerReader } from './der.ts'
import { printable, textOf } from './der-values.ts'
import { NAME_ATTRIBUTES_MAX } from './limits.ts'
import { ATTRIBUTE } from './oids.ts'

const LABEL: Readonly<Record<string, string>> = {
  [ATTRIBUTE.commonName]: 'CN',
  [ATTRIBUTE.serialNumber]: 'serialNumber',
  [ATTRIBUTE.country]: 'C',
  [ATTRIBUTE.locality]: 'L',
  [ATTRIBUTE.state]: 'ST',
  [ATTRIBUTE.organisation]: 'O',
  [ATTRIBUTE.organisationalUnit]: 'OU',
  [ATTRIBUTE.organisationIdentifier]: 'organizationIdentifier',
}

export interface Name {
  /** The DER, whose bytes decide whether two names are the same. */
  readonly raw: Uint8Array
  /** All attributes in their order, those of multi-valued parts too. */
  readonly attributes: readonly {
    readonly oid: string
    readonly tag: number
    readonly text: string | undefined
  }[]
  /** One line for people, with everything dangerous escaped. */
  readonly text: string
}

/** Reads a Name. @throws DerError */
export function readName(reader: DerReader, what: string): Name {
  const value = reader.read(what, TAG.sequence)
  const parts = reader.within(value)
  const attributes: { oid: string; tag: number; text: string | undefined }[] = []
  while (!parts.done) {
    const set = parts.enter(what, TAG.set)
    do {
      const pair = set.enter(what)
      const oid = oidText(pair.read(what, TAG.oid), what)
      const content = pair.read(what)
      pair.end(what)
      attributes.push({ oid, tag: content.tag, text: textOf(content) })
      if (attributes.length > NAME_ATTRIBUTES_MAX) throw new DerError(`${what} has too many parts`)
    } while (!set.done)
  }
  const text = attributes.map(
    ({ oid, text }) => `${LABEL[oid] ?? oid}=${text === undefined ? '?' : printable(text)}`,
  )
  return { raw: value.raw, attributes, text: text.join(', ') }
}

/** Texts of all attributes of one kind; what is no text is left out. */
export function textsOf(name: Name, oid: string): readonly string[] {
  return name.attributes.flatMap((part) =>
    part.oid === oid && part.text !== undefined ? [part.text] : [],
  )
}

/**
 * The OIN or HRN in a subject: exactly one serialNumber attribute, a PrintableString or UTF8String of twenty digits
 * (Digikoppeling PKI001). Undefined otherwise, also when a second one stands beside it.
 */
export function oinOf(subject: Name): string | undefined {
  const found = subject.attributes.filter(({ oid }) => oid === ATTRIBUTE.serialNumber)
  const [only] = found
  if (found.length !== 1 || only === undefined) return undefined
  if (only.tag !== TAG.printableString && only.tag !== TAG.utf8String) return undefined
  return only.text !== undefined && /^[0-9]{20}$/.test(only.text) ? only.text : undefined
}
