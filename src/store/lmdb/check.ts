/**
 * Walks every table of the LMDB engine and says what does not fit together.
 * @module
 */
import { isLive, type Message, type Seq } from '../../core/message.ts'
import type { Environment } from './environment.ts'
import { getNumber, numberKey, pairKey, uuidBytes, uuidText } from './keys.ts'
import { decodeConversation, decodeMessage, decodeParts, decodeSeqs, type Meta } from './records.ts'

/** Problems as English sentences without content; empty when the store is sound. */
export function checkTables(environment: Environment, meta: Meta): string[] {
  const found: string[] = []
  const report = (sentence: string) => void found.push(sentence)
  const guarded = (what: string, walk: () => void) => {
    try {
      walk()
    } catch {
      report(`${what}: a record cannot be read`)
    }
  }
  guarded('message', () => checkMessages(environment, meta, report))
  guarded('content', () => checkContent(environment, report))
  guarded('line', () => checkLines(environment, meta, report))
  guarded('reference', () => checkReferences(environment, report))
  guarded('conversation', () => checkConversations(environment, report))
  return found
}

type Report = (sentence: string) => void

function messageAt(environment: Environment, seq: Seq): Message | undefined {
  const record = environment.get('message', numberKey(seq))
  return record === undefined ? undefined : decodeMessage(seq, record).message
}

function checkMessages(environment: Environment, meta: Meta, report: Report): void {
  for (const { key, value } of environment.scan('message')) {
    const seq = getNumber(key, 0)
    const { message, seat } = decodeMessage(seq, value)
    const live = isLive(message)
    if (seq >= meta.nextSeq) report(`message ${seq} is not below the next number ${meta.nextSeq}`)
    if (live !== (seat !== undefined)) report(`message ${seq} is ${message.state} against its slot`)
    if (live && environment.get('content', key) === undefined)
      report(`message ${seq} is live without content`)
    if (live !== (message.receipt === undefined))
      report(`message ${seq} is ${message.state} against its receipt`)
    const references = environment.values(uuidBytes(message.header.reference))
    if (!references.some((entry) => Number.MAX_SAFE_INTEGER - getNumber(entry, 0) === seq))
      report(`message ${seq} cannot be found by its reference`)
    if (seq < meta.logFrom) continue
    for (const participant of [message.header.sender, message.header.recipient]) {
      const [line] = environment.rows('line', {
        start: Buffer.concat([uuidBytes(participant), numberKey(seq)]),
        end: Buffer.concat([uuidBytes(participant), numberKey(0)]),
        limit: 1,
        reverse: true,
      })
      if (line === undefined || !decodeSeqs(line.value).includes(seq))
        report(`message ${seq} is missing in the history of a party`)
    }
  }
}

function checkContent(environment: Environment, report: Report): void {
  for (const key of environment.keys('content')) {
    const seq = getNumber(key, 0)
    const message = messageAt(environment, seq)
    if (message === undefined) report(`content ${seq} belongs to no message`)
    else if (!isLive(message)) report(`content of message ${seq} outlived it`)
    const record = environment.get('content', key)
    if (record !== undefined && decodeParts(record).some((part) => part.length < 16))
      report(`content of message ${seq} is shorter than its tag`)
  }
}

function checkLines(environment: Environment, meta: Meta, report: Report): void {
  for (const { key, value } of environment.scan('line'))
    for (const seq of decodeSeqs(value).filter((one) => one >= meta.logFrom)) {
      const header = messageAt(environment, seq)?.header
      const participant = uuidText(key)
      if (header?.sender !== participant && header?.recipient !== participant)
        report(`a history names message ${seq}, which is not in it`)
    }
}

function checkReferences(environment: Environment, report: Report): void {
  for (const { key, value } of environment.scan('reference')) {
    const seq = Number.MAX_SAFE_INTEGER - getNumber(value, 0)
    if (messageAt(environment, seq)?.header.reference !== uuidText(key))
      report(`a reference leads to message ${seq}, which has another`)
  }
}

function checkConversations(environment: Environment, report: Report): void {
  for (const { key, value } of environment.scan('party')) {
    const participant = uuidText(key)
    const id = uuidText(key.subarray(16))
    const record = environment.get('conversation', value)
    const found = record === undefined ? undefined : decodeConversation(record)
    if (found?.id !== id || (found.asker !== participant && found.answerer !== participant))
      report(`a participant is led to conversation ${id}, which is not theirs`)
  }
  for (const { key, value } of environment.scan('conversation')) {
    const { id, asker, answerer } = decodeConversation(value)
    for (const participant of [asker, answerer])
      if (!environment.get('party', pairKey(uuidBytes(participant), uuidBytes(id)))?.equals(key))
        report(`conversation ${id} cannot be found by its parties`)
  }
}
