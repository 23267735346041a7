/**
 * A relay as a process of its own, wired by the composition root as ever, with clients inside it that write down what they ask and
 * what they are answered. Run under a tracer: `bun test/power/player.ts CONFIG BOOK SEED PART LETTERS`.
 *
 * Part 1 makes the node, does one thing after the other, then many at once, and dies in the middle of it. Part 2 starts on what is
 * left, goes on, ends an epoch of the keys meanwhile, and stops in order.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { openSync, writeSync } from 'node:fs'
import { startApp } from '../../src/app.ts'
import type { App } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Config } from '../../src/config/config.ts'
import type { Caller } from '../../src/core/directory.ts'
import type { Message, Uuid } from '../../src/core/message.ts'
import { createLog } from '../../src/ops/log.ts'
import { chanceOf } from '../support/seeded.ts'
import type { Chance } from '../support/seeded.ts'
import { callerOf } from './callers.ts'
import type { Act, Line, Offered } from './ledger.ts'

const SENDERS = ['gemeente-voorbeeldstad', 'gemeente-duinrand', 'hulp-bij-schulden'] as const
const RECIPIENT = 'energie-direct'
const DAY_MS = 86_400_000
/** Letters that are on their way at the same time. */
const AT_ONCE = 8

/** How long after it is decided the end may come, in milliseconds: some groups take that long under a tracer. */
const DYING_MS = 15

const die = () => process.kill(process.pid, 'SIGKILL')

class Player {
  readonly #config: Config
  readonly #book: number
  readonly #chance: Chance
  readonly #part: number
  /** How far the clock was moved. */
  #shift = 0
  #ids = 0
  #answers = 0
  #app: App | undefined

  constructor(config: Config, book: string, seed: number, part: number) {
    this.#config = config
    this.#book = openSync(book, 'a', 0o600)
    this.#chance = chanceOf(seed + part)
    this.#part = part
    this.#shift = (part - 1) * 20 * DAY_MS
    this.#ids = part * 1_000_000
  }

