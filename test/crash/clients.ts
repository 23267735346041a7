/**
 * Clients that send, fetch, confirm, refuse and withdraw at the same time, and write down everything in the same books. When a
 * connection breaks they do not know what came of their question, and ask again until they do.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Client } from '../../src/client/client.ts'
import { ClientError } from '../../src/client/client-error.ts'
import type { BatchOutcome, Envelope, Receipt } from '../../src/client/wire.ts'
import type { Uuid } from '../../src/core/message.ts'
import type { Books, End, Letter, Shown } from '../support/books.ts'
import { participantId } from '../support/demo-node.ts'
import type { Chance } from '../support/seeded.ts'

/** Who asks, and who answers for the creditors. */
const ASKERS = ['gemeente-voorbeeldstad', 'gemeente-duinrand', 'gemeente-polderveen'] as const
const CREDITORS = ['energie-direct', 'waterbedrijf-noord-zakelijk'] as const
/** Everybody who finds something in a mailbox: askers find notices. */
export const CAST = [...ASKERS, ...CREDITORS] as const
const SENDERS = 8
const RECEIVERS = 8
/** Conversations that a sender goes on with. */
const RECENT = 6

/** What the clients need of the world; `reach` waits while the relay is down. */
export interface Scene {
  readonly books: Books
  reach(participant: string): Promise<Client>
  /** Sent bodies of a type, to be filled in. */
  readonly samples: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  /** Called whenever something was answered for good; the killer counts. */
  readonly progress: () => void
  /** Stands in each body. */
  readonly marker: string
}

/** The answer to a question, or that there is none. */
type Heard<T> = { readonly answer: T } | { readonly refusal: ClientError } | 'broken'

/** Asks; a refusal of the relay is an answer too. */
async function ask<T>(question: () => Promise<T>): Promise<Heard<T>> {
  try {
    return { answer: await question() }
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    if (error.status !== undefined) return { refusal: error }
    if (error.code === 'unreachable' || error.code === 'timeout') return 'broken'
    throw error
  }
}

/** An asker who has sent `letters` messages and knows of each what came of it when this resolves. */
async function send(scene: Scene, name: string, letters: number, chance: Chance): Promise<void> {
  const { books } = scene
  const own: Letter[] = []
  const pen = writer(scene, name, chance)
  while (own.length < letters) {
    if (own.length > 0 && chance.percent(6)) await withdraw(scene, name, chance.oneOf(own))
    else if (own.length > 0 && chance.percent(6)) await offer(scene, name, [chance.oneOf(own)])
    else {
      const many = chance.percent(10) ? 1 + chance.below(6) : 1
      const envelopes = Array.from({ length: Math.min(many, letters - own.length) }, pen)
      const offered = envelopes.map((envelope) => books.offer(participantId(name), envelope))
      own.push(...offered)
      await offer(scene, name, offered)
    }
  }
}

/** Writes one envelope after the other: new conversations, and further proposals in recent ones. */
function writer({ samples, marker }: Scene, name: string, chance: Chance): () => Envelope {
  const recent: { readonly conversation: Uuid; readonly to: string }[] = []
  return () => {
    const opens = recent.length < RECENT || chance.percent(15)
    if (opens) recent.unshift({ conversation: randomUUID(), to: chance.oneOf(CREDITORS) })
    recent.length = Math.min(recent.length, RECENT)
    const { conversation, to } = opens && recent[0] ? recent[0] : chance.oneOf(recent)
    const type = opens ? 'saldoverzoek' : 'betaalvoorstel'
    return {
      referentienummer: randomUUID(),
      conversatieReferentienummer: conversation,
      module: 'schuldregeling',
      berichttype: type,
      versie: '2.0',
      ontvanger: participantId(to),
      afzender: participantId(name),
      inhoud: { ...samples.get(type), KlantnummerSHV: `${marker}-${chance.below(1e6)}` },
    }
  }
}

/** Offers letters, one alone or several as a batch, until it is known of each whether the relay has it. */
async function offer(scene: Scene, name: string, letters: readonly Letter[]): Promise<void> {
  for (let open = letters; open.length > 0;) {
    const client = await scene.reach(name)
    const settled = new Set<Letter>()
    const heard =
      open.length === 1 && open[0] !== undefined
        ? await offerOne(scene, client, open[0], settled)
        : await ask(() => offerBatch(scene, client, open, settled))
    open = open.filter((letter) => !settled.has(letter))
    if (heard !== 'broken' && open.length > 0)
      throw new Error('the relay gave an answer, but not for every message')
  }
}

