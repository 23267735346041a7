/**
 * A disk that is really full, under the real program: new messages are turned away, what is there can be ended, and with room
 * again all goes on. Nothing is lost, also when the relay is killed meanwhile.
 */
import { afterEach, describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import type { Client } from '../../src/client/client.ts'
import { ClientError } from '../../src/client/client-error.ts'
import type { Envelope } from '../../src/client/wire.ts'
import { Books } from '../support/books.ts'
import type { Letter } from '../support/books.ts'
import { makeDemoNode, participantId } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { runProgram, startNode } from '../support/node-process.ts'
import type { NodeProcess } from '../support/node-process.ts'
import { smallDisk } from '../support/small-disk.ts'
import type { SmallDisk } from '../support/small-disk.ts'

const MIB = 2 ** 20
const SENDER = 'hulp-bij-schulden'
const RECIPIENT = 'energie-direct'
const BALLAST_BYTES = 5 * MIB
const SECONDS = 60

const isPossible = (() => {
  const disk = smallDisk(1)
  disk?.remove()
  return disk !== undefined
})()
if (!isPossible)
  console.warn('SKIPPED: no small file system can be mounted here, so no disk was really full')

/** A node on a disk of its own, with somebody who sends and keeps books. */
class Desk {
  readonly disk: SmallDisk
  readonly files: DemoNode
  readonly books = new Books()
  readonly letters: Letter[] = []
  relay: NodeProcess | undefined
  #sample: Readonly<Record<string, unknown>> | undefined

  constructor(mebibytes: number, diskReserveBytes: string) {
    const disk = smallDisk(mebibytes)
    if (disk === undefined) throw new Error('no disk')
    this.disk = disk
    this.files = makeDemoNode({
      store: { path: `${disk.path}/data`, map: '1 GiB', ballast: '5 MiB' },
      limits: { diskReserveBytes },
    })
  }

  async start(): Promise<void> {
    this.relay = await startNode(this.files.configFile)
    this.#sample ??= (
      await this.as(SENDER).messageType('schuldinventarisatie', '1.0', 'saldoverzoek')
    ).voorbeeld
  }

  as(name: string): Client {
    if (this.relay === undefined) throw new Error('the relay does not run')
    return this.files.client(this.relay.url, name)
  }

  envelope(documentBytes: number): Envelope {
    const document = {
      bestandsnaam: 'toestemming.pdf',
      mediatype: 'application/pdf',
      inhoud: Buffer.alloc(documentBytes, '%PDF-1.4 ').toString('base64'),
    }
    return {
      referentienummer: crypto.randomUUID(),
      conversatieReferentienummer: crypto.randomUUID(),
      module: 'schuldinventarisatie',
      berichttype: 'saldoverzoek',
      versie: '1.0',
      ontvanger: participantId(RECIPIENT),
      bijlagen: [{ soort: 'toestemmingsverklaring', document }],
      inhoud: { ...this.#sample, KlantnummerSHV: crypto.randomUUID() },
    }
  }

  /** Offers a message. @returns 201, or the code of the refusal */
  async submit(documentBytes: number): Promise<number | string> {
    const letter = this.books.offer(participantId(SENDER), this.envelope(documentBytes))
    try {
      this.books.accepted(letter, await this.as(SENDER).submit(letter.envelope))
      this.letters.push(letter)
      return 201
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      expect(error.status).toBe(507)
      this.books.turnedAway(letter)
      return error.code
    }
  }

  /** Sends until the relay takes no more. */
  async fill(documentBytes: number): Promise<void> {
    for (let sent = 0; sent < 1_000; sent += 1) {
      const answer = await this.submit(documentBytes)
      if (answer === 201) continue
      expect(answer).toBe('opslag-vol')
      expect(sent).toBeGreaterThan(20)
      return
    }
    throw new Error('the disk never filled up')
  }

  async confirm(count: number): Promise<void> {
    for (const letter of this.#take(count)) {
      this.books.asksEnd(letter, 'bevestigd')
      const receipt = await this.as(RECIPIENT).confirm(letter.envelope.referentienummer)
      this.books.ended(letter, 'bevestigd', receipt)
    }
  }

  async refuse(count: number): Promise<void> {
    for (const letter of this.#take(count)) {
      this.books.asksEnd(letter, 'afgewezen')
      const why = { reden: 'dubbel', toelichting: 'Deze aanvraag hadden wij al.' } as const
      const receipt = await this.as(RECIPIENT).refuse(letter.envelope.referentienummer, why)
      this.books.ended(letter, 'afgewezen', receipt)
    }
  }

  async withdraw(count: number): Promise<void> {
    for (const letter of this.#take(count)) {
      this.books.asksEnd(letter, 'ingetrokken')
      const receipt = await this.as(SENDER).withdraw(letter.envelope.referentienummer)
      this.books.ended(letter, 'ingetrokken', receipt)
    }
  }

  /** Offers again and again until it is taken: the relay looks at the disk a few times a second. */
  async submitsAgain(documentBytes: number): Promise<void> {
    for (let tried = 0; tried < 50; tried += 1) {
      if ((await this.submit(documentBytes)) === 201) return
      await Bun.sleep(50)
    }
    throw new Error('there is room again, and nothing is taken')
  }

  async kill(): Promise<void> {
    await this.relay?.kill()
    this.relay = undefined
  }

  /** Holds the books against everything that is there, and walks the store of the stopped node. */
  async close(): Promise<void> {
    const asked = this.books.tick()
    const boxes = await Promise.all(
      [SENDER, RECIPIENT].map(async (name) => {
        const { berichten } = await this.as(name).list({ limiet: 500 })
        const read = []
        for (const { referentienummer } of berichten)
          read.push(await this.as(name).fetch(referentienummer))
        return [participantId(name), read] as const
      }),
    )
    this.books.close(asked, new Map(boxes))
    expect(this.books.complaints).toEqual([])
    expect(await this.relay?.stop()).toMatchObject({ exit: 0, err: '' })
    this.relay = undefined
    const { configFile } = this.files
    const walked = await runProgram(['check', '--store', '--json', '--config', configFile])
    expect(JSON.parse(walked.out)).toMatchObject({ store: { sound: true, findings: [] } })
    expect(walked.exit).toBe(0)
  }

  get ballastBytes(): number {
    return statSync(this.files.paths.ballast, { throwIfNoEntry: false })?.size ?? 0
  }

  async remove(): Promise<void> {
    await this.kill()
    this.files.remove()
    this.disk.remove()
  }

  /** The oldest letters that were not ended yet. */
  #take(count: number): Letter[] {
    return this.letters.splice(0, count)
  }
}

