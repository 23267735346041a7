/**
 * The books themselves: against a relay that keeps its promises they are silent, and against each that breaks one they complain.
 */
import { describe, expect, test } from 'bun:test'
import type { Envelope } from '../../src/client/wire.ts'
import { Books } from '../support/books.ts'
import type { Letter, Shown } from '../support/books.ts'

const SENDER = '0d000000-0000-4000-8000-000000000001'
const RECIPIENT = '0d000000-0000-4000-8000-000000000005'
const AT = '2026-01-05T10:00:00.000Z'
const LATER = '2026-01-05T11:00:00.000Z'

const reference = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

function envelope(number: number): Envelope {
  return {
    referentienummer: reference(number),
    conversatieReferentienummer: reference(999),
    module: 'schuldregeling',
    berichttype: 'saldoverzoek',
    versie: '2.0',
    ontvanger: RECIPIENT,
    inhoud: { KlantnummerSHV: `K-${number}` },
  }
}

/** A letter as the mailbox of its recipient shows it. */
function shown({ envelope: sent }: Letter, more: Partial<Shown> = {}): Shown {
  return {
    ...sent,
    stand: 'wachtend',
    aangebodenOp: AT,
    verlooptOp: LATER,
    afzender: { id: SENDER, naam: 'Gemeente', type: ['shv-fase-2'] },
    grootte: 1,
    aantalBijlagen: 0,
    aantalOphalingen: 0,
    ...more,
  }
}

function notice(number: number, about: Letter): Shown {
  return shown(about, {
    referentienummer: reference(number),
    crossReferentienummer: about.envelope.referentienummer,
    berichttype: 'melding-afgewezen',
    ontvanger: SENDER,
  })
}

const confirmed = { stand: 'bevestigd', aangebodenOp: AT, afgerondOp: LATER }
const refused = { stand: 'afgewezen', aangebodenOp: AT, afgerondOp: LATER }

/** Books with three letters, accepted one after the other, the first of them confirmed. */
function kept(): { books: Books; letters: [Letter, Letter, Letter] } {
  const books = new Books()
  const write = (number: number) => {
    const letter = books.offer(SENDER, envelope(number))
    books.accepted(letter, { aangebodenOp: AT })
    return letter
  }
  const letters: [Letter, Letter, Letter] = [write(1), write(2), write(3)]
  books.asksEnd(letters[0], 'bevestigd')
  books.ended(letters[0], 'bevestigd', confirmed)
  return { books, letters }
}

test('of a relay that keeps its promises the books have nothing to say', () => {
  const { books, letters } = kept()
  const [first, second, third] = letters
  books.accepted(first, { aangebodenOp: AT })
  books.ended(first, 'bevestigd', confirmed)
  books.asksEnd(second, 'afgewezen')
  books.ended(second, 'afgewezen', refused)
  books.close(
    books.tick(),
    new Map([
      [RECIPIENT, [shown(third)]],
      [SENDER, [notice(50, second)]],
    ]),
  )
  expect(books.complaints).toEqual([])
})

test('an unknown answer may turn out either way, but not both', () => {
  for (const there of [true, false]) {
    const { books, letters } = kept()
    const unknown = books.offer(SENDER, envelope(4))
    // Its end was asked for and the connection broke.
    books.asksEnd(letters[1], 'bevestigd')
    const waiting = there ? [letters[1], letters[2], unknown] : [letters[2]]
    books.close(books.tick(), new Map([[RECIPIENT, waiting.map((letter) => shown(letter))]]))
    expect(books.complaints).toEqual([])
  }
  const { books, letters } = kept()
  books.asksEnd(letters[1], 'bevestigd')
  books.gone(letters[1])
  books.shown(RECIPIENT, books.tick(), [shown(letters[1])])
  expect(books.complaints).toEqual([expect.stringContaining('came back')])
})

test('an answer that was asked for before the end was answered may still show the message', () => {
  const { books, letters } = kept()
  const asked = books.tick()
  books.asksEnd(letters[1], 'bevestigd')
  books.ended(letters[1], 'bevestigd', confirmed)
  books.shown(RECIPIENT, asked, [shown(letters[1]), shown(letters[2])])
  expect(books.complaints).toEqual([])
})

