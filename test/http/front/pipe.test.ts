/**
 * One direction of a connection, with a next socket that takes what it likes.
 */
import { expect, test } from 'bun:test'
import { Pipe } from '../../../src/http/front/pipe.ts'

/** A socket that takes so many bytes at a time. */
function sink(...takes: number[]) {
  let text = ''
  const write = (chunk: Uint8Array) => {
    const count = takes.shift() ?? chunk.length
    text += Buffer.from(chunk.subarray(0, Math.max(0, count))).toString()
    return Math.min(count, chunk.length)
  }
  return { write: write as Bun.Socket<unknown>['write'], text: () => text }
}

test('keeps what is not taken, in order, and counts what is', () => {
  const socket = sink(2, 1)
  const pipe = new Pipe(socket)
  const lent = Buffer.from('abcd')
  pipe.push(lent)
  // What was lent is used for something else afterwards.
  lent.fill('x')
  expect([pipe.isBlocked, pipe.passed]).toEqual([true, 2])
  pipe.push(Buffer.from('ef'))
  expect(pipe.drain()).toBe(false)
  expect(pipe.drain()).toBe(true)
  expect([socket.text(), pipe.passed]).toEqual(['abcdef', 6])
})

test('does what is left to do once, when all is taken', () => {
  const pipe = new Pipe(sink(0, 1))
  let times = 0
  pipe.push(Buffer.from('ab'))
  pipe.whenEmpty(() => (times += 1))
  pipe.drain()
  expect(times).toBe(0)
  pipe.drain()
  pipe.drain()
  expect(times).toBe(1)
  pipe.whenEmpty(() => (times += 1))
  expect(times).toBe(2)
})

test('gives up nothing and goes on with nothing on a socket that is closing', () => {
  const pipe = new Pipe(sink(-1, -1))
  pipe.push(Buffer.from('ab'))
  expect([pipe.drain(), pipe.passed]).toEqual([false, 0])
})
