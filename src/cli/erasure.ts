/**
 * The proof of erasure: what somebody could find who has the data folder, the key ring and the master key. Looks at the bytes on
 * disk, not at what the relay says of itself.
 * @module
 */
import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { dataPaths } from '../store/data-folder.ts'
import { chunksOf, findRemains } from '../store/lmdb/remains.ts'
import type { Seat } from '../store/lmdb/records.ts'

/** Tries keys as they are on disk. */
export interface KeyTrial {
  /** Whether the slot opens for this mid with any key that is left. */
  opens(slot: number, mid: Uint8Array): boolean
  /** Slots that are not all zero. */
  used(): Iterable<number>
}

export interface ErasureInput {
  readonly dataDir: string
  readonly keys: KeyTrial
  /** Messages that have not ended: these must be readable. */
  readonly live: Iterable<Seat>
  /** Texts that must be nowhere. */
  readonly markers: readonly string[]
}

export interface ErasureReport {
  readonly files: number
  readonly bytes: number
  /** Messages that still wait; their keys are alive by design. */
  readonly live: number
  /** Traces of ended messages that LMDB left in its file. */
  readonly remains: number
  /** How many of those could be decrypted; anything but zero is a broken promise. */
  readonly recovered: number
  /** Keys on disk that belong to no waiting message. */
  readonly strayKeys: number
  /** Where a marker was found, file and form, never the text. */
  readonly found: readonly { readonly file: string; readonly form: string }[]
}

/** Whether nothing was found that should be gone. */
export function isErased(report: ErasureReport): boolean {
  return report.recovered === 0 && report.strayKeys === 0 && report.found.length === 0
}

/** Searches and tries everything. Reads only. */
export function examineErasure(input: ErasureInput): ErasureReport {
  const live = new Map([...input.live].map((seat) => [midKey(seat.mid), seat]))
  const held = new Set([...live.values()].map(({ slot }) => slot))
  const stray = [...input.keys.used()].filter((slot) => !held.has(slot))
  const ended = new Map<string, Seat>()
  const dataFile = join(dataPaths(input.dataDir).store, 'data.mdb')
  for (const seat of findRemains(dataFile)) {
    const key = midKey(seat.mid)
    if (!live.has(key)) ended.set(key, seat)
  }
  // A key may have been moved: each remain is tried with its own slot and with every slot that nobody holds.
  const recovered = [...ended.values()].filter(({ mid, slot }) =>
    [slot, ...stray].some((candidate) => input.keys.opens(candidate, mid)),
  )
  const files = filesUnder(input.dataDir)
  return {
    files: files.length,
    bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
    live: live.size,
    remains: ended.size,
    recovered: recovered.length,
    strayKeys: stray.length,
    found: files.flatMap((file) =>
      formsIn(file, input.markers).map((form) => ({
        file: relative(input.dataDir, file),
        form,
      })),
    ),
  }
}

function midKey(mid: Uint8Array): string {
  return Buffer.from(mid).toString('hex')
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return filesUnder(path)
    return entry.isFile() ? [path] : []
  })
}

/** In which forms any marker stands in a file. */
function formsIn(file: string, markers: readonly string[]): string[] {
  const needles = markers.flatMap(needlesOf)
  const found = new Set<string>()
  for (const chunk of chunksOf(file)) {
    for (const { form, bytes } of needles) if (chunk.includes(bytes)) found.add(form)
  }
  return [...found]
}

/** A text as it could stand on a disk: plain, UTF-16, hexadecimal, base64 at each of its three offsets, reversed. */
function needlesOf(marker: string): { form: string; bytes: Buffer }[] {
  const plain = Buffer.from(marker)
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), plain]).toString('base64')
    // The first and last characters depend on what stands around the text.
    return { form: 'base64', bytes: Buffer.from(text.slice(offset === 0 ? 0 : 4, -4)) }
  })
  return [
    { form: 'plain text', bytes: plain },
    { form: 'UTF-16', bytes: Buffer.from(marker, 'utf16le') },
    { form: 'hexadecimal', bytes: Buffer.from(plain.toString('hex')) },
    { form: 'reversed', bytes: Buffer.from(plain.toReversed()) },
    ...base64,
  ].filter(({ bytes }) => bytes.length >= 6)
}