async function offerOne(scene: Scene, client: Client, letter: Letter, settled: Set<Letter>) {
  const heard = await ask(() => client.submit(letter.envelope))
  if (heard === 'broken') return heard
  settled.add(letter)
  if ('answer' in heard) scene.books.accepted(letter, heard.answer)
  else refused(scene, letter, heard.refusal.status, heard.refusal.code)
  scene.progress()
  return heard
}

async function offerBatch(
  scene: Scene,
  client: Client,
  letters: readonly Letter[],
  settled: Set<Letter>,
): Promise<void> {
  const outcomes: AsyncIterable<BatchOutcome> = client.submitMany(
    letters.map(({ envelope }) => envelope),
  )
  for await (const { regel, ontvangst, status, probleem } of outcomes) {
    const letter = letters[regel - 1]
    if (letter === undefined) throw new Error(`the relay answered for line ${regel}`)
    settled.add(letter)
    if (ontvangst !== undefined) scene.books.accepted(letter, ontvangst)
    else refused(scene, letter, status, probleem?.code ?? 'nothing')
    scene.progress()
  }
}

/** A conversation whose opening was refused or withdrawn takes no proposal; nothing else may be in the way. */
function refused({ books }: Scene, letter: Letter, status: number | undefined, code: string) {
  const fits = code === 'stap-niet-toegestaan' || code === 'conversatie-onbekend'
  if (!fits) throw new Error(`a submit was refused with ${status} ${code}`)
  books.turnedAway(letter)
}

async function withdraw(scene: Scene, name: string, letter: Letter): Promise<void> {
  if (letter.acceptedAt === undefined) return
  await end(scene, name, letter, 'ingetrokken')
}

/** Asks for an end until there is an answer, and writes down what it means. */
async function end(
  scene: Scene,
  name: string,
  letter: Letter,
  how: End,
  lease?: Uuid,
): Promise<void> {
  const { books } = scene
  const { referentienummer } = letter.envelope
  let held = lease
  for (;;) {
    const client = await scene.reach(name)
    const asked = books.tick()
    books.asksEnd(letter, how)
    const options = held === undefined ? {} : { lease: held }
    const heard = await ask((): Promise<Receipt> => {
      if (how === 'bevestigd') return client.confirm(referentienummer, options)
      if (how === 'ingetrokken') return client.withdraw(referentienummer)
      return client.refuse(referentienummer, { reden: 'dubbel' }, options)
    })
    // Leases live in memory: after a kill there is none.
    held = undefined
    if (heard === 'broken') continue
    scene.progress()
    if ('answer' in heard) books.ended(letter, how, heard.answer)
    else notEnded(books, letter, heard.refusal.code, asked)
    return
  }
}

/** Ends that came before this one, or something that stands in the way of it now. */
const BEFORE: Readonly<Record<string, End>> = {
  'al-bevestigd': 'bevestigd',
  'al-afgewezen': 'afgewezen',
  ingetrokken: 'ingetrokken',
}

function notEnded(books: Books, letter: Letter, code: string, asked: number): void {
  if (code === 'niet-gevonden') books.missing(letter, asked)
  else if (BEFORE[code] !== undefined) books.gone(letter, BEFORE[code])
  else if (code !== 'al-opgehaald' && code !== 'in-ophaling')
    throw new Error(`an end was refused with ${code}`)
}

/** Works on a mailbox until told to stop. */
async function receive(
  scene: Scene,
  name: string,
  chance: Chance,
  isDone: () => boolean,
): Promise<void> {
  while (!isDone()) {
    const client = await scene.reach(name)
    const gone = chance.percent(10) ? someGone(scene.books, name, chance) : undefined
    if (gone !== undefined) await lookAgain(scene, client, name, gone, chance)
    else if (chance.percent(50)) await work(scene, name, chance, await leased(scene, client, name))
    else await work(scene, name, chance, await fetched(scene, client, name, chance))
  }
}

/** Messages in hand, with the lease that they are under. */
interface InHand {
  readonly lease?: Uuid
  readonly messages: readonly Shown[]
}

async function leased({ books }: Scene, client: Client, name: string): Promise<InHand> {
  const asked = books.tick()
  const heard = await ask(() => client.lease({ limiet: 20, leaseSeconden: 2 }))
  if (heard === 'broken') return { messages: [] }
  if ('refusal' in heard) throw new Error(`a lease was refused with ${heard.refusal.code}`)
  books.shown(participantId(name), asked, heard.answer.berichten)
  return { lease: heard.answer.ophaling, messages: heard.answer.berichten }
}

