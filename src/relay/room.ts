/**
 * How much waits for whom and from whom, so that one sender cannot fill another's mailbox (DESIGN 12). Counted in memory:
 * start-up reads every live row anyway.
 * @module
 */
import { RelayError } from '../core/errors.ts'
import type { Limits } from '../core/limits.ts'
import { isNotice } from '../core/message.ts'
import type { Message, Uuid } from '../core/message.ts'

interface Load {
  messages: number
  bytes: number
}

export class Room {
  readonly #recipients = new Map<Uuid, Load>()
  readonly #senders = new Map<Uuid, Load>()
  readonly #pairs = new Map<string, Load>()
  /** Live messages per recipient, notices included. */
  readonly #waiting = new Map<Uuid, number>()

  /** Counts a live message. */
  add(message: Message): void {
    this.#count(message, 1)
  }

  /** Takes a message out of the counts when it ends. */
  remove(message: Message): void {
    this.#count(message, -1)
  }

  /** Live messages for a recipient, notices included. */
  waiting(recipient: Uuid): number {
    return this.#waiting.get(recipient) ?? 0
  }

  /** Everybody for whom something waits. */
  recipients(): Uuid[] {
    return [...this.#waiting.keys()]
  }

  /**
   * Whether one more message of this size fits.
   * @throws te-veel-berichten when the sender has too much under way, postbus-ontvanger-vol when the recipient or
   * the sender's share of it is full
   */
  admit(limits: Limits, sender: Uuid, recipient: Uuid, size: number): void {
    const fits = (load: Load | undefined, messages: number, bytes: number) =>
      (load?.messages ?? 0) + 1 <= messages && (load?.bytes ?? 0) + size <= bytes
    const { waitingMessagesPerSender, waitingBytesPerSender } = limits
    if (!fits(this.#senders.get(sender), waitingMessagesPerSender, waitingBytesPerSender)) {
      throw new RelayError(
        'te-veel-berichten',
        'Er wachten te veel berichten van deze afzender; de ontvangers moeten er eerst een deel van bevestigen.',
        { retryAfter: 300 },
      )
    }
    const { waitingMessagesPerRecipient, waitingBytesPerRecipient, pairSharePercent } = limits
    const recipientLoad = this.#recipients.get(recipient)
    if (!fits(recipientLoad, waitingMessagesPerRecipient, waitingBytesPerRecipient)) {
      throw new RelayError('postbus-ontvanger-vol', undefined, { retryAfter: 300 })
    }
    const share = (whole: number) => Math.ceil((whole * pairSharePercent) / 100)
    const pair = this.#pairs.get(`${sender} ${recipient}`)
    if (!fits(pair, share(waitingMessagesPerRecipient), share(waitingBytesPerRecipient))) {
      throw new RelayError(
        'postbus-ontvanger-vol',
        'Het deel van de postbus dat voor deze afzender is, is vol; de ontvanger moet eerst berichten bevestigen.',
        { retryAfter: 300 },
      )
    }
  }

  #count(message: Message, sign: 1 | -1): void {
    const { sender, recipient } = message.header
    const waiting = this.waiting(recipient) + sign
    if (waiting === 0) this.#waiting.delete(recipient)
    else this.#waiting.set(recipient, waiting)
    // Notices are the relay's own and may never be kept out by a quota.
    if (isNotice(message.header)) return
    change(this.#recipients, recipient, message.size, sign)
    change(this.#senders, sender, message.size, sign)
    change(this.#pairs, `${sender} ${recipient}`, message.size, sign)
  }
}

function change(loads: Map<string, Load>, key: string, size: number, sign: 1 | -1): void {
  const load = loads.get(key) ?? { messages: 0, bytes: 0 }
  load.messages += sign
  load.bytes += sign * size
  if (load.messages === 0) loads.delete(key)
  else loads.set(key, load)
}
