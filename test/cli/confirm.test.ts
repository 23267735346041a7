/**
 * `confirm` against a small relay over real mutual TLS.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { EXIT } from '../../src/cli/command.ts'
import { confirm } from '../../src/cli/confirm.ts'
import { A, B, deskFor, item, refusal } from './support/desk.ts'

const desk = deskFor(confirm)

describe('confirm', () => {
  test('confirms each reference once', async () => {
    desk.door.answer(() => ({ status: 201, json: item(A) }))
    const { exit, out } = await desk.on(['confirm', A, B.toUpperCase(), A])
    expect(exit).toBe(EXIT.done)
    expect(desk.door.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(
      [A, B].map((reference) => `PUT /api/v1/berichten/${reference}/bevestiging`),
    )
    expect(out).toBe(`${A}  confirmed and erased\n${B}  confirmed and erased\n`)
  })

  test('one that cannot be confirmed does not stop the next, and exits with 1', async () => {
    desk.door.answer(({ path }) =>
      path.includes(A) ? refusal(409, 'al-afgewezen') : { status: 201, json: item(B) },
    )
    const { exit, out, err } = await desk.on(['confirm', A, B])
    expect(exit).toBe(EXIT.no)
    expect(err).toContain(`${A}  al-afgewezen: `)
    expect(out).toBe(`${B}  confirmed and erased\n`)
  })

  test('--json prints the receipts', async () => {
    desk.door.answer(() => ({ status: 200, json: item(A) }))
    expect(JSON.parse((await desk.on(['confirm', A, '--json'])).out)).toEqual([item(A)])
  })

  test('nothing to confirm is wrong use', async () => {
    expect(await desk.on(['confirm'])).toMatchObject({ exit: EXIT.usage })
  })
})
