/**
 * The judge at the door (DESIGN 8): who presents what, now, and is that one of ours.
 * @module
 */
import { createHash } from 'node:crypto'

import type { Connection } from '../core/directory.ts'
import type { Presented, Trust, Verdict } from '../core/identity.ts'
import type { Instant } from '../core/message.ts'
import { assess, firstFailure, type Assessment } from './assess.ts'
import { factsOf } from './certificate.ts'
import { VERDICTS_KEPT } from './limits.ts'
import { readMaterial, type Material, type TrustOptions } from './material.ts'
import { VerdictCache } from './verdict-cache.ts'

export interface TrustPorts {
  /** The connections of this moment: the same array until they change. */
  readonly connections: () => readonly Connection[]
  readonly now: () => Instant
  /** Verdicts kept, of each kind. */
  readonly cacheSize?: number
}

export interface ReplaceableTrust extends Trust {
  /** Judges by other files from now on. @throws TrustProblem, and then goes on with those that it had */
  replace(options: TrustOptions): void
}

/** Makes the judge. @throws TrustProblem with every problem at once */
export function createTrust(options: TrustOptions, ports: TrustPorts): ReplaceableTrust {
  return new CertificateTrust(options, ports)
}

class CertificateTrust implements ReplaceableTrust {
  readonly #ports: TrustPorts
  readonly #cache: VerdictCache
  /** A connection presents the same object at every request; its bytes need to be hashed only once. */
  readonly #keys = new WeakMap<Presented, string>()
  #material: Material
  #connections: readonly Connection[]
  #generation = 1

  constructor(options: TrustOptions, ports: TrustPorts) {
    this.#ports = ports
    this.#cache = new VerdictCache(ports.cacheSize ?? VERDICTS_KEPT)
    this.#material = readMaterial(options)
    this.#connections = ports.connections()
  }

  get generation(): number {
    const connections = this.#ports.connections()
    if (connections !== this.#connections) {
      this.#connections = connections
      this.#begin()
    }
    return this.#generation
  }

  replace(options: TrustOptions): void {
    this.#material = readMaterial(options)
    this.#begin()
  }

  judge(presented: Presented | undefined): Verdict {
    // Looks whether the connections changed, which empties the cache.
    void this.generation
    const at = this.#ports.now()
    const given = presented ?? NOTHING
    const key = this.#keyOf(given)
    const known = this.#cache.get(key, at)
    if (known) return known
    const assessment = assess(given, this.#material, this.#connections, at)
    const verdict = verdictOf(assessment)
    this.#cache.set(key, verdict, termOf(assessment, this.#material, at))
    return verdict
  }

  #keyOf(presented: Presented): string {
    const key = this.#keys.get(presented) ?? keyOf(presented)
    this.#keys.set(presented, key)
    return key
  }

  #begin(): void {
    this.#generation += 1
    this.#cache.clear()
  }
}

const NOTHING: Presented = { chain: [], authorized: false }

/** The same leaf with another chain, or with another verdict of TLS, is another question. */
function keyOf({ chain, authorized }: Presented): string {
  const hash = createHash('sha256').update(authorized ? 'authorized' : 'not authorized')
  for (const der of chain) hash.update(`,${der.length},`).update(der)
  return hash.digest('base64')
}

function verdictOf({ leaf, steps, connection }: Assessment): Verdict {
  const failure = firstFailure(steps)
  const certificate = leaf && factsOf(leaf)
  if (!failure && certificate && connection) return { ok: true, certificate, connection }
  // Every assessment without a failure has a connection; if that ever broke, nobody gets in.
  if (!failure) throw new Error('an assessment without failure has no connection')
  const { code, detail } = failure.finding
  return {
    ok: false,
    layer: failure.layer,
    code,
    detail,
    ...(certificate && { certificate }),
  }
}

/** A verdict holds between the two moments around it at which any date in play turns. */
function termOf(
  { presented }: Assessment,
  { anchors, intermediates, lists }: Material,
  at: Instant,
): { from: Instant; until: Instant } {
  const certificates = [
    ...presented,
    ...intermediates,
    ...anchors.map(({ certificate }) => certificate),
  ]
  let from = -Infinity
  let until = Infinity
  const turn = (moment: Instant): void => {
    if (moment <= at) from = Math.max(from, moment)
    else until = Math.min(until, moment)
  }
  for (const { notBefore, notAfter } of certificates) {
    turn(notBefore)
    turn(notAfter + 1)
  }
  for (const moment of lists.turningPoints) turn(moment)
  return { from, until }
}
