/**
 * The typed client of the REST contract, used by the command line, the bench and the tests.
 * @module
 */
import type { RefusalReason, Uuid } from '../core/message.ts'
import { readJson } from './answer.ts'
import { submitMany } from './batch.ts'
import type { BatchOptions } from './batch.ts'
import { withQuery } from './query.ts'
import type { ConversationQuery, LogQuery, MailboxQuery, ParticipantQuery } from './query.ts'
import { createTransport } from './transport.ts'
import type { Call, Transport, TransportOptions } from './transport.ts'
import type * as Wire from './wire.ts'

const BASE = '/api/v1'
/** Longest wait for an answer that the relay does not hold back on purpose. */
const TIMEOUT_MS = 60_000
/** The largest answer of the contract is a lease full of messages; documents grow by a third as base64. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024

export interface ClientOptions extends TransportOptions {
  /** Which participant to act for, when the connection covers several. */
  readonly participant?: Uuid
  /** Milliseconds until a call is given up, long polls not counted; default 60,000. */
  readonly timeoutMs?: number
}

/** Said with any call. */
export interface CallOptions {
  readonly signal?: AbortSignal
}

/** Said with calls on a message that may be in a lease. */
export interface LeasedOptions extends CallOptions {
  readonly lease?: Uuid
}

/** Why a message is refused. */
export interface Refusal {
  readonly reden: RefusalReason
  readonly toelichting?: string
}

/** What ends a message, as the path of its receipt has it. */
export type EndName = 'bevestiging' | 'afwijzing' | 'intrekking'

/** The calls of the contract. All of them reject with a ClientError. */
export interface Client {
  /** The same connection acting for another participant. */
  as(participant: Uuid): Client
  identity(options?: CallOptions): Promise<Wire.Identity>
  participants(query?: ParticipantQuery, options?: CallOptions): Promise<Wire.ParticipantPage>
  participant(id: Uuid, options?: CallOptions): Promise<Wire.Participant>
  modules(options?: CallOptions): Promise<Wire.ModuleList>
  module(name: string, version: string, options?: CallOptions): Promise<Wire.ModuleVersion>
  /** Definition, JSON Schema and sample of one message type. */
  messageType(
    module: string,
    version: string,
    type: string,
    options?: CallOptions,
  ): Promise<Wire.MessageType>
  /** Offers one message. Sent again when the connection breaks: its reference makes that safe. */
  submit(envelope: Wire.Envelope, options?: CallOptions): Promise<Wire.Receipt>
  /** Offers any number of messages; outcomes come in the order of the messages, numbered from 1. */
  submitMany(
    envelopes: Iterable<Wire.Envelope> | AsyncIterable<Wire.Envelope>,
    options?: BatchOptions,
  ): AsyncGenerator<Wire.BatchOutcome>
  /** @param waitSeconds how long to wait for a mailbox that is not empty */
  mailboxes(waitSeconds?: number, options?: CallOptions): Promise<Wire.MailboxList>
  list(query?: MailboxQuery, options?: CallOptions): Promise<Wire.MailboxPage>
  /** Reads one message with its content; it stays until it is confirmed. */
  fetch(reference: Uuid, options?: LeasedOptions): Promise<Wire.Delivered>
  /** Reads many under a lease. Not sent again when the connection breaks, since that would make a second lease. */
  lease(request: Wire.LeaseRequest, options?: CallOptions): Promise<Wire.LeasedMessages>
  extend(lease: Uuid, seconds: number, options?: CallOptions): Promise<Wire.Lease>
  release(lease: Uuid, options?: CallOptions): Promise<void>
  confirm(reference: Uuid, options?: LeasedOptions): Promise<Wire.Receipt>
  refuse(reference: Uuid, why: Refusal, options?: LeasedOptions): Promise<Wire.Receipt>
  withdraw(reference: Uuid, options?: CallOptions): Promise<Wire.Receipt>
  receipt(reference: Uuid, end: EndName, options?: CallOptions): Promise<Wire.Receipt>
  confirmMany(references: readonly Uuid[], options?: LeasedOptions): Promise<Wire.EndOutcomes>
  refuseMany(
    refusals: readonly (Refusal & { readonly referentienummer: Uuid })[],
    options?: LeasedOptions,
  ): Promise<Wire.EndOutcomes>
  log(query?: LogQuery, options?: CallOptions): Promise<Wire.LogPage>
  logLine(reference: Uuid, options?: CallOptions): Promise<Wire.LogLine>
  conversations(query?: ConversationQuery, options?: CallOptions): Promise<Wire.ConversationPage>
  conversation(id: Uuid, options?: CallOptions): Promise<Wire.Conversation>
}

