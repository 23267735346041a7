/**
 * PEM (RFC 7468): the text form of certificates and revocation lists.
 * @module
 */

/** What may stand between the lines of a PEM block. */
export type PemLabel = 'CERTIFICATE' | 'X509 CRL'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Whether a file is text in PEM form rather than DER, which begins with the tag of a SEQUENCE. */
function isPem(bytes: Uint8Array): boolean {
  return bytes[0] !== 0x30
}

/**
 * The DER blocks of one kind in a file that is either DER (one block) or PEM (any number; other kinds and text around
 * them are passed over).
 * @throws Error with an English sentence when a block is damaged or none is there
 */
export function blocksOf(file: Uint8Array, label: PemLabel): Uint8Array[] {
  if (!isPem(file)) return [file]
  const text = Buffer.from(file).toString('latin1')
  const begin = `-----BEGIN ${label}-----`
  const end = `-----END ${label}-----`
  const blocks: Uint8Array[] = []
  for (let from = text.indexOf(begin); from !== -1; from = text.indexOf(begin, from)) {
    const start = from + begin.length
    from = text.indexOf(end, start)
    if (from === -1) throw new Error(`A ${label} block has no end line.`)
    const body = text.slice(start, from).replace(/\s+/g, '')
    if (!BASE64.test(body) || body.length % 4 !== 0) {
      throw new Error(`A ${label} block is not base64.`)
    }
    blocks.push(Buffer.from(body, 'base64'))
  }
  if (blocks.length === 0) throw new Error(`There is no ${label} block in this file.`)
  return blocks
}

/** One block as PEM, with a line feed at the end. */
export function toPem(der: Uint8Array, label: PemLabel): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
