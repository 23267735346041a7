/**
 * A complete development PKI in a folder: root, issuing authorities, certificates for servers and participants, and
 * revocation lists. For demo, test and development only: environment `productie` refuses its root.
 *
 * In the folder: `ca.pem` (the root), `crl.pem` (the lists of all authorities), and per certificate `<name>.pem` (leaf and
 * issuing authorities) with `<name>.key`. What the authority itself needs is in `authority/`.
 * @module
 */
import { mkdirSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'

import type { Instant } from '../../core/message.ts'
import { ATTRIBUTE, PURPOSE } from '../oids.ts'
import { toPem } from '../pem.ts'
import { makeAuthorities } from './authority.ts'
import * as ext from './extension-writer.ts'
import { generateKey, keyPem, signerFor, type Algorithm } from './keys.ts'
import { refreshCrl } from './lists.ts'
import {
  assertFree,
  issuingAuthority,
  PRIVATE,
  readRegister,
  replaceFile,
  writeRegister,
  type DevelopmentPki,
} from './register.ts'
import { HEAD_START_MS, LEAF_DAYS_MAX, LEAF_MS_MAX } from './terms.ts'
import { randomSerial, writeCertificate, writeName, type NameParts } from './x509-writer.ts'

export interface PkiOptions {
  readonly algorithm?: Algorithm
  /** Certificates from leaf to root: 3, or 4 as PKIoverheid has. */
  readonly layers?: 3 | 4
  readonly now?: () => Instant
}

/**
 * Makes a PKI in a folder and the first revocation lists.
 * @throws Error when there is one already
 */
export function createDevelopmentPki(dir: string, options: PkiOptions = {}): DevelopmentPki {
  const { algorithm = 'ec', layers = 3, now = Date.now } = options
  mkdirSync(dir, { recursive: true })
  assertFree(dir)
  const authorities = makeAuthorities(algorithm, layers, now())
  const pki: DevelopmentPki = { dir, now }
  writeRegister(dir, { algorithm, authorities, issued: [], crlNumber: 0 })
  const [root] = authorities
  if (root) replaceFile(join(dir, 'ca.pem'), toPem(root.certificate, 'CERTIFICATE'))
  refreshCrl(pki)
  return pki
}

/** Opens the PKI of a folder. @throws Error when there is none */
export function openDevelopmentPki(dir: string, now: () => Instant = Date.now): DevelopmentPki {
  readRegister(dir)
  return { dir, now }
}

export interface IssueRequest {
  /** Name of the files, and the common name: small letters, digits and hyphens. */
  readonly name: string
  readonly organisation: string
  /** OIN or HRN, twenty digits; a server needs none. */
  readonly oin?: string
  readonly ou?: string
  readonly purpose: 'client' | 'server' | 'both'
  /** DNS names and IP addresses of a server. */
  readonly hosts?: readonly string[]
  readonly policies?: readonly string[]
  readonly notBefore?: Instant
  readonly notAfter?: Instant
}

export interface Issued {
  /** Leaf and issuing authorities, without the root. */
  readonly certificatePem: string
  readonly keyPem: string
  readonly certificateFile: string
  readonly keyFile: string
}

const PURPOSES = {
  client: [PURPOSE.client],
  server: [PURPOSE.server],
  both: [PURPOSE.client, PURPOSE.server],
} as const

/**
 * Issues a certificate with a new key and writes both; an earlier one of that name is replaced, and stays valid.
 * @throws Error when the name, OIN or term is not good
 */
export function issue(pki: DevelopmentPki, request: IssueRequest): Issued {
  const { dir } = pki
  const register = readRegister(dir)
  const { notBefore, notAfter } = checkRequest(request, pki.now())
  const issuer = issuingAuthority(register)
  const key = generateKey(register.algorithm)
  const serial = randomSerial()
  const certificate = writeCertificate(
    {
      serial,
      issuer: issuer.name,
      subject: writeName(subjectOf(request)),
      notBefore,
      notAfter,
      spki: key.spki,
      extensions: [
        ext.noAuthority(),
        ext.keyUsage(
          register.algorithm === 'ec'
            ? [ext.KEY_USAGE.digitalSignature]
            : [ext.KEY_USAGE.digitalSignature, ext.KEY_USAGE.keyEncipherment],
        ),
        ext.purposes(PURPOSES[request.purpose]),
        ext.subjectKeyId(key.spki),
        ext.authorityKeyId(issuer.key.spki),
        ...(request.policies ? [ext.policies(request.policies)] : []),
        ...(request.hosts ? [ext.alternativeNames(request.hosts)] : []),
      ],
    },
    signerFor(issuer.key, register.algorithm),
  )
  const chain = [
    certificate,
    ...register.authorities
      .slice(1)
      .reverse()
      .map((a) => a.certificate),
  ]
  const issued: Issued = {
    certificatePem: chain.map((one) => toPem(one, 'CERTIFICATE')).join(''),
    keyPem: keyPem(key),
    certificateFile: join(dir, `${request.name}.pem`),
    keyFile: join(dir, `${request.name}.key`),
  }
  replaceFile(issued.keyFile, issued.keyPem, PRIVATE)
  replaceFile(issued.certificateFile, issued.certificatePem)
  const line = { name: request.name, serial: serial.toString('hex') }
  writeRegister(dir, { ...register, issued: [...register.issued, line] })
  return issued
}

function subjectOf({ name, organisation, oin, ou }: IssueRequest): NameParts {
  return [
    [ATTRIBUTE.country, 'NL'],
    [ATTRIBUTE.organisation, organisation],
    ...(ou === undefined ? [] : [[ATTRIBUTE.organisationalUnit, ou] as const]),
    ...(oin === undefined ? [] : [[ATTRIBUTE.serialNumber, oin] as const]),
    [ATTRIBUTE.commonName, name],
  ]
}

const TEXT_MAX = 200
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i
const OBJECT_IDENTIFIER = /^[0-2]\.[1-3]?[0-9](\.(0|[1-9][0-9]{0,9})){1,20}$/
const RESERVED: readonly string[] = ['ca', 'crl', 'authority']

function checkRequest(
  request: IssueRequest,
  at: Instant,
): { readonly notBefore: Instant; readonly notAfter: Instant } {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(request.name) || RESERVED.includes(request.name)) {
    throw new Error('A name is made of small letters, digits and hyphens, and is not ca or crl.')
  }
  if (request.oin !== undefined && !/^[0-9]{20}$/.test(request.oin)) {
    throw new Error('An OIN or HRN has twenty digits.')
  }
  if (request.oin === undefined && request.purpose === 'client') {
    throw new Error('The certificate of a participant needs an OIN or HRN.')
  }
  const texts = [request.organisation, ...(request.ou === undefined ? [] : [request.ou])]
  if (texts.some((text) => text === '' || text.length > TEXT_MAX || /\p{Cc}/u.test(text))) {
    throw new Error(`An organisation or unit is one line of at most ${TEXT_MAX} characters.`)
  }
  if (request.hosts?.some((host) => isIP(host) === 0 && !HOST_NAME.test(host))) {
    throw new Error('A host is a DNS name or an IP address.')
  }
  if (request.policies?.some((policy) => !OBJECT_IDENTIFIER.test(policy))) {
    throw new Error('A policy is an object identifier such as 2.16.528.1.1003.1.2.5.6.')
  }
  const { notBefore = at - HEAD_START_MS } = request
  const longest = notBefore + LEAF_MS_MAX
  const { notAfter = longest } = request
  if (notAfter <= notBefore || notAfter > longest) {
    throw new Error(`A certificate is valid for at most ${LEAF_DAYS_MAX} days.`)
  }
  return { notBefore, notAfter }
}