/**
 * Makes a client; no connection is made yet.
 * @throws ClientError configuration, when address or credentials cannot be used
 */
export function createClient(options: ClientOptions): Client {
  const { participant, timeoutMs = TIMEOUT_MS } = options
  return clientFor(createTransport(options), timeoutMs, participant)
}

function clientFor(transport: Transport, timeoutMs: number, participant: Uuid | undefined): Client {
  const headers = participant === undefined ? {} : { deelnemer: participant }

  /** One call with JSON in and out. */
  const call = <T>(
    method: Call['method'],
    path: string,
    options: LeasedOptions & { body?: unknown; waitSeconds?: number; once?: boolean } = {},
  ): Promise<T> => {
    const { body, lease, signal, waitSeconds = 0, once = false } = options
    return transport(
      {
        method,
        path: `${BASE}${path}`,
        headers: {
          ...headers,
          accept: 'application/json',
          ...(lease === undefined ? {} : { ophaling: lease }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
        timeoutMs: timeoutMs + waitSeconds * 1_000,
        repeat: once ? 'once' : 'safe',
      },
      async (answer) =>
        // A shape that is not the contract's is a defect of the relay, for its own tests to find.
        (answer.status === 204 ? undefined : await readJson(answer, ANSWER_BYTES_MAX)) as T,
    )
  }
  const get = <T>(path: string, query: object, options?: CallOptions): Promise<T> =>
    call('GET', withQuery(path, query), options)
  const message = (reference: Uuid) => `/berichten/${encodeURIComponent(reference)}`
  const lease = (id: Uuid) => `/ophalingen/${encodeURIComponent(id)}`
  const moduleAt = (name: string, version: string) =>
    `/modules/${encodeURIComponent(name)}/versies/${encodeURIComponent(version)}`

  return {
    as: (other) => clientFor(transport, timeoutMs, other),
    identity: (options) => call('GET', '/identiteit', options),
    participants: (query = {}, options) => get('/deelnemers', query, options),
    participant: (id, options) => call('GET', `/deelnemers/${encodeURIComponent(id)}`, options),
    modules: (options) => call('GET', '/modules', options),
    module: (name, version, options) => call('GET', moduleAt(name, version), options),
    messageType: (name, version, type, options) =>
      call('GET', `${moduleAt(name, version)}/berichttypen/${encodeURIComponent(type)}`, options),
    submit: (body, options) => call('POST', '/berichten', { ...options, body }),
    submitMany: (envelopes, options = {}) =>
      submitMany(
        {
          transport,
          path: `${BASE}/aanbiedingen`,
          headers,
          timeoutMs,
          answerBytesMax: ANSWER_BYTES_MAX,
        },
        envelopes,
        options,
      ),
    mailboxes: (waitSeconds, options) =>
      call('GET', withQuery('/postbussen', { wacht: waitSeconds }), {
        ...options,
        ...(waitSeconds === undefined ? {} : { waitSeconds }),
      }),
    list: (query = {}, options) =>
      call('GET', withQuery('/berichten', query), {
        ...options,
        ...(query.wacht === undefined ? {} : { waitSeconds: query.wacht }),
      }),
    fetch: (reference, options) => call('GET', message(reference), options),
    lease: (body, options) => call('POST', '/ophalingen', { ...options, body, once: true }),
    extend: (id, seconds, options) =>
      call('PUT', lease(id), { ...options, body: { leaseSeconden: seconds } }),
    release: (id, options) => call('DELETE', lease(id), options),
    confirm: (reference, options) => call('PUT', `${message(reference)}/bevestiging`, options),
    refuse: (reference, body, options) =>
      call('PUT', `${message(reference)}/afwijzing`, { ...options, body }),
    withdraw: (reference, options) => call('PUT', `${message(reference)}/intrekking`, options),
    receipt: (reference, end, options) => call('GET', `${message(reference)}/${end}`, options),
    confirmMany: (references, options) =>
      call('POST', '/bevestigingen', { ...options, body: { referentienummers: references } }),
    refuseMany: (refusals, options) =>
      call('POST', '/afwijzingen', { ...options, body: { afwijzingen: refusals } }),
    log: (query = {}, options) => get('/logboek', query, options),
    logLine: (reference, options) =>
      call('GET', `/logboek/${encodeURIComponent(reference)}`, options),
    conversations: (query = {}, options) => get('/conversaties', query, options),
    conversation: (id, options) => call('GET', `/conversaties/${encodeURIComponent(id)}`, options),
  }
}
