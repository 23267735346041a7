/**
 * Conversations: which message may come next, from whom, and what a message that did not arrive leaves open.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import type { Message } from '../../src/core/message.ts'
import { codeOf, createWorld, uuid } from '../support/world.ts'
import type { Person, World } from '../support/world.ts'

const CASE = uuid(4_000)

/** Sends a message of schuldregeling in one conversation between gemeente and energie. */
async function say(
  world: World,
  from: 'gemeente' | 'energie',
  type: string,
  cross?: Message,
): Promise<Message> {
  const to: Person = from === 'gemeente' ? 'energie' : 'gemeente'
  const sent = world.envelope(from, to, 'schuldregeling', type, {
    conversatieReferentienummer: CASE,
    ...(cross === undefined ? {} : { crossReferentienummer: cross.header.reference }),
  })
  return (await world.relay.submit(world.who(from), sent)).message
}

const confirmed = async (world: World, by: Person, message: Message) =>
  world.relay.confirm(world.who(by), message.header.reference)

test('a whole debt settlement passes, each message fetched and confirmed', async () => {
  const world = createWorld()
  const question = await say(world, 'gemeente', 'saldoverzoek')
  await confirmed(world, 'energie', question)
  const answer = await say(world, 'energie', 'saldoverzoek-antwoord', question)
  await confirmed(world, 'gemeente', answer)
  const proposal = await say(world, 'gemeente', 'betaalvoorstel')
  await confirmed(world, 'energie', proposal)
  const reply = await say(world, 'energie', 'betaalvoorstel-antwoord', proposal)
  await confirmed(world, 'gemeente', reply)
  const agreed = await say(world, 'gemeente', 'schuldregeling-akkoord')
  await confirmed(world, 'energie', agreed)
  const seen = await world.relay.conversation(world.who('energie'), CASE)
  expect(seen.steps.map(({ type, state }) => `${type} ${state}`)).toEqual([
    'saldoverzoek confirmed',
    'saldoverzoek-antwoord confirmed',
    'betaalvoorstel confirmed',
    'betaalvoorstel-antwoord confirmed',
    'schuldregeling-akkoord confirmed',
  ])
  expect([...world.store.live()]).toEqual([])
  expect([...world.vault.used()]).toEqual([])
})

describe('refused steps', () => {
  test('an answer without its question', async () => {
    const world = createWorld()
    expect(await codeOf(() => say(world, 'energie', 'saldoverzoek-antwoord'))).toBe(
      'conversatie-onbekend',
    )
  })

  test('an answer to a message of others gives the same code as to one that does not exist', async () => {
    const world = createWorld()
    const others = world.envelope('gemeente', 'water', 'schuldregeling', 'saldoverzoek')
    const { message } = await world.relay.submit(world.who('gemeente'), others)
    const answer = (cross: string, conversation: string) =>
      codeOf(() =>
        world.relay.submit(
          world.who('energie'),
          world.envelope('energie', 'gemeente', 'schuldregeling', 'saldoverzoek-antwoord', {
            conversatieReferentienummer: conversation,
            crossReferentienummer: cross,
          }),
        ),
      )
    const { reference, conversation } = message.header
    expect(await answer(reference, conversation)).toBe('conversatie-onbekend')
    expect(await answer(uuid(9_999), uuid(9_998))).toBe('conversatie-onbekend')
  })

  test('a proposal before any balance was asked', async () => {
    const world = createWorld()
    expect(await codeOf(() => say(world, 'gemeente', 'betaalvoorstel'))).toBe(
      'conversatie-onbekend',
    )
    await say(world, 'gemeente', 'kennisgeving')
    expect(await codeOf(() => say(world, 'gemeente', 'betaalvoorstel'))).toBe(
      'stap-niet-toegestaan',
    )
  })

  test('an answer to the wrong kind of question', async () => {
    const world = createWorld()
    const question = await say(world, 'gemeente', 'saldoverzoek')
    const wrong = () => say(world, 'energie', 'betaalvoorstel-antwoord', question)
    expect(await codeOf(wrong)).toBe('stap-niet-toegestaan')
  })

  test('an opening message in a conversation that is under way', async () => {
    const world = createWorld()
    await say(world, 'gemeente', 'saldoverzoek')
    expect(await codeOf(() => say(world, 'gemeente', 'kennisgeving'))).toBe('stap-niet-toegestaan')
  })

  test('a conversation number that is taken for another pair', async () => {
    const world = createWorld()
    await say(world, 'gemeente', 'saldoverzoek')
    const third = world.envelope('wijkteam', 'energie', 'schuldinventarisatie', 'saldoverzoek', {
      conversatieReferentienummer: CASE,
    })
    const ask = () => world.relay.submit(world.who('wijkteam'), third)
    expect(await codeOf(ask)).toBe('conversatie-onbekend')
  })

  test('anything but an answer after the conversation has ended', async () => {
    const world = createWorld()
    const question = await say(world, 'gemeente', 'saldoverzoek')
    await say(world, 'gemeente', 'schuldregeling-beeindigd')
    expect(await codeOf(() => say(world, 'gemeente', 'betaalvoorstel'))).toBe(
      'conversatie-beeindigd',
    )
    const answer = await say(world, 'energie', 'saldoverzoek-antwoord', question)
    expect(answer.state).toBe('waiting')
  })

  test('more steps than a conversation may have', async () => {
    const world = createWorld({ limits: { stepsPerConversation: 2 } })
    await say(world, 'gemeente', 'saldoverzoek')
    await say(world, 'energie', 'statusverzoek')
    expect(await codeOf(() => say(world, 'energie', 'statusverzoek'))).toBe('conversatie-vol')
  })
})

