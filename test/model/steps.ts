/**
 * What may happen to a relay, as data: drawn by chance, made smaller when it shows a difference, and played on either side. Numbers
 * pick among what there is when the step is played.
 * @module
 */
import fc from 'fast-check'
import type { ParticipantStatus } from '../../src/core/directory.ts'
import { RelayError } from '../../src/core/errors.ts'
import type { Uuid } from '../../src/core/message.ts'
import type { MailboxQuery } from '../../src/relay/relay.ts'
import { PEOPLE, uuid } from '../support/world.ts'
import type { Person } from '../support/world.ts'
import type { Side } from './side.ts'

const CAST = Object.keys(PEOPLE) as Person[]
/** Those who are drawn mostly, so that conversations go on. */
const MAIN: readonly Person[] = ['gemeente', 'energie']
const TYPES = [
  'saldoverzoek',
  'saldoverzoek-antwoord',
  'betaalvoorstel',
  'betaalvoorstel-antwoord',
  'schuldregeling-akkoord',
  'geen-medewerking',
] as const
const STATUSES: readonly ParticipantStatus[] = ['actief', 'actief', 'geschorst', 'beeindigd']
const MINUTE_MS = 60_000
const LIMIT = 500
const EVERYTHING = 100_000
const ENDS = ['confirm', 'refuse', 'withdraw'] as const

/** A message that was offered, accepted or not. */
interface Letter {
  readonly from: Person
  readonly to: Person
  readonly envelope: Readonly<Record<string, unknown>> & { readonly referentienummer: Uuid }
}

/** What the player of one side remembers; the same on both. */
export interface Memory {
  readonly letters: Letter[]
  readonly leases: { readonly who: Person; readonly id: Uuid }[]
}

export type Step =
  | {
      kind: 'submit'
      from: Person
      to: Person
      type: string
      talk: number | null
      cross: number | null
    }
  | { kind: 'burst'; from: Person; to: Person; count: number }
  | { kind: 'repeat'; which: number; changed: boolean }
  | { kind: 'reply'; which: number; type: string }
  | { kind: 'list' | 'fetch-first'; who: Person }
  | { kind: 'fetch'; which: number; stranger: boolean }
  | { kind: 'end'; how: (typeof ENDS)[number]; which: number; lease: number | null }
  | { kind: 'lease'; who: Person; seconds: number; limit: number }
  | { kind: 'extend' | 'release'; which: number }
  | { kind: 'wait'; minutes: number }
  | { kind: 'expire' | 'rotate' | 'restart' | 'close-ended' }
  | { kind: 'status'; who: Person; to: ParticipantStatus }

const person = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...MAIN) },
  { weight: 1, arbitrary: fc.constantFrom(...CAST) },
)
const seldom = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.nat(12) },
)
const only = <T extends string>(kind: T) => fc.record({ kind: fc.constant(kind) })

/** One step. Most of what is drawn makes sense, and the rest must be refused in the same words. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      from: fc.oneof(
        { weight: 4, arbitrary: fc.constant('gemeente' as const) },
        { weight: 1, arbitrary: person },
      ),
      to: fc.oneof(
        { weight: 4, arbitrary: fc.constant('energie' as const) },
        { weight: 1, arbitrary: person },
      ),
      type: fc.oneof(
        { weight: 6, arbitrary: fc.constant('saldoverzoek') },
        { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
      ),
      talk: seldom,
      cross: seldom,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('burst' as const),
      from: fc.constant('gemeente' as const),
      to: fc.constant('energie' as const),
      count: fc.integer({ min: 2, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('repeat' as const),
      which: fc.nat(),
      changed: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('reply' as const),
      which: fc.nat(),
      type: fc.constantFrom(...TYPES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('list' as const), who: person }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fetch-first' as const), who: person }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fetch' as const),
      which: fc.nat(),
      stranger: fc.nat(5).map((one) => one === 0),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      how: fc.constantFrom(...ENDS),
      which: fc.nat(),
      lease: fc.option(fc.nat()),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lease' as const),
      who: person,
      seconds: fc.integer({ min: 1, max: 3_600 }),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('extend' as const, 'release' as const),
      which: fc.nat(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      minutes: fc.constantFrom(1, 20, 24 * 60, 4 * 24 * 60, 9 * 24 * 60),
    }),
  },
  { weight: 2, arbitrary: only('expire') },
  { weight: 1, arbitrary: only('rotate') },
  { weight: 2, arbitrary: only('restart') },
  { weight: 1, arbitrary: only('close-ended') },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      who: fc.constantFrom(...CAST),
      to: fc.constantFrom(...STATUSES),
    }),
  },
)

/** Plays a step. @returns what was answered: values, or the code of the refusal */
export async function play(side: Side, memory: Memory, one: Step): Promise<unknown> {
  const answer = await act(side, memory, one).catch((error: unknown) => {
    if (error instanceof RelayError) return { refused: error.code }
    throw error
  })
  // A mark of fetching is written behind the answer: asked after it, anything comes later in the queue.
  const { world, relay } = side
  await relay.confirm(world.who('fonds'), uuid(1)).catch(() => {})
  return answer
}

