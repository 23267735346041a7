/**
 * Promise 4: no personal data leaks sideways. The canary goes through every door and every failure of the real program, and is looked
 * for in all that comes out, sideways: answers, their headers, what the program writes, and its files.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createWorld } from '../http/support/world.ts'
import { CANARY, CANARY_TEXT, canaryIn } from '../support/canary.ts'
import { DOORS } from './canary-doors.ts'
import { startCanaryNode, type CanaryNode } from './canary-node.ts'

let node: CanaryNode
beforeAll(async () => {
  node = await startCanaryNode()
}, 30_000)
afterAll(() => node.remove())

const leaks = (isContent: boolean, door?: string) =>
  node.exchanges
    .filter((one) => one.isContent === isContent && (door ?? one.door) === one.door)
    .filter(({ received }) => canaryIn(received).length > 0)

describe('the canary', () => {
  test.each(DOORS.map((door) => [door.name, door] as const))(
    'goes in by %s and does not come out',
    async (name, { send }) => {
      node.name(name)
      await send(node)
      expect(node.exchanges.filter(({ door }) => door === name)).not.toEqual([])
      expect(leaks(false, name)).toEqual([])
    },
    60_000,
  )

  test('is in no list, log or conversation afterwards, on either side', async () => {
    node.name('lists')
    const paths = ['/berichten?limiet=500', '/postbussen', '/logboek?limiet=500', '/conversaties']
    for (const as of ['gemeente-voorbeeldstad', 'energie-direct']) {
      for (const path of paths) {
        expect(await node.ask('GET', path, {}, { as })).toStartWith('HTTP/1.1 200')
      }
    }
    expect(leaks(false, 'lists')).toEqual([])
  }, 30_000)

  test('comes out as the content of a message, for whom it is for: so it did go in', () => {
    const found = leaks(true).flatMap(({ received }) => canaryIn(received))
    for (const what of ['bsn', 'name', 'iban', 'bsn as base64', 'iban as base64']) {
      expect(found).toContain(what)
    }
  })

  test('was answered without a single defect', () => {
    // 505 is the runtime's word for a version that does not exist.
    const defects = node.exchanges.filter(({ received }) => /^HTTP\/1\.1 50[0-4]/.test(received))
    expect(defects).toEqual([])
  })

  test('is not in what the program wrote, nor in a file that it left', async () => {
    const { exit, out, err } = await node.stop()
    expect(exit).toBe(0)
    expect(out).toContain('"event":"request"')
    expect(out).not.toContain('request-fault')
    expect([...canaryIn(out), ...canaryIn(err)]).toEqual([])
    const found = [...node.files()].flatMap(([path, bytes]) =>
      [...canaryIn(bytes), ...canaryIn(path)].map((what) => `${path}: ${what}`),
    )
    expect([...node.files()].some(([path]) => path.endsWith('vault'))).toBe(true)
    expect(found).toEqual([])
  }, 60_000)
})

describe('a handler that crashes with the canary', () => {
  const rejected = new TypeError(CANARY_TEXT, { cause: new Error(CANARY_TEXT) })
  test.each([
    ['in its message and cause', rejected],
    ['in its stack', Object.assign(new Error('x'), { stack: `Error: x\n at ${CANARY_TEXT}:1:1` })],
    ['in a text that was thrown', CANARY_TEXT],
    ['in an object that was thrown', { [CANARY.name]: CANARY.bsn, message: CANARY.iban }],
  ])('%s tells it to nobody', async (_, thrown) => {
    const fail = async () => {
      throw thrown
    }
    const world = createWorld({ submit: fail, list: fail, fetch: fail })
    const answers = await Promise.all([
      world.ask('creditor', '/berichten', { method: 'POST', json: { inhoud: CANARY_TEXT } }),
      world.ask('creditor', '/berichten'),
      world.ask('creditor', '/aanbiedingen', { method: 'POST', json: { berichten: [CANARY] } }),
    ])
    const told = await Promise.all(
      answers.map(async (answer) => `${[...answer.headers].join()}${await answer.text()}`),
    )
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 200])
    expect(told.join()).toContain('interne-fout')
    expect(world.faults.length).toBeGreaterThanOrEqual(2)
    expect(canaryIn(told.join())).toEqual([])
    expect(canaryIn(JSON.stringify([world.lines, world.faults]))).toEqual([])
  })
})

describe('the search', () => {
  const { bsn, name, iban } = CANARY
  test.each([
    ['as it is', bsn],
    ['in the middle of a word', `x${name}x`],
    ['in capitals', name.toUpperCase()],
    ['in hexadecimal digits', Buffer.from(iban).toString('hex').toUpperCase()],
    ['in UTF-16', Buffer.from(name, 'utf16le')],
    ...[0, 1, 2, 3].map(
      (before) =>
        [
          `in base64 after ${before}`,
          Buffer.from(`${'-'.repeat(before)}${iban}.`).toString('base64'),
        ] as const,
    ),
  ])('finds it %s', (_, where) => {
    expect(canaryIn(where)).not.toEqual([])
  })

  test('finds nothing where there is nothing', () => {
    expect(canaryIn('Kanarie 999990020 NL00')).toEqual([])
  })
})
