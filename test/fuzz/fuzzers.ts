/**
 * Every fuzzer. A new door or parser joins with one line.
 * @module
 */
import { json, ndjson } from './bodies.ts'
import { certificates, chains, crls } from './certificates.ts'
import type { Fuzzer } from './fuzzer.ts'
import { requests } from './requests.ts'
import { wire } from './wire.ts'
import { yaml } from './yaml.ts'

export const FUZZERS: readonly Fuzzer[] = [
  json,
  ndjson,
  requests,
  wire,
  yaml,
  certificates,
  crls,
  chains,
]
