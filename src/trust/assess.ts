/**
 * Judges what a peer presented, check by check in one fixed order. The verdict for a caller and the explanation for an
 * operator are made from the same steps.
 * @module
 */
import type { Connection } from '../core/directory.ts'
import type { TrustLayer } from '../core/identity.ts'
import type { Instant } from '../core/message.ts'
import { parseCertificate, type Certificate } from './certificate.ts'
import { DerError } from './der.ts'
import { failed, passed, type Check, type Finding } from './finding.ts'
import { CONNECTION_CHECK, connectionsFor, OIN_CHECKS } from './identity-checks.ts'
import { PRESENTED_MAX } from './limits.ts'
import type { Material } from './material.ts'
import { ANCHOR_CHECKS, PATH_CHECKS, type PathSubject } from './path-checks.ts'
import { findPaths } from './path.ts'
import { PURPOSE_CHECKS } from './purpose-checks.ts'

/** What there is to judge. */
export interface Evidence {
  /** DER of the certificates, leaf first. */
  readonly chain: readonly Uint8Array[]
  /** The verdict of TLS; undefined when there was no connection to ask. */
  readonly authorized: boolean | undefined
}

export interface Step {
  readonly layer: TrustLayer
  readonly title: string
  /** Undefined when it could not be judged: the chain reaches no anchor, or there is nothing to compare with. */
  readonly finding: Finding | undefined
}

export interface Assessment {
  /** Absent when nothing readable was presented. */
  readonly leaf?: Certificate
  /** The path that came furthest, leaf first. */
  readonly path: readonly Certificate[]
  /** Everything that was presented and could be read; dates in it can turn the verdict. */
  readonly presented: readonly Certificate[]
  /** Every check in order, those after a failure too. */
  readonly steps: readonly Step[]
  /** Present when every step passed. */
  readonly connection?: Connection
}

/**
 * Judges now; nothing is kept.
 * @param connections undefined when they are not known, so that the last check is left open
 */
export function assess(
  presented: Evidence,
  material: Material,
  connections: readonly Connection[] | undefined,
  at: Instant,
): Assessment {
  const { leaf, steps: opening } = readLeaf(presented.chain)
  if (!leaf) return { path: [], presented: [], steps: opening }

  const sent = presented.chain.slice(1).flatMap(readable)
  const { path, steps } = bestPath(leaf, sent, material, at)
  const tls: Step = {
    layer: 'keten',
    title: 'The TLS layer agrees',
    finding: tlsFinding(presented.authorized),
  }
  const environment = material.environment
  const all = [
    ...opening,
    ...steps,
    tls,
    ...OIN_CHECKS.map((check) => judged(check, { leaf, environment })),
    connections ? judged(CONNECTION_CHECK, { leaf, connections }) : open(CONNECTION_CHECK),
  ]
  const good = all.every(({ finding }) => finding?.passed)
  const [connection] = good && connections ? connectionsFor(leaf, connections) : []
  return {
    leaf,
    path,
    presented: [leaf, ...sent],
    steps: all,
    ...(connection && { connection }),
  }
}

/** The step that failed first. */
export function firstFailure(
  steps: readonly Step[],
): (Step & { readonly finding: Extract<Finding, { passed: false }> }) | undefined {
  for (const step of steps) {
    const { finding } = step
    if (finding && !finding.passed) return { ...step, finding }
  }
  return undefined
}

function judged<Subject>(check: Check<Subject>, subject: Subject): Step {
  return { layer: check.layer, title: check.title, finding: check.run(subject) }
}

function open({ layer, title }: Pick<Step, 'layer' | 'title'>): Step {
  return { layer, title, finding: undefined }
}

function readLeaf(chain: readonly Uint8Array[]): { leaf?: Certificate; steps: Step[] } {
  const layer = 'certificaat'
  const [der] = chain
  const given: Step = {
    layer,
    title: 'A certificate was presented',
    finding: der
      ? passed(chain.length === 1 ? 'one, without a chain' : `a chain of ${chain.length}`)
      : failed(
          'certificaat-ontbreekt',
          'none was presented',
          'Er is geen clientcertificaat aangeboden. Zonder certificaat zijn alleen de openbare gegevens te lezen.',
        ),
  }
  if (!der) return { steps: [given] }
  const read = (finding: Finding): Step => ({ layer, title: 'It can be read', finding })
  const refuse = (why: string, detail: string): { steps: Step[] } => ({
    steps: [given, read(failed('certificaat-onleesbaar', why, detail))],
  })
  if (chain.length > PRESENTED_MAX) {
    return refuse(
      `more than ${PRESENTED_MAX} certificates`,
      `Er zijn meer dan ${PRESENTED_MAX} certificaten aangeboden.`,
    )
  }
  try {
    return { leaf: parseCertificate(der), steps: [given, read(passed('X.509 version 3'))] }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return refuse(
      error.message,
      'Het certificaat is geen goed opgebouwd X.509-certificaat versie 3.',
    )
  }
}

/** Certificates besides the leaf are only offered help: what cannot be read does not help. */
function readable(der: Uint8Array): Certificate[] {
  try {
    return [parseCertificate(der)]
  } catch (error) {
    if (error instanceof DerError) return []
    throw error
  }
}

/** Runs the checks over every path and keeps the one that comes furthest; an accepted one comes furthest of all. */
function bestPath(
  leaf: Certificate,
  sent: readonly Certificate[],
  { anchors, intermediates, lists }: Material,
  at: Instant,
): { path: readonly Certificate[]; steps: readonly Step[] } {
  const { paths, longest, exhausted } = findPaths(leaf, [...sent, ...intermediates], anchors)
  const candidates = (paths.length > 0 ? paths : [longest]).map((path) => {
    const subject: PathSubject = { path, exhausted, at, lists }
    const steps = [
      ...ANCHOR_CHECKS.map((check) => judged(check, subject)),
      ...[...PATH_CHECKS, ...PURPOSE_CHECKS].map((check) =>
        path.anchor ? judged(check, subject) : open(check),
      ),
    ]
    const failure = steps.findIndex(({ finding }) => !finding?.passed)
    return { path: path.certificates, steps, reach: failure === -1 ? Infinity : failure }
  })
  return candidates.reduce((best, next) => (next.reach > best.reach ? next : best))
}

/** TLS only has the word when our own path is good; before that, ours says more precisely what is wrong. */
function tlsFinding(authorized: boolean | undefined): Finding | undefined {
  if (authorized === undefined) return undefined
  if (authorized) return passed('authorized')
  return failed(
    'certificaat-keten',
    'TLS did not accept the chain',
    'De beveiligde verbinding aanvaardt de keten van dit certificaat niet.',
  )
}
