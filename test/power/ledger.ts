/**
 * What the clients of the recorded relay wrote down: each question before it was asked, each answer once it was there. The lines
 * go to a file, so that they stand in the same trace as the writes and flushes, in one order.
 * @module
 */
import type { Instant, Outcome, Uuid } from '../../src/core/message.ts'

/** What can be under way. */
export type Act =
  'create' | 'start' | 'accept' | 'fetch' | 'confirm' | 'refuse' | 'withdraw' | 'expire' | 'rotate'

/** The message as it was offered, in the words of the wire. */
export type Offered = Readonly<Record<string, unknown>> & {
  readonly referentienummer: Uuid
  readonly conversatieReferentienummer: Uuid
  readonly ontvanger: Uuid
  readonly afzender: Uuid
  readonly inhoud: Readonly<Record<string, unknown>>
}

/** One line. */
export type Line =
  | {
      readonly say: 'ask'
      readonly id: number
      readonly act: Act
      readonly now: Instant
      readonly reference?: Uuid
      readonly offered?: Offered
    }
  /** `at`: the relay's own time in the receipt. */
  | { readonly say: 'answer'; readonly id: number; readonly at?: Instant }

/** A line and where it stands among everything else. */
export interface Noted {
  readonly line: number
  readonly entry: Line
}

/** What is known of one message. */
export interface Letter {
  readonly offered: Offered
  /** Lines of the trace at which it was asked for and, when it was, answered. */
  readonly askedAt: number
  acceptedLine?: number
  acceptedAt?: Instant
  /** Ends that were asked for, answered or not. */
  readonly endsAsked: Set<Outcome>
  outcome?: Outcome
  endedAt?: Instant | undefined
}

const ENDS: Partial<Record<Act, Outcome>> = {
  confirm: 'confirmed',
  refuse: 'refused',
  withdraw: 'withdrawn',
}

/** What had been asked and answered at some moment. */
export class Ledger {
  readonly letters = new Map<Uuid, Letter>()
  /** Questions without an answer, but for those that a kill left behind. */
  readonly underWay = new Map<number, Act>()
  /** Time of the last question. */
  now: Instant = 0
  isCreated = false
  /** Rotations that were answered since nothing else was asked of the keys. */
  hasRotated = false
  readonly #asked = new Map<number, Extract<Line, { say: 'ask' }>>()

  note({ line, entry }: Noted): void {
    if (entry.say === 'answer') this.#answer(line, entry)
    else this.#ask(line, entry)
  }

  /** Letters of which somebody asked for an end and got no answer, with the end that was asked for last. */
  get openEnds(): { readonly letter: Letter; readonly outcome: Outcome }[] {
    return [...this.letters.values()].flatMap((letter) => {
      const outcome = [...letter.endsAsked].filter((one) => one !== 'expired').at(-1)
      return letter.outcome !== undefined || outcome === undefined ? [] : [{ letter, outcome }]
    })
  }

  #ask(line: number, entry: Extract<Line, { say: 'ask' }>): void {
    const { act, id, now, reference, offered } = entry
    // Whoever asked before a start will get no answer any more.
    if (act === 'create' || act === 'start') this.underWay.clear()
    this.underWay.set(id, act)
    this.#asked.set(id, entry)
    this.now = now
    if (act === 'rotate') this.hasRotated = false
    if (offered !== undefined)
      this.letters.set(offered.referentienummer, { offered, askedAt: line, endsAsked: new Set() })
    const outcome = ENDS[act]
    if (outcome !== undefined) this.#letter(reference).endsAsked.add(outcome)
    if (act === 'expire')
      for (const letter of this.letters.values())
        if (letter.outcome === undefined) letter.endsAsked.add('expired')
  }

  #answer(line: number, { id, at }: Extract<Line, { say: 'answer' }>): void {
    const asked = this.#asked.get(id)
    if (asked === undefined) throw new Error('an answer to nothing')
    this.underWay.delete(id)
    const { act, reference } = asked
    if (act === 'create') this.isCreated = true
    if (act === 'rotate') this.hasRotated = true
    if (act === 'accept') {
      const letter = this.#letter(reference)
      letter.acceptedLine = line
      if (at !== undefined) letter.acceptedAt = at
    }
    const outcome = ENDS[act]
    if (outcome !== undefined) {
      const letter = this.#letter(reference)
      letter.outcome = outcome
      letter.endedAt = at
    }
    if (act === 'expire')
      for (const letter of this.letters.values())
        if (letter.acceptedLine !== undefined && letter.endsAsked.size === 1) {
          const [only] = letter.endsAsked
          if (only === 'expired') letter.outcome ??= 'expired'
        }
  }

  #letter(reference: Uuid | undefined): Letter {
    const letter = this.letters.get(reference ?? '')
    if (letter === undefined) throw new Error('a question about no letter')
    return letter
  }
}