const desks: Desk[] = []
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.remove()
})

async function opened(mebibytes: number, diskReserveBytes: string): Promise<Desk> {
  const desk = new Desk(mebibytes, diskReserveBytes)
  desks.push(desk)
  await desk.start()
  while (desk.ballastBytes < BALLAST_BYTES) await Bun.sleep(20)
  return desk
}

describe.skipIf(!isPossible)('on a full disk', () => {
  const reserves = [
    ['down to the reserve', '8 MiB'],
    ['to the last byte', '4 KiB'],
  ] as const
  test.each(reserves)(
    'that was filled %s, messages can be ended and nothing is lost',
    async (_, reserve) => {
      const desk = await opened(32, reserve)
      await desk.fill(250_000)
      const makeRoom = desk.disk.stuff()
      expect(await desk.submit(10)).toBe('opslag-vol')
      await desk.confirm(3)
      await desk.refuse(3)
      await desk.withdraw(3)
      expect(await desk.submit(250_000)).toBe('opslag-vol')

      await desk.kill()
      await desk.start()
      await desk.confirm(2)
      await desk.refuse(2)

      makeRoom()
      await desk.confirm(10)
      await desk.submitsAgain(100_000)
      await desk.close()
    },
    SECONDS * 1_000,
  )

  test(
    'messages that are turned away use nothing of what is kept for ends',
    async () => {
      const desk = await opened(32, '4 KiB')
      await desk.fill(250_000)
      const kept = desk.ballastBytes
      for (let tried = 0; tried < 8; tried += 1) {
        // Longer than the relay believes its last look at the disk.
        await Bun.sleep(220)
        expect(await desk.submit(3_000_000)).toBe('opslag-vol')
      }
      expect(desk.ballastBytes).toBe(kept)
      expect(kept).toBe(BALLAST_BYTES)
    },
    SECONDS * 1_000,
  )

  test(
    'a vault that cannot grow turns messages away, and its spare slots serve the notices',
    async () => {
      const desk = await opened(64, '4 KiB')
      const vault = desk.files.paths.vault
      const { size } = statSync(vault)
      // Slots of the first MiB, less those that notices alone may take.
      const slots = 256 * 31 - 1_024
      await manyAt(desk, slots - 500)
      // Less than the MiB by which a vault grows; the file of the store has room of its own.
      const makeRoom = desk.disk.stuff(600 * 1_024)
      let sent = slots - 500
      while ((await desk.submit(10)) === 201) sent += 1
      expect(sent).toBe(slots)
      expect(statSync(vault).size).toBe(size)
      const events = desk.relay?.log.map(({ event }) => event)
      // Nothing but the vault was in the way.
      expect(events).not.toContain('storage-full')
      await desk.refuse(20)

      makeRoom()
      await desk.submitsAgain(10)
      await manyAt(desk, 100)
      expect(statSync(vault).size).toBe(size + MIB)
      expect(await desk.relay?.stop()).toMatchObject({ exit: 0 })
      const { configFile } = desk.files
      const walked = await runProgram(['check', '--store', '--json', '--config', configFile])
      // Twenty were refused and as many notices came.
      expect(JSON.parse(walked.out)).toMatchObject({
        store: { sound: true, live: slots + 1 + 100 },
      })
    },
    SECONDS * 2_000,
  )
})

/** Sends many small messages in batches. */
async function manyAt(desk: Desk, count: number): Promise<void> {
  const envelopes = Array.from({ length: count }, () => desk.envelope(10))
  for (let at = 0; at < count; at += 1_000)
    for await (const { regel, status, ontvangst } of desk
      .as(SENDER)
      .submitMany(envelopes.slice(at, at + 1_000))) {
      expect(status).toBe(201)
      const envelope = envelopes[at + regel - 1]
      if (envelope === undefined || ontvangst === undefined) throw new Error('no such line')
      const letter = desk.books.offer(participantId(SENDER), envelope)
      desk.books.accepted(letter, ontvangst)
      desk.letters.push(letter)
    }
}