async function act(side: Side, memory: Memory, one: Step): Promise<unknown> {
  const { world, relay } = side
  const letter = (which: number) => memory.letters[which % memory.letters.length]
  switch (one.kind) {
    case 'submit': {
      const talk = one.talk === null ? undefined : letter(one.talk)?.envelope
      const cross = one.cross === null ? undefined : letter(one.cross)?.envelope
      return submit(side, memory, one.from, one.to, one.type, {
        ...(talk && { conversatieReferentienummer: talk['conversatieReferentienummer'] }),
        ...(cross && { crossReferentienummer: cross.referentienummer }),
      })
    }
    case 'burst':
      return Promise.all(
        Array.from({ length: one.count }, () =>
          submit(side, memory, one.from, one.to, 'saldoverzoek', {}).catch(codeOf),
        ),
      )
    case 'repeat': {
      const again = letter(one.which)
      if (again === undefined) return 'nothing'
      const { envelope, from } = again
      const inhoud = { ...(envelope['inhoud'] as object), KlantnummerSHV: 'een ander' }
      return relay.submit(world.who(from), one.changed ? { ...envelope, inhoud } : envelope)
    }
    case 'reply': {
      const question = letter(one.which)
      if (question === undefined) return 'nothing'
      const { conversatieReferentienummer, referentienummer } = question.envelope
      return submit(side, memory, question.to, question.from, one.type, {
        conversatieReferentienummer,
        crossReferentienummer: referentienummer,
      })
    }
    case 'list':
      return mailbox(side, one.who, { limit: LIMIT })
    case 'fetch-first': {
      const { items } = await relay.list(world.who(one.who), { limit: 1 })
      const [first] = items
      return first && relay.fetch(world.who(one.who), first.message.header.reference)
    }
    case 'fetch': {
      const found = letter(one.which)
      if (found === undefined) return 'nothing'
      const who = world.who(one.stranger ? 'wijkteam' : found.to)
      return relay.fetch(who, found.envelope.referentienummer)
    }
    case 'end':
      return end(side, memory, one)
    case 'lease': {
      const { limit, seconds } = one
      const answer = await relay.lease(world.who(one.who), { limit, seconds })
      memory.leases.push({ who: one.who, id: answer.lease.id })
      return answer
    }
    case 'extend':
    case 'release': {
      const held = memory.leases[one.which % memory.leases.length]
      if (held === undefined) return 'nothing'
      const who = world.who(held.who)
      return one.kind === 'extend' ? relay.extend(who, held.id, 60) : relay.release(who, held.id)
    }
    case 'wait':
      world.now += one.minutes * MINUTE_MS
      return undefined
    case 'expire':
      return relay.expire()
    case 'close-ended':
      return relay.endParticipants()
    case 'rotate':
      return relay.rotate()
    case 'restart':
      return side.restart()
    case 'status':
      return world.change(one.who, { status: one.to })
  }
}

async function submit(
  { world, relay }: Side,
  memory: Memory,
  from: Person,
  to: Person,
  type: string,
  rest: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const envelope = world.envelope(from, to, 'schuldregeling', type, rest) as Letter['envelope']
  memory.letters.push({ from, to, envelope })
  return relay.submit(world.who(from), envelope)
}

async function end(
  { world, relay }: Side,
  memory: Memory,
  { how, which, lease }: Extract<Step, { kind: 'end' }>,
): Promise<unknown> {
  const letter = memory.letters[which % memory.letters.length]
  if (letter === undefined) return 'nothing'
  const { referentienummer: reference } = letter.envelope
  if (how === 'withdraw') return relay.withdraw(world.who(letter.from), reference)
  const who = world.who(letter.to)
  const held = lease === null ? undefined : memory.leases[lease % memory.leases.length]?.id
  if (how === 'confirm') return relay.confirm(who, reference, held)
  return relay.refuse(who, reference, { reason: 'dubbel', explanation: 'Hadden wij al.' }, held)
}

/** Everything that somebody can see now, of everybody; contents last, since reading leaves a mark. */
export async function view(side: Side): Promise<unknown> {
  const { world, relay } = side
  const seen: Record<string, unknown> = {}
  for (const who of CAST) {
    const caller = world.who(who)
    const boxes = await relay.mailboxes(caller.connection)
    const list = await mailbox(side, who, { limit: LIMIT })
    const log = await relay.log(caller, { limit: LIMIT }).catch(codeOf)
    const talks = await relay.conversations(caller, { limit: LIMIT }).catch(codeOf)
    seen[who] = { boxes, list, log, talks }
  }
  const events = world.store.events(0, EVERYTHING)
  const contents: unknown[] = []
  for (const who of CAST) {
    const { items } = await relay
      .list(world.who(who), { limit: LIMIT })
      .catch(() => ({ items: [] }))
    for (const { message } of items)
      contents.push(await relay.fetch(world.who(who), message.header.reference).catch(codeOf))
  }
  return { seen, contents, events, alarms: world.alarms }
}

function mailbox({ world, relay }: Side, who: Person, query: MailboxQuery): Promise<unknown> {
  return relay.list(world.who(who), query).catch(codeOf)
}

function codeOf(error: unknown): unknown {
  if (error instanceof RelayError) return { refused: error.code }
  throw error
}
