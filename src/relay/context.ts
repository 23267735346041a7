/**
 * What every verb works with: the ports, and the parts of the relay that live in memory.
 * @module
 */
import type { Bell } from './bell.ts'
import type { ExpiryGuard } from './expiry-guard.ts'
import type { Leases } from './leases.ts'
import type { Ports } from './ports.ts'
import type { Room } from './room.ts'
import type { Terms } from './terms.ts'
import type { Writer } from './writer.ts'

export interface Context {
  readonly ports: Ports
  readonly writer: Writer
  readonly leases: Leases
  readonly room: Room
  readonly bell: Bell
  readonly guard: ExpiryGuard
  readonly terms: Terms
}
