/**
 * What else can happen to a relay that runs, each with the behaviour that an operator may count on: nothing that was answered is lost,
 * and there is a sentence that says what is wrong. A full disk has a file of its own (`test/crash/full-disk.test.ts`), as have files
 * that do not belong together (`test/crash/refused-start.test.ts`).
 */
import { afterEach, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { ClientError } from '../../src/client/client-error.ts'
import { Books } from '../support/books.ts'
import type { Letter } from '../support/books.ts'
import { makeDemoNode, participantId } from '../support/demo-node.ts'
import type { DemoNode, Overlay } from '../support/demo-node.ts'
import {
  canLimit,
  firstFreeNumber,
  limitFileBytes,
  limitOpenFiles,
  openFilesOf,
  remount,
} from '../support/disk-limits.ts'
import { NotStarted, runProgram, startNode } from '../support/node-process.ts'
import type { NodeProcess } from '../support/node-process.ts'
import { smallDisk } from '../support/small-disk.ts'

const SENDER = 'hulp-bij-schulden'
const RECIPIENT = 'energie-direct'
const TEST_MS = 30_000
const MANY_FILES = 4_096

/** A node with a sender, a recipient and their books. */
class Desk {
  readonly files: DemoNode
  readonly books = new Books()
  readonly letters: Letter[] = []
  relay: NodeProcess | undefined
  #sample: Readonly<Record<string, unknown>> | undefined

  constructor(overlay: Overlay) {
    this.files = makeDemoNode(overlay)
  }

  async start(): Promise<NodeProcess> {
    this.relay = await startNode(this.files.configFile)
    this.#sample ??= (
      await this.as(SENDER).messageType('schuldinventarisatie', '1.0', 'saldoverzoek')
    ).voorbeeld
    return this.relay
  }

  as(name: string) {
    if (this.relay === undefined) throw new Error('the relay does not run')
    return this.files.client(this.relay.url, name)
  }

  /** Offers a message. @returns 201, the code of the refusal, or `unreachable` when there is no answer */
  async submit(client = this.as(SENDER), documentBytes = 20): Promise<number | string> {
    const document = {
      bestandsnaam: 'toestemming.pdf',
      mediatype: 'application/pdf',
      inhoud: Buffer.alloc(documentBytes, '%PDF-1.4 ').toString('base64'),
    }
    const letter = this.books.offer(participantId(SENDER), {
      referentienummer: crypto.randomUUID(),
      conversatieReferentienummer: crypto.randomUUID(),
      module: 'schuldinventarisatie',
      berichttype: 'saldoverzoek',
      versie: '1.0',
      ontvanger: participantId(RECIPIENT),
      bijlagen: [{ soort: 'toestemmingsverklaring', document }],
      inhoud: { ...this.#sample, KlantnummerSHV: crypto.randomUUID() },
    })
    try {
      this.books.accepted(letter, await client.submit(letter.envelope))
      this.letters.push(letter)
      return 201
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      if (error.status !== undefined) this.books.turnedAway(letter)
      return error.code
    }
  }

  async confirm(count: number): Promise<void> {
    for (const letter of this.letters.splice(0, count)) {
      this.books.asksEnd(letter, 'bevestigd')
      const { referentienummer } = letter.envelope
      this.books.ended(letter, 'bevestigd', await this.as(RECIPIENT).confirm(referentienummer))
    }
  }

  /** Holds the books against everything that is there, and walks the store of the stopped node. */
  async close(): Promise<void> {
    const asked = this.books.tick()
    const client = this.as(RECIPIENT)
    const read = []
    for (let na: string | undefined; ;) {
      const { berichten, volgende } = await client.list({ limiet: 500, ...(na && { na }) })
      for (const { referentienummer } of berichten) read.push(await client.fetch(referentienummer))
      if (volgende === undefined) break
      na = volgende
    }
    this.books.close(asked, new Map([[participantId(RECIPIENT), read]]))
    expect(this.books.complaints).toEqual([])
    expect(await this.relay?.stop()).toMatchObject({ exit: 0, err: '' })
    const { configFile } = this.files
    const walked = await runProgram(['check', '--store', '--json', '--config', configFile])
    expect(JSON.parse(walked.out)).toMatchObject({ store: { sound: true, findings: [] } })
  }

  async remove(): Promise<void> {
    await this.relay?.kill()
    this.files.remove()
  }
}

const leftovers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const clean of leftovers.splice(0).toReversed()) await clean()
})

function deskWith(overlay: Overlay = {}): Desk {
  const { store, ...rest } = overlay
  const desk = new Desk({ ...rest, store: { path: 'data', ballast: '64 KiB', ...store } })
  leftovers.push(() => desk.remove())
  return desk
}

