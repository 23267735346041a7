/**
 * Certificates, keys and revocation lists as files: readable, belonging together, and not about to end. Whether a chain
 * can be trusted is decided elsewhere, at each request.
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Instant } from '../core/message.ts'
import type { Findings, Placed } from './problem.ts'
import type { NodeFiles } from './node-files.ts'
import { CERTIFICATE_BYTES_MAX, CRL_BYTES_MAX } from './node-files.ts'

const DAY_MS = 86_400_000
/** Days before the end at which a warning changes its tone (peers do 60 and 14; keys need days to renew). */
const NOTICE_DAYS = [3, 14, 30, 60]

/** One certificate in a file. */
export interface CertificateFile {
  /** Absolute name. */
  readonly file: string
  readonly pem: string
  readonly der: Uint8Array
  readonly notAfter: Instant
}

/** A certificate chain, leaf first, with the private key of the leaf. */
export interface KeyPair {
  /** PEM of the whole chain as it was in the file. */
  readonly certificate: string
  readonly key: string
  /** End of the leaf. */
  readonly notAfter: Instant
}

/** A revocation list as it was in its file. */
export interface CrlFile {
  readonly file: string
  readonly bytes: Uint8Array
}

/** Reads what concerns certificates for one load of the configuration. */
export class CertificateReader {
  readonly #files: NodeFiles
  readonly #findings: Findings
  readonly #now: Instant

  constructor(files: NodeFiles, findings: Findings, now: Instant) {
    this.#files = files
    this.#findings = findings
    this.#now = now
  }

  /** All certificates of a file, in its order; empty after noting a problem. */
  certificates(name: Placed<string>): CertificateFile[] {
    const bytes = this.#files.bytes(name, CERTIFICATE_BYTES_MAX)
    if (bytes === undefined) return []
    const blocks = pemBlocks(bytes, 'CERTIFICATE')
    const file = this.#files.resolve(name.value)
    if (blocks.length === 0) {
      this.#problem(name, `holds no certificate in PEM form (-----BEGIN CERTIFICATE-----): ${file}`)
      return []
    }
    const parsed = blocks.map((pem) => ({ pem, certificate: parseCertificate(pem) }))
    const bad = parsed.findIndex(({ certificate }) => certificate === undefined)
    if (bad >= 0) {
      this.#problem(name, `certificate ${bad + 1} in this file cannot be read: ${file}`)
      return []
    }
    return parsed.flatMap(({ pem, certificate }) => {
      if (certificate === undefined) return []
      const notAfter = certificate.validToDate.getTime()
      return [{ file, pem, der: new Uint8Array(certificate.raw), notAfter }]
    })
  }

  /** A certificate that has to be alone in its file. */
  single(name: Placed<string>): CertificateFile | undefined {
    const found = this.certificates(name)
    if (found.length > 1) {
      this.#problem(name, `holds ${found.length} certificates; it must hold exactly one`)
      return undefined
    }
    return found[0]
  }

  /** A server certificate with its chain and key. Problems: not a pair, not valid now. */
  keyPair(certificate: Placed<string>, key: Placed<string>, host: string | undefined) {
    const chain = this.certificates(certificate)
    const secret = this.#files.secretBytes(key, CERTIFICATE_BYTES_MAX)
    const leaf = chain[0]
    const privateKey = secret === undefined ? undefined : this.#privateKey(key, secret)
    if (leaf === undefined || secret === undefined || privateKey === undefined) return undefined

    const parsed = new X509Certificate(leaf.pem)
    if (!parsed.checkPrivateKey(privateKey)) {
      this.#problem(key, 'is not the private key of the first certificate in the certificate file')
    }
    if (parsed.validFromDate.getTime() > this.#now) {
      this.#problem(certificate, `is not valid before ${dayOf(parsed.validFromDate.getTime())}`)
    }
    if (leaf.notAfter <= this.#now) {
      this.#problem(certificate, `ended on ${dayOf(leaf.notAfter)}; put a new certificate here`)
    } else this.warnOfEnd(certificate, leaf)
    if (host !== undefined && !names(parsed, host)) {
      const message = `is not for ${host}, the host in node.url; callers will refuse it`
      this.#findings.warning(certificate.source, certificate.path, message)
    }
    const pem = chain.map((one) => one.pem).join('')
    const pair: KeyPair = {
      certificate: pem,
      key: new TextDecoder().decode(secret),
      notAfter: leaf.notAfter,
    }
    return pair
  }

  /** Notes as a warning that a certificate has ended or soon will. */
  warnOfEnd(name: Placed<string>, { notAfter }: CertificateFile): void {
    const days = Math.floor((notAfter - this.#now) / DAY_MS)
    if (notAfter <= this.#now) {
      const message = `ended on ${dayOf(notAfter)}; whoever depends on it is refused`
      this.#findings.warning(name.source, name.path, message)
      return
    }
    const within = NOTICE_DAYS.find((limit) => days < limit)
    if (within === undefined) return
    const message = `ends on ${dayOf(notAfter)}, in less than ${within} days; renew it`
    this.#findings.warning(name.source, name.path, message)
  }

  /** A revocation list in PEM or DER form. */
  crl(name: Placed<string>): CrlFile | undefined {
    const bytes = this.#files.bytes(name, CRL_BYTES_MAX)
    if (bytes === undefined) return undefined
    const isDer = bytes[0] === 0x30
    if (!isDer && pemBlocks(bytes, 'X509 CRL').length === 0) {
      this.#problem(name, 'holds no revocation list in PEM (-----BEGIN X509 CRL-----) or DER form')
      return undefined
    }
    return { file: this.#files.resolve(name.value), bytes }
  }

  #privateKey(name: Placed<string>, bytes: Uint8Array) {
    const pem = new TextDecoder().decode(bytes)
    if (/-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
      this.#problem(name, 'is protected by a password, which nobody could type; store it without')
      return undefined
    }
    try {
      return createPrivateKey(pem)
    } catch {
      this.#problem(name, 'holds no private key in PEM form (RSA or EC)')
      return undefined
    }
  }

  #problem(name: Placed<string>, message: string): void {
    this.#findings.problem(name.source, name.path, message)
  }
}

/** PEM blocks of one kind, each with a line end after it. */
function pemBlocks(bytes: Uint8Array, label: string): string[] {
  const begin = `-----BEGIN ${label}-----`
  const end = `-----END ${label}-----`
  const text = new TextDecoder('latin1').decode(bytes)
  return text
    .split(begin)
    .slice(1)
    .flatMap((rest) => {
      const [body, ...more] = rest.split(end)
      return more.length > 0 ? [`${begin}${body}${end}\n`] : []
    })
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function names(certificate: X509Certificate, host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '')
  const found = isIP(address) > 0 ? certificate.checkIP(address) : certificate.checkHost(host)
  return found !== undefined
}

function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10)
}
