/**
 * The pace at which a server gets the bytes of its connection: every byte, in order, and never two heads at a time.
 */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { Pace, type BodyLength } from '../../../src/http/front/pace.ts'

const HEAD = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const bytes = (text: string) => Buffer.from(text, 'latin1')

/** A pace that begins a request with `head`, which the server has seen. */
function begun(head: string, body: BodyLength, more = ''): { pace: Pace; taken: number } {
  const pace = new Pace()
  const taken = pace.take(bytes(head + more), false)
  pace.begun(body)
  return { pace, taken }
}

describe('a head', () => {
  test('goes whole, and what is behind it with it while that cannot be a next head', () => {
    expect(new Pace().take(bytes(`${HEAD}{"body":1}`), false)).toBe(HEAD.length + 10)
  })

  test('goes alone when another may be behind it', () => {
    expect(new Pace().take(bytes(HEAD + HEAD), false)).toBe(HEAD.length)
  })

  test('that the server has not seen holds everything, until that takes too long', () => {
    const pace = new Pace()
    pace.take(bytes(HEAD), false)
    expect(pace.isUnseen).toBe(true)
    expect(pace.take(bytes('more'), false)).toBe(0)
    expect(pace.state(false)).toBe('head')
    pace.giveUp()
    expect(pace.isUnseen).toBe(false)
    expect(pace.take(bytes('mo'), false)).toBe(2)
    expect(pace.take(bytes('reGE'), false)).toBe(4)
    // Then it sees it after all: four of those bytes were a body, two begin the next head.
    pace.begun(4)
    expect(pace.state(true)).toBe('answer')
    pace.take(bytes(HEAD.slice(2)), false)
    expect([pace.headBytes, pace.isUnseen]).toEqual([HEAD.length, true])
  })

  test.each([1, 2, 3, 4, 10, 20])('cut into pieces of %d is seen to end', (size) => {
    const pace = new Pace()
    for (let at = 0; at < HEAD.length; at += size) {
      expect(pace.isUnseen).toBe(false)
      const piece = bytes(HEAD.slice(at, at + size))
      expect(pace.take(piece, false)).toBe(piece.length)
    }
    expect(pace.isUnseen).toBe(true)
    expect(pace.headBytes).toBe(HEAD.length)
  })

  test('is counted from its first byte, also when that came behind the body before', () => {
    const { pace, taken } = begun(HEAD, 3, 'abcGET')
    expect(taken).toBe(HEAD.length + 6)
    pace.take(bytes(HEAD.slice(3)), false)
    expect(pace.headBytes).toBe(HEAD.length)
    expect(pace.isUnseen).toBe(true)
  })
})

describe('a body', () => {
  test('goes to its last byte and no further, until the answer is complete', () => {
    const { pace } = begun(HEAD, 5, 'ab')
    expect(pace.state(true)).toBe('body')
    expect(pace.take(bytes(`cde${HEAD}`), true)).toBe(3)
    expect(pace.state(true)).toBe('answer')
    expect(pace.take(bytes(HEAD), true)).toBe(0)
    expect(pace.take(bytes(HEAD), false)).toBe(HEAD.length)
  })

  test('that nobody wanted still has to pass before the next head', () => {
    const { pace } = begun(HEAD, 5)
    expect(pace.state(false)).toBe('body')
    expect(pace.take(bytes('abcde'), false)).toBe(5)
    expect(pace.state(false)).toBe('idle')
  })

  test('of unknown length goes as long as it is not answered', () => {
    const { pace } = begun(HEAD, 'unknown')
    const piece = bytes(`4\r\n\r\n\r\n\r\n`)
    expect(pace.take(piece, true)).toBe(piece.length)
    expect(pace.state(true)).toBe('body')
    expect(pace.state(false)).toBe('idle')
  })
})

test('pipelined requests in pieces of any size arrive whole, in order, one at a time', () => {
  const request = fc.record({
    body: fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n\r\n', '0'), maxLength: 40 }),
    /** Turns that the answer takes. */
    turns: fc.nat(3),
  })
  const property = fc.property(
    fc.array(request, { minLength: 1, maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 }),
    (requests, sizes) => {
      const said = requests
        .map(({ body }) => `POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
        .join('')
      const server = new FakeServer(requests.map(({ turns }) => turns))
      let at = 0
      let waiting = ''
      for (let turn = 0; server.answered < requests.length; turn += 1) {
        if (turn > 2_000) throw new Error('stuck')
        const size = sizes[turn % sizes.length] ?? 1
        waiting += said.slice(at, at + size)
        at += size
        const count = server.pace.take(bytes(waiting), server.isPending)
        server.receive(waiting.slice(0, count))
        waiting = waiting.slice(count)
        server.work()
      }
      expect(server.heard).toBe(said)
    },
  )
  fc.assert(property, { numRuns: 500 })
})

/** Reads requests as a server does, and fails when a second head comes before the first is answered. */
class FakeServer {
  readonly pace = new Pace()
  readonly #turns: number[]
  heard = ''
  answered = 0
  #unread = ''
  #bodyLeft = 0
  #turnsLeft: number | undefined

  constructor(turns: number[]) {
    this.#turns = turns
  }

  get isPending(): boolean {
    return this.#turnsLeft !== undefined
  }

  receive(text: string): void {
    this.heard += text
    this.#unread += text
  }

  /** What a server does between two events. */
  work(): void {
    if (this.#turnsLeft === undefined) this.#begin()
    const body = this.#unread.slice(0, this.#bodyLeft)
    this.#bodyLeft -= body.length
    this.#unread = this.#unread.slice(body.length)
    if (this.#turnsLeft === undefined || this.#bodyLeft > 0) return
    if (this.#unread.includes('\r\n\r\n')) throw new Error('a second head came too soon')
    if (this.#turnsLeft > 0) this.#turnsLeft -= 1
    else {
      this.#turnsLeft = undefined
      this.answered += 1
    }
  }

  #begin(): void {
    const end = this.#unread.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/Content-Length: (\d+)/.exec(this.#unread)?.[1])
    this.#unread = this.#unread.slice(end + 4)
    this.#bodyLeft = length
    this.#turnsLeft = this.#turns[this.answered] ?? 0
    this.pace.begun(length)
  }
}
