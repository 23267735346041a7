/**
 * What a development authority remembers, in `authority/` of its folder: its keys, and what it has issued.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'

import type { Instant } from '../../core/message.ts'
import { parseCertificate } from '../certificate.ts'
import { blocksOf, toPem } from '../pem.ts'
import type { Authority } from './authority.ts'
import { ALGORITHMS, keyPem, readKey, type Algorithm } from './keys.ts'

/** A PKI in a folder. */
export interface DevelopmentPki {
  readonly dir: string
  readonly now: () => Instant
}

export interface Register {
  readonly algorithm: Algorithm
  /** The root first, the one that issues last. */
  readonly authorities: readonly Authority[]
  readonly issued: readonly {
    readonly name: string
    /** Lower-case hex. */
    readonly serial: string
    readonly revokedAt?: Instant | undefined
  }[]
  readonly crlNumber: number
}

const FILE = v.object({
  algorithm: v.picklist(ALGORITHMS),
  authorities: v.array(v.object({ certificate: v.string(), key: v.string() })),
  issued: v.array(
    v.object({ name: v.string(), serial: v.string(), revokedAt: v.optional(v.number()) }),
  ),
  crlNumber: v.number(),
})

const folder = (dir: string): string => join(dir, 'authority')
const file = (dir: string): string => join(folder(dir), 'register.json')

/** @throws Error when the folder has a development PKI */
export function assertFree(dir: string): void {
  if (existsSync(file(dir))) throw new Error(`There is a development PKI in ${dir} already.`)
}

/** @throws Error when there is none, or it is damaged */
export function readRegister(dir: string): Register {
  if (!existsSync(file(dir))) {
    throw new Error(`There is no development PKI in ${dir}; make one with knooppunt certs init.`)
  }
  try {
    const found = v.parse(FILE, JSON.parse(readFileSync(file(dir), 'utf8')))
    return {
      ...found,
      authorities: found.authorities.map(({ certificate, key }) => {
        const [der = new Uint8Array()] = blocksOf(Buffer.from(certificate), 'CERTIFICATE')
        return { name: parseCertificate(der).subject.raw, key: readKey(key), certificate: der }
      }),
    }
  } catch {
    // The library's text could hold a piece of a key.
    throw new Error(`The register of the development PKI in ${dir} is damaged.`)
  }
}

/** Replaces the register as a whole, readable by its owner alone. */
export function writeRegister(dir: string, register: Register): void {
  mkdirSync(folder(dir), { recursive: true, mode: 0o700 })
  const text = JSON.stringify({
    ...register,
    authorities: register.authorities.map(({ certificate, key }) => ({
      certificate: toPem(certificate, 'CERTIFICATE'),
      key: keyPem(key),
    })),
  })
  replaceFile(file(dir), text, PRIVATE)
}

/** Mode of a file that its owner alone may read. */
export const PRIVATE = 0o600

/** Writes a file as a whole: who reads it at this moment sees the old or the new one, never half. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  const next = `${path}.new`
  // A leftover of an earlier try could have a wider mode.
  rmSync(next, { force: true })
  writeFileSync(next, text, { mode })
  renameSync(next, path)
}

/** The authority that issues to participants and servers. */
export function issuingAuthority({ authorities }: Register): Authority {
  const last = authorities[authorities.length - 1]
  if (!last) throw new Error('This development PKI has no authority.')
  return last
}
