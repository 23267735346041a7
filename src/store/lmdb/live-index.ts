/**
 * Which messages are live, in memory: per mailbox and per removal time, in order of acceptance. Rebuilt from the rows when
 * the store opens, so that an accept and an end cost no index writes.
 * @module
 */
import type { Header, Instant, Seq, Uuid } from '../../core/message.ts'

/** What the index needs to know of a message. */
export interface Place {
  readonly seq: Seq
  readonly header: Pick<Header, 'recipient' | 'removeAt'>
}

/**
 * Seqs in rising order. Removal leaves a mark (the negative number) that is swept later, so that both ends of a long
 * mailbox are cheap.
 */
class SeqList {
  #seqs: Seq[] = []
  #head = 0
  #marked = 0

  get size(): number {
    return this.#seqs.length - this.#head - this.#marked
  }

  add(seq: Seq): void {
    const last = this.#seqs.at(-1)
    if (last !== undefined && Math.abs(last) >= seq) throw new Error('a live seq came out of order')
    this.#seqs.push(seq)
  }

  remove(seq: Seq): void {
    const index = this.#from(seq - 1)
    if (this.#seqs[index] !== seq) throw new Error('an ended seq was not live')
    this.#seqs[index] = -seq
    this.#marked += 1
    while ((this.#seqs[this.#head] ?? 0) < 0) {
      this.#head += 1
      this.#marked -= 1
    }
    if (this.#head + this.#marked > 64 + this.size) this.#sweep()
  }

  /** Up to `limit` seqs above `after`. */
  after(after: Seq, limit: number): Seq[] {
    const found: Seq[] = []
    for (let i = this.#from(after); i < this.#seqs.length && found.length < limit; i += 1) {
      const seq = this.#seqs[i]
      if (seq !== undefined && seq > 0) found.push(seq)
    }
    return found
  }

  /** Index of the first entry above `after`, marked or not. */
  #from(after: Seq): number {
    let low = this.#head
    let high = this.#seqs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (Math.abs(this.#seqs[middle] ?? 0) > after) high = middle
      else low = middle + 1
    }
    return low
  }

  #sweep(): void {
    this.#seqs = this.#seqs.filter((seq, index) => index >= this.#head && seq > 0)
    this.#head = 0
    this.#marked = 0
  }
}

/** The live messages of one store. */
export class LiveIndex {
  readonly #all = new SeqList()
  readonly #mailboxes = new Map<Uuid, SeqList>()
  readonly #due = new Map<Instant, SeqList>()
  /** Keys of `#due` in rising order: few, because removal times are midnights. */
  #times: Instant[] = []

  get size(): number {
    return this.#all.size
  }

  /** Seqs must come in rising order. */
  add(place: Place): void {
    const { recipient, removeAt } = place.header
    this.#all.add(place.seq)
    let mailbox = this.#mailboxes.get(recipient)
    if (mailbox === undefined) this.#mailboxes.set(recipient, (mailbox = new SeqList()))
    mailbox.add(place.seq)
    let due = this.#due.get(removeAt)
    if (due === undefined) {
      this.#due.set(removeAt, (due = new SeqList()))
      const at = this.#times.findIndex((time) => time > removeAt)
      this.#times.splice(at < 0 ? this.#times.length : at, 0, removeAt)
    }
    due.add(place.seq)
  }

  /** @throws when the message is not in the index */
  remove(place: Place): void {
    const { recipient, removeAt } = place.header
    const mailbox = this.#mailboxes.get(recipient)
    const due = this.#due.get(removeAt)
    if (mailbox === undefined || due === undefined) throw new Error('an ended message was not live')
    this.#all.remove(place.seq)
    mailbox.remove(place.seq)
    due.remove(place.seq)
    if (mailbox.size === 0) this.#mailboxes.delete(recipient)
    if (due.size > 0) return
    this.#due.delete(removeAt)
    this.#times = this.#times.filter((time) => time !== removeAt)
  }

  /** All live seqs above `after`, rising. */
  all(after: Seq, limit: number): Seq[] {
    return this.#all.after(after, limit)
  }

  mailbox(recipient: Uuid, after: Seq, limit: number): Seq[] {
    return this.#mailboxes.get(recipient)?.after(after, limit) ?? []
  }

  /** Seqs to be removed at or before an instant, soonest first. */
  due(until: Instant, limit: number): Seq[] {
    const found: Seq[] = []
    for (const time of this.#times) {
      if (time > until || found.length >= limit) break
      found.push(...(this.#due.get(time)?.after(0, limit - found.length) ?? []))
    }
    return found
  }
}
