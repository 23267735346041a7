/**
 * Revocation in a development PKI.
 * @module
 */
import { join } from 'node:path'

import { toPem } from '../pem.ts'
import { signerFor } from './keys.ts'
import {
  issuingAuthority,
  readRegister,
  replaceFile,
  writeRegister,
  type DevelopmentPki,
} from './register.ts'
import { CRL_MS } from './terms.ts'
import { writeCrl } from './x509-writer.ts'

/**
 * Revokes every certificate that was issued under a name and writes new lists.
 * @returns how many were revoked that were not before
 * @throws Error when nothing was issued under this name
 */
export function revoke(pki: DevelopmentPki, name: string): number {
  const register = readRegister(pki.dir)
  const at = pki.now()
  if (!register.issued.some((line) => line.name === name)) {
    throw new Error(`Nothing was issued under the name ${JSON.stringify(name)}.`)
  }
  const fresh = register.issued.filter((line) => line.name === name && line.revokedAt === undefined)
  const issued = register.issued.map((line) =>
    fresh.includes(line) ? { ...line, revokedAt: at } : line,
  )
  writeRegister(pki.dir, { ...register, issued })
  refreshCrl(pki)
  return fresh.length
}

/** Writes the lists of all authorities anew, in `crl.pem`. @param termMs until the next ones are due */
export function refreshCrl(pki: DevelopmentPki, termMs: number = CRL_MS): void {
  const register = readRegister(pki.dir)
  const at = pki.now()
  const number = register.crlNumber + 1
  const issuer = issuingAuthority(register)
  const revoked = register.issued.flatMap(({ serial, revokedAt }) =>
    revokedAt === undefined ? [] : [{ serial: Buffer.from(serial, 'hex'), at: revokedAt }],
  )
  const lists = register.authorities.map((authority) =>
    writeCrl(
      {
        issuer: authority.name,
        number,
        thisUpdate: at,
        nextUpdate: at + termMs,
        revoked: authority === issuer ? revoked : [],
      },
      signerFor(authority.key, register.algorithm),
    ),
  )
  writeRegister(pki.dir, { ...register, crlNumber: number })
  replaceFile(join(pki.dir, 'crl.pem'), lists.map((list) => toPem(list, 'X509 CRL')).join(''))
}
