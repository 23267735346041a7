/**
 * Walks the invariants of VAULT over a store and its vault that nobody is writing to.
 * @module
 */
import type { Seq } from '../core/message.ts'
import type { Slot, Store, Vault } from './ports.ts'

/** Something that may not be. */
export interface Finding {
  /** Invariant of VAULT, or `store` for the engine's own structures. */
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'store'
  /** English, without content. */
  readonly sentence: string
}

/** Everything that is wrong; empty when the store is sound. */
export function checkStore(store: Store, vault: Vault): Finding[] {
  const found: Finding[] = store.check().map((sentence) => ({ invariant: 'store', sentence }))
  const report = (invariant: Finding['invariant'], sentence: string) =>
    void found.push({ invariant, sentence })

  const ahead = vault.generation - store.generation
  if (ahead !== 0 && ahead !== 1)
    report('I2', `the vault is at generation ${vault.generation}, the store at ${store.generation}`)
  const held = new Map<Slot, Seq>()
  for (const { message, mid, slot } of store.live()) {
    const other = held.get(slot)
    if (other !== undefined) report('I4', `messages ${other} and ${message.seq} share slot ${slot}`)
    held.set(slot, message.seq)
    if (!vault.holds(slot, mid))
      report('I1', `message ${message.seq} is live, but slot ${slot} does not open with it`)
  }
  for (const slot of vault.used())
    if (!held.has(slot)) report('I3', `slot ${slot} holds a key that no live message has`)
  return found
}
