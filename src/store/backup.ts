/**
 * What a backup looks like: lines of JSON, the first about the node, one for each message header, conversation and event, and a
 * last one that authenticates all before it. Never ciphertext, slots or keys: what waits is there by its header alone.
 * @module
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import type { Message } from '../core/message.ts'
import type { Backup, BackupRecord, Snapshot } from '../relay/ports.ts'

const FORMAT = 'knooppunt-backup/1'
/** Records read from the snapshot at a time. */
const PAGE = 1_000
const CHUNK_BYTES = 2 ** 20
/** Longer than any line that is written: a header and a receipt, or a conversation of 500 steps. */
const LINE_BYTES_MAX = 4 * 2 ** 20

/** The file is no backup of this node, or not whole. The sentence is for the operator. */
class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
}

interface FirstLine {
  readonly format: string
  readonly vaultId: string
  readonly generation: number
  readonly nextSeq: number
  readonly logFrom: number
  readonly at: number
  readonly lastEvent: number
  readonly link: string
}

/**
 * Writes a snapshot down.
 * @param key 32 bytes, of the node alone
 * @param at when the backup was made
 * @returns lines with their ends; the snapshot is closed with the last, or when the reader stops
 */
export function* writeBackup(
  snapshot: Snapshot,
  key: Uint8Array,
  at: number,
): Generator<string, void> {
  const mac = createHmac('sha256', key)
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`
    mac.update(text)
    return text
  }
  try {
    const { vaultId, generation, nextSeq, logFrom, head } = snapshot
    yield line({
      format: FORMAT,
      vaultId: Buffer.from(vaultId).toString('hex'),
      ...{ generation, nextSeq, logFrom, at },
      lastEvent: head.number,
      link: Buffer.from(head.link).toString('hex'),
    } satisfies FirstLine)
    for (const message of pages(snapshot.messages, ({ seq }) => seq)) {
      const { headerBytes, ...rest } = message
      yield line({ m: rest, sealed: Buffer.from(headerBytes).toString('base64') })
    }
    for (const { conversation } of pages(snapshot.everyConversation, ({ number }) => number))
      yield line({ c: conversation })
    for (const event of pages(snapshot.events, ({ number }) => number)) yield line({ e: event })
    yield `${JSON.stringify({ mac: mac.digest('hex') })}\n`
  } finally {
    snapshot.close()
  }
}

function* pages<T>(page: (after: number, limit: number) => T[], numberOf: (item: T) => number) {
  for (let after = 0; ;) {
    const items = page(after, PAGE)
    yield* items
    const last = items.at(-1)
    if (last === undefined) return
    after = numberOf(last)
  }
}

/**
 * Opens a backup; the whole file is authenticated before anything of it is given out.
 * @throws BackupRefused when it is none, cut off, changed, or of another master key
 */
export function readBackup(path: string, key: Uint8Array): Backup {
  const mac = createHmac('sha256', key)
  let first: FirstLine | undefined
  let end: string | undefined
  for (const line of linesOf(path)) {
    if (end !== undefined) mac.update(end)
    end = line
    first ??= firstLineOf(line)
  }
  if (first === undefined || end === undefined) throw new BackupRefused('the file is empty')
  if (!isMac(end, mac.digest()))
    throw new BackupRefused(
      'the backup is cut off, was changed, or is of another master key; nothing was restored',
    )
  return {
    at: first.at,
    nextSeq: first.nextSeq,
    logFrom: first.logFrom,
    lastEvent: first.lastEvent,
    records: () => recordsOf(path),
  }
}

function firstLineOf(line: string): FirstLine {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT)
    return value as FirstLine
  throw new BackupRefused('the file is no backup of this program, or of another version')
}

function isMac(line: string, right: Buffer): boolean {
  const found = /^\{"mac":"([0-9a-f]{64})"\}\n$/.exec(line)?.[1]
  return found !== undefined && timingSafeEqual(Buffer.from(found, 'hex'), right)
}

function* recordsOf(path: string): Generator<BackupRecord> {
  for (const line of linesOf(path)) {
    // Written by this program and authenticated as a whole: the shape is what it was.
    const record = JSON.parse(line) as Record<string, unknown>
    if ('m' in record)
      yield {
        kind: 'message',
        message: {
          ...(record['m'] as Omit<Message, 'headerBytes'>),
          headerBytes: Uint8Array.from(Buffer.from(String(record['sealed']), 'base64')),
        },
      }
    else if ('c' in record || 'e' in record)
      yield (
        'c' in record
          ? { kind: 'conversation', conversation: record['c'] }
          : { kind: 'event', event: record['e'] }
      ) as BackupRecord
  }
}

/** Lines with their ends, one after the other. */
function* linesOf(path: string): Generator<string> {
  const fd = openSync(path, 'r')
  try {
    let rest = Buffer.alloc(0)
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      const got = readSync(fd, chunk)
      rest = Buffer.concat([rest, chunk.subarray(0, got)])
      let start = 0
      for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, start)) {
        yield rest.toString('utf8', start, at + 1)
        start = at + 1
      }
      rest = rest.subarray(start)
      if (rest.length > LINE_BYTES_MAX) throw new BackupRefused('the file is no backup')
      if (got > 0) continue
      if (rest.length > 0) yield rest.toString('utf8')
      return
    }
  } finally {
    closeSync(fd)
  }
}
