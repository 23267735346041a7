/**
 * One consistent picture of the configuration. A reload makes a new one with the next generation and swaps it in.
 * @module
 */
import type { Calendar } from './calendar.ts'
import type { Catalogue } from './catalogue/definition.ts'
import type { Directory } from './directory.ts'
import type { Limits } from './limits.ts'
import type { Uuid } from './message.ts'

export const ENVIRONMENTS = ['demo', 'test', 'productie'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export interface Settings {
  /** Rises with each reload. */
  readonly generation: number
  readonly node: {
    /** Directory entry of the relay itself, the sender of notices. */
    readonly id: Uuid
    readonly name: string
    /** Public address of the REST door, without a path. */
    readonly url: string
    /** Where integrators reach whoever runs it. */
    readonly email?: string
    readonly environment: Environment
  }
  readonly directory: Directory
  readonly catalogue: Catalogue
  readonly calendar: Calendar
  readonly limits: Limits
  readonly retention: {
    /** Working days until an unconfirmed message is removed. */
    readonly removalDays: number
    readonly logDays: number
    readonly conversationDaysAfterEnd: number
    readonly conversationDaysAtMost: number
  }
}
