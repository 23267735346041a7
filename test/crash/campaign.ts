/**
 * One round: a relay as a process, sixteen clients, and somebody who kills it at random moments. In the end the books are closed
 * on what is really there.
 * @module
 */
import type { Client } from '../../src/client/client.ts'
import { ClientError } from '../../src/client/client-error.ts'
import type { Uuid } from '../../src/core/message.ts'
import { Books } from '../support/books.ts'
import type { Shown } from '../support/books.ts'
import { makeDemoNode, participantId } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { NotStarted, runProgram, startNode } from '../support/node-process.ts'
import type { NodeProcess } from '../support/node-process.ts'
import { chanceOf } from '../support/seeded.ts'
import type { Chance } from '../support/seeded.ts'
import { autopsy } from './autopsy.ts'
import { CAST, perform } from './clients.ts'

/** A start that is killed lives this long at the most: reading, zeroing and listening all lie before. */
const START_MS = 450

export interface Plan {
  readonly seed: number
  /** Messages that are sent. */
  readonly letters: number
  readonly kills: number
  /** Called after each kill, before the start: somebody who does to the files what nobody should. */
  readonly meddle?: (files: DemoNode) => void
}

/** What a round saw; everything under `complaints` is a broken promise. */
export interface Figures {
  readonly seed: number
  readonly letters: number
  readonly accepted: number
  readonly confirmed: number
  readonly refused: number
  readonly withdrawn: number
  /** Messages that were there at the end, with their content. */
  readonly waiting: number
  readonly kills: number
  /** Kills in the middle of a start. */
  readonly killedStarts: number
  /** Starts that said they erased keys that no message held. */
  readonly startsThatErased: number
  /** Kills between the flush of a key and the commit of its message. */
  readonly keysWithoutMessage: number
  /** Kills between the commit of an end and the death of its key. */
  readonly keysOfEnded: number
  /** Epochs of the keys that were ended while all this went on. */
  readonly rotations: number
  /** Those that a kill came in the middle of; the next start goes on with them. */
  readonly rotationsCutOff: number
  readonly complaints: readonly string[]
}

/** Plays one round in a folder of its own, which is removed afterwards. */
export async function campaign(plan: Plan): Promise<Figures> {
  const files = makeDemoNode({ store: { path: 'data', map: '1 GiB', ballast: '1 MiB' } })
  try {
    return await new Campaign(files, plan).run()
  } finally {
    files.remove()
  }
}

class Campaign {
  readonly #files: DemoNode
  readonly #plan: Plan
  readonly #books = new Books()
  readonly #chance: Chance
  readonly #marker = `MERK-${crypto.randomUUID()}`
  #node: NodeProcess | undefined
  #up = Promise.withResolvers<NodeProcess>()
  /** Processes that were killed or stopped on purpose. */
  readonly #felled = new Set<NodeProcess>()
  /** Rejects when one ends that was not. */
  readonly #died = Promise.withResolvers<never>()
  /** Clients of each process, by name and address: reading certificates takes longer than asking. */
  readonly #clients = new Map<string, Client>()
  /** What each process has logged. */
  readonly #logs: NodeProcess['log'][] = []
  #progress = 0
  #rotations = 0
  #rotationsCutOff = 0
  #killedStarts = 0
  #keysWithoutMessage = 0
  #keysOfEnded = 0

  constructor(files: DemoNode, plan: Plan) {
    this.#died.promise.catch(() => {})
    this.#files = files
    this.#plan = plan
    this.#chance = chanceOf(plan.seed)
  }

