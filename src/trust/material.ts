/**
 * What the configuration trusts, read from its files all at once: anchors, issuing certificates, revocation lists.
 * @module
 */
import type { Instant } from '../core/message.ts'
import type { Environment } from '../core/settings.ts'
import { judgeAnchor } from './anchor.ts'
import { parseCertificate, type Certificate } from './certificate.ts'
import { parseCrl } from './crl.ts'
import { DerError } from './der.ts'
import type { Anchor } from './path.ts'
import { blocksOf, type PemLabel } from './pem.ts'
import { RevocationLists, type RevocationPolicy } from './revocation.ts'

/** A file of the configuration: DER, or PEM with one or more blocks. */
export interface TrustFile {
  /** Name for problems. */
  readonly name: string
  readonly bytes: Uint8Array
}

export interface AnchorFile extends TrustFile {
  /** What the subject of a certificate below this anchor says; OIN or HRN is all there is now. */
  readonly identity: 'oin'
  /** Object identifiers, one of which a path to this anchor must stand for; empty for any. */
  readonly policies: readonly string[]
}

export interface CrlFile extends TrustFile {
  /**
   * When this list was last obtained from its publisher: for a file, when it was last written. Its age counts from
   * here; without it from the list's own `thisUpdate`.
   */
  readonly obtainedAt?: Instant
}

export interface TrustOptions {
  readonly environment: Environment
  readonly anchors: readonly AnchorFile[]
  /** Issuing certificates that callers may forget to send; not trusted by themselves. */
  readonly intermediates: readonly TrustFile[]
  readonly crls: readonly CrlFile[]
  readonly revocation: RevocationPolicy
}

/** What was read, ready to judge by. */
export interface Material {
  readonly anchors: readonly Anchor[]
  readonly intermediates: readonly Certificate[]
  readonly lists: RevocationLists
  readonly environment: Environment
}

/** What is wrong with the files that trust is made from, as English sentences that begin with the file's name. */
export class TrustProblem extends Error {
  override readonly name = 'TrustProblem'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Reads everything. @throws TrustProblem with every problem at once */
export function readMaterial(options: TrustOptions): Material {
  const problems: string[] = []
  /** Reads every block of every file; collects what is wrong instead of stopping. */
  const read = <File extends TrustFile, Item>(
    files: readonly File[],
    label: PemLabel,
    parse: (der: Uint8Array, file: File) => Item,
  ): Item[] =>
    files.flatMap((file) => {
      try {
        return blocksOf(file.bytes, label).map((der) => parse(der, file))
      } catch (error) {
        const why = error instanceof DerError ? `It cannot be read: ${error.message}.` : undefined
        problems.push(
          `${file.name}: ${why ?? (error instanceof Error ? error.message : 'unknown')}`,
        )
        return []
      }
    })

  const anchors = read(options.anchors, 'CERTIFICATE', (der, { name, policies }) => {
    const certificate = parseCertificate(der)
    const problem = judgeAnchor(der, options.environment)
    if (problem !== undefined) problems.push(`${name}: ${problem}`)
    return { certificate, policies }
  })
  const intermediates = read(options.intermediates, 'CERTIFICATE', parseCertificate)
  const lists = read(options.crls, 'X509 CRL', (der, { obtainedAt }) => {
    const crl = parseCrl(der)
    return { crl, obtainedAt: obtainedAt ?? crl.thisUpdate }
  })
  if (problems.length > 0) throw new TrustProblem(problems)
  return {
    anchors,
    intermediates,
    lists: new RevocationLists(lists, options.revocation),
    environment: options.environment,
  }
}
