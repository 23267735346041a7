/**
 * What a change of status in the configuration does to what is there already: suspended, ended, active again.
 * @module
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { ConfigInput } from '../../src/config/schema/config.ts'
import { pairOf, type Envelope, type Pair } from './support/messages.ts'
import { startNode, type RunningNode } from './support/node.ts'
import { expectProblem } from './support/problem.ts'

// A machine with much else to do is slow, and that alone is no failure.
setDefaultTimeout(40_000)

let node: RunningNode
let pair: Pair
let fetched: Envelope
let untouched: Envelope

const withStatus = (status: 'actief' | 'geschorst' | 'beeindigd') => (config: ConfigInput) => ({
  ...config,
  participants: (config.participants ?? []).map((participant) =>
    typeof participant !== 'string' && participant.name === 'energie-direct'
      ? { ...participant, status }
      : participant,
  ),
})

const become = async (status: 'actief' | 'geschorst' | 'beeindigd') => {
  node = await node.restart(withStatus(status))
  pair = pairOf(node, 'gemeente-voorbeeldstad', 'energie-direct')
}

beforeAll(async () => {
  node = await startNode()
  pair = pairOf(node, 'gemeente-voorbeeldstad', 'energie-direct')
  fetched = await pair.offer()
  untouched = await pair.offer()
  const read = await pair.recipient('GET', `/berichten/${fetched.referentienummer}`)
  expect(read.status).toBe(200)
  await become('geschorst')
})
afterAll(() => node.stop())

test('a suspended participant sees who it is, and may neither look nor send', async () => {
  const { recipient, answer } = pair
  expect((await recipient('GET', '/identiteit')).status).toBe(200)
  for (const path of [
    ...['/berichten', `/berichten/${untouched.referentienummer}`, '/logboek', '/conversaties'],
    `/conversaties/${fetched.conversatieReferentienummer}`,
  ]) {
    expectProblem(await recipient('GET', path), 403, 'deelnemer-geschorst')
  }
  const json = { limiet: 1, leaseSeconden: 1 }
  expectProblem(await recipient('POST', '/ophalingen', { json }), 403, 'deelnemer-geschorst')
  await expect(answer(fetched, 'saldoverzoek-antwoord')).rejects.toThrow('deelnemer-geschorst')
})

test('nobody can send to it, and its entry in the address book is for participants alone', async () => {
  await expect(pair.offer()).rejects.toThrow('ontvanger-niet-actief')
  const at = '/deelnemers?zoek=energie'
  const stranger = await node.dial(null)
  expect((await stranger.ask('GET', at)).json().deelnemers).toEqual([])
  stranger.cut()
  expect((await pair.sender('GET', at)).json().deelnemers).toMatchObject([{ status: 'geschorst' }])
})

test('it may end what it had fetched before, and nothing else', async () => {
  const end = ({ referentienummer }: Envelope) =>
    pair.recipient('PUT', `/berichten/${referentienummer}/bevestiging`)
  expectProblem(await end(untouched), 409, 'niet-opgehaald')
  expect((await end(fetched)).status).toBe(201)
  expect((await end(fetched)).status).toBe(200)
})

test('active again, it finds what waited', async () => {
  await become('actief')
  const { berichten } = (await pair.recipient('GET', '/berichten')).json()
  expect(berichten).toMatchObject([{ referentienummer: untouched.referentienummer }])
})

test('when it has ended, what waited is refused, its conversations are closed, and the others are told', async () => {
  await become('beeindigd')
  const { sender, recipient } = pair
  expectProblem(await recipient('GET', '/berichten'), 403, 'deelnemer-beeindigd')
  await expect(pair.offer()).rejects.toThrow('ontvanger-niet-actief')
  const line = await sender('GET', `/logboek/${untouched.referentienummer}`)
  expect(line.json()).toMatchObject({ stand: 'afgewezen' })
  for (const { conversatieReferentienummer } of [fetched, untouched]) {
    const conversation = await sender('GET', `/conversaties/${conversatieReferentienummer}`)
    expect(conversation.json()).toMatchObject({ stand: 'beeindigd', mogelijk: [] })
  }
  const { berichten } = (await sender('GET', '/berichten')).json()
  const told = berichten.map((item: { berichttype: string; conversatieReferentienummer: string }) =>
    [item.berichttype, item.conversatieReferentienummer].join(' '),
  )
  expect(told).toContain(`melding-beeindigd ${fetched.conversatieReferentienummer}`)
  expect(told).toContain(`melding-beeindigd ${untouched.conversatieReferentienummer}`)
  for (const { referentienummer } of berichten) {
    const path = `/berichten/${referentienummer}`
    const { inhoud } = (await sender('GET', path)).json()
    expect(inhoud).toMatchObject({ Reden: expect.any(String), Opgehaald: expect.any(Boolean) })
    expect((await sender('PUT', `${path}/bevestiging`)).status).toBe(201)
  }
})

test('all of it is still so after one more start', async () => {
  const before = await node.held()
  await become('beeindigd')
  expect(await node.held()).toEqual(before)
})
