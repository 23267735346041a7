/**
 * Heavy work of one participant leaves room for that of others.
 */
import { describe, expect, test } from 'bun:test'
import { isHeavy, Turns } from '../../src/http/turns.ts'

describe('turns', () => {
  test('let somebody who comes late go before what another had asked earlier', async () => {
    const turns = new Turns()
    const done: string[] = []
    const flood = Array.from({ length: 16 }, (_, index) =>
      turns.take('flooder', () => void done.push(`flooder ${index}`)),
    )
    const other = turns.take('other', () => void done.push('other'))
    await Promise.all([...flood, other])
    expect(done.indexOf('other')).toBeLessThan(3)
    expect(done.filter((who) => who !== 'other')).toEqual(
      Array.from({ length: 16 }, (_, index) => `flooder ${index}`),
    )
  })

  test('come one at a time for one, and at the same time for several', async () => {
    const turns = new Turns()
    let [running, most] = [0, 0]
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await Bun.sleep(1)
      running -= 1
    }
    await Promise.all([1, 2, 3].map(() => turns.take('one', work)))
    expect(most).toBe(1)
    await Promise.all(['one', 'two', 'three'].map((who) => turns.take(who, work)))
    expect(most).toBe(3)
  })

  test('go on after work that failed, and give its result and its failure', async () => {
    const turns = new Turns()
    const failing = turns.take('one', () => Promise.reject(new Error('failed')))
    const next = turns.take('one', () => 7)
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe(7)
  })
})

describe('heavy is', () => {
  test.each([
    ['GET', '/logboek?limiet=500', true],
    ['POST', '/ophalingen', true],
    ['GET', '/berichten?wacht=60', false],
    ['POST', '/berichten', false],
    ['POST', '/aanbiedingen', false],
    ['HEAD', '/berichten/x', false],
  ])('%s %s: %p', (method, path, expected) => {
    expect(isHeavy(new Request(`https://localhost/api/v1${path}`, { method }))).toBe(expected)
  })
})