  async run(): Promise<Figures> {
    const { letters, kills } = this.#plan
    try {
      await this.#start()
      const samples = await this.#samples()
      let done = false
      const killing = this.#killAll(() => done)
      const scene = {
        books: this.#books,
        samples,
        marker: this.#marker,
        reach: (name: string) => this.#reach(name),
        progress: () => void (this.#progress += 1),
      }
      const performing = perform(scene, letters, this.#chance.fork()).finally(() => (done = true))
      const rotating = this.#rotateNowAndThen(() => done)
      // Whichever fails first ends the round; clients would wait for ever for a relay that nobody starts again.
      const [killed] = await Promise.race([
        Promise.all([killing, performing, rotating]),
        this.#died.promise,
      ])
      const waiting = await this.#close()
      return {
        ...this.#figures(),
        kills: killed + this.#killedStarts + 1,
        waiting,
        ...(killed < kills && { complaints: [...this.#books.complaints, 'too few kills'] }),
      }
    } finally {
      if (this.#node !== undefined) this.#felled.add(this.#node)
      await this.#node?.kill()
    }
  }

  async #start(): Promise<void> {
    const node = await startNode(this.#files.configFile)
    this.#node = node
    this.#logs.push(node.log)
    void node.ended.then(({ exit, err }) => {
      if (!this.#felled.has(node)) this.#died.reject(new Error(`the relay ended: ${exit} ${err}`))
    })
    this.#up.resolve(node)
  }

  async #stop(): Promise<void> {
    const node = this.#node
    if (node === undefined) throw new Error('there is nothing to stop')
    this.#up = Promise.withResolvers()
    this.#felled.add(node)
    const { exit, err } = await node.stop()
    if (exit !== 0) this.#books.complaints.push(`an ordered stop ended with ${exit}: ${err}`)
  }

  async #reach(name: string): Promise<Client> {
    const { url } = await this.#up.promise
    const key = `${name} ${url}`
    const client = this.#clients.get(key) ?? this.#files.client(url, name)
    this.#clients.set(key, client)
    return client
  }

  async #samples() {
    const client = await this.#reach(CAST[0])
    const types = ['saldoverzoek', 'betaalvoorstel']
    const found = types.map(
      async (type) =>
        [type, (await client.messageType('schuldregeling', '2.0', type)).voorbeeld] as const,
    )
    return new Map(await Promise.all(found))
  }

  /** Kills at moments that are spread over the work of the clients; returns how often. */
  async #killAll(isDone: () => boolean): Promise<number> {
    const { letters, kills } = this.#plan
    // An accept is one step of progress and an end another, so this is well before the last of them.
    const moments = Array.from({ length: kills }, () => this.#chance.below(letters)).sort(
      (left, right) => left - right,
    )
    let killed = 0
    for (const moment of moments) {
      while (this.#progress < moment + 20 && !isDone()) await Bun.sleep(1)
      if (isDone()) break
      await Bun.sleep(this.#chance.below(6))
      await this.#killOnce()
      killed += 1
    }
    return killed
  }

  /** Ends the epoch of the keys again and again, as the operator may at any time. */
  async #rotateNowAndThen(isDone: () => boolean): Promise<void> {
    const chance = this.#chance.fork()
    while (!isDone()) {
      await Bun.sleep(50 + chance.below(300))
      const node = await this.#up.promise
      try {
        const order = { method: 'POST', unix: this.#files.paths.control }
        const { ok, status } = await fetch('http://control/vault-rotate', order)
        if (ok) this.#rotations += 1
        else this.#books.complaints.push(`a rotation was answered with ${status}`)
      } catch (error) {
        if (!this.#felled.has(node)) throw error
        this.#rotationsCutOff += 1
      }
    }
  }

  async #killOnce(): Promise<void> {
    const node = this.#node
    if (node === undefined) throw new Error('there is nothing to kill')
    this.#up = Promise.withResolvers()
    this.#felled.add(node)
    await node.kill()
    await this.#examine()
    this.#plan.meddle?.(this.#files)
    if (this.#chance.percent(25)) await this.#killStart()
    await this.#start()
  }

  /** Kills a start in the middle, or a relay that has just begun to listen. */
  async #killStart(): Promise<void> {
    const { configFile } = this.#files
    try {
      const node = await startNode(configFile, 50 + this.#chance.below(START_MS))
      this.#logs.push(node.log)
      await node.kill()
    } catch (error) {
      if (!(error instanceof NotStarted) || error.ended.err !== '') throw error
    }
    this.#killedStarts += 1
    await this.#examine()
  }

  /** Walks the invariants over the files as the kill has left them, and sees what it came in the middle of. */
  async #examine(): Promise<void> {
    const found = await autopsy(this.#files)
    this.#books.complaints.push(...found.complaints)
    if (found.keysOfEnded > 0) this.#keysOfEnded += 1
    if (found.keysWithoutMessage > 0) this.#keysWithoutMessage += 1
  }

  /** One kill more, and then the truth: with nothing else going on, and with nothing left. */
  async #close(): Promise<number> {
    await this.#killOnce()
    const asked = this.#books.tick()
    const boxes = new Map<Uuid, readonly Shown[]>()
    for (const name of CAST) boxes.set(participantId(name), await this.#everything(name))
    this.#books.close(asked, boxes)
    await this.#goneIsGone()
    await this.#stop()
    await this.#demand(['check', '--store'])

    await this.#start()
    for (const name of CAST) {
      const client = await this.#reach(name)
      const references = (boxes.get(participantId(name)) ?? []).map((one) => one.referentienummer)
      for (let at = 0; at < references.length; at += 500)
        await client.confirmMany(references.slice(at, at + 500))
      if ((await client.list({ limiet: 1 })).berichten.length > 0)
        this.#books.complaints.push(`something is left for ${name} after it confirmed everything`)
    }
    await this.#stop()
    await this.#demand(['check', '--store'])
    await this.#demand(['verify-erasure', '--marker', this.#marker])
    return [...boxes.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /** All that waits for somebody, with its content. */
  async #everything(name: string): Promise<Shown[]> {
    const client = await this.#reach(name)
    const found: Shown[] = []
    for (let na: string | undefined; ;) {
      const { berichten, volgende } = await client.list({ limiet: 200, ...(na && { na }) })
      for (let at = 0; at < berichten.length; at += 8) {
        const some = berichten.slice(at, at + 8)
        found.push(
          ...(await Promise.all(
            some.map(({ referentienummer }) => client.fetch(referentienummer)),
          )),
        )
      }
      if (volgende === undefined) return found
      na = volgende
    }
  }

  /** No letter that is known to be gone can be fetched; asking for its end again gives the first receipt. */
  async #goneIsGone(): Promise<void> {
    const gone = [...this.#books.letters.values()].filter(({ endedAt }) => endedAt !== undefined)
    for (const name of CAST) {
      const client = await this.#reach(name)
      const own = gone.filter(({ envelope }) => envelope.ontvanger === participantId(name))
      for (let at = 0; at < own.length; at += 16)
        await Promise.all(
          own.slice(at, at + 16).map(async (letter) => {
            const { referentienummer } = letter.envelope
            const answer = await client.fetch(referentienummer).then(
              () => 200,
              (error: unknown) => (error instanceof ClientError ? error.status : undefined),
            )
            if (answer !== 410)
              this.#books.complaints.push(`${referentienummer} is gone, but answered ${answer}`)
            else if (letter.outcome === 'bevestigd')
              this.#books.ended(letter, 'bevestigd', await client.confirm(referentienummer))
          }),
        )
    }
  }

  /** Runs a command of the program on the stopped node; a no is a complaint. */
  async #demand(args: readonly string[]): Promise<void> {
    const { exit, out, err } = await runProgram([...args, '--config', this.#files.configFile])
    if (exit !== 0) this.#books.complaints.push(`${args.join(' ')}: ${out} ${err}`)
  }

  #figures(): Omit<Figures, 'kills' | 'waiting'> {
    const letters = [...this.#books.letters.values()]
    const count = (outcome: string) => letters.filter((one) => one.outcome === outcome).length
    const erased = (log: NodeProcess['log']) =>
      log.some(({ event }) => event === 'orphan-keys-erased')
    return {
      seed: this.#plan.seed,
      letters: letters.length,
      accepted: letters.filter(({ acceptedAt }) => acceptedAt !== undefined).length,
      confirmed: count('bevestigd'),
      refused: count('afgewezen'),
      withdrawn: count('ingetrokken'),
      killedStarts: this.#killedStarts,
      startsThatErased: this.#logs.filter(erased).length,
      keysWithoutMessage: this.#keysWithoutMessage,
      keysOfEnded: this.#keysOfEnded,
      rotations: this.#rotations,
      rotationsCutOff: this.#rotationsCutOff,
      complaints: this.#books.complaints,
    }
  }
}
