/**
 * What the reading calls can be asked, in the words of the wire.
 * @module
 */
import type { ParticipantType } from '../core/directory.ts'
import type { Uuid } from '../core/message.ts'
import type { MessageState } from './wire.ts'

/** Which part of a long list. */
export interface PageQuery {
  /** `volgende` of the page before. */
  readonly na?: string
  readonly limiet?: number
}

export interface ParticipantQuery extends PageQuery {
  readonly module?: string
  readonly versie?: string
  readonly type?: ParticipantType
  /** Municipality code, four digits. */
  readonly werkgebied?: string
  readonly zoek?: string
}

export interface MailboxQuery extends PageQuery {
  readonly module?: string
  readonly berichttype?: string
  readonly conversatie?: Uuid
  /** Seconds to wait for something to list. */
  readonly wacht?: number
}

export interface LogQuery extends PageQuery {
  readonly referentienummer?: Uuid
  readonly crossReferentienummer?: Uuid
  readonly conversatie?: Uuid
  readonly module?: string
  readonly berichttype?: string
  readonly versie?: string
  readonly afzender?: Uuid
  readonly ontvanger?: Uuid
  readonly opgehaald?: boolean
  readonly bevestigd?: boolean
  readonly uitkomst?: MessageState
  /** Dutch day, inclusive. */
  readonly vanafDatum?: string
  /** Dutch day, inclusive. */
  readonly totDatum?: string
}

export interface ConversationQuery extends PageQuery {
  readonly stand?: 'open' | 'beeindigd'
  /** Dutch day: only conversations that expect an answer of the caller by its end. */
  readonly antwoordVoor?: string
}

/** A path with its query; what is undefined is left out. */
export function withQuery(path: string, query: object): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`
}
