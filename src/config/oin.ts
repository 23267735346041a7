/**
 * What an OIN or HRN must look like: eight digits that say which register, then the number there, then zeroes. Rules of
 * Logius (OIN-stelsel); the prefix 00000099 is for tests and belongs to nobody.
 * @module
 */
import type { Environment } from '../core/settings.ts'

const TEST_PREFIX = '00000099'

/** Register by prefix. */
const REGISTERS: ReadonlyMap<string, string> = new Map([
  ['00000001', 'RSIN'],
  ['00000002', 'Fi-nummer'],
  ['00000003', 'KvK'],
  ['00000004', 'SubOIN'],
  ['00000005', 'free'],
  ['00000006', 'Logius'],
  ['00000007', 'BRIN'],
  ['00000008', 'foreign'],
  ['00000009', 'UZI'],
  ['00000010', 'TRR'],
  [TEST_PREFIX, 'test'],
])

/**
 * @param oin twenty digits
 * @returns what is wrong with it, in English; undefined when it may be used
 */
export function oinProblem(oin: string, environment: Environment | undefined): string | undefined {
  const prefix = oin.slice(0, 8)
  const rest = oin.slice(8)
  if (!REGISTERS.has(prefix)) {
    return `starts with ${prefix}, which is no register; known are 00000001 to 00000010, and ${TEST_PREFIX} for tests`
  }
  if (prefix === TEST_PREFIX && environment === 'productie') {
    return `starts with ${TEST_PREFIX}, which is for tests; not allowed when node.environment is productie`
  }
  if (/^0+$/.test(rest)) return 'has no number after its prefix'
  if (prefix === '00000003' && !rest.endsWith('0000')) {
    return 'starts as a KvK number, so it must be 00000003, eight digits, then 0000'
  }
  if ((prefix === '00000001' || prefix === '00000004') && !rest.endsWith('000')) {
    return `starts with ${prefix}, so it must be nine more digits, then 000`
  }
  return undefined
}
