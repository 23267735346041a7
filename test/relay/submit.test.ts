/**
 * Submit: what is accepted, what is refused and with which code, and that nothing is stored then.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { RelayError } from '../../src/core/errors.ts'
import { codeOf, createWorld, uuid } from '../support/world.ts'
import type { Person, World } from '../support/world.ts'

const PDF = { bestandsnaam: 'a.pdf', mediatype: 'application/pdf', inhoud: 'JVBERi0xLjQK' }

function saldoverzoek(world: World, rest: Record<string, unknown> = {}) {
  return world.envelope('gemeente', 'energie', 'schuldregeling', 'saldoverzoek', rest)
}

async function waiting(world: World, person: Person) {
  const { items } = await world.relay.list(world.who(person), { limit: 100 })
  return items.map(({ message }) => message.header.reference)
}

test('an accepted message waits for its recipient and reads as it was sent', async () => {
  const world = createWorld()
  const sent = saldoverzoek(world)
  const { message, repeated } = await world.relay.submit(world.who('gemeente'), sent)
  expect(repeated).toBe(false)
  expect(message.state).toBe('waiting')
  expect(await waiting(world, 'energie')).toEqual([String(sent['referentienummer'])])
  const got = await world.relay.fetch(world.who('energie'), message.header.reference)
  expect(got.content.body).toEqual(sent['inhoud'] as Record<string, unknown>)
})

test('removal is at midnight in Amsterdam after the fifth working day, the answer is expected after the tenth', async () => {
  const world = createWorld({ closed: ['2026-03-04'] })
  const { message } = await world.relay.submit(world.who('gemeente'), saldoverzoek(world))
  expect(new Date(message.header.removeAt).toISOString()).toBe('2026-03-10T23:00:00.000Z')
  expect(new Date(message.header.answerBy ?? 0).toISOString()).toBe('2026-03-17T23:00:00.000Z')
})

test('the same message again gives the first receipt and no second message', async () => {
  const world = createWorld()
  const sent = saldoverzoek(world)
  const first = await world.relay.submit(world.who('gemeente'), sent)
  world.now += 60_000
  const reordered = Object.fromEntries(Object.entries(structuredClone(sent)).toReversed())
  const again = await world.relay.submit(world.who('gemeente'), reordered)
  expect(again.repeated).toBe(true)
  expect(again.message.header.acceptedAt).toBe(first.message.header.acceptedAt)
  expect(await waiting(world, 'energie')).toHaveLength(1)
})

test('two submits of one message in the same group make one message', async () => {
  const world = createWorld()
  const sent = saldoverzoek(world)
  const both = await Promise.all([
    world.relay.submit(world.who('gemeente'), sent),
    world.relay.submit(world.who('gemeente'), structuredClone(sent)),
  ])
  expect(both.map(({ repeated }) => repeated)).toEqual([false, true])
  expect(await waiting(world, 'energie')).toHaveLength(1)
})

describe('a reference that was used before is refused for another message', () => {
  const others: [string, Record<string, unknown>][] = [
    ['another body', { inhoud: { KlantnummerSHV: 'anders' } }],
    ['another conversation', { conversatieReferentienummer: uuid(77) }],
    ['another recipient', { ontvanger: uuid(3) }],
  ]
  for (const [name, other] of others) {
    test(name, async () => {
      const world = createWorld()
      const sent = saldoverzoek(world)
      await world.relay.submit(world.who('gemeente'), sent)
      const body = sent['inhoud'] as Record<string, unknown>
      const changed = { ...sent, ...other }
      if ('inhoud' in other) changed['inhoud'] = { ...body, ...(other['inhoud'] as object) }
      const again = () => world.relay.submit(world.who('gemeente'), changed)
      expect(await codeOf(again)).toBe('referentienummer-bezet')
    })
  }

  test('also after the message has ended, judged by its header alone', async () => {
    const world = createWorld()
    const sent = saldoverzoek(world)
    const { message } = await world.relay.submit(world.who('gemeente'), sent)
    await world.relay.confirm(world.who('energie'), message.header.reference)
    const same = await world.relay.submit(world.who('gemeente'), sent)
    expect(same).toMatchObject({ repeated: true, message: { state: 'confirmed' } })
    const other = { ...sent, conversatieReferentienummer: uuid(78) }
    const again = () => world.relay.submit(world.who('gemeente'), other)
    expect(await codeOf(again)).toBe('referentienummer-bezet')
  })
})

describe('bad input has its own code and stores nothing', () => {
  const cases: [string, string, (sent: Record<string, unknown>, world: World) => unknown][] = [
    ['no object', 'veld-type', () => 'tekst'],
    ['unknown envelope key', 'veld-onbekend', (sent) => ({ ...sent, Jansen: 1 })],
    ['unknown body field', 'veld-onbekend', (sent) => inBody(sent, { Jansen: 1 })],
    ['wrong type', 'veld-type', (sent) => inBody(sent, { KlantnummerSHV: 12 })],
    ['missing field', 'veld-ontbreekt', (sent) => inBody(sent, { KlantnummerSHV: undefined })],
    ['missing body', 'veld-ontbreekt', (sent) => ({ ...sent, inhoud: undefined })],
    ['unknown module', 'module-onbekend', (sent) => ({ ...sent, module: 'anders' })],
    ['module of the relay itself', 'module-onbekend', (sent) => ({ ...sent, module: 'knooppunt' })],
    ['unknown type', 'berichttype-onbekend', (sent) => ({ ...sent, berichttype: 'anders' })],
    ['unknown version', 'versie-onbekend', (sent) => ({ ...sent, versie: '9.0' })],
    ['unknown recipient', 'ontvanger-onbekend', (sent) => ({ ...sent, ontvanger: uuid(55) })],
    ['to oneself', 'aan-zichzelf', (sent) => ({ ...sent, ontvanger: uuid(1) })],
    ['another sender', 'afzender-past-niet', (sent) => ({ ...sent, afzender: uuid(2) })],
    ['reference in capitals', 'veld-patroon', (sent) => ({ ...sent, referentienummer: 'A' })],
    ['unowed document', 'document-onverwacht', (sent) => attach(sent, 'beschikking', PDF)],
    [
      'document of another media type',
      'document-ongeldig',
      (sent) => attach(sent, 'beschikking', { ...PDF, mediatype: 'text/html' }),
    ],
    [
      'recipient of the wrong type',
      'ontvanger-niet-bevoegd',
      (sent) => ({ ...sent, ontvanger: uuid(4) }),
    ],
    [
      'recipient without the module',
      'ontvanger-zonder-module',
      (sent, world) => (world.change('energie', { modules: {} }), sent),
    ],
    [
      'recipient with another version',
      'versie-niet-afgenomen',
      (sent, world) => (world.change('energie', { modules: { schuldregeling: ['1.1'] } }), sent),
    ],
    [
      'suspended recipient',
      'ontvanger-niet-actief',
      (sent, world) => (world.change('energie', { status: 'geschorst' }), sent),
    ],
    [
      'suspended sender',
      'deelnemer-geschorst',
      (sent, world) => (world.change('gemeente', { status: 'geschorst' }), sent),
    ],
    [
      'sender not yet active',
      'deelnemer-aangemeld',
      (sent, world) => (world.change('gemeente', { status: 'aangemeld' }), sent),
    ],
    [
      'sender of the wrong type',
      'afzender-niet-bevoegd',
      (sent, world) => (world.change('gemeente', { types: ['shv-fase-1'] }), sent),
    ],
  ]
  for (const [name, code, spoil] of cases) {
    test(`${name}: ${code}`, async () => {
      const world = createWorld()
      const sent = spoil(saldoverzoek(world), world)
      const ask = () => world.relay.submit(world.who('gemeente'), sent)
      expect(await codeOf(ask)).toBe(code)
      expect([...world.store.live()]).toEqual([])
      expect(world.vault.flushes).toBe(0)
    })
  }
})

test('all problems of header and body come together, with their place and without values', async () => {
  const world = createWorld()
  const sent = inBody({ ...saldoverzoek(world), ontvanger: uuid(55), extra: 1 }, { Jansen: 'x' })
  const refused = await world.relay.submit(world.who('gemeente'), sent).catch((e: unknown) => e)
  if (!(refused instanceof RelayError)) throw new Error('not refused')
  expect(refused.code).toBe('bericht-ongeldig')
  expect(refused.problems.map(({ path }) => path).toSorted()).toEqual([
    '/inhoud/onbekend[1]',
    '/onbekend[1]',
    '/ontvanger',
  ])
  expect(JSON.stringify(refused.problems)).not.toContain('Jansen')
})

describe('documents owed', () => {
  const owing: [Person, string, string, string][] = [
    ['hulp', 'schuldinventarisatie', 'saldoverzoek', 'toestemmingsverklaring'],
    ['bewind', 'betalingsregeling', 'saldoverzoek', 'beschikking'],
    ['bewind', 'meldingen-bewindvoering', 'onderbewindstelling', 'beschikking'],
  ]
  for (const [person, module, type, kind] of owing) {
    test(`${person} opens ${module} only with a ${kind}`, async () => {
      const world = createWorld()
      const sent = world.envelope(person, 'energie', module, type)
      const without = () => world.relay.submit(world.who(person), sent)
      expect(await codeOf(without)).toBe('document-ontbreekt')
      const { message } = await world.relay.submit(world.who(person), attach(sent, kind, PDF))
      const got = await world.relay.fetch(world.who('energie'), message.header.reference)
      expect(got.content.attachments).toHaveLength(1)
      expect(Buffer.from(got.content.attachments[0]?.document.bytes ?? []).toString()).toBe(
        '%PDF-1.4\n',
      )
    })
  }

  test('a wrong document does not count for the one that is owed', async () => {
    const world = createWorld()
    const sent = world.envelope('hulp', 'energie', 'schuldinventarisatie', 'saldoverzoek')
    const ask = () => world.relay.submit(world.who('hulp'), attach(sent, 'beschikking', PDF))
    expect(await codeOf(ask)).toBe('bericht-ongeldig')
  })
})

test('a BSN passes only when both may use it', async () => {
  const world = createWorld()
  const ask = (to: Person) =>
    world.relay.submit(
      world.who('gemeente'),
      world.envelope('gemeente', to, 'schuldregeling', 'saldoverzoek-publiek'),
    )
  expect((await ask('energie')).repeated).toBe(false)
  expect(await codeOf(() => ask('water'))).toBe('bsn-niet-toegestaan')
})

describe('quota', () => {
  test('one sender cannot fill the mailbox of a recipient', async () => {
    const world = createWorld({ limits: { waitingMessagesPerRecipient: 20, pairSharePercent: 10 } })
    for (let count = 0; count < 2; count += 1) {
      await world.relay.submit(world.who('gemeente'), saldoverzoek(world))
    }
    const third = () => world.relay.submit(world.who('gemeente'), saldoverzoek(world))
    expect(await codeOf(third)).toBe('postbus-ontvanger-vol')
    const other = world.envelope('wijkteam', 'energie', 'schuldinventarisatie', 'saldoverzoek')
    expect((await world.relay.submit(world.who('wijkteam'), other)).repeated).toBe(false)
  })

  test('room comes back when the recipient confirms', async () => {
    const world = createWorld({ limits: { waitingMessagesPerSender: 1 } })
    const { message } = await world.relay.submit(world.who('gemeente'), saldoverzoek(world))
    const next = () => world.relay.submit(world.who('gemeente'), saldoverzoek(world))
    expect(await codeOf(next)).toBe('te-veel-berichten')
    await world.relay.confirm(world.who('energie'), message.header.reference)
    expect((await next()).repeated).toBe(false)
  })
})

function inBody(sent: Record<string, unknown>, fields: Record<string, unknown>) {
  const body = { ...(sent['inhoud'] as Record<string, unknown>), ...fields }
  return {
    ...sent,
    inhoud: Object.fromEntries(Object.entries(body).filter(([, v]) => v !== undefined)),
  }
}

function attach(sent: Record<string, unknown>, soort: string, document: unknown) {
  return { ...sent, bijlagen: [{ soort, document }] }
}
