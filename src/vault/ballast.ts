/**
 * Space kept back so that ends can be committed on a full disk. A file of random bytes, since zeroes may be compressed or left
 * out by the file system; given back from its end in steps.
 * @module
 */
import { createCipheriv, randomBytes } from 'node:crypto'
import { statSync, statfsSync, truncateSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Ballast } from '../relay/ports.ts'

const MIB = 2 ** 20

export interface BallastOptions {
  readonly path: string
  /** 0 for none. */
  readonly bytes: number
  /** Given back at a time; 4 MiB unless said: many times what a group of ends needs. */
  readonly stepBytes?: number
}

/** A ballast that can be waited for and stopped. */
export interface FileBallast extends Ballast {
  /** Bytes held back now. */
  size(): number
  /** Resolves when the fill that is under way has ended. */
  settled(): Promise<void>
}

/**
 * A ballast as it was left; `refill` brings it to its size in the background, so that a start need not wait for it.
 */
export function openBallast(options: BallastOptions): FileBallast {
  const { path, bytes, stepBytes = 4 * MIB } = options
  let filling: Promise<void> | undefined
  let released = 0

  const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0

  const hasRoom = () => {
    const disk = statfsSync(dirname(path))
    // A quarter more than what is missing, or filling up would itself fill the disk.
    return disk.bavail * disk.bsize > bytes - size() + bytes / 4
  }

  const fill = async () => {
    const file = await open(path, 'a', 0o600)
    try {
      for (let start = released; start === released && size() < bytes && hasRoom();) {
        await file.appendFile(noise(Math.min(stepBytes, bytes - size())))
        await file.datasync()
      }
    } finally {
      await file.close()
    }
  }

  return {
    size,
    settled: () => filling ?? Promise.resolve(),
    release() {
      released += 1
      const left = size()
      if (left === 0) return false
      truncateSync(path, Math.max(0, left - stepBytes))
      return true
    },
    refill() {
      if (filling !== undefined || size() >= bytes || !hasRoom()) return
      // A disk that fills up meanwhile ends the fill; the next call tries again.
      filling = fill()
        .catch(() => {})
        .finally(() => (filling = undefined))
    },
  }
}

/** Random bytes at the speed of the cipher. */
function noise(length: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16))
  return cipher.update(Buffer.alloc(length))
}
