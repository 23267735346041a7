/**
 * `knooppunt certs explain`: walks every check that a relay makes of a caller's certificate, and says how each went.
 * @module
 */
import { parseDocument } from 'yaml'
import * as v from 'valibot'

import type { Connection } from '../core/directory.ts'
import { ERRORS } from '../core/errors.ts'
import { ENVIRONMENTS } from '../core/settings.ts'
import { assess, firstFailure, type Assessment, type Step } from '../trust/assess.ts'
import { factsOf } from '../trust/certificate.ts'
import { moment } from '../trust/finding.ts'
import { readMaterial, TrustProblem, type Material } from '../trust/material.ts'
import { flag, numberOption, textOption } from './arguments.ts'
import { onlyFile, readBlocks, readBounded, repeated } from './certs-files.ts'
import { EXIT } from './command.ts'
import type { Arguments, Command, Io } from './command.ts'
import { CommandError, UsageError } from './failure.ts'
import { say, sayJson, table } from './output.ts'

const HOUR_MS = 3_600_000

/** Judges a certificate file as a relay would, and says why. */
export const explain: Command = {
  name: 'explain',
  summary: 'Judge a certificate as a relay would, check by check. Exits with 1 when it is refused.',
  usage:
    'knooppunt certs explain FILE --anchor FILE [--crl FILE] [--intermediate FILE] [--connections FILE] [--json]',
  example: 'knooppunt certs explain certs/gemeente.pem --anchor certs/ca.pem --crl certs/crl.pem',
  options: {
    anchor: { type: 'string', multiple: true, help: 'FILE root that is trusted' },
    policy: { type: 'string', multiple: true, help: 'OID policy that the anchors ask for' },
    intermediate: { type: 'string', multiple: true, help: 'FILE issuing certificates to help' },
    crl: { type: 'string', multiple: true, help: 'FILE revocation lists' },
    'max-age': { type: 'string', default: '24', help: 'HOURS age at which a list is too old' },
    'unknown-revocation': { type: 'string', default: 'refuse', help: 'WORD refuse or accept' },
    connections: { type: 'string', help: 'FILE configuration with a list of connections' },
    environment: { type: 'string', default: 'test', help: 'NAME demo, test or productie' },
    at: { type: 'string', help: 'TIME to judge for, as 2027-03-01T12:00:00Z; now by default' },
    json: { type: 'boolean', help: 'print as JSON' },
  },
  run: async (args, io) => {
    const file = onlyFile(args)
    const chain = readBlocks(io, file, 'CERTIFICATE')
    const material = materialFrom(args, io)
    const connections = connectionsFrom(args, io)
    const at = timeFrom(args)
    const assessment = assess({ chain, authorized: undefined }, material, connections, at)
    if (flag(args, 'json')) sayJson(io, asData(assessment))
    else say(io, asText(file, assessment))
    return firstFailure(assessment.steps) ? EXIT.no : EXIT.done
  },
}

function materialFrom(args: Arguments, io: Io): Material {
  const files = (option: string) =>
    repeated(args, option).map((name) => ({ name, bytes: readBounded(io, name) }))
  const anchors = files('anchor')
  if (anchors.length === 0) throw new UsageError('Option --anchor is needed.')
  const named = textOption(args, 'environment') ?? 'test'
  const environment = ENVIRONMENTS.find((known) => known === named)
  if (!environment) throw new UsageError('Option --environment takes demo, test or productie.')
  const onUnknown = textOption(args, 'unknown-revocation') ?? 'refuse'
  if (onUnknown !== 'refuse' && onUnknown !== 'accept') {
    throw new UsageError('Option --unknown-revocation takes refuse or accept.')
  }
  const hours = numberOption(args, 'max-age', { min: 1, max: 24 * 366 }) ?? 24
  const policies = repeated(args, 'policy')
  try {
    return readMaterial({
      environment,
      anchors: anchors.map((anchor) => ({ ...anchor, identity: 'oin', policies })),
      intermediates: files('intermediate'),
      crls: files('crl'),
      revocation: { maxAgeMs: hours * HOUR_MS, onUnknown },
    })
  } catch (error) {
    throw error instanceof TrustProblem ? new CommandError(error.message) : error
  }
}

function timeFrom(args: Arguments): number {
  const text = textOption(args, 'at')
  if (text === undefined) return Date.now()
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(at)) throw new UsageError('Option --at takes a time as 2027-03-01T12:00:00Z.')
  return at
}

/** As much of the configuration as decides which connection a certificate belongs to. */
const CONNECTIONS = v.object({
  connections: v.array(
    v.object({
      name: v.string(),
      oin: v.string(),
      narrow: v.optional(
        v.object({ ou: v.optional(v.string()), fingerprints: v.optional(v.array(v.string())) }),
      ),
    }),
  ),
})

function connectionsFrom(args: Arguments, io: Io): readonly Connection[] | undefined {
  const file = textOption(args, 'connections')
  if (file === undefined) return undefined
  const document = parseDocument(Buffer.from(readBounded(io, file)).toString('utf8'))
  const read = v.safeParse(CONNECTIONS, document.errors.length > 0 ? undefined : document.toJS())
  if (!read.success) {
    throw new CommandError(`${file}: there is no list of connections in it that can be read.`)
  }
  return read.output.connections.map(({ name, oin, narrow }) => ({
    name,
    oin,
    narrow: {
      fingerprints: narrow?.fingerprints ?? [],
      ...(narrow?.ou !== undefined && { ou: narrow.ou }),
    },
    kind: 'own',
    participants: [],
  }))
}

const OUTCOME = { passed: 'passed', failed: 'FAILED', open: 'not judged' } as const

function outcomeOf({ finding }: Step): keyof typeof OUTCOME {
  return finding ? (finding.passed ? 'passed' : 'failed') : 'open'
}

function asText(file: string, { path, steps, leaf }: Assessment): string {
  const failure = firstFailure(steps)
  const rows = steps.map((step) => [
    OUTCOME[outcomeOf(step)],
    step.layer,
    step.title,
    step.finding?.why ?? '',
  ])
  const chain = path.map(({ subject, notAfter }, level) => [
    String(level),
    subject.text,
    moment(notAfter),
  ])
  const verdict = failure
    ? [
        `Refused: ${ERRORS[failure.finding.code].en} (${failure.finding.code}).`,
        `The caller reads: ${failure.finding.detail}`,
      ]
    : [
        steps.some(({ finding }) => !finding)
          ? 'Nothing speaks against it. What was not judged needs a real connection or --connections.'
          : 'Accepted.',
      ]
  return [
    leaf ? `${file}: OIN ${factsOf(leaf).oin ?? 'none'}` : file,
    ...(chain.length > 0 ? ['', ...table(['LEVEL', 'CERTIFICATE', 'VALID UNTIL'], chain)] : []),
    '',
    ...table(['RESULT', 'LAYER', 'CHECK', 'WHY'], rows),
    '',
    ...verdict,
  ].join('\n')
}

function asData({ path, steps, leaf }: Assessment): Record<string, unknown> {
  const failure = firstFailure(steps)
  return {
    accepted: failure === undefined,
    code: failure?.finding.code ?? null,
    detail: failure?.finding.detail ?? null,
    oin: (leaf && factsOf(leaf).oin) ?? null,
    path: path.map(({ subject, fingerprint }) => ({ subject: subject.text, fingerprint })),
    checks: steps.map((step) => ({
      layer: step.layer,
      check: step.title,
      result: outcomeOf(step),
      why: step.finding?.why ?? null,
    })),
  }
}
