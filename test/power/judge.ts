/**
 * Starts a relay on what a power cut has left, and holds it against what had been asked and answered before: every promise that an
 * answer made must be kept by the disk alone.
 * @module
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '../../src/core/canonical.ts'
import { fromParts } from '../../src/core/content.ts'
import { isLive, isNotice } from '../../src/core/message.ts'
import type { Message, Uuid } from '../../src/core/message.ts'
import type { Settings } from '../../src/core/settings.ts'
import { systemIds } from '../../src/ops/ids.ts'
import { checkStore } from '../../src/relay/check.ts'
import { createRelay } from '../../src/relay/create.ts'
import type { Store, Vault } from '../../src/relay/ports.ts'
import type { Relay } from '../../src/relay/relay.ts'
import { start } from '../../src/relay/start.ts'
import { dataPaths, openData } from '../../src/store/data-folder.ts'
import type { DataPaths } from '../../src/store/data-folder.ts'
import { openStore } from '../../src/store/open.ts'
import type { StoreOptions } from '../../src/store/open.ts'
import { signer } from '../../src/vault/keys.ts'
import { createVault, openVault } from '../../src/vault/open.ts'
import { readRing } from '../../src/vault/ring.ts'
import { callerOf } from './callers.ts'
import type { Left } from './disk.ts'
import type { Ledger, Letter } from './ledger.ts'

const EVERYTHING = 1_000_000

/** Where the recorded node lived, and as whom it is started again. */
export interface Site {
  readonly dir: string
  readonly dataDir: string
  readonly ringPath: string
  readonly masterKey: Uint8Array
  readonly settings: Settings
  /** Of each message that waited at some time, what binds its key to it; grows while a recording is read. */
  readonly seats: Map<Uuid, Uint8Array>
}

/** What a state was like. */
export interface Verdict {
  readonly complaints: readonly string[]
  /** Keys that the start had to erase. */
  readonly erased: number
  readonly live: number
}

interface Open {
  readonly store: Store
  readonly vault: Vault
}

/**
 * Judges one state.
 * @param scratch a folder of nobody else's; what is in it is replaced
 */
export async function judge(
  left: Left,
  ledger: Ledger,
  site: Site,
  scratch: string,
): Promise<Verdict> {
  const moved = layOut(left, site, scratch)
  const complaints: string[] = []
  const complain = (what: string) => void complaints.push(what)
  let erased = 0
  let live = 0
  try {
    await within(moved, async (first) => {
      beforeStart(first, ledger, moved, complain)
      erased = await started(first, complain)
      for (const finding of checkStore(first.store, first.vault))
        complain(`after the start: ${finding.invariant}: ${finding.sentence}`)
      const { problems } = await first.store.checkLog(async () => {})
      for (const problem of problems) complain(`the log: ${problem}`)
      promises(first, ledger, complain)
      live = [...first.store.live()].length
      await goOn(first, ledger, site.settings, complain)
    })
    await within(moved, async (second) => {
      if ((await started(second, complain)) > 0) complain('a start in peace found keys to erase')
      for (const finding of checkStore(second.store, second.vault))
        complain(`in the end: ${finding.invariant}: ${finding.sentence}`)
    })
  } catch (error) {
    complain(error instanceof Error ? `${error.name}: ${error.message}` : 'something was thrown')
  }
  return { complaints, erased, live }
}

/** Reads which messages wait in a state, and adds them to the seats of the site. */
export async function learnSeats(left: Left, site: Site, scratch: string): Promise<void> {
  const { dataDir, masterKey } = layOut(left, site, scratch)
  const { store: path } = dataPaths(dataDir)
  const store = await openStore(lmdbAt(path, masterKey))
  for (const { message, mid } of store.live()) site.seats.set(message.header.reference, mid)
  await store.close()
}

/** Writes the files of a state, in another folder than they were recorded in. */
function layOut({ folders, files }: Left, site: Site, scratch: string): Site {
  for (const name of readdirSync(scratch)) rmSync(join(scratch, name), { recursive: true })
  const moved = (path: string) => join(scratch, path.slice(site.dir.length))
  for (const folder of folders.toSorted()) mkdirSync(moved(folder), { recursive: true })
  for (const [path, bytes] of files) writeFileSync(moved(path), bytes)
  return { ...site, dir: scratch, dataDir: moved(site.dataDir), ringPath: moved(site.ringPath) }
}

