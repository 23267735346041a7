/**
 * CPU time by a yardstick: the same machine is twice as slow when others are busy on it, so work is compared with a fixed
 * piece of work that is done in between, and the best of several rounds counts.
 * @module
 */
import { createCipheriv, createHash } from 'node:crypto'

const ROUNDS = 5
const YARDS = 400
const KEY = Buffer.alloc(32, 1)
const NONCE = Buffer.alloc(12, 2)
const TEXT = JSON.stringify({
  items: Array.from({ length: 60 }, (_, number) => ({ naam: `F-2023-${number}`, bedrag: number })),
})

/** What a relay does most of: parse, encrypt, digest, some two kilobytes at a time. */
function yard(): number {
  const parsed = JSON.parse(TEXT) as { items: unknown[] }
  const cipher = createCipheriv('aes-256-gcm', KEY, NONCE)
  const sealed = cipher.update(JSON.stringify(parsed))
  cipher.final()
  return createHash('sha256').update(sealed).digest()[0] ?? parsed.items.length
}

/** Cost of one operation. */
export interface Cost {
  readonly microseconds: number
  /** In pieces of fixed work; about thirty microseconds each where nothing else runs. */
  readonly yards: number
}

/** CPU of this process since a mark, in microseconds, all threads included. */
export function cpuSince(mark: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(mark)
  return user + system
}

/**
 * Measures some operations several times.
 * @param run does `count` of them; it is run once more beforehand, to warm up
 */
export async function costOf(count: number, run: () => unknown): Promise<Cost> {
  await run()
  for (let warm = 0; warm < YARDS; warm += 1) yard()
  let best: Cost = { microseconds: Number.POSITIVE_INFINITY, yards: Number.POSITIVE_INFINITY }
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage()
    for (let done = 0; done < YARDS; done += 1) yard()
    const yardMicroseconds = cpuSince(before) / YARDS
    const mark = process.cpuUsage()
    await run()
    const microseconds = cpuSince(mark) / count
    const yards = microseconds / yardMicroseconds
    if (yards < best.yards) best = { microseconds, yards }
  }
  return best
}
