/**
 * Checks of who the certificate stands for: an OIN or HRN, and a connection with it (DESIGN 8).
 * @module
 */
import type { Connection } from '../core/directory.ts'
import type { Environment } from '../core/settings.ts'
import type { Certificate } from './certificate.ts'
import { failed, passed, type Check } from './finding.ts'
import { oinOf, textsOf } from './name.ts'
import { ATTRIBUTE } from './oids.ts'

/** OINs that anyone may use for testing begin so (OIN-stelsel, 6). */
const TEST_OIN_PREFIX = '00000099'

interface OinSubject {
  readonly leaf: Certificate
  readonly environment: Environment
}

interface ConnectionSubject {
  readonly leaf: Certificate
  readonly connections: readonly Connection[]
}

const oin: Check<OinSubject> = {
  layer: 'oin',
  title: 'The certificate carries one OIN or HRN',
  run: ({ leaf }) => {
    if (oinOf(leaf.subject) !== undefined) return passed('one serialNumber of twenty digits')
    const { length } = leaf.subject.attributes.filter(({ oid }) => oid === ATTRIBUTE.serialNumber)
    const why =
      length === 1
        ? 'the serialNumber is not twenty digits'
        : `the subject has ${length} serialNumber attributes instead of one`
    return failed(
      'certificaat-zonder-oin',
      why,
      'Het onderwerp van het certificaat heeft niet precies een serialNumber van twintig cijfers.',
    )
  },
}

const noTestOin: Check<OinSubject> = {
  layer: 'oin',
  title: 'The OIN may be used in this environment',
  run: ({ leaf, environment }) => {
    if (environment !== 'productie' || !oinOf(leaf.subject)?.startsWith(TEST_OIN_PREFIX)) {
      return passed(`fits ${environment}`)
    }
    return failed(
      'certificaat-test-oin',
      `it has the test prefix ${TEST_OIN_PREFIX}`,
      'Het certificaat heeft een test-OIN. Dit knooppunt is een productieomgeving.',
    )
  },
}

/** Whether one connection, and not more, answers to the certificate. */
export const CONNECTION_CHECK: Check<ConnectionSubject> = {
  layer: 'aansluiting',
  title: 'One connection has this OIN',
  run: ({ leaf, connections }) => {
    const found = connectionsFor(leaf, connections)
    const [only] = found
    if (found.length > 1) {
      return failed(
        'aansluiting-onbekend',
        `${found.length} connections fit equally well: ${found.map(({ name }) => name).join(', ')}`,
        'Meer dan een aansluiting past bij dit certificaat. De beheerder moet ze van elkaar onderscheiden.',
      )
    }
    if (only) return passed(only.name)
    const withOin = connections.some((connection) => connection.oin === oinOf(leaf.subject))
    return failed(
      'aansluiting-onbekend',
      withOin ? 'its connections ask another OU or fingerprint' : 'no connection has this OIN',
      'Dit certificaat hoort niet bij een aansluiting van dit knooppunt.',
    )
  },
}

/**
 * The connections that fit a certificate best: a fingerprint says more than an organisational unit, and both say most.
 * More than one means that the configuration does not tell them apart.
 */
export function connectionsFor(
  leaf: Certificate,
  connections: readonly Connection[],
): readonly Connection[] {
  const identity = oinOf(leaf.subject)
  if (identity === undefined) return []
  const units = textsOf(leaf.subject, ATTRIBUTE.organisationalUnit)
  const ranked = connections.flatMap((connection) => {
    const { ou, fingerprints } = connection.narrow
    if (connection.oin !== identity) return []
    if (ou !== undefined && !units.includes(ou)) return []
    if (fingerprints.length > 0 && !fingerprints.some((one) => isFingerprint(one, leaf))) return []
    return [{ connection, rank: (fingerprints.length > 0 ? 2 : 0) + (ou === undefined ? 0 : 1) }]
  })
  const best = Math.max(...ranked.map(({ rank }) => rank))
  return ranked.filter(({ rank }) => rank === best).map(({ connection }) => connection)
}

/** Fingerprints are often copied with colons and capitals. */
function isFingerprint(written: string, { fingerprint }: Certificate): boolean {
  return written.replaceAll(':', '').toLowerCase() === fingerprint
}

export const OIN_CHECKS: readonly Check<OinSubject>[] = [oin, noTestOin]
