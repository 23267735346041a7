import { describe, expect, test } from 'bun:test'
import { RelayError } from '../../../src/core/errors.ts'
import { Peer } from '../../../src/http/peer.ts'
import { bodyOf, createWorld, IDS, messageOf, presentedAs } from '../support/world.ts'

const TIMES = { aangebodenOp: '2026-01-05T09:00:00.000Z', verlooptOp: '2026-01-12T23:00:00.000Z' }
const SENDER = { id: IDS.municipality, naam: 'Gemeente Voorbeeldstad', type: ['shv-fase-2'] }

describe('berichten', () => {
  test.each([
    [false, 201],
    [true, 200],
  ])('offering one, repeated %p, answers %p with the receipt', async (repeated, status) => {
    const { ask, asked } = createWorld({ submit: async () => ({ message: messageOf(), repeated }) })
    const envelope = { referentienummer: IDS.reference, inhoud: { x: '€' } }
    const answer = await ask('creditor', '/berichten', { method: 'POST', json: envelope })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('location')).toEndWith(`/api/v1/logboek/${IDS.reference}`)
    expect(await bodyOf(answer)).toEqual({
      referentienummer: IDS.reference,
      conversatieReferentienummer: IDS.conversation,
      stand: 'wachtend',
      ...TIMES,
    })
    expect(asked).toEqual([{ verb: 'submit', who: IDS.creditor, rest: [envelope] }])
  })

  test('a refusal is told with all problems', async () => {
    const { ask } = createWorld({
      submit: async () => {
        throw new RelayError('bericht-ongeldig', 'Er zijn 2 problemen.', {
          problems: [
            { path: '/module', code: 'module-onbekend', detail: 'Een.' },
            { path: '/inhoud/A', code: 'veld-leeg', detail: 'Twee.' },
          ],
        })
      },
    })
    const answer = await ask('creditor', '/berichten', { method: 'POST', json: {} })
    expect(await bodyOf(answer)).toMatchObject({
      status: 400,
      title: 'Bericht klopt niet',
      errors: [
        { pad: '/module', code: 'module-onbekend', detail: 'Een.' },
        { pad: '/inhoud/A', code: 'veld-leeg', detail: 'Twee.' },
      ],
    })
  })

  test.each([
    ['announced', 'x'.repeat(2_000)],
    ['in pieces', null],
  ])('a body over the limit, %s, is refused without reading on', async (_name, text) => {
    const { ask, asked } = createWorld({}, { requestBytes: 1_000 })
    let pulled = 0
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1
        if (pulled > 1_000) controller.error(new Error('read on'))
        else controller.enqueue(new Uint8Array(100))
      },
    })
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (text !== null) headers['content-length'] = String(text.length)
    const init = { method: 'POST', headers, body: text ?? endless }
    const answer = await ask('creditor', '/berichten', init)
    expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close'])
    expect(pulled).toBeLessThan(30)
    expect(asked).toEqual([])
  })

  test('listing passes every filter on and names the sender', async () => {
    const message = messageOf({ fetches: 2, fetchedAt: Date.UTC(2026, 0, 6), state: 'fetched' })
    const { ask, asked } = createWorld({
      list: async () => ({ items: [{ message, answerNumber: 2 }], next: '7' }),
    })
    const query = `module=schuldregeling&berichttype=saldoverzoek&conversatie=${IDS.conversation}&na=3&limiet=1`
    const body = await bodyOf(await ask('creditor', `/berichten?${query}`))
    expect(asked[0]?.rest).toEqual([
      {
        module: 'schuldregeling',
        type: 'saldoverzoek',
        conversation: IDS.conversation,
        after: '3',
        limit: 1,
      },
    ])
    expect(body).toEqual({
      berichten: [
        {
          referentienummer: IDS.reference,
          conversatieReferentienummer: IDS.conversation,
          module: 'schuldregeling',
          berichttype: 'saldoverzoek',
          versie: '2.0',
          afzender: SENDER,
          ontvanger: IDS.creditor,
          stand: 'opgehaald',
          ...TIMES,
          opgehaaldOp: '2026-01-06T00:00:00.000Z',
          grootte: 123,
          aantalBijlagen: 0,
          aantalOphalingen: 2,
          volgnummerAntwoord: 2,
        },
      ],
      volgende: '7',
    })
  })

  test('fetching gives content and documents; HEAD only looks', async () => {
    const message = messageOf({ attachments: 1 })
    const attachment = {
      kind: 'beschikking',
      document: { fileName: 'b.pdf', mediaType: 'application/pdf', bytes: Buffer.from('%PDF') },
    }
    const { ask, asked } = createWorld({
      fetch: async () => ({
        message,
        content: { body: { KlantnummerSHV: 'b' }, attachments: [attachment] },
      }),
      peek: async () => ({ message }),
    })
    const path = `/berichten/${IDS.reference.toUpperCase()}`
    const headers = { ophaling: IDS.lease.toUpperCase() }
    const body = await bodyOf(await ask('creditor', path, { headers }))
    expect(body.inhoud).toEqual({ KlantnummerSHV: 'b' })
    expect(body.bijlagen).toEqual([
      {
        soort: 'beschikking',
        document: { bestandsnaam: 'b.pdf', mediatype: 'application/pdf', inhoud: 'JVBERg==' },
      },
    ])
    const head = await ask('creditor', path, { method: 'HEAD', headers })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(asked.map(({ verb, rest }) => [verb, ...rest])).toEqual([
      ['fetch', IDS.reference, IDS.lease],
      ['peek', IDS.reference, IDS.lease],
    ])
  })

  test('a notice comes from the node itself', async () => {
    const message = messageOf()
    const header = { ...message.header, sender: IDS.node, module: 'knooppunt' }
    const { ask } = createWorld({
      list: async () => ({ items: [{ message: { ...message, header } }] }),
    })
    const body = await bodyOf(await ask('creditor', '/berichten'))
    expect(body.berichten[0].afzender).toEqual({
      id: IDS.node,
      naam: 'Proefknooppunt',
      type: ['knooppunt'],
    })
  })
})

