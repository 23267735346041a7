import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openBallast } from '../../src/vault/ballast.ts'
import { folders } from './folder.ts'

const temp = folders()
const STEP = 100_000

async function filled(bytes = 250_000) {
  const path = join(temp(), 'ballast')
  const ballast = openBallast({ path, bytes, stepBytes: STEP })
  ballast.refill()
  await ballast.settled()
  return { path, ballast }
}

describe('the ballast', () => {
  test('holds back exactly its size, in bytes that cannot be compressed', async () => {
    const { path, ballast } = await filled()
    expect(ballast.size()).toBe(250_000)
    expect(gzipSync(readFileSync(path)).length).toBeGreaterThan(249_000)
    ballast.refill()
    await ballast.settled()
    expect(ballast.size()).toBe(250_000)
  })

  test('gives back a step at a time until nothing is left, and fills up again', async () => {
    const { ballast } = await filled()
    const sizes = []
    while (ballast.release()) sizes.push(ballast.size())
    expect(sizes).toEqual([150_000, 50_000, 0])
    expect(ballast.release()).toBe(false)
    ballast.refill()
    await ballast.settled()
    expect(ballast.size()).toBe(250_000)
  })

  test('a release stops a fill that is under way', async () => {
    const path = join(temp(), 'ballast')
    const ballast = openBallast({ path, bytes: 50 * STEP, stepBytes: STEP })
    ballast.refill()
    while (ballast.size() === 0) await Bun.sleep(0)
    ballast.release()
    await ballast.settled()
    expect(ballast.size()).toBeLessThan(50 * STEP)
  })

  test('of no size is nothing at all', async () => {
    const { ballast } = await filled(0)
    expect([ballast.size(), ballast.release()]).toEqual([0, false])
  })

  test('more than the disk has is not even begun', async () => {
    const { ballast } = await filled(2 ** 50)
    expect(ballast.size()).toBe(0)
  })
})
