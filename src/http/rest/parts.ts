/**
 * What the REST door is made of.
 * @module
 */
import type { Caller } from '../../core/directory.ts'
import { RelayError } from '../../core/errors.ts'
import type { Trust } from '../../core/identity.ts'
import type { Settings } from '../../core/settings.ts'
import type { Log } from '../../ops/log.ts'
import type { Relay } from '../../relay/relay.ts'
import { TokenBuckets } from '../buckets.ts'

export interface RestParts {
  readonly relay: Relay
  /** The configuration of this moment; each request keeps the one it began with. */
  readonly settings: () => Settings
  readonly trust: Trust
  /** Gets one line a request, and where a defect showed itself. */
  readonly log: Pick<Log, 'request' | 'error'>
  /** Milliseconds; only differences matter. */
  readonly now: () => number
  /** Semantic version of the API, for `API-Version`. */
  readonly version: string
}

/** How fast a participant may go; offering and ending have a bucket each, so that one never blocks the other. */
export class Pace {
  readonly #submits: TokenBuckets
  readonly #ends: TokenBuckets

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#submits = new TokenBuckets(now)
    this.#ends = new TokenBuckets(now)
  }

  /** Counts one offered message. @throws RelayError te-veel-berichten */
  submit({ participant }: Caller, { limits }: Settings): void {
    const rate = { perSecond: limits.submitsPerSecond, burst: limits.submitsBurst }
    refuseFor(this.#submits.take(participant.id, rate))
  }

  /** Counts one confirmation, refusal or withdrawal. @throws RelayError te-veel-berichten */
  end({ participant }: Caller, { limits }: Settings): void {
    const rate = { perSecond: limits.endsPerSecond, burst: limits.endsBurst }
    refuseFor(this.#ends.take(participant.id, rate))
  }
}

function refuseFor(seconds: number): void {
  if (seconds === 0) return
  throw new RelayError('te-veel-berichten', undefined, { retryAfter: Math.ceil(seconds) })
}
