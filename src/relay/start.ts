/**
 * The part of starting that is about agreement of store and vault (VAULT, Start, steps 4 to 7). Interrupted anywhere, it
 * starts again with the same result; it never ends a message.
 * @module
 */
import type { Seq } from '../core/message.ts'
import type { Journal, LiveRow, Slot, Store, Vault } from './ports.ts'

/** Live messages whose keys are tried before the node listens. */
const TRIED_AT_START = 10_000
/** Keys tried between two pauses afterwards. */
const TRIED_AT_A_TIME = 500
const DAMAGED_PERCENT_MAX = 1

/** Store and vault do not agree. The sentence is for the operator and names the older one. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}

export interface StartPorts {
  readonly store: Store
  readonly vault: Vault
  readonly journal: Journal
  /** Lets other work go first, between the steps of the background part. */
  readonly pause: () => Promise<void>
  /** Ends the background part. */
  readonly signal?: AbortSignal
}

/** How many keys were tried, and which messages have none that fits. */
export interface Trial {
  readonly tried: number
  readonly damaged: readonly Seq[]
}

export interface StartReport extends Trial {
  readonly live: number
  /** Slots that no message held and that are zero now: traces of a crash. */
  readonly erased: number
  /** The live messages beyond the first 10,000, tried in the background; never rejects. */
  readonly rest: Promise<Trial>
}

/**
 * Makes store and vault agree, or says why they cannot.
 * @throws StartRefused; nothing was changed then, but for zeroed keys that no message held
 */
export async function start(ports: StartPorts): Promise<StartReport> {
  const { store, vault } = ports
  demandAgreement(store, vault)
  const held = heldSlots(store)
  const orphans = [...vault.used()].filter((slot) => !held.has(slot))
  if (orphans.length > 0)
    await vault.flush({ put: [], kill: orphans, generation: vault.generation })
  vault.adopt(held.keys())

  const rows = store.live()[Symbol.iterator]()
  const first = tryKeys(ports, rows, TRIED_AT_START)
  // One message may be lost to a bad sector on the quietest node; more than that and a hundredth is a wrong vault.
  if (first.damaged.length > Math.max(1, (first.tried * DAMAGED_PERCENT_MAX) / 100))
    throw new StartRefused(
      `${first.damaged.length} of ${first.tried} waiting messages have no key that fits: ` +
        'the vault or the key ring is not the one of this store',
    )
  return {
    ...first,
    live: held.size,
    erased: orphans.length,
    rest: tryRest(ports, rows),
  }
}

function demandAgreement(store: Store, vault: Vault): void {
  if (!sameBytes(store.vaultId, vault.id))
    throw new StartRefused('the vault is not the one of this store: they have different identities')
  if (vault.generation < store.generation)
    throw new StartRefused(
      `the vault is older than the store: generation ${vault.generation} against ${store.generation}`,
    )
  if (vault.generation > store.generation + 1)
    throw new StartRefused(
      `the store is older than the vault: generation ${store.generation} against ${vault.generation}`,
    )
}

/** Slots of live messages. @throws StartRefused when two share one (I4) */
function heldSlots(store: Store): Map<Slot, Seq> {
  const held = new Map<Slot, Seq>()
  for (const { slot, message } of store.live()) {
    const other = held.get(slot)
    if (other !== undefined)
      throw new StartRefused(
        `the store is damaged: messages ${other} and ${message.seq} share a key`,
      )
    held.set(slot, message.seq)
  }
  return held
}

function tryKeys({ vault, journal }: StartPorts, rows: Iterator<LiveRow>, limit: number): Trial {
  const damaged: Seq[] = []
  let tried = 0
  for (; tried < limit; tried += 1) {
    const next = rows.next()
    if (next.done === true) break
    const { message, mid, slot } = next.value
    if (vault.holds(slot, mid)) continue
    damaged.push(message.seq)
    journal.alarm('message-damaged', { seq: message.seq, slot })
  }
  return { tried, damaged }
}

/** Never rejects: what stops it is told to the operator, and the node goes on. */
async function tryRest(ports: StartPorts, rows: Iterator<LiveRow>): Promise<Trial> {
  const damaged: Seq[] = []
  let tried = 0
  const stopped = () => ports.signal?.aborted === true
  try {
    for (let more = true; more && !stopped();) {
      await ports.pause()
      if (stopped()) break
      const step = tryKeys(ports, rows, TRIED_AT_A_TIME)
      tried += step.tried
      damaged.push(...step.damaged)
      more = step.tried === TRIED_AT_A_TIME
    }
  } catch {
    ports.journal.alarm('key-trial-stopped', { tried })
  }
  return { tried, damaged }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