describe('the books complain of a relay that', () => {
  type Lie = (kept: { books: Books; letters: [Letter, Letter, Letter] }) => void
  const close = (books: Books, waiting: readonly Shown[]) =>
    books.close(books.tick(), new Map([[RECIPIENT, waiting]]))

  const lies: readonly [string, string, Lie][] = [
    [
      'loses one accepted message',
      'is lost',
      ({ books, letters }) => close(books, [shown(letters[1])]),
    ],
    [
      'does not know an accepted message',
      'is lost',
      ({ books, letters }) => books.missing(letters[1], books.tick()),
    ],
    [
      'shows a confirmed message',
      'came back',
      ({ books, letters }) => books.shown(RECIPIENT, books.tick(), [shown(letters[0])]),
    ],
    [
      'shows a message twice',
      'twice in one answer',
      ({ books, letters }) =>
        books.shown(RECIPIENT, books.tick(), [shown(letters[1]), shown(letters[1])]),
    ],
    [
      'shows messages out of order',
      'stands behind',
      ({ books, letters }) => close(books, [shown(letters[2]), shown(letters[1])]),
    ],
    [
      'changes a content',
      'another content',
      ({ books, letters }) => close(books, [shown(letters[1], { inhoud: {} }), shown(letters[2])]),
    ],
    [
      'puts a message in a strange mailbox',
      'strange mailbox',
      ({ books, letters }) => books.shown(SENDER, books.tick(), [shown(letters[1])]),
    ],
    [
      'shows what nobody sent',
      'nobody sent it',
      ({ books, letters }) =>
        books.shown(RECIPIENT, books.tick(), [shown(letters[1], { referentienummer: 'x' })]),
    ],
    [
      'accepts a repeated message anew',
      'accepted twice',
      ({ books, letters }) => books.accepted(letters[1], { aangebodenOp: LATER }),
    ],
    [
      'turns away what it has accepted',
      'turned away after',
      ({ books, letters }) => books.turnedAway(letters[1]),
    ],
    [
      'has what it turned away',
      'turned away and then was there',
      ({ books }) => {
        const letter = books.offer(SENDER, envelope(4))
        books.turnedAway(letter)
        books.shown(RECIPIENT, books.tick(), [shown(letter)])
      },
    ],
    [
      'ends a message by itself',
      'nobody had asked',
      ({ books, letters }) => books.gone(letters[1]),
    ],
    [
      'ends a message twice',
      'ended twice',
      ({ books, letters }) =>
        books.ended(letters[0], 'bevestigd', { ...confirmed, afgerondOp: AT }),
    ],
    [
      'changes how a message ended',
      'was bevestigd and then ingetrokken',
      ({ books, letters }) => {
        books.asksEnd(letters[0], 'ingetrokken')
        books.gone(letters[0], 'ingetrokken')
      },
    ],
    [
      'does not tell the sender of a refusal',
      'was not told',
      ({ books, letters }) => {
        books.asksEnd(letters[1], 'afgewezen')
        books.ended(letters[1], 'afgewezen', refused)
        close(books, [shown(letters[2])])
      },
    ],
    [
      'tells of a refusal twice',
      'two notices',
      ({ books, letters }) => {
        books.asksEnd(letters[1], 'afgewezen')
        books.shown(SENDER, books.tick(), [notice(50, letters[1]), notice(51, letters[1])])
      },
    ],
    [
      'shows a notice again that was confirmed',
      'confirmed and came back',
      ({ books, letters }) => {
        books.asksEnd(letters[1], 'afgewezen')
        books.noticeEnded(reference(50))
        books.shown(SENDER, books.tick(), [notice(50, letters[1])])
      },
    ],
  ]

  test.each(lies)('%s', (_, complaint, lie) => {
    const both = kept()
    expect(both.books.complaints).toEqual([])
    lie(both)
    expect(both.books.complaints).toEqual([expect.stringContaining(complaint)])
  })
})