describe('a message that did not arrive opens no door', () => {
  test('a refused question cannot be answered and may be sent again', async () => {
    const world = createWorld()
    const question = await say(world, 'gemeente', 'saldoverzoek')
    await world.relay.refuse(world.who('energie'), question.header.reference, { reason: 'dubbel' })
    const answer = () => say(world, 'energie', 'saldoverzoek-antwoord', question)
    expect(await codeOf(answer)).toBe('stap-niet-toegestaan')
    expect(await codeOf(() => say(world, 'gemeente', 'betaalvoorstel'))).toBe(
      'stap-niet-toegestaan',
    )
    const again = await say(world, 'gemeente', 'saldoverzoek')
    expect((await say(world, 'energie', 'saldoverzoek-antwoord', again)).state).toBe('waiting')
  })

  test('a closing message that is withdrawn opens the conversation again', async () => {
    const world = createWorld()
    await say(world, 'gemeente', 'saldoverzoek')
    const closing = await say(world, 'gemeente', 'schuldregeling-beeindigd')
    await world.relay.withdraw(world.who('gemeente'), closing.header.reference)
    expect((await say(world, 'gemeente', 'betaalvoorstel')).state).toBe('waiting')
  })

  test('an expired question may be answered only when it was fetched', async () => {
    for (const fetchIt of [true, false]) {
      const world = createWorld()
      const question = await say(world, 'gemeente', 'saldoverzoek')
      if (fetchIt) await world.relay.fetch(world.who('energie'), question.header.reference)
      world.now = question.header.removeAt
      expect(await world.relay.expire()).toBe(1)
      const answer = () => say(world, 'energie', 'saldoverzoek-antwoord', question)
      expect(await codeOf(answer)).toBe(fetchIt ? 'not refused' : 'stap-niet-toegestaan')
    }
  })
})

test('a second answer is a correction, and the mailbox numbers it', async () => {
  const world = createWorld()
  const question = await say(world, 'gemeente', 'saldoverzoek')
  await say(world, 'energie', 'saldoverzoek-antwoord', question)
  await say(world, 'energie', 'saldoverzoek-antwoord', question)
  const { items } = await world.relay.list(world.who('gemeente'), { limit: 10 })
  expect(items.map(({ answerNumber }) => answerNumber)).toEqual([1, 2])
})

test('a conversation shows what may follow, what is expected, and that it is late', async () => {
  const world = createWorld()
  const question = await say(world, 'gemeente', 'saldoverzoek')
  const before = await world.relay.conversation(world.who('energie'), CASE)
  expect(before.next.map(({ type }) => type)).toContain('saldoverzoek-antwoord')
  expect(before.expected).toMatchObject([{ by: world.id('energie'), late: false }])
  world.now = question.header.answerBy ?? 0
  const after = await world.relay.conversation(world.who('gemeente'), CASE)
  expect(after.expected).toMatchObject([{ by: world.id('energie'), late: true }])
  expect(after.next.map(({ type }) => type)).toContain('betaalvoorstel')
  const { items } = await world.relay.conversations(world.who('energie'), {
    answerBefore: '2026-03-16',
    limit: 10,
  })
  expect(items).toHaveLength(1)
  expect(await codeOf(() => world.relay.conversation(world.who('water'), CASE))).toBe(
    'niet-gevonden',
  )
})

test('an opening and its follow-up may be handed in together, in order', async () => {
  const world = createWorld()
  const both = await Promise.all([
    say(world, 'gemeente', 'saldoverzoek'),
    say(world, 'gemeente', 'betaalvoorstel'),
  ])
  expect(both.map(({ seq }) => seq)).toEqual([1, 2])
  expect(world.vault.flushes).toBe(1)
})