function lmdbAt(path: string, masterKey: Uint8Array): StoreOptions {
  const sign = signer(masterKey, 'log')
  return { engine: 'lmdb', path, mapBytes: 64 * 2 ** 20, sign }
}

/** Opens the files as the composition root does, and closes them whatever happens. */
async function within(site: Site, work: (open: Open) => Promise<void>): Promise<void> {
  const { dataDir, ringPath, masterKey } = site
  const keys = ({ vault }: DataPaths) => ({ path: vault, ringPath, masterKey })
  const store = ({ store: path }: DataPaths, createFor?: Uint8Array) =>
    openStore({ ...lmdbAt(path, masterKey), ...(createFor && { createFor }) })
  const open = await openData<Open>(
    { dir: dataDir, ringPath },
    {
      create: async (paths) => {
        const vault = await createVault(keys(paths))
        return { vault, store: await store(paths, vault.id) }
      },
      open: async (paths) => {
        const vault = await openVault(keys(paths))
        try {
          return { vault, store: await store(paths) }
        } catch (error) {
          await vault.close()
          throw error
        }
      },
    },
  )
  try {
    await work(open)
  } finally {
    await open.vault.close()
    await open.store.close()
  }
}

/** @returns how many keys were erased */
async function started({ store, vault }: Open, complain: (what: string) => void): Promise<number> {
  const alarms: string[] = []
  const journal = { alarm: (event: string) => void alarms.push(event) }
  const found = await start({ store, vault, journal, pause: async () => {} })
  const rest = await found.rest
  for (const seq of [...found.damaged, ...rest.damaged]) complain(`message ${seq} is damaged`)
  for (const alarm of alarms) complain(`the start said ${alarm}`)
  return found.erased
}

/** What must be true of the files as they were found, before a start can mend anything. */
function beforeStart(
  { store, vault }: Open,
  ledger: Ledger,
  { ringPath, masterKey, seats }: Site,
  complain: (what: string) => void,
): void {
  for (const { invariant, sentence } of checkStore(store, vault))
    if (invariant !== 'I3') complain(`as it was found: ${invariant}: ${sentence}`)
  // Between a rotation and the next one nothing of the epochs before may be left.
  if (ledger.hasRotated && readRing(ringPath, masterKey).keys.size !== 1)
    complain('an epoch that was ended has its key in the ring')
  const held = new Set([...store.live()].map(({ slot }) => slot))
  const orphans = new Set([...vault.used()].filter((slot) => !held.has(slot)))
  if (orphans.size === 0) return
  for (const [reference, mid] of seats) {
    const outcome = ledger.letters.get(reference)?.outcome
    // Nobody is told of an expiry, so its key may die in the next flush.
    if (outcome === undefined || outcome === 'expired') continue
    for (const slot of orphans)
      if (vault.holds(slot, mid))
        complain(`the key of ${reference} is there, which was answered as ${outcome}`)
  }
}

/** Holds what is there against every answer that was given. */
function promises({ store, vault }: Open, ledger: Ledger, complain: (what: string) => void): void {
  const messages = store.messages(0, EVERYTHING)
  const notices = new Map<Uuid, Message[]>()
  for (const message of messages) {
    const { reference, cross = 'nothing' } = message.header
    if (isNotice(message.header)) notices.set(cross, [...(notices.get(cross) ?? []), message])
    else if (!ledger.letters.has(reference)) complain(`${reference} is there and nobody sent it`)
    const content = store.content(message.seq)
    if (!isLive(message) && content !== undefined) complain(`${reference} ended with its content`)
    if (isLive(message) && (content && vault.open(message.headerBytes, content)) === undefined)
      complain(`${reference} waits and cannot be read`)
  }
  for (const [reference, letter] of ledger.letters) {
    const found = store.find(letter.offered.afzender, reference)
    const told = (notices.get(reference) ?? []).length
    const tells = found?.state === 'refused' || found?.state === 'expired' ? 1 : 0
    if (told !== tells) complain(`${reference} is ${found?.state} and has ${told} notices`)
    if (found === undefined) {
      if (letter.acceptedLine !== undefined) complain(`${reference} was accepted and is lost`)
    } else oneLetter({ store, vault }, letter, found, complain)
  }
  inOrder(ledger, store, complain)
}

