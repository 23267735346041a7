/**
 * The books that clients keep of one relay: what they asked, what was answered, and what is unknown because the connection broke.
 * Every answer is held against all earlier ones; what cannot be true of a relay that keeps its promises is a complaint.
 *
 * Time is a counter. Two things happened one after the other only if the first was answered before the second was asked.
 * @module
 */
import { canonicalJson } from '../../src/core/canonical.ts'
import type { Envelope, MailboxItem } from '../../src/client/wire.ts'
import type { Uuid } from '../../src/core/message.ts'

/** A moment on the counter of the books. */
export type Tick = number

/** How a participant may have ended a letter, by the state that it leads to. */
export type End = 'bevestigd' | 'afgewezen' | 'ingetrokken'

/** What is known of one message. */
export interface Letter {
  readonly envelope: Envelope
  readonly sender: Uuid
  readonly askedAt: Tick
  /** From when on it is known to have been accepted. */
  acceptedAt?: Tick
  /** The relay's own time of acceptance: the same in every answer. */
  stamp?: string
  /** The relay said that it did not take it. */
  turnedAway?: true
  /** Ends that were asked for, answered or not. */
  readonly endsAsked: Set<End>
  /** From when on it is known to be gone. */
  endedAt?: Tick
  outcome?: End
  /** The relay's own time of the end: the same in every answer. */
  endStamp?: string | undefined
}

/** A message as a mailbox shows it, with its content when it was fetched. */
export type Shown = MailboxItem & { readonly inhoud?: Readonly<Record<string, unknown>> }

const NOTICE = 'melding-afgewezen'

export class Books {
  readonly letters = new Map<Uuid, Letter>()
  readonly complaints: string[] = []
  /** Reference of the notice about each refused letter. */
  readonly #notices = new Map<Uuid, Uuid>()
  readonly #noticesGone = new Map<Uuid, Tick>()
  #tick: Tick = 0

  /** The next moment; whoever asks something writes it down first. */
  tick(): Tick {
    this.#tick += 1
    return this.#tick
  }

  /** A letter is about to be offered. */
  offer(sender: Uuid, envelope: Envelope): Letter {
    const letter: Letter = { sender, envelope, askedAt: this.tick(), endsAsked: new Set() }
    this.letters.set(envelope.referentienummer, letter)
    return letter
  }

  /** The relay says, at first or again, that it has a letter. */
  accepted(letter: Letter, receipt: { readonly aangebodenOp: string }): void {
    if (letter.turnedAway === true) this.#complain(letter, 'was turned away and then was there')
    letter.stamp ??= receipt.aangebodenOp
    if (letter.stamp !== receipt.aangebodenOp) this.#complain(letter, 'was accepted twice')
    letter.acceptedAt ??= this.tick()
  }

  /** The relay says that it does not take a letter. */
  turnedAway(letter: Letter): void {
    if (letter.acceptedAt !== undefined)
      this.#complain(letter, 'was turned away after it had been accepted')
    letter.turnedAway = true
  }

  /** An end is about to be asked for. */
  asksEnd(letter: Letter, end: End): void {
    letter.endsAsked.add(end)
  }

  /** The relay gives the receipt of an end, at first or again. */
  ended(
    letter: Letter,
    end: End,
    receipt: {
      readonly stand: string
      readonly aangebodenOp: string
      readonly afgerondOp?: string
    },
  ): void {
    this.accepted(letter, receipt)
    if (receipt.stand !== end) this.#complain(letter, `is ${receipt.stand}, not ${end}`)
    this.#over(letter, end)
    letter.endStamp ??= receipt.afgerondOp
    if (letter.endStamp !== receipt.afgerondOp) this.#complain(letter, 'was ended twice')
  }

  /** The relay says that a letter ended before. @param end which way, when it says so */
  gone(letter: Letter, end?: End): void {
    if (letter.acceptedAt === undefined) this.#complain(letter, 'ended without being accepted')
    if (letter.endsAsked.size === 0) this.#complain(letter, 'ended and nobody had asked for it')
    this.#over(letter, end)
  }

  /** The relay says that there is no such message. @param asked when the question was asked */
  missing(letter: Letter, asked: Tick): void {
    if (letter.acceptedAt !== undefined && letter.acceptedAt < asked)
      this.#complain(letter, 'was accepted and is lost')
  }

