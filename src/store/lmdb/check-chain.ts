/**
 * Walks the chain over the log of the LMDB engine.
 * @module
 */
import type { LogCheck, LogHead } from '../../relay/ports.ts'
import { linkOf, notedWatch } from '../log-chain.ts'
import type { Sign } from '../log-chain.ts'
import type { Environment } from './environment.ts'
import { getNumber } from './keys.ts'
import { decodeEvents, type Meta } from './records.ts'

/** Groups between two pauses. */
const STEP = 1_000
/** After this many problems one more tells nothing new. */
const PROBLEMS_MAX = 100

/**
 * Holds every link against the one before it, from the checkpoint that pruning left to the head.
 * @param meta what the store knows of itself, at the moment of asking: groups may be added meanwhile
 */
export async function checkChain(
  environment: Environment,
  meta: () => Meta,
  sign: Sign,
  pause: () => Promise<void>,
  noted?: LogHead,
): Promise<LogCheck> {
  const { firstEvent, firstLink } = meta()
  const walk = chainWalk(firstEvent, firstLink, sign, noted)
  let groups = 0
  for (const key of environment.keys('event')) {
    const first = getNumber(key, 0)
    const record = environment.get('event', key)
    // Pruned since the walk began.
    if (record === undefined || first < firstEvent) continue
    walk.step(first, record)
    groups += 1
    if (groups % STEP === 0) await pause()
  }
  // No pause between the last group and this: what is compared belongs together.
  return walk.end(meta())
}

/** A walk along the chain, one group at a time. */
function chainWalk(
  firstEvent: number,
  firstLink: Uint8Array,
  sign: Sign,
  noted: LogHead | undefined,
) {
  const problems: string[] = []
  const report = (sentence: string) => {
    if (problems.length < PROBLEMS_MAX) problems.push(sentence)
  }
  const watch = notedWatch(noted, firstEvent)
  let next = firstEvent
  let link = firstLink
  let count = 0
  return {
    step(first: number, record: Buffer): void {
      try {
        const { events, body, link: stored } = decodeEvents(first, record)
        const right = linkOf(sign, link, first, body)
        // Only a restore leaves numbers out, and says so in its own events.
        if (first !== next && !events.some(({ kind }) => kind === 'restored'))
          report(`the log goes from event ${next - 1} to ${first}`)
        if (!stored.equals(right))
          report(`event ${first} or what stood before it was changed, removed or put in`)
        next = first + events.length
        count += events.length
        // From here on the chain is held against itself, so that each break is told once.
        link = Uint8Array.from(stored)
        watch.see(next - 1, link)
      } catch {
        report(`the record of event ${first} cannot be read`)
      }
    },
    end({ nextEvent, logHead }: Meta): LogCheck {
      if (next !== nextEvent || !Buffer.from(link).equals(Buffer.from(logHead)))
        report(`the log ends at event ${next - 1}, but ${nextEvent - 1} events were written`)
      const unlike = watch.end()
      if (unlike !== undefined) report(unlike)
      const head = { number: nextEvent - 1, link: logHead }
      return { events: count, first: firstEvent, head, problems }
    },
  }
}