function oneLetter(
  { store, vault }: Open,
  { offered, acceptedAt, outcome, endedAt, endsAsked }: Letter,
  found: Message,
  complain: (what: string) => void,
): void {
  const { referentienummer: reference, ontvanger, conversatieReferentienummer } = offered
  const { state, receipt, header } = found
  if (acceptedAt !== undefined && header.acceptedAt !== acceptedAt)
    complain(`${reference} was accepted at another time than its receipt says`)
  if (store.find(ontvanger, reference)?.seq !== found.seq)
    complain(`${reference} is not there for its recipient`)
  if (isLive(found)) {
    if (outcome !== undefined) complain(`${reference} was answered as ${outcome} and is ${state}`)
    const content = store.content(found.seq)
    const parts = content && vault.open(found.headerBytes, content)
    if (parts && canonicalJson(fromParts(parts).body) !== canonicalJson(offered.inhoud))
      complain(`${reference} has another content`)
  } else {
    if (receipt === undefined || !endsAsked.has(receipt.outcome))
      complain(`${reference} is ${state} and nobody had asked for that`)
    if (outcome !== undefined && state !== outcome)
      complain(`${reference} was answered as ${outcome} and is ${state}`)
    if (endedAt !== undefined && receipt?.at !== endedAt)
      complain(`${reference} ended at another time than its receipt says`)
  }
  const steps = store.conversation(ontvanger, conversatieReferentienummer)?.steps ?? []
  if (steps.filter((step) => step.reference === reference).length !== 1)
    complain(`${reference} is not once in its conversation`)
}

/** Who was accepted before another was offered has the lower number. */
function inOrder(ledger: Ledger, store: Store, complain: (what: string) => void): void {
  const known = [...ledger.letters.values()].flatMap((letter) => {
    const seq = store.find(letter.offered.afzender, letter.offered.referentienummer)?.seq
    return seq === undefined ? [] : [{ letter, seq }]
  })
  known.sort((one, other) => one.seq - other.seq)
  let latest = 0
  for (const { letter, seq } of known) {
    if ((letter.acceptedLine ?? Infinity) < latest) complain(`message ${seq} came out of order`)
    latest = Math.max(latest, letter.askedAt)
  }
}

/** Those who got no answer ask again, somebody new comes, and a rotation that was interrupted goes on. */
async function goOn(
  { store, vault }: Open,
  ledger: Ledger,
  settings: Settings,
  complain: (what: string) => void,
): Promise<void> {
  const relay = createRelay({
    store,
    vault,
    ballast: { release: () => false, refill: () => {} },
    clock: { now: () => ledger.now },
    ids: systemIds,
    journal: { alarm: (event) => complain(`the relay said ${event}`) },
    settings: () => settings,
    fatal: (reason) => {
      throw new Error(reason)
    },
  })
  const letters = [...ledger.letters.values()]
  for (const { offered, acceptedLine } of letters) {
    const ended = store.find(offered.afzender, offered.referentienummer)?.receipt !== undefined
    if (acceptedLine !== undefined && !ended && letters.at(-1)?.offered !== offered) continue
    const { message } = await relay.submit(callerOf(settings, offered.afzender), offered)
    if (ended && message.receipt === undefined)
      complain(`${offered.referentienummer} was accepted anew`)
  }
  for (const { letter, outcome } of ledger.openEnds) {
    const { afzender, ontvanger, referentienummer: reference } = letter.offered
    // It may have ended otherwise before, by time or because somebody had asked for that; who asks now is told so.
    const state = store.find(afzender, reference)?.state
    if (state !== 'waiting' && state !== 'fetched' && state !== outcome) continue
    const { message } = await endAgain(relay, settings, reference, outcome, afzender, ontvanger)
    if (message.state !== outcome) complain(`${reference} is ${message.state}, not ${outcome}`)
  }
  if (vault.epochs.isRotating) {
    const { finished, damaged } = await relay.rotate()
    if (!finished || damaged > 0) complain('the rotation that was interrupted did not end well')
  }
  await relay.drain()
}

function endAgain(
  relay: Relay,
  settings: Settings,
  reference: Uuid,
  outcome: string,
  sender: Uuid,
  recipient: Uuid,
): Promise<{ readonly message: Message }> {
  if (outcome === 'withdrawn') return relay.withdraw(callerOf(settings, sender), reference)
  const who = callerOf(settings, recipient)
  return outcome === 'confirmed'
    ? relay.confirm(who, reference)
    : relay.refuse(who, reference, { reason: 'dubbel' })
}
