/**
 * The bounds of the relay as settings: one line of explanation each; names, defaults and units are those of the core.
 * @module
 */
import type * as v from 'valibot'
import type { Limits } from '../../core/limits.ts'
import { DEFAULT_LIMITS } from '../../core/limits.ts'
import { formatSize } from '../units.ts'
import { section, size, usual, whole } from './leaf.ts'

const ABOUT: Readonly<Record<keyof Limits, string>> = {
  bodyBytes: 'Inhoud of one message as JSON, without the documents in it.',
  documentBytes: 'One document, decoded.',
  documentsPerMessage: 'Documents of one message, those inside the body included.',
  documentsBytesPerMessage: 'All documents of one message, decoded.',
  requestBytes: 'One request; must hold bodyBytes and documentsBytesPerMessage as base64.',
  headerBytes: 'Header lines of one request.',
  nestingLevels: 'How deep JSON may nest.',
  listItems: 'Items of one list in a body; a definition may say less.',
  batchMessages: 'Messages in one batch or one answer.',
  batchBytes: 'Bytes of one batch or one answer; never less than one message.',
  batchAnswerBufferBytes: 'Outcomes of a batch that wait for a slow reader.',
  longPollSeconds: 'How long a caller may wait for news.',
  leaseSecondsMin: 'Shortest lease (ophaling).',
  leaseSecondsMax: 'Longest lease (ophaling).',
  leasesPerParticipant: 'Leases of one participant at one time.',
  pageItems: 'Items of one page of a list.',
  explanationCharacters: 'Length of a toelichting.',
  stepsPerConversation: 'Messages in one conversation.',
  waitingMessagesPerRecipient: 'Messages that may wait for one participant.',
  waitingBytesPerRecipient: 'Bytes that may wait for one participant.',
  waitingMessagesPerSender: 'Messages of one participant that may wait at others.',
  waitingBytesPerSender: 'Bytes of one participant that may wait at others.',
  pairSharePercent: "Share of a recipient's room that one sender may fill.",
  submitsPerSecond: 'Messages that one participant may send each second, in the long run.',
  submitsBurst: 'Messages that one participant may send at once.',
  endsPerSecond: 'Confirmations and refusals of one participant each second, in the long run.',
  endsBurst: 'Confirmations and refusals of one participant at once.',
  connectionsPerIdentity: 'Open network connections of one certificate identity.',
  connectionsPerAddress: 'Open network connections of one address.',
  connectionsTotal: 'Open network connections of one door. One in use takes four file descriptors.',
  handshakesPerAddressPerSecond: 'TLS handshakes of one address each second.',
  handshakeSeconds: 'How long one handshake may take.',
  queuedBytes: 'Content that may wait for the writer; beyond it callers are asked to come back.',
  mapUsePercent: 'Share of store.map that accepting may use; the rest is for ends.',
  diskReserveBytes: 'Disk that accepting leaves free, for ends.',
}

type Bound = v.OptionalSchema<v.GenericSchema<string | number, number>, string | number>

const bound = (name: keyof Limits): Bound => {
  const start = DEFAULT_LIMITS[name]
  const about = ABOUT[name]
  return name.toLowerCase().includes('bytes')
    ? usual(about, size(), formatSize(start))
    : usual(about, whole('a whole number above zero', 1, 1_000_000_000), start)
}

const entries = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, bound(name as keyof Limits)]),
) as Record<keyof Limits, Bound>

/** Every key of `Limits`, each with its starting value. */
export const limits = section(
  'Bounds. The starting values suit a region of some hundreds of participants.',
  entries,
)
