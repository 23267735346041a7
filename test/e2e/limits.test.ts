/**
 * What a participant meets at the edges: too fast, too much at once, a mailbox that is full. Each is told, nothing is lost,
 * and nobody else notices.
 * @module
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { linesOf, statusesOf } from './support/batch.ts'
import { messageOf, pairOf } from './support/messages.ts'
import { startNode, voiceOf, type RunningNode } from './support/node.ts'
import { expectProblem } from './support/problem.ts'

// A machine with much else to do is slow, and that alone is no failure.
setDefaultTimeout(40_000)

const LIMITS = {
  submitsPerSecond: 1,
  submitsBurst: 6,
  endsPerSecond: 1,
  endsBurst: 3,
  batchMessages: 4,
  leasesPerParticipant: 1,
  // One sender may fill a tenth: four messages.
  waitingMessagesPerRecipient: 40,
  pairSharePercent: 10,
}

let node: RunningNode
beforeAll(async () => {
  node = await startNode({ edit: (config) => ({ ...config, limits: LIMITS }) })
})
afterAll(() => node.stop())

test('a mailbox takes no more of one sender than its share, and more once something is confirmed', async () => {
  const { sender, recipient, offer } = pairOf(node, 'gemeente-duinrand', 'energie-direct')
  const sent = [await offer(), await offer(), await offer(), await offer()]
  const json = await messageOf(node, 'saldoverzoek', 'energie-direct')
  expectProblem(await sender('POST', '/berichten', { json }), 503, 'postbus-ontvanger-vol')
  expect((await sender('GET', `/logboek/${json.referentienummer}`)).status).toBe(404)
  // What was accepted before may be repeated all the same.
  const repeated = await sender('POST', '/berichten', { json: sent[0] })
  expect(repeated.status).toBe(200)
  // Another sender has its own share.
  await pairOf(node, 'wijkteam-voorbeeldstad', 'energie-direct').offer('saldoverzoek', {
    module: 'schuldinventarisatie',
  })
  await recipient('PUT', `/berichten/${sent[0]?.referentienummer}/bevestiging`)
  await Bun.sleep(1_100)
  expect((await sender('POST', '/berichten', { json })).status).toBe(201)
})

test('who offers too fast is told when to come back; others and ending go on', async () => {
  const { sender, recipient, offer } = pairOf(
    node,
    'gemeente-voorbeeldstad',
    'waterbedrijf-noord-zakelijk',
  )
  const first = await offer()
  const again = () => sender('POST', '/berichten', { json: first })
  // Repeating costs as much as offering: the relay has the same work.
  const statuses: number[] = []
  let refused = await again()
  while (refused.status === 200 && statuses.length < 100) {
    statuses.push(refused.status)
    refused = await again()
  }
  expect(statuses.length).toBeGreaterThanOrEqual(5)
  expectProblem(refused, 429, 'te-veel-berichten')
  expect(refused.headers.get('retry-after')).toBe('1')
  await pairOf(node, 'gemeente-polderveen', 'waterbedrijf-noord-zakelijk').offer()
  const confirmation = `/berichten/${first.referentienummer}/bevestiging`
  expect((await recipient('PUT', confirmation)).status).toBe(201)
  await Bun.sleep(Number(refused.headers.get('retry-after')) * 1_000 + 100)
  expect((await again()).status).toBe(200)
})

test('who ends too fast is told so, for each item of a batch too', async () => {
  const { recipient, offer } = pairOf(node, 'gemeente-polderveen', 'waterbedrijf-noord-particulier')
  const { referentienummer } = await offer()
  const many = await recipient('POST', '/bevestigingen', {
    json: { referentienummers: Array(4).fill(referentienummer) },
  })
  expect(statusesOf(many)).toEqual([
    [1, 201, undefined],
    [2, 200, undefined],
    [3, 200, undefined],
    [4, 429, 'te-veel-berichten'],
  ])
  expect(many.json().uitkomsten[3].probleem.opnieuwNa).toBe(1)
})

test('a batch with more messages than may be is refused as a list, and read up to the bound as lines', async () => {
  const voice = voiceOf(node, 'bewind-en-balans')
  const berichten = Array(5).fill({})
  const list = await voice('POST', '/aanbiedingen', { json: { berichten } })
  expectProblem(list, 400, 'lijst-aantal')
  const lines = await voice('POST', '/aanbiedingen', {
    headers: { 'content-type': 'application/x-ndjson' },
    body: '{}\n'.repeat(6),
  })
  expect(linesOf(lines).map(({ regel, status }) => [regel, status])).toEqual([
    ...[1, 2, 3, 4].map((line) => [line, 400]),
    [5, 413],
  ])
})

test('a participant opens no more leases than it may, and again once one is given back', async () => {
  const { recipient, offer } = pairOf(node, 'gemeente-duinrand', 'waterbedrijf-noord-particulier')
  await offer()
  const lease = () => recipient('POST', '/ophalingen', { json: { limiet: 1, leaseSeconden: 60 } })
  const held = await lease()
  expect(held.json().berichten).toHaveLength(1)
  expectProblem(await lease(), 429, 'te-veel-berichten')
  await recipient('DELETE', `/ophalingen/${held.json().ophaling}`)
  expect((await lease()).status).toBe(201)
})
