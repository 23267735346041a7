/**
 * A certificate that somebody made for himself, with whatever he likes in its subject.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '../e2e/support/line.ts'

/** @param subject as the openssl program takes it: `/CN=…/OU=…` */
export function selfSignedAs(subject: string): Credentials {
  const folder = mkdtempSync(join(tmpdir(), 'knooppunt-stranger-'))
  try {
    const at = (name: string) => join(folder, name)
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const files = ['-keyout', at('key.pem'), '-out', at('certificate.pem')]
    const args = ['req', '-x509', ...key, ...files, '-subj', subject, '-days', '2']
    execFileSync('openssl', args, { stdio: 'ignore' })
    return {
      certificatePem: readFileSync(at('certificate.pem'), 'utf8'),
      keyPem: readFileSync(at('key.pem'), 'utf8'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