describe('waiting', () => {
  test('asks for the seconds and gives a signal that the end of the connection aborts', async () => {
    const seen = Promise.withResolvers<AbortSignal>()
    const { ask, trust } = createWorld({
      list: (_who, query) => {
        seen.resolve(query.signal!)
        return new Promise((resolve) => {
          query.signal?.addEventListener('abort', () => resolve({ items: [] }))
        })
      },
    })
    const peer = new Peer(presentedAs('creditor'))
    const answer = ask(peer, '/berichten?wacht=60')
    expect((await seen.promise).aborted).toBe(false)
    trust.revoked.add('creditor')
    peer.end()
    expect((await answer).status).toBe(401)
    expect((await answer).headers.get('connection')).toBe('close')
  })

  test('ends with an empty list when only the connection ends', async () => {
    const { ask } = createWorld({
      mailboxes: (_who, wait) =>
        new Promise((resolve) => wait?.signal?.addEventListener('abort', () => resolve([]))),
    })
    const peer = new Peer(presentedAs('supplier'))
    const answer = ask(peer, '/postbussen?wacht=60')
    await Bun.sleep(1)
    peer.end()
    expect(await bodyOf(await answer)).toEqual({ postbussen: [] })
    expect((await answer).headers.get('connection')).toBe('close')
  })

  test('nothing is waited for without wacht', async () => {
    const { ask, asked } = createWorld({
      mailboxes: async () => [
        { participant: IDS.municipality, waiting: 2, oldestAcceptedAt: Date.UTC(2026, 0, 5) },
        { participant: IDS.second, waiting: 0 },
      ],
    })
    expect((await bodyOf(await ask('supplier', '/postbussen'))).postbussen).toEqual([
      {
        deelnemer: IDS.municipality,
        naam: 'Gemeente Voorbeeldstad',
        wachtend: 2,
        oudsteAangebodenOp: '2026-01-05T00:00:00.000Z',
      },
      { deelnemer: IDS.second, naam: 'Gemeente Tweede', wachtend: 0 },
    ])
    expect(asked).toEqual([{ verb: 'mailboxes', who: 'leverancier', rest: [] }])
  })
})

describe('ophalingen', () => {
  const lease = { id: IDS.lease, until: Date.UTC(2026, 0, 5, 10) }

  test('fetches many, extends and releases', async () => {
    const { ask, asked } = createWorld({
      lease: async () => ({
        lease,
        messages: [
          { message: messageOf(), content: { body: { KlantnummerSHV: 'b' }, attachments: [] } },
        ],
      }),
      extend: async () => lease,
      release: async () => {},
    })
    const wanted = { limiet: 10, leaseSeconden: 60, module: 'schuldregeling' }
    const made = await ask('creditor', '/ophalingen', { method: 'POST', json: wanted })
    expect(made.status).toBe(201)
    expect(await bodyOf(made)).toMatchObject({
      ophaling: IDS.lease,
      eindigtOp: '2026-01-05T10:00:00.000Z',
      berichten: [{ referentienummer: IDS.reference, inhoud: { KlantnummerSHV: 'b' } }],
    })
    const path = `/ophalingen/${IDS.lease}`
    const longer = await ask('creditor', path, { method: 'PUT', json: { leaseSeconden: 90 } })
    expect(await bodyOf(longer)).toEqual({
      ophaling: IDS.lease,
      eindigtOp: '2026-01-05T10:00:00.000Z',
    })
    expect((await ask('creditor', path, { method: 'DELETE' })).status).toBe(204)
    expect(asked.map(({ verb, rest }) => [verb, ...rest])).toEqual([
      ['lease', { limit: 10, seconds: 60, module: 'schuldregeling' }],
      ['extend', IDS.lease, 90],
      ['release', IDS.lease],
    ])
  })

  test.each([
    [{}, ['/limiet', '/leaseSeconden']],
    [{ limiet: 0, leaseSeconden: 3_601 }, ['/limiet', '/leaseSeconden']],
    [{ limiet: '1', leaseSeconden: 1.5, geheim: 1 }, ['/onbekend[1]', '/limiet', '/leaseSeconden']],
    [[], ['']],
    [null, ['']],
  ])('%j is refused with every problem', async (json, paths) => {
    const { ask } = createWorld()
    const answer = await ask('creditor', '/ophalingen', { method: 'POST', json })
    expect(answer.status).toBe(400)
    const { errors } = await bodyOf(answer)
    expect(errors.map(({ pad }: { pad: string }) => pad)).toEqual(paths)
  })
})
