/**
 * Every bound of the relay in one place (DESIGN 12), each with its unit in its name. Configuration may change them; the
 * assertions at the end keep them consistent with each other.
 * @module
 */

const KIB = 1024
const MIB = 1024 * KIB

/** The bounds; `DEFAULT_LIMITS` has the starting values. */
export interface Limits {
  /** `inhoud` as JSON, without the documents in it. */
  readonly bodyBytes: number
  readonly documentBytes: number
  readonly documentsPerMessage: number
  /** All documents of one message, decoded. */
  readonly documentsBytesPerMessage: number
  readonly requestBytes: number
  readonly headerBytes: number
  readonly nestingLevels: number
  readonly listItems: number
  readonly batchMessages: number
  readonly batchBytes: number
  /** Outcomes of a batch that wait for a slow reader. */
  readonly batchAnswerBufferBytes: number
  readonly longPollSeconds: number
  readonly leaseSecondsMin: number
  readonly leaseSecondsMax: number
  readonly leasesPerParticipant: number
  readonly pageItems: number
  readonly explanationCharacters: number
  readonly stepsPerConversation: number
  readonly waitingMessagesPerRecipient: number
  readonly waitingBytesPerRecipient: number
  readonly waitingMessagesPerSender: number
  readonly waitingBytesPerSender: number
  /** Share of the recipient's room that one sender may fill. */
  readonly pairSharePercent: number
  readonly submitsPerSecond: number
  readonly submitsBurst: number
  readonly endsPerSecond: number
  readonly endsBurst: number
  readonly connectionsPerIdentity: number
  readonly connectionsPerAddress: number
  /** Of one door. */
  readonly connectionsTotal: number
  readonly handshakesPerAddressPerSecond: number
  readonly handshakeSeconds: number
  /** Content that may wait for the writer; beyond it callers are asked to come back. */
  readonly queuedBytes: number
  /** Share of the store's map that accepting may use; the rest is for ends (VAULT, Disk full). */
  readonly mapUsePercent: number
  /** Disk that accepting leaves free, for ends. */
  readonly diskReserveBytes: number
}

/** The starting values of DESIGN 12. */
export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 8 * MIB,
  documentBytes: 5 * MIB,
  documentsPerMessage: 3,
  documentsBytesPerMessage: 10 * MIB,
  requestBytes: 24 * MIB,
  headerBytes: 16 * KIB,
  nestingLevels: 32,
  listItems: 10_000,
  batchMessages: 1_000,
  batchBytes: 32 * MIB,
  batchAnswerBufferBytes: 4 * MIB,
  longPollSeconds: 60,
  leaseSecondsMin: 1,
  leaseSecondsMax: 3_600,
  leasesPerParticipant: 100,
  pageItems: 500,
  explanationCharacters: 500,
  stepsPerConversation: 500,
  waitingMessagesPerRecipient: 100_000,
  waitingBytesPerRecipient: 16_384 * MIB,
  waitingMessagesPerSender: 100_000,
  waitingBytesPerSender: 16_384 * MIB,
  pairSharePercent: 10,
  submitsPerSecond: 2_000,
  submitsBurst: 10_000,
  endsPerSecond: 10_000,
  endsBurst: 50_000,
  connectionsPerIdentity: 500,
  connectionsPerAddress: 500,
  connectionsTotal: 5_000,
  handshakesPerAddressPerSecond: 200,
  handshakeSeconds: 10,
  queuedBytes: 512 * MIB,
  mapUsePercent: 90,
  diskReserveBytes: 64 * MIB,
}

/**
 * Says which bounds contradict each other.
 * @returns English sentences for the operator; empty when all is well
 */
export function contradictions(limits: Limits): string[] {
  const found: string[] = []
  const must = (holds: boolean, sentence: string) => {
    if (!holds) found.push(sentence)
  }
  for (const [name, value] of Object.entries(limits)) {
    must(Number.isSafeInteger(value) && value > 0, `${name} must be a whole number above zero`)
  }
  must(
    limits.documentBytes <= limits.documentsBytesPerMessage,
    'documentBytes is more than documentsBytesPerMessage',
  )
  must(
    limits.bodyBytes + Math.ceil(limits.documentsBytesPerMessage / 3) * 4 <= limits.requestBytes,
    'requestBytes cannot hold bodyBytes plus documentsBytesPerMessage as base64',
  )
  must(limits.requestBytes <= limits.batchBytes, 'batchBytes is less than requestBytes')
  must(
    limits.leaseSecondsMin <= limits.leaseSecondsMax,
    'leaseSecondsMin is more than leaseSecondsMax',
  )
  must(limits.mapUsePercent <= 100, 'mapUsePercent is more than 100')
  must(limits.requestBytes <= limits.queuedBytes, 'queuedBytes is less than requestBytes')
  must(limits.pairSharePercent <= 100, 'pairSharePercent is more than 100')
  must(limits.submitsPerSecond <= limits.submitsBurst, 'submitsBurst is less than submitsPerSecond')
  must(limits.endsPerSecond <= limits.endsBurst, 'endsBurst is less than endsPerSecond')
  return found
}