/** Lists a mailbox and reads one of what it shows. */
async function fetched(
  { books }: Scene,
  client: Client,
  name: string,
  chance: Chance,
): Promise<InHand> {
  const me = participantId(name)
  const asked = books.tick()
  const list = await ask(() => client.list({ limiet: 50 }))
  if (list === 'broken') return { messages: [] }
  if ('refusal' in list) throw new Error(`a list was refused with ${list.refusal.code}`)
  books.shown(me, asked, list.answer.berichten)
  if (list.answer.berichten.length === 0) {
    // An idle worker must not keep the others from the processor.
    await Bun.sleep(20)
    return { messages: [] }
  }
  const { referentienummer } = chance.oneOf(list.answer.berichten)
  const askedOne = books.tick()
  const heard = await ask(() => client.fetch(referentienummer))
  if (heard === 'broken') return { messages: [] }
  if ('answer' in heard) {
    books.shown(me, askedOne, [heard.answer])
    return { messages: [heard.answer] }
  }
  const letter = books.letters.get(referentienummer)
  const { code } = heard.refusal
  if (letter !== undefined && code === 'niet-gevonden') books.missing(letter, askedOne)
  else if (letter !== undefined && (code === 'bericht-weg' || code === 'ingetrokken'))
    books.gone(letter, code === 'ingetrokken' ? code : undefined)
  else if (code !== 'in-ophaling' && code !== 'bericht-weg')
    throw new Error(`a fetch was refused with ${code}`)
  return { messages: [] }
}

/** Ends most of what is in hand, in order. */
async function work(scene: Scene, name: string, chance: Chance, { lease, messages }: InHand) {
  for (const message of messages) {
    const letter = scene.books.letters.get(message.referentienummer)
    if (letter !== undefined) {
      if (!chance.percent(90)) continue
      await end(scene, name, letter, chance.percent(90) ? 'bevestigd' : 'afgewezen', lease)
    } else if (scene.books.isNotice(message)) await endNotice(scene, name, message, lease)
  }
}

async function endNotice(scene: Scene, name: string, { referentienummer }: Shown, lease?: Uuid) {
  const client = await scene.reach(name)
  const options = lease === undefined ? {} : { lease }
  const heard = await ask(() => client.confirm(referentienummer, options))
  if (heard === 'broken') return
  if ('answer' in heard) scene.books.noticeEnded(referentienummer)
  else if (heard.refusal.code !== 'in-ophaling')
    throw new Error(`a notice could not be confirmed: ${heard.refusal.code}`)
}

/** A letter to this participant that is known to be gone. */
function someGone(books: Books, name: string, chance: Chance): Letter | undefined {
  const me = participantId(name)
  const gone = [...books.letters.values()].filter(
    ({ endedAt, envelope }) => endedAt !== undefined && envelope.ontvanger === me,
  )
  return gone.length === 0 ? undefined : chance.oneOf(gone)
}

/** What is gone cannot be fetched, and its end can be asked for again with the same answer. */
async function lookAgain(
  scene: Scene,
  client: Client,
  name: string,
  letter: Letter,
  chance: Chance,
): Promise<void> {
  const { books } = scene
  const asked = books.tick()
  const { referentienummer } = letter.envelope
  const heard = await ask(() => client.fetch(referentienummer))
  if (heard === 'broken') return
  if ('answer' in heard) books.shown(participantId(name), asked, [heard.answer])
  else if (heard.refusal.code === 'niet-gevonden') books.missing(letter, asked)
  else if (heard.refusal.status !== 410)
    throw new Error(`what is gone was answered with ${heard.refusal.code}`)
  const { outcome } = letter
  if (chance.percent(50) && outcome !== undefined && outcome !== 'ingetrokken')
    await end(scene, name, letter, outcome)
}

/**
 * Sixteen clients at once; resolves when all letters were sent and what came of each is known.
 * @param letters in all
 */
export async function perform(scene: Scene, letters: number, chance: Chance): Promise<void> {
  let sent = false
  const share = Math.ceil(letters / SENDERS)
  const senders = Array.from({ length: SENDERS }, (_, index) =>
    send(scene, ASKERS[index % ASKERS.length] ?? ASKERS[0], share, chance.fork()),
  )
  const receivers = Array.from({ length: RECEIVERS }, (_, index) => {
    // Most of the work is the creditors'; askers look for their notices now and then.
    const name = index < 6 ? CREDITORS[index % CREDITORS.length] : ASKERS[index % ASKERS.length]
    return receive(scene, name ?? CREDITORS[0], chance.fork(), () => sent)
  })
  await Promise.all([
    Promise.all(senders).finally(() => (sent = true)),
    ...receivers.map((receiver) =>
      receiver.catch((error: unknown) => {
        sent = true
        throw error
      }),
    ),
  ])
}
