/**
 * The client's shapes are those that the REST door makes: what the door gives must fit what the client promises. The compiler
 * judges the shapes; the paths are tried on the door itself.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { createClient } from '../../src/client/client.ts'
import type { Client } from '../../src/client/client.ts'
import type * as Wire from '../../src/client/wire.ts'
import type { Outcome } from '../../src/http/rest/outcome.ts'
import type * as Door from '../../src/http/rest/wire.ts'
import { createWorld } from '../http/support/world.ts'
import { fakeDoor } from './support/fake-door.ts'
import { throwawayPki } from './support/throwaway-pki.ts'

/** Does not compile unless what is given fits what is promised. */
type Fits<Given extends Promised, Promised> = Given

type Shapes = [
  Fits<ReturnType<typeof Door.receiptWire>, Wire.Receipt>,
  Fits<ReturnType<typeof Door.itemWire>, Wire.MailboxItem>,
  Fits<ReturnType<typeof Door.deliveredWire>, Wire.Delivered>,
  Fits<ReturnType<typeof Door.logWire>, Wire.LogLine>,
  Fits<ReturnType<typeof Door.leaseWire>, Wire.Lease>,
  Fits<ReturnType<typeof Door.mailboxWire>, Wire.MailboxList['postbussen'][number]>,
  // The door does not narrow these two words for the compiler.
  Fits<
    ReturnType<typeof Door.conversationWire>,
    Omit<Wire.Conversation, 'stand'> & { stand: string }
  >,
  Fits<ReturnType<typeof Door.participantWire>, Wire.Participant>,
  Fits<ReturnType<typeof Door.certificateWire>, Wire.CertificateFacts>,
  Fits<keyof Outcome, keyof Wire.BatchOutcome>,
]

const ID = '0f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'

test('every shape has a name in the contract', () => {
  const shapes: Shapes['length'] = 10
  expect(shapes).toBe(10)
})

describe('the door knows every call of the client', () => {
  const calls: [string, (client: Client) => Promise<unknown>][] = [
    ['identity', (client) => client.identity()],
    ['participants', (client) => client.participants({ module: 'm', versie: '1.0', limiet: 1 })],
    ['participant', (client) => client.participant(ID)],
    ['modules', (client) => client.modules()],
    ['module', (client) => client.module('schuldregeling', '2.0')],
    ['messageType', (client) => client.messageType('schuldregeling', '2.0', 'saldoverzoek')],
    ['submit', (client) => client.submit({} as Wire.Envelope)],
    ['submitMany', (client) => Array.fromAsync(client.submitMany([{} as Wire.Envelope]))],
    ['mailboxes', (client) => client.mailboxes(1)],
    ['list', (client) => client.list({ module: 'm', berichttype: 't', conversatie: ID, wacht: 1 })],
    ['fetch', (client) => client.fetch(ID, { lease: ID })],
    ['lease', (client) => client.lease({ limiet: 1, leaseSeconden: 1, module: 'm' })],
    ['extend', (client) => client.extend(ID, 1)],
    ['release', (client) => client.release(ID)],
    ['confirm', (client) => client.confirm(ID, { lease: ID })],
    ['refuse', (client) => client.refuse(ID, { reden: 'anders', toelichting: 'x' })],
    ['withdraw', (client) => client.withdraw(ID)],
    ['receipt', (client) => client.receipt(ID, 'intrekking')],
    ['confirmMany', (client) => client.confirmMany([ID])],
    ['refuseMany', (client) => client.refuseMany([{ referentienummer: ID, reden: 'dubbel' }])],
    [
      'log',
      (client) =>
        client.log({
          referentienummer: ID,
          crossReferentienummer: ID,
          conversatie: ID,
          module: 'm',
          berichttype: 't',
          versie: '1.0',
          afzender: ID,
          ontvanger: ID,
          opgehaald: true,
          bevestigd: false,
          uitkomst: 'bevestigd',
          vanafDatum: '2026-01-01',
          totDatum: '2026-01-31',
          limiet: 1,
        }),
    ],
    ['logLine', (client) => client.logLine(ID)],
    [
      'conversations',
      (client) => client.conversations({ stand: 'open', antwoordVoor: '2026-01-31' }),
    ],
    ['conversation', (client) => client.conversation(ID)],
  ]

  test('by path, method, parameters and media type', async () => {
    const pki = throwawayPki()
    const door = await fakeDoor(pki)
    try {
      const { certificate, key } = pki.client('anna')
      const client = createClient({ url: door.url, certificate, key, ca: pki.ca })
      const world = createWorld()
      const codes: Record<string, unknown> = {}
      for (const [name, call] of calls) {
        door.answer(() => ({ status: 400 }))
        await call(client).catch(() => undefined)
        const [asked] = door.asked
        if (asked === undefined) throw new Error(`${name} asked nothing`)
        const { method, path, headers, body } = asked
        const answer = await world.ask('creditor', path.replace('/api/v1', ''), {
          method,
          headers: {
            accept: headers.accept ?? '',
            ...(headers['content-type'] && { 'content-type': headers['content-type'] }),
            ...(headers['ophaling'] && { ophaling: String(headers['ophaling']) }),
          },
          ...(body === '' ? {} : { body }),
        })
        const problem = answer.ok ? {} : ((await answer.json()) as { code?: string })
        codes[name] = problem.code ?? answer.status
      }
      // The relay behind this door knows no verbs, so that whatever reaches it ends as interne-fout: the door let it through.
      const reached = ['interne-fout', 200, 201]
      const stopped = Object.entries(codes).filter(([, code]) => !reached.includes(code as string))
      // This participant is not in the address book of that door.
      expect(stopped).toEqual([['participant', 'niet-gevonden']])
    } finally {
      await door.stop()
      pki.remove()
    }
  })
})