  async play(letters: number): Promise<void> {
    this.#app = await this.#ask(this.#part === 1 ? 'create' : 'start', {}, () =>
      startApp(this.#config, {
        log: createLog({ sink: () => {}, now: Date.now, level: 'error' }),
        fatal: (reason) => {
          throw new Error(reason)
        },
        now: () => this.#now(),
      }),
    )
    if (this.#part === 1) {
      await this.#oneByOne()
      // Far enough into what happens at the same time that some of everything is under way.
      void this.#atOnce(letters, letters)
      await new Promise(() => {})
    } else {
      await this.#rotate()
      await this.#mailbox()
      await Promise.all([this.#atOnce(letters, Infinity), this.#rotateMeanwhile()])
      await this.#expire()
      await this.#app.stop()
    }
  }

  /** Every verb by itself, so that each flush belongs to one. */
  async #oneByOne(): Promise<void> {
    for (const document of [0, 20_000]) {
      await this.#letter(document)
      await this.#fetch(await this.#letter(document))
      await this.#confirm(await this.#letter(document))
      const read = await this.#letter(document)
      await this.#fetch(read)
      await this.#confirm(read)
      await this.#refuse(await this.#letter(document))
      await this.#withdraw(await this.#letter(document))
    }
    await this.#rotate()
    await this.#confirm(await this.#letter(0))
    await this.#expire()
    await this.#letter(0)
  }

  /** @param dieAfter how many answers from now on; the end of the process comes while others wait for theirs */
  async #atOnce(letters: number, dieAfter: number): Promise<void> {
    const from = this.#answers
    let left = letters
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        const message = await this.#letter(this.#chance.percent(20) ? 9_000 : 0)
        const fate = this.#chance.below(6)
        if (fate < 3 && this.#chance.percent(50)) await this.#fetch(message)
        if (fate < 2) await this.#confirm(message)
        if (fate === 2) await this.#refuse(message)
        if (fate === 3) await this.#withdraw(message)
        // Not now: an answer comes when a group is through, and the end must come in the middle of one.
        if (this.#answers - from >= dieAfter) setTimeout(die, this.#chance.below(DYING_MS))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    if (dieAfter !== Infinity) die()
  }

  async #rotateMeanwhile(): Promise<void> {
    await Bun.sleep(30)
    await this.#rotate()
  }

  /** Some of what part 1 has left is confirmed. */
  async #mailbox(): Promise<void> {
    const { items } = await this.#relay.list(this.#who(RECIPIENT), { limit: 500 })
    for (const { message } of items.slice(0, 6)) await this.#confirm(message)
  }

  async #letter(documentBytes: number): Promise<Message> {
    const from = this.#chance.oneOf(SENDERS)
    const offered = this.#write(from, documentBytes)
    const reference = offered.referentienummer
    const ask = { reference, offered }
    const { message } = await this.#ask(
      'accept',
      ask,
      () => this.#relay.submit(this.#who(from), offered),
      (answer) => answer.message.header.acceptedAt,
    )
    return message
  }

  #write(from: string, documentBytes: number): Offered {
    const module = from === 'hulp-bij-schulden' ? 'schuldinventarisatie' : 'schuldregeling'
    const version = module === 'schuldregeling' ? '2.0' : '1.0'
    const definition = this.#config.settings.catalogue.modules
      .get(module)
      ?.get(version)
      ?.messages.get('saldoverzoek')
    if (definition === undefined) throw new Error('the catalogue has no saldoverzoek')
    const document = {
      bestandsnaam: 'toestemming.pdf',
      mediatype: 'application/pdf',
      inhoud: Buffer.alloc(Math.max(20, documentBytes), '%PDF-1.4 ').toString('base64'),
    }
    return {
      referentienummer: randomUUID(),
      conversatieReferentienummer: randomUUID(),
      module,
      berichttype: 'saldoverzoek',
      versie: definition.version,
      ontvanger: this.#who(RECIPIENT).participant.id,
      afzender: this.#who(from).participant.id,
      inhoud: { ...definition.sample, KlantnummerSHV: randomUUID() },
      ...(module === 'schuldinventarisatie' && {
        bijlagen: [{ soort: 'toestemmingsverklaring', document }],
      }),
    }
  }

  async #fetch({ header: { reference } }: Message): Promise<void> {
    await this.#ask('fetch', { reference }, () =>
      this.#relay.fetch(this.#who(RECIPIENT), reference),
    )
  }

  async #confirm({ header: { reference } }: Message): Promise<void> {
    await this.#end('confirm', reference, () =>
      this.#relay.confirm(this.#who(RECIPIENT), reference),
    )
  }

  async #refuse({ header: { reference } }: Message): Promise<void> {
    await this.#end('refuse', reference, () =>
      this.#relay.refuse(this.#who(RECIPIENT), reference, { reason: 'dubbel' }),
    )
  }

  async #withdraw({ header: { reference, sender } }: Message): Promise<void> {
    await this.#end('withdraw', reference, () =>
      this.#relay.withdraw(callerOf(this.#config.settings, sender), reference),
    )
  }

  #end(act: Act, reference: Uuid, end: () => Promise<{ readonly message: Message }>) {
    return this.#ask(act, { reference }, end, ({ message }) => message.receipt?.at)
  }

  async #expire(): Promise<void> {
    this.#shift += 10 * DAY_MS
    await this.#ask('expire', {}, async () => {
      while ((await this.#relay.expire()) > 0);
    })
  }

  async #rotate(): Promise<void> {
    await this.#ask('rotate', {}, () => this.#relay.rotate())
  }

  /** Writes down the question, asks, and writes down that there was an answer. */
  async #ask<T>(
    act: Act,
    about: { readonly reference?: Uuid; readonly offered?: Offered },
    question: () => Promise<T>,
    timeOf: (answer: T) => number | undefined = () => undefined,
  ): Promise<T> {
    this.#ids += 1
    const id = this.#ids
    this.#note({ say: 'ask', id, act, now: this.#now(), ...about })
    const answer = await question()
    const at = timeOf(answer)
    this.#note({ say: 'answer', id, ...(at !== undefined && { at }) })
    this.#answers += 1
    return answer
  }

  #note(entry: Line): void {
    writeSync(this.#book, `${JSON.stringify(entry)}\n`)
  }

  #who(name: string): Caller {
    const { participants } = this.#config.settings.directory
    const found = [...participants.values()].find((one) => one.name === name)
    if (found === undefined) throw new Error(`nobody is called ${name}`)
    return callerOf(this.#config.settings, found.id)
  }

  get #relay() {
    if (this.#app === undefined) throw new Error('the relay has not started')
    return this.#app.relay
  }

  #now(): number {
    return Date.now() + this.#shift
  }
}

const [configFile = '', book = '', seed = '', part = '', letters = ''] = process.argv.slice(2)
const loaded = loadConfig(configFile, { generation: 1 })
if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems))
await new Player(loaded.config, book, Number(seed), Number(part)).play(Number(letters))
