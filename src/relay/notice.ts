/**
 * Notices: how the relay tells a participant of a refusal, an expiry or an end (DESIGN 4, Notices). They are written in the same
 * group as what they tell about.
 * @module
 */
import { canonicalJson } from '../core/canonical.ts'
import { sizeOf, toParts } from '../core/content.ts'
import { NOTICE_MODULE, NOTICE_VERSION } from '../core/message.ts'
import type { Header, NoticeType, Uuid } from '../core/message.ts'
import type { Context } from './context.ts'
import type { Turn } from './turn.ts'

/** What a notice says. */
export interface NoticeAsked {
  readonly type: NoticeType
  readonly to: Uuid
  readonly conversation: Uuid
  /** The message that it tells about. */
  readonly about: Uuid
  readonly reason: string
  readonly explanation?: string
  readonly fetched: boolean
}

/**
 * Puts a notice in somebody's mailbox, once: the same notice has the same reference. Nothing happens when there is nobody
 * any more to read it.
 * @throws StorageFull before anything has changed
 */
export function notify({ ports, terms }: Context, turn: Turn, asked: NoticeAsked): void {
  const { settings, at } = turn
  const reader = settings.directory.participants.get(asked.to)
  if (reader === undefined || reader.status === 'beeindigd') return
  const reference = ports.ids.notice(asked.about, asked.type)
  if (turn.find(asked.to, reference) !== undefined) return
  // In the order of canonical JSON, as in submit.
  const header: Header = {
    acceptedAt: at,
    conversation: asked.conversation,
    cross: asked.about,
    module: NOTICE_MODULE,
    moduleVersion: NOTICE_VERSION,
    recipient: asked.to,
    reference,
    removeAt: terms.end(settings.calendar, at, settings.retention.removalDays),
    sender: settings.node.id,
    type: asked.type,
    version: NOTICE_VERSION,
  }
  const body = {
    Reden: asked.reason,
    ...(asked.explanation === undefined ? {} : { Toelichting: asked.explanation }),
    Tijdstip: new Date(at).toISOString(),
    Opgehaald: asked.fetched,
  }
  const headerBytes = new TextEncoder().encode(canonicalJson(header))
  const parts = toParts({ body, attachments: [] })
  const sealed = turn.seal(headerBytes, parts)
  turn.accept({ header, headerBytes, sealed, parts, size: sizeOf(parts), attachments: 0 }, null)
}
