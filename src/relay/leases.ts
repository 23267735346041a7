/**
 * Leases (`ophalingen`): while one worker of a participant holds a conversation, its other workers do not see it, so that
 * the order inside a conversation holds. Kept in memory: after a restart everything is visible again.
 * @module
 */
import { RelayError } from '../core/errors.ts'
import type { Instant, Message, Seq, Uuid } from '../core/message.ts'

interface Grant {
  readonly id: Uuid
  readonly participant: Uuid
  until: Instant
  /** Conversation → its messages that have not ended yet. */
  readonly open: Map<Uuid, Set<Seq>>
}

export class Leases {
  readonly #grants = new Map<Uuid, Grant>()
  /** Participant and conversation → the lease that holds it. */
  readonly #held = new Map<string, Uuid>()

  /** The lease that holds the conversation of a message for its recipient, if any. */
  holder(message: Message, now: Instant): Uuid | undefined {
    const { recipient, conversation } = message.header
    const id = this.#held.get(`${recipient} ${conversation}`)
    if (id === undefined) return undefined
    const grant = this.#grants.get(id)
    if (grant !== undefined && grant.until > now) return id
    this.#drop(id)
    return undefined
  }

  /** Whether a worker with this lease, or none, may touch the message. An ended lease counts as none. */
  allows(message: Message, lease: Uuid | undefined, now: Instant): boolean {
    const holder = this.holder(message, now)
    return holder === undefined || holder === lease
  }

  /**
   * Opens a lease that holds nothing yet.
   * @param most leases that one participant may have open
   * @throws te-veel-berichten
   */
  open(id: Uuid, participant: Uuid, until: Instant, now: Instant, most: number): void {
    this.#sweep(now)
    const others = [...this.#grants.values()].filter((grant) => grant.participant === participant)
    if (others.length >= most) {
      throw new RelayError('te-veel-berichten', 'Er zijn te veel ophalingen tegelijk open.', {
        retryAfter: 1,
      })
    }
    this.#grants.set(id, { id, participant, until, open: new Map() })
  }

  /** Adds a message, and with it its whole conversation, to an open lease. */
  hold(id: Uuid, { seq, header }: Message): void {
    const grant = this.#grants.get(id)
    if (grant === undefined) return
    const seqs = grant.open.get(header.conversation) ?? new Set()
    grant.open.set(header.conversation, seqs.add(seq))
    this.#held.set(`${grant.participant} ${header.conversation}`, id)
  }

  /** @throws niet-gevonden when the lease is not this participant's or has ended */
  extend(id: Uuid, participant: Uuid, until: Instant, now: Instant): void {
    this.#own(id, participant, now).until = until
  }

  /** @throws niet-gevonden when the lease is not this participant's or has ended */
  release(id: Uuid, participant: Uuid, now: Instant): void {
    this.#own(id, participant, now)
    this.#drop(id)
  }

  /** A leased message ended: its conversation is free after its last leased message, the lease after its last conversation. */
  settle(message: Message): void {
    const { recipient, conversation } = message.header
    const key = `${recipient} ${conversation}`
    const grant = this.#grants.get(this.#held.get(key) ?? '')
    const left = grant?.open.get(conversation)
    if (grant === undefined || left === undefined || !left.delete(message.seq)) return
    if (left.size > 0) return
    grant.open.delete(conversation)
    this.#held.delete(key)
    if (grant.open.size === 0) this.#grants.delete(grant.id)
  }

  /** Ends every lease of participants that may no longer act. */
  releaseAll(participant: Uuid): void {
    for (const grant of this.#grants.values()) {
      if (grant.participant === participant) this.#drop(grant.id)
    }
  }

  /** When the next lease of a participant ends by itself, for those who wait for news. */
  nextEnd(participant: Uuid): Instant | undefined {
    let soonest: Instant | undefined
    for (const grant of this.#grants.values()) {
      if (grant.participant !== participant) continue
      if (soonest === undefined || grant.until < soonest) soonest = grant.until
    }
    return soonest
  }

  #own(id: Uuid, participant: Uuid, now: Instant): Grant {
    this.#sweep(now)
    const grant = this.#grants.get(id)
    if (grant === undefined || grant.participant !== participant) {
      throw new RelayError('niet-gevonden', 'Deze ophaling is er niet of is al geëindigd.')
    }
    return grant
  }

  #sweep(now: Instant): void {
    for (const grant of this.#grants.values()) if (grant.until <= now) this.#drop(grant.id)
  }

  #drop(id: Uuid): void {
    const grant = this.#grants.get(id)
    if (grant === undefined) return
    this.#grants.delete(id)
    for (const conversation of grant.open.keys()) {
      this.#held.delete(`${grant.participant} ${conversation}`)
    }
  }
}
