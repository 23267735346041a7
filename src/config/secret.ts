/**
 * The master key: thirty-two bytes from a file or the environment, never from the YAML.
 * @module
 */
import type { Findings, Placed } from './problem.ts'
import type { NodeFiles } from './node-files.ts'

/** Where a secret is; exactly one of both. */
export interface SecretSource {
  readonly file?: string
  readonly env?: string
}

const SECRET_BYTES_MAX = 4_096
const FORM =
  'must be thirty-two bytes as 64 hexadecimal digits or base64; openssl rand -hex 32 makes one'

/**
 * Reads the key.
 * @returns 32 bytes; undefined after noting why not, without a word of what was found
 */
export function readMasterKey(
  setting: Placed<SecretSource>,
  files: NodeFiles,
  env: Readonly<Record<string, string | undefined>>,
  findings: Findings,
): Uint8Array | undefined {
  const { value, source, path } = setting
  const at = [...path, value.file === undefined ? 'env' : 'file']
  const text = readSecret(setting, files, env, findings)
  if (text === undefined) return undefined
  const key = decodeKey(text)
  if (key === undefined) findings.problem(source, at, FORM)
  else if (new Set(key).size < 8) {
    findings.problem(source, at, 'is not random; openssl rand -hex 32 makes one that is')
  }
  return key
}

function readSecret(
  { value, source, path }: Placed<SecretSource>,
  files: NodeFiles,
  env: Readonly<Record<string, string | undefined>>,
  findings: Findings,
): string | undefined {
  if (value.file !== undefined) {
    const name = { value: value.file, source, path: [...path, 'file'] }
    const bytes = files.secretBytes(name, SECRET_BYTES_MAX)
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  }
  const text = env[value.env ?? '']
  if (text === undefined || text === '') {
    findings.problem(source, [...path, 'env'], 'is not set in the environment of the relay')
    return undefined
  }
  return text
}

/** Thirty-two bytes as 64 hexadecimal digits or base64; undefined for anything else. */
export function decodeKey(text: string): Uint8Array | undefined {
  const word = text.trim()
  if (/^[\da-fA-F]{64}$/.test(word)) return Uint8Array.fromHex(word)
  // Forty-three characters hold 258 bits; the padding may be left out.
  if (!/^[\w+/-]{43}=?$/.test(word)) return undefined
  const bytes = new Uint8Array(Buffer.from(word, 'base64'))
  return bytes.length === 32 ? bytes : undefined
}