  /**
   * A participant is shown messages that wait, in this order.
   * @param asked when the question was asked
   */
  shown(recipient: Uuid, asked: Tick, messages: readonly Shown[]): void {
    const seen = new Set<Uuid>()
    const known: Letter[] = []
    for (const message of messages) {
      const { referentienummer: reference } = message
      if (seen.has(reference)) this.complaints.push(`${reference} was shown twice in one answer`)
      seen.add(reference)
      const letter = this.letters.get(reference)
      if (letter !== undefined) {
        this.#shownOne(recipient, asked, letter, message)
        known.push(letter)
      } else if (message.berichttype === NOTICE) this.#notice(asked, message)
      else this.complaints.push(`${reference} was shown and nobody sent it`)
    }
    this.#inOrder(known)
  }

  /** Whether a shown message is a notice of the relay itself. */
  isNotice(message: Shown): boolean {
    return message.berichttype === NOTICE
  }

  /** The relay has confirmed the end of a notice. */
  noticeEnded(reference: Uuid): void {
    if (!this.#noticesGone.has(reference)) this.#noticesGone.set(reference, this.tick())
  }

  /**
   * Closes the books on what each participant finds waiting with nothing else going on, contents included.
   * @param asked when the first of these questions was asked
   */
  close(asked: Tick, waiting: ReadonlyMap<Uuid, readonly Shown[]>): void {
    const there = new Set<Uuid>()
    for (const [recipient, messages] of waiting) {
      this.shown(recipient, asked, messages)
      for (const { referentienummer } of messages) there.add(referentienummer)
    }
    for (const [reference, letter] of this.letters) {
      if (there.has(reference)) continue
      const known = letter.acceptedAt !== undefined && letter.acceptedAt < asked
      if (known && letter.endsAsked.size === 0)
        this.#complain(letter, 'was accepted, was ended by nobody, and is lost')
    }
    for (const [reference, { outcome }] of this.letters)
      if (outcome === 'afgewezen' && !this.#notices.has(reference))
        this.complaints.push(`${reference} was refused and its sender was not told`)
  }

  #shownOne(recipient: Uuid, asked: Tick, letter: Letter, message: Shown): void {
    this.accepted(letter, message)
    if (letter.envelope.ontvanger !== recipient) this.#complain(letter, 'is in a strange mailbox')
    if (letter.endedAt !== undefined && letter.endedAt < asked)
      this.#complain(letter, `is ${letter.outcome ?? 'gone'} and came back`)
    const { inhoud } = message
    if (inhoud !== undefined && canonicalJson(inhoud) !== canonicalJson(letter.envelope.inhoud))
      this.#complain(letter, 'has another content')
  }

  #notice(asked: Tick, { referentienummer, crossReferentienummer }: Shown): void {
    const about = crossReferentienummer ?? 'nothing'
    const letter = this.letters.get(about)
    if (letter?.endsAsked.has('afgewezen') !== true)
      this.complaints.push(`a notice says that ${about} was refused, which nobody asked for`)
    const before = this.#notices.get(about)
    if (before !== undefined && before !== referentienummer)
      this.complaints.push(`two notices say that ${about} was refused`)
    this.#notices.set(about, referentienummer)
    const goneAt = this.#noticesGone.get(referentienummer)
    if (goneAt !== undefined && goneAt < asked)
      this.complaints.push(`the notice about ${about} was confirmed and came back`)
  }

  /** No letter may stand behind one that was offered only after it had been accepted. */
  #inOrder(letters: readonly Letter[]): void {
    let latest: Letter | undefined
    for (const letter of letters) {
      const { acceptedAt } = letter
      if (latest !== undefined && acceptedAt !== undefined && acceptedAt < latest.askedAt)
        this.#complain(letter, `stands behind ${latest.envelope.referentienummer}, a later one`)
      if (latest === undefined || letter.askedAt > latest.askedAt) latest = letter
    }
  }

  #over(letter: Letter, end: End | undefined): void {
    if (end !== undefined && !letter.endsAsked.has(end))
      this.#complain(letter, `is ${end} and nobody had asked for that`)
    if (end !== undefined && letter.outcome !== undefined && letter.outcome !== end)
      this.#complain(letter, `was ${letter.outcome} and then ${end}`)
    if (end !== undefined) letter.outcome ??= end
    letter.endedAt ??= this.tick()
  }

  #complain({ envelope }: Letter, what: string): void {
    this.complaints.push(`${envelope.referentienummer} ${what}`)
  }
}
