import { expect, test } from 'bun:test'
import type { Message } from '../../../src/core/message.ts'
import type { ConversationView } from '../../../src/relay/relay.ts'
import { bodyOf, createWorld, IDS, messageOf } from '../support/world.ts'

const ENDED: Partial<Message> = {
  state: 'refused',
  fetchedAt: Date.UTC(2026, 0, 6),
  receipt: { outcome: 'refused', at: Date.UTC(2026, 0, 7), reason: 'dubbel' },
}
const SENDER = { id: IDS.municipality, naam: 'Gemeente Voorbeeldstad', type: ['shv-fase-2'] }

test('the log takes every filter and shows status and reason', async () => {
  const { ask, asked } = createWorld({
    log: async () => ({ items: [messageOf(ENDED)] }),
    logLine: async () => messageOf(ENDED),
  })
  const query = new URLSearchParams({
    referentienummer: IDS.reference,
    crossReferentienummer: IDS.lease,
    conversatie: IDS.conversation,
    module: 'schuldregeling',
    afzender: IDS.municipality,
    ontvanger: IDS.creditor,
    berichttype: 'saldoverzoek',
    versie: '2.0',
    opgehaald: 'true',
    bevestigd: 'false',
    uitkomst: 'afgewezen',
    vanafDatum: '2026-01-01',
    totDatum: '2026-01-31',
    na: '9',
    limiet: '5',
  })
  const { regels } = await bodyOf(await ask('creditor', `/logboek?${query}`))
  expect(asked[0]?.rest).toEqual([
    {
      reference: IDS.reference,
      cross: IDS.lease,
      conversation: IDS.conversation,
      module: 'schuldregeling',
      sender: IDS.municipality,
      recipient: IDS.creditor,
      type: 'saldoverzoek',
      version: '2.0',
      fetched: true,
      confirmed: false,
      outcome: 'refused',
      from: '2026-01-01',
      to: '2026-01-31',
      after: '9',
      limit: 5,
    },
  ])
  expect(regels[0]).toMatchObject({ stand: 'afgewezen', reden: 'dubbel', afzender: SENDER })
  expect(await bodyOf(await ask('creditor', `/logboek/${IDS.reference}`))).toEqual(regels[0])
  await ask('creditor', '/logboek')
  expect(asked.at(-1)?.rest).toEqual([{ limit: 100 }])
})

test('a conversation is told with its steps, what may follow and who is late', async () => {
  const view: ConversationView = {
    conversation: {
      id: IDS.conversation,
      module: 'schuldregeling',
      moduleVersion: '2.0',
      asker: IDS.municipality,
      answerer: IDS.creditor,
      startedAt: Date.UTC(2026, 0, 5),
      steps: [],
    },
    steps: [
      {
        reference: IDS.reference,
        seq: 1,
        type: 'saldoverzoek',
        from: 'asker',
        at: Date.UTC(2026, 0, 5),
        ends: false,
        state: 'expired',
        outcome: 'expired',
      },
    ],
    next: [{ type: 'saldoverzoek-antwoord', version: '2.0', answers: [IDS.reference] }],
    expected: [
      { reference: IDS.reference, by: IDS.creditor, answerBy: Date.UTC(2026, 0, 19), late: true },
    ],
  }
  const { ask, asked } = createWorld({
    conversation: async () => view,
    conversations: async () => ({ items: [view] }),
  })
  const body = await bodyOf(await ask('creditor', `/conversaties/${IDS.conversation}`))
  expect(body).toMatchObject({
    conversatieReferentienummer: IDS.conversation,
    stand: 'open',
    vrager: IDS.municipality,
    stappen: [{ afzender: IDS.municipality, stand: 'verlopen' }],
    mogelijk: [{ berichttype: 'saldoverzoek-antwoord', antwoordOp: [IDS.reference] }],
    verwacht: [
      { door: IDS.creditor, teLaat: true, antwoordVerwachtOp: '2026-01-19T00:00:00.000Z' },
    ],
  })
  const query = 'stand=beeindigd&antwoordVoor=2026-01-31&na=a-1&limiet=2'
  const page = await bodyOf(await ask('creditor', `/conversaties?${query}`))
  expect(page).toEqual({ conversaties: [body] })
  expect(asked.at(-1)?.rest).toEqual([
    { state: 'ended', answerBefore: '2026-01-31', after: 'a-1', limit: 2 },
  ])
})

test('no log line holds anything that was sent', async () => {
  const canary = '123456782'
  const { ask, lines, faults } = createWorld({
    submit: async () => {
      throw new Error(`cannot store ${canary}`)
    },
  })
  const json = { referentienummer: IDS.reference, inhoud: { Bsn: canary } }
  await ask('creditor', '/berichten', { method: 'POST', json })
  await ask('creditor', `/berichten?zoek=${canary}`)
  await ask('creditor', `/berichten/${canary}`)
  await ask('creditor', `/deelnemers?zoek=${canary}`)
  await ask('creditor', `/${canary}`)
  await ask('creditor', '/berichten', {
    method: 'POST',
    body: canary,
    headers: { deelnemer: canary },
  })
  expect(lines.length).toBe(6)
  expect(JSON.stringify([lines, faults])).not.toContain(canary)
  expect(lines[0]).toMatchObject({
    method: 'POST',
    route: '/api/v1/berichten',
    status: 500,
    connection: 'energie-direct',
    participant: IDS.creditor,
  })
})
