import { describe, expect, test } from 'bun:test'
import { RelayError } from '../../../src/core/errors.ts'
import type { Message } from '../../../src/core/message.ts'
import { bodyOf, createWorld, IDS, messageOf } from '../support/world.ts'

const TIMES = { aangebodenOp: '2026-01-05T09:00:00.000Z', verlooptOp: '2026-01-12T23:00:00.000Z' }
const ENDED: Partial<Message> = {
  state: 'refused',
  fetchedAt: Date.UTC(2026, 0, 6),
  receipt: { outcome: 'refused', at: Date.UTC(2026, 0, 7), reason: 'dubbel' },
}
describe('ends', () => {
  const calls = [
    ['bevestiging', 'confirm', undefined, [IDS.reference, IDS.lease]],
    [
      'afwijzing',
      'refuse',
      { reden: 'anders', toelichting: 'Omdat.' },
      [IDS.reference, { reason: 'anders', explanation: 'Omdat.' }, IDS.lease],
    ],
    ['intrekking', 'withdraw', undefined, [IDS.reference]],
  ] as const

  test.each(calls)('%s', async (name, verb, json, rest) => {
    for (const repeated of [false, true]) {
      const { ask, asked } = createWorld({
        [verb]: async () => ({ message: messageOf(ENDED), repeated }),
        receipt: async () => messageOf(ENDED),
      })
      const path = `/berichten/${IDS.reference}/${name}`
      const headers = { ophaling: IDS.lease }
      const answer = await ask('creditor', path, { method: 'PUT', json, headers })
      expect(answer.status).toBe(repeated ? 200 : 201)
      const receipt = await bodyOf(answer)
      expect(receipt).toMatchObject({ stand: 'afgewezen', reden: 'dubbel', ...TIMES })
      expect(receipt.afgerondOp).toBe('2026-01-07T00:00:00.000Z')
      expect(asked[0]).toEqual({ verb, who: IDS.creditor, rest: [...rest] })
      expect(await bodyOf(await ask('creditor', path))).toEqual(receipt)
    }
  })

  test.each([
    [{}, 'veld-ontbreekt'],
    [{ reden: 'beeindigd' }, 'veld-waarde'],
    [{ reden: 1 }, 'veld-type'],
    [{ reden: 'anders', toelichting: 'x'.repeat(501) }, 'veld-te-lang'],
    [{ reden: 'anders', toelichting: ' ' }, 'veld-leeg'],
    [{ reden: 'anders', __proto__x: 1 }, 'veld-onbekend'],
  ])('refusing with %j is refused itself', async (json, code) => {
    const { ask, asked } = createWorld()
    const path = `/berichten/${IDS.reference}/afwijzing`
    const answer = await ask('creditor', path, { method: 'PUT', json })
    expect([answer.status, (await bodyOf(answer)).code]).toEqual([400, code])
    expect(asked).toEqual([])
  })

  test('many at once have an outcome each', async () => {
    const { ask } = createWorld({
      confirm: async (_who, reference) => {
        if (reference === IDS.conversation) throw new RelayError('niet-gevonden')
        return { message: messageOf({}, reference), repeated: reference === IDS.lease }
      },
    })
    const answer = await ask('creditor', '/bevestigingen', {
      method: 'POST',
      json: { referentienummers: [IDS.reference, IDS.conversation, IDS.lease, 'geheim', 4] },
    })
    expect(answer.status).toBe(200)
    const { uitkomsten } = await bodyOf(answer)
    expect(uitkomsten).toMatchObject([
      { regel: 1, referentienummer: IDS.reference, status: 201, ontvangst: { stand: 'wachtend' } },
      {
        regel: 2,
        referentienummer: IDS.conversation,
        status: 404,
        probleem: { code: 'niet-gevonden' },
      },
      { regel: 3, status: 200 },
      { regel: 4, status: 400, probleem: { errors: [{ pad: '/referentienummers/3' }] } },
      { regel: 5, status: 400 },
    ])
    expect(JSON.stringify(uitkomsten)).not.toContain('geheim')
  })

  test('many refusals are each read for themselves', async () => {
    const { ask, asked } = createWorld({
      refuse: async (_who, reference) => ({
        message: messageOf(ENDED, reference),
        repeated: false,
      }),
    })
    const answer = await ask('creditor', '/afwijzingen', {
      method: 'POST',
      json: {
        afwijzingen: [
          { referentienummer: IDS.reference, reden: 'dubbel' },
          { referentienummer: IDS.lease, reden: 'omdat' },
        ],
      },
    })
    expect((await bodyOf(answer)).uitkomsten).toMatchObject([
      { regel: 1, status: 201, ontvangst: { reden: 'dubbel' } },
      {
        regel: 2,
        referentienummer: IDS.lease,
        status: 400,
        probleem: { errors: [{ pad: '/afwijzingen/1/reden', code: 'veld-waarde' }] },
      },
    ])
    expect(asked).toHaveLength(1)
  })

  test('a list that is too long or empty is refused as a whole', async () => {
    const { ask, asked } = createWorld({}, { batchMessages: 2 })
    for (const referentienummers of [[], [IDS.reference, IDS.reference, IDS.reference]]) {
      const init = { method: 'POST', json: { referentienummers } }
      const answer = await ask('creditor', '/bevestigingen', init)
      expect([answer.status, (await bodyOf(answer)).code]).toEqual([400, 'lijst-aantal'])
    }
    expect(asked).toEqual([])
  })
})

describe('pace', () => {
  test('offering and ending have buckets of their own, each participant its own', async () => {
    const limits = { submitsPerSecond: 1, submitsBurst: 2, endsPerSecond: 1, endsBurst: 1 }
    const { ask, clock } = createWorld(
      {
        submit: async () => ({ message: messageOf(), repeated: false }),
        confirm: async () => ({ message: messageOf(), repeated: false }),
      },
      limits,
    )
    const submit = (as: 'creditor' | 'supplier') =>
      ask(as, '/berichten', {
        method: 'POST',
        json: {},
        headers: { deelnemer: as === 'creditor' ? IDS.creditor : IDS.second },
      })
    const confirm = () =>
      ask('creditor', `/berichten/${IDS.reference}/bevestiging`, { method: 'PUT' })
    expect((await submit('creditor')).status).toBe(201)
    expect((await submit('creditor')).status).toBe(201)
    const refused = await submit('creditor')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await confirm()).status).toBe(201)
    expect((await confirm()).status).toBe(429)
    expect((await submit('supplier')).status).toBe(201)
    clock.now += 1_000
    expect((await submit('creditor')).status).toBe(201)
  })
})
