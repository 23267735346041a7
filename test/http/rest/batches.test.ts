import { describe, expect, test } from 'bun:test'
import { RelayError } from '../../../src/core/errors.ts'
import type { Limits } from '../../../src/core/limits.ts'
import { Peer } from '../../../src/http/peer.ts'
import type { Relay } from '../../../src/relay/relay.ts'
import { bodyOf, createWorld, IDS, messageOf, presentedAs } from '../support/world.ts'

const NDJSON = { 'content-type': 'application/x-ndjson' }
const reference = (number: number) => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`
const line = (number: number) => JSON.stringify({ referentienummer: reference(number) })

/** A relay that accepts what it has not seen, as one writer would: in the order of asking. */
function memory() {
  const seen: string[] = []
  const submit: Relay['submit'] = async (_who, input) => {
    const { referentienummer } = input as { referentienummer: string }
    const repeated = seen.includes(referentienummer)
    seen.push(referentienummer)
    await Bun.sleep(Math.random() * 3)
    return { message: messageOf({}, referentienummer), repeated }
  }
  return { seen, submit }
}

async function outcomesOf(response: Response) {
  const text = await response.text()
  expect(text.endsWith('\n')).toBe(true)
  return text
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each))
}

/** A body that the test writes bit by bit. */
function openBody() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const write = (text: string) => writer.write(new TextEncoder().encode(text))
  return {
    readable,
    write,
    end: () => writer.close(),
    abort: () => writer.abort(new Error('aborted')),
  }
}

describe('lines', () => {
  const offer = (
    body: string | ReadableStream<Uint8Array>,
    verbs: Partial<Relay>,
    limits: Partial<Limits> = {},
  ) =>
    createWorld(verbs, limits).ask('creditor', '/aanbiedingen', {
      method: 'POST',
      headers: NDJSON,
      body,
    })

  test('each have an outcome in order, a bad one stops nothing, later ones see earlier ones', async () => {
    const { submit } = memory()
    const body = [line(1), '{"a":', line(2), '', line(1), '[]', '{"x":1,"x":2}', line(3)].join('\n')
    const answer = await offer(body, {
      submit: async (who, input) => {
        if (Array.isArray(input)) throw new RelayError('bericht-ongeldig')
        return submit(who, input)
      },
    })
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    const outcomes = await outcomesOf(answer)
    expect(outcomes.map(({ regel, status }) => [regel, status])).toEqual([
      [1, 201],
      [2, 400],
      [3, 201],
      [5, 200],
      [6, 400],
      [7, 400],
      [8, 201],
    ])
    expect(outcomes[1].probleem.code).toBe('json-ongeldig')
    expect(outcomes[2]).toMatchObject({
      referentienummer: reference(2),
      ontvangst: { stand: 'wachtend' },
    })
    expect(outcomes[5].probleem.code).toBe('json-dubbele-sleutel')
  })

  test('are answered while the body is still being sent', async () => {
    const { submit } = memory()
    const body = openBody()
    const answer = await offer(body.readable, { submit })
    const reader = answer.body!.getReader()
    for (let number = 1; number <= 3; number += 1) {
      await body.write(`${line(number)}\n`)
      const { value } = await reader.read()
      expect(JSON.parse(new TextDecoder().decode(value)).regel).toBe(number)
    }
    await body.end()
    expect((await reader.read()).done).toBe(true)
  })

  test('an outcome is not written before its message is accepted', async () => {
    const flushed = Promise.withResolvers<void>()
    const answer = await offer(`${line(1)}\n`, {
      submit: async () => {
        await flushed.promise
        return { message: messageOf(), repeated: false }
      },
    })
    const reader = answer.body!.getReader()
    const first = reader.read()
    expect(await Promise.race([first, Bun.sleep(20)])).toBeUndefined()
    flushed.resolve()
    expect((await first).done).toBe(false)
  })

  test('that were begun finish when the connection breaks, the half one is not offered', async () => {
    const { submit, seen } = memory()
    const body = openBody()
    const answer = await offer(body.readable, { submit })
    await body.write(`${line(1)}\n${line(2)}\n${line(3)}`)
    await body.abort()
    expect((await outcomesOf(answer)).map(({ regel }) => regel)).toEqual([1, 2])
    expect(seen).toEqual([reference(1), reference(2)])
  })

  test('without a line end count at a clean end', async () => {
    const { submit, seen } = memory()
    await (await offer(`${line(1)}\n${line(2)}`, { submit })).text()
    expect(seen).toEqual([reference(1), reference(2)])
  })

  test('stop when the connection has to end', async () => {
    const { submit, seen } = memory()
    const { ask } = createWorld({ submit })
    const body = openBody()
    const peer = new Peer(presentedAs('creditor'))
    const init = { method: 'POST', headers: NDJSON, body: body.readable }
    const answer = await ask(peer, '/aanbiedingen', init)
    await body.write(`${line(1)}\n`)
    await Bun.sleep(10)
    peer.end()
    await body.write(`${line(2)}\n`)
    expect((await outcomesOf(answer)).map(({ regel }) => regel)).toEqual([1])
    expect(seen).toEqual([reference(1)])
  })

  test('beyond the number are refused from there on', async () => {
    const { submit, seen } = memory()
    const body = [1, 2, 3, 4].map((number) => `${line(number)}\n`).join('')
    const outcomes = await outcomesOf(await offer(body, { submit }, { batchMessages: 2 }))
    expect(outcomes.map(({ regel, status }) => [regel, status])).toEqual([
      [1, 201],
      [2, 201],
      [3, 413],
    ])
    expect(seen).toHaveLength(2)
  })

  test('beyond the bytes are refused, and nothing is read on', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        if (pulled > 500) controller.error(new Error('read on'))
        else controller.enqueue(new Uint8Array(1_000).fill(0x78))
      },
    })
    const outcomes = await outcomesOf(
      await offer(endless, {}, { batchBytes: 20_000, requestBytes: 5_000 }),
    )
    expect(outcomes.map(({ status }) => status)).toEqual([413])
    expect(pulled).toBeLessThan(40)
  })

  test('that are too long are refused, the next one is not', async () => {
    const { submit } = memory()
    const body = `"${'x'.repeat(200)}"\n${line(1)}\n`
    const outcomes = await outcomesOf(await offer(body, { submit }, { requestBytes: 100 }))
    expect(outcomes.map(({ status }) => status)).toEqual([413, 201])
  })

  test('count for the pace, one by one', async () => {
    const { submit } = memory()
    const body = [1, 2, 3].map((number) => `${line(number)}\n`).join('')
    const outcomes = await outcomesOf(
      await offer(body, { submit }, { submitsPerSecond: 1, submitsBurst: 2 }),
    )
    expect(outcomes.map(({ status }) => status)).toEqual([201, 201, 429])
    expect(outcomes[2].probleem.opnieuwNa).toBe(1)
  })

  test('share groups: many are on their way together', async () => {
    let under = 0
    let most = 0
    const body = Array.from({ length: 100 }, (_, number) => `${line(number)}\n`).join('')
    const answer = await offer(body, {
      submit: async () => {
        under += 1
        most = Math.max(most, under)
        await Bun.sleep(2)
        under -= 1
        return { message: messageOf(), repeated: false }
      },
    })
    expect(await outcomesOf(answer)).toHaveLength(100)
    expect(most).toBeGreaterThan(20)
    expect(most).toBeLessThanOrEqual(128)
  })

  test('a defect in one hides no other, and its words go nowhere', async () => {
    const { ask, faults } = createWorld({
      submit: async (_who, input) => {
        if ((input as { referentienummer: string }).referentienummer === reference(1)) {
          throw new Error('Jansen')
        }
        return { message: messageOf(), repeated: false }
      },
    })
    const body = `${line(1)}\n${line(2)}\n`
    const answer = await ask('creditor', '/aanbiedingen', { method: 'POST', headers: NDJSON, body })
    const outcomes = await outcomesOf(answer)
    expect(outcomes.map(({ status }) => status)).toEqual([500, 201])
    expect(faults).toHaveLength(1)
    expect(JSON.stringify([outcomes, faults])).not.toContain('Jansen')
  })
})

describe('a list', () => {
  test('has an outcome each, in order', async () => {
    const { submit } = memory()
    const { ask } = createWorld({ submit })
    const berichten = [1, 2, 1].map((number) => ({ referentienummer: reference(number) }))
    const answer = await ask('creditor', '/aanbiedingen', { method: 'POST', json: { berichten } })
    expect((await bodyOf(answer)).uitkomsten).toMatchObject([
      { regel: 1, referentienummer: reference(1), status: 201 },
      { regel: 2, referentienummer: reference(2), status: 201 },
      { regel: 3, referentienummer: reference(1), status: 200 },
    ])
  })

  test.each([
    [{}, 'veld-ontbreekt'],
    [{ berichten: {} }, 'veld-type'],
    [{ berichten: [] }, 'lijst-aantal'],
    [{ berichten: Array(1_001).fill({}) }, 'lijst-aantal'],
  ])('that is none is refused as a whole', async (json, code) => {
    const { ask, asked } = createWorld()
    const answer = await ask('creditor', '/aanbiedingen', { method: 'POST', json })
    expect([answer.status, (await bodyOf(answer)).code]).toEqual([400, code])
    expect(asked).toEqual([])
  })
})

test('a suspended participant is refused by the relay, not by the door', async () => {
  const { ask, asked } = createWorld({
    submit: async () => {
      throw new RelayError('deelnemer-geschorst')
    },
  })
  const init = { method: 'POST', json: { berichten: [{ referentienummer: IDS.reference }] } }
  const answer = await ask('suspended', '/aanbiedingen', init)
  expect((await bodyOf(answer)).uitkomsten).toMatchObject([{ status: 403 }])
  expect(asked).toHaveLength(1)
})