test(
  'a full map turns messages away, ends go on, and then there is room again',
  async () => {
    const desk = deskWith({ store: { path: 'data', map: '8 MiB' } })
    const relay = await desk.start()
    let sent = 0
    let answer: number | string = 201
    const client = desk.as(SENDER)
    for (; answer === 201 && sent < 500; sent += 1) answer = await desk.submit(client, 150_000)
    expect(answer).toBe('opslag-vol')
    expect(sent).toBeGreaterThan(10)
    expect(relay.log.map(({ event }) => event)).toContain('storage-full')
    await desk.confirm(desk.letters.length - 5)
    for (let tried = 0; answer !== 201 && tried < 20; tried += 1) {
      // Longer than the relay believes its last look at the room.
      await Bun.sleep(220)
      answer = await desk.submit(client, 150_000)
    }
    expect(answer).toBe(201)
    await desk.close()
  },
  TEST_MS,
)

const memory = smallDisk(1)
memory?.remove()
const isMountable = memory !== undefined
if (!isMountable) console.warn('SKIPPED: nothing can be mounted here, so no disk was read-only')

test.skipIf(!isMountable)(
  'on a disk that cannot be written the relay does not start and says so; afterwards all is there',
  async () => {
    const disk = smallDisk(64)
    if (disk === undefined) throw new Error('no disk')
    leftovers.push(() => disk.remove())
    const desk = deskWith({
      store: { path: `${disk.path}/data`, map: '32 MiB' },
      limits: { diskReserveBytes: '1 MiB' },
    })
    await desk.start()
    expect(await desk.submit()).toBe(201)
    await desk.relay?.kill()
    remount(disk.path, 'ro')
    const refused = await desk.start().catch((error: unknown) => error)
    if (!(refused instanceof NotStarted)) throw new Error('it started')
    expect(refused.ended.exit).toBe(1)
    expect(refused.ended.err).toContain('the disk is read-only')
    remount(disk.path, 'rw')
    await desk.start()
    await desk.close()
  },
  TEST_MS,
)

const isLimitable = canLimit()
if (!isLimitable) console.warn('SKIPPED: prlimit is not here, so nothing was taken from a relay')

describe.skipIf(!isLimitable)('when the system takes something away', () => {
  test(
    'a write that fails ends the relay without an answer and with a reason, and nothing is lost',
    async () => {
      const desk = deskWith()
      const relay = await desk.start()
      for (let sent = 0; sent < 5; sent += 1) expect(await desk.submit()).toBe(201)
      await desk.confirm(2)
      limitFileBytes(relay.pid, 4_096)
      expect(await desk.submit()).toBe('unreachable')
      const { exit, err } = await relay.ended
      expect(exit).toBe(1)
      expect(err).toContain('A write to the data folder failed')
      await desk.start()
      await desk.close()
    },
    TEST_MS,
  )

  test(
    'without a file descriptor left, who is connected is served, strangers wait, and then all goes on',
    async () => {
      const desk = deskWith()
      const relay = await desk.start()
      const client = desk.as(SENDER)
      expect(await desk.submit(client)).toBe(201)
      const most = openFilesOf(relay.pid) + 6
      limitOpenFiles(relay.pid, most)
      const sockets = crowd(relay.url, 40)
      await until(() => openFilesOf(relay.pid) >= most)
      for (let sent = 0; sent < 5; sent += 1) expect(await desk.submit(client)).toBe(201)
      const waiting = desk.as(RECIPIENT).list({ limiet: 10 })
      for (const socket of sockets) socket.destroy()
      limitOpenFiles(relay.pid, MANY_FILES)
      // Whoever knocked meanwhile is let in, or may knock again.
      await waiting.catch((error: unknown) => expect(error).toBeInstanceOf(ClientError))
      expect(await desk.submit()).toBe(201)
      await desk.confirm(3)
      await desk.close()
    },
    TEST_MS,
  )
})

test.skipIf(!isLimitable)(
  'a relay that must end without a file descriptor left still says why',
  async () => {
    const desk = deskWith()
    const relay = await desk.start()
    expect(await desk.submit()).toBe(201)
    // One is left: the order itself takes it, and the ring cannot be opened to be written.
    await Bun.sleep(300)
    limitOpenFiles(relay.pid, firstFreeNumber(relay.pid) + 1)
    await runProgram(['vault', 'rotate', '--config', desk.files.configFile])
    const { exit, err } = await relay.ended
    expect(exit).toBe(1)
    expect(err).toContain('A write to the data folder failed')
    await desk.start()
    await desk.close()
  },
  TEST_MS,
)

/** Connections that say nothing. */
function crowd(url: string, count: number): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = connect(Number(new URL(url).port), 'localhost')
    socket.on('error', () => {})
    return socket
  })
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let tried = 0; tried < 200 && !isTrue(); tried += 1) await Bun.sleep(20)
  expect(isTrue()).toBe(true)
}
