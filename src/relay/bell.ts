/**
 * Wakes who waits for news in a mailbox. Subscribe first, then check, then wait: nothing falls in between.
 * @module
 */
import type { Uuid } from '../core/message.ts'

export interface Subscription {
  /**
   * Waits for a ring since the subscription or the last wait.
   * @returns true when it rang, false when the time was over or the caller went away
   */
  wait(ms: number, signal?: AbortSignal): Promise<boolean>
  end(): void
}

export class Bell {
  readonly #listeners = new Map<Uuid, Set<() => void>>()

  /** Tells everybody who listens for this participant. */
  ring(participant: Uuid): void {
    for (const listener of this.#listeners.get(participant) ?? []) listener()
  }

  /** Ends all waiting at once, as when the relay stops. */
  ringAll(): void {
    for (const participant of this.#listeners.keys()) this.ring(participant)
  }

  subscribe(participants: readonly Uuid[]): Subscription {
    let rang = false
    let wake: (() => void) | undefined
    const listener = () => {
      rang = true
      wake?.()
    }
    for (const participant of participants) {
      const listeners = this.#listeners.get(participant) ?? new Set()
      this.#listeners.set(participant, listeners.add(listener))
    }
    return {
      wait: (ms, signal) =>
        new Promise((resolve) => {
          const finish = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', finish)
            wake = undefined
            resolve(rang)
            rang = false
          }
          const timer = setTimeout(finish, ms)
          wake = finish
          signal?.addEventListener('abort', finish)
          if (rang || signal?.aborted === true) finish()
        }),
      end: () => {
        for (const participant of participants) {
          const listeners = this.#listeners.get(participant)
          listeners?.delete(listener)
          if (listeners?.size === 0) this.#listeners.delete(participant)
        }
      },
    }
  }
}
