/**
 * The contract of offering: one message, the same again, and many at once.
 * @module
 */
import { expect, test } from 'bun:test'
import { randomUUID } from 'node:crypto'
import { linesOf, statusesOf } from '../support/batch.ts'
import { attachment, messageOf, pairOf, type Envelope } from '../support/messages.ts'
import { participantId, voiceOf, type RunningNode } from '../support/node.ts'
import { expectProblem, expectStandardHeaders } from '../support/problem.ts'

const NDJSON = 'application/x-ndjson'

/** Registers the tests. */
export function submitContract(node: () => RunningNode): void {
  const sender = () => voiceOf(node(), 'gemeente-polderveen')
  const message = () => messageOf(node(), 'saldoverzoek', 'waterbedrijf-noord-particulier')

  test('an accepted message gets 201, a receipt, and the address where its sender can follow it', async () => {
    const json = await message()
    const answer = await sender()('POST', '/berichten', { json })
    expect(answer.status).toBe(201)
    expectStandardHeaders(answer)
    expect(answer.json()).toEqual({
      referentienummer: json.referentienummer,
      conversatieReferentienummer: json.conversatieReferentienummer,
      stand: 'wachtend',
      aangebodenOp: expect.stringMatching(/Z$/),
      verlooptOp: expect.stringMatching(/Z$/),
      antwoordVerwachtOp: expect.stringMatching(/Z$/),
    })
    const at = answer.headers.get('location')?.replace(/^.*\/api\/v1/, '')
    const line = await sender()('GET', at ?? '')
    expect(line.json()).toMatchObject({
      referentienummer: json.referentienummer,
      stand: 'wachtend',
    })
  })

  test('the same message again gets 200 and the first receipt, in whatever order its keys stand', async () => {
    const json = await message()
    const first = await sender()('POST', '/berichten', { json })
    expect(first.status).toBe(201)
    const turned = Object.fromEntries(Object.entries(json).toReversed())
    for (const again of [json, turned]) {
      const repeated = await sender()('POST', '/berichten', { json: again })
      expect(repeated.status).toBe(200)
      expect(repeated.json()).toEqual(first.json())
    }
    const recipient = voiceOf(node(), 'waterbedrijf-noord-particulier')
    await recipient('PUT', `/berichten/${json.referentienummer}/bevestiging`)
    const late = await sender()('POST', '/berichten', { json })
    expect(late.status).toBe(200)
    expect(late.json()).toMatchObject({ stand: 'bevestigd' })
    // It did not come back to life.
    expect((await recipient('HEAD', `/berichten/${json.referentienummer}`)).status).toBe(410)
  })

  test('a message arrives as it was sent: body, documents, header', async () => {
    const bijlagen = [attachment('toestemmingsverklaring', 'verklaring van mevrouw.pdf')]
    const pair = pairOf(node(), 'hulp-bij-schulden', 'energie-direct')
    const given = { module: 'schuldinventarisatie', bijlagen }
    const json = await pair.offer('saldoverzoek', given)
    const got = (await pair.recipient('GET', `/berichten/${json.referentienummer}`)).json()
    const { ontvanger, inhoud, ...header } = json
    expect(got).toMatchObject({
      ...header,
      ontvanger,
      afzender: { id: participantId('hulp-bij-schulden'), naam: 'hulp-bij-schulden' },
      aantalBijlagen: 1,
    })
    expect(got.inhoud).toEqual(inhoud)
    expect(got.bijlagen).toEqual(bijlagen)
  })

  test('many as lines: an outcome each in their order, bad ones stop nothing, later ones see earlier ones', async () => {
    const [first, last] = [await message(), await message()]
    const unknown = { ...(await message()), ontvanger: randomUUID() }
    const lines = [first, '{"half":', unknown, first, { ...first, versie: '9.9' }, last]
    const body = lines
      .map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
      .join('\n')
    const answer = await sender()('POST', '/aanbiedingen', {
      headers: { 'content-type': NDJSON },
      body,
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(NDJSON)
    const outcomes = linesOf(answer)
    expect(outcomes.map(({ regel, status, probleem }) => [regel, status, probleem?.code])).toEqual([
      [1, 201, undefined],
      [2, 400, 'json-ongeldig'],
      [3, 400, 'ontvanger-onbekend'],
      [4, 200, undefined],
      [5, 400, 'versie-onbekend'],
      // A last line without its end counts, since the body ended cleanly.
      [6, 201, undefined],
    ])
    expect(outcomes[3].ontvangst).toEqual(outcomes[0].ontvangst)
    expect(outcomes[5].referentienummer).toBe(last.referentienummer)
  })

  test('many as a list: the same outcomes', async () => {
    const json = await message()
    const berichten = [json, json, { inhoud: 1 }]
    const answer = await sender()('POST', '/aanbiedingen', { json: { berichten } })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(statusesOf(answer)).toEqual([
      [1, 201, undefined],
      [2, 200, undefined],
      [3, 400, 'bericht-ongeldig'],
    ])
    const nothing = await sender()('POST', '/aanbiedingen', { json: { berichten: [] } })
    expectProblem(nothing, 400, 'lijst-aantal')
    const text = await sender()('POST', '/aanbiedingen', {
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    })
    expectProblem(text, 415, 'mediatype-niet-ondersteund')
  })

  test('a batch that breaks off half-way in a line offers the whole lines and nothing of the last', async () => {
    const [whole, half] = [await message(), await message()]
    const line = await node().dial('softwareleverancier')
    const text = `${JSON.stringify(whole)}\n${JSON.stringify(half).slice(0, -1)}`
    line.send(
      'POST /api/v1/aanbiedingen HTTP/1.1\r\nHost: localhost\r\n' +
        `Deelnemer: ${participantId('gemeente-polderveen')}\r\n` +
        `Content-Type: ${NDJSON}\r\nContent-Length: ${text.length + 100}\r\n\r\n${text}`,
    )
    const stands = async ({ referentienummer }: Envelope) =>
      (await sender()('GET', `/logboek/${referentienummer}`)).status
    const until = performance.now() + 3_000
    while ((await stands(whole)) !== 200 && performance.now() < until) await Bun.sleep(10)
    line.cut()
    await Bun.sleep(50)
    expect([await stands(whole), await stands(half)]).toEqual([200, 404])
  })
}
