import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { RelayError } from '../../src/core/errors.ts'
import { DEFAULT_LIMITS } from '../../src/core/limits.ts'
import { negotiate } from '../../src/http/accept.ts'
import { TokenBuckets } from '../../src/http/buckets.ts'
import { addressKey } from '../../src/http/connections.ts'
import { readLines } from '../../src/http/lines.ts'
import { orderedStream } from '../../src/http/ordered-stream.ts'
import * as parameters from '../../src/http/parameters.ts'
import { faultOf, problemAnswer } from '../../src/http/problem.ts'

describe('negotiate', () => {
  const offered = ['application/json', 'text/html']
  test.each([
    [null, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['text/html', 'text/html'],
    ['text/html, application/json', 'application/json'],
    ['text/html, application/json;q=0.5', 'text/html'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
    ['APPLICATION/JSON', 'application/json'],
    ['application/json;q=0, */*', 'text/html'],
    ['application/xml', undefined],
    ['application/json;q=0', undefined],
    ['application/json;q=oops', undefined],
    ['*/*;q=0', undefined],
  ])('Accept %p gives %p', (header, mediaType) => {
    expect(negotiate(header, offered)).toBe(mediaType as string)
  })
})

describe('token buckets', () => {
  const rate = { perSecond: 2, burst: 3 }

  test('let a burst through, then so many a second', () => {
    const clock = { now: 0 }
    const buckets = new TokenBuckets(() => clock.now)
    expect([1, 2, 3, 4].map(() => buckets.take('a', rate))).toEqual([0, 0, 0, 0.5])
    expect(buckets.take('b', rate)).toBe(0)
    clock.now = 500
    expect([1, 2].map(() => buckets.take('a', rate))).toEqual([0, 0.5])
    clock.now = 60_000
    expect([1, 2, 3, 4].map(() => buckets.take('a', rate) === 0)).toEqual([true, true, true, false])
  })

  test('give nothing for a clock that steps back', () => {
    const clock = { now: 10_000 }
    const buckets = new TokenBuckets(() => clock.now)
    for (let count = 0; count < 3; count += 1) buckets.take('a', rate)
    clock.now = 0
    expect(buckets.take('a', rate)).toBeGreaterThan(0)
  })

  test('do not keep what is full again', () => {
    const clock = { now: 0 }
    const buckets = new TokenBuckets(() => clock.now)
    for (let count = 0; count < 50_000; count += 1) {
      clock.now = count
      buckets.take(`address ${count}`, rate)
    }
    expect(buckets.size).toBeLessThan(25_000)
  })
})

describe('addresses', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key)
  })
})

describe('lines', () => {
  const bounds = { lineBytes: 10, bodyBytes: 1_000 }
  async function* inChunks(text: string, sizes: readonly number[]) {
    const bytes = new TextEncoder().encode(text)
    let at = 0
    for (const size of [...sizes, bytes.length]) {
      if (size > 0) yield bytes.subarray(at, at + size)
      at += size
    }
  }
  const collect = async (body: AsyncIterable<Uint8Array>, given = bounds) => {
    const found: [number, string][] = []
    for await (const line of readLines(body, given)) {
      found.push([
        line.number,
        line.kind === 'line' ? new TextDecoder().decode(line.bytes) : line.kind,
      ])
    }
    return found
  }

  test('are numbered from 1, empty ones too, with either line end', async () => {
    expect(await collect(inChunks('a\n\nb\r\n\r\nc', []))).toEqual([
      [1, 'a'],
      [3, 'b'],
      [5, 'c'],
    ])
  })

  test('are the same however the body was cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '€'), maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(7), { maxLength: 30 }), async (body, sizes) => {
        expect(await collect(inChunks(body, sizes))).toEqual(await collect(inChunks(body, [])))
      }),
      { numRuns: 300 },
    )
  })

  test('that are too long are skipped, the next one is not', async () => {
    expect(await collect(inChunks(`${'x'.repeat(11)}\n${'y'.repeat(10)}\n`, [3, 3, 3]))).toEqual([
      [1, 'line-too-long'],
      [2, 'yyyyyyyyyy'],
    ])
  })

  test('end where the body is too long, also without any line end', async () => {
    const body = inChunks(`a\n${'x'.repeat(2_000)}`, Array<number>(500).fill(4))
    expect(await collect(body)).toEqual([
      [1, 'a'],
      [2, 'body-too-long'],
    ])
  })

  test('that were not finished when the connection broke are dropped', async () => {
    async function* broken() {
      yield new TextEncoder().encode('a\nhalf')
      throw new Error('aborted')
    }
    const found: number[] = []
    const reading = (async () => {
      for await (const line of readLines(broken(), bounds)) found.push(line.number)
    })()
    expect(reading).rejects.toThrow('aborted')
    await reading.catch(() => {})
    expect(found).toEqual([1])
  })
})

describe('an ordered stream', () => {
  const later = (text: string, ms: number) =>
    new Promise<string>((resolve) => setTimeout(() => resolve(text), ms))

  test('writes in the order of adding, not of making', async () => {
    const stream = orderedStream({ bufferBytes: 100, atOnce: 10 }, async (sink) => {
      await sink.add(later('a', 15))
      await sink.add(later('b', 1))
      await sink.add(later('c', 8))
    })
    expect(await new Response(stream).text()).toBe('abc')
  })

  test('has only so many in the making', async () => {
    let making = 0
    let most = 0
    const stream = orderedStream({ bufferBytes: 1_000, atOnce: 3 }, async (sink) => {
      for (let count = 0; count < 20; count += 1) {
        making += 1
        most = Math.max(most, making)
        await sink.add(later('x', 1).finally(() => (making -= 1)))
      }
    })
    expect(await new Response(stream).text()).toBe('x'.repeat(20))
    expect(most).toBeLessThanOrEqual(3)
    expect(most).toBeGreaterThan(1)
  })

  test('goes on making without a reader until the buffer is full, then waits', async () => {
    let added = 0
    const stream = orderedStream({ bufferBytes: 40, atOnce: 5 }, async (sink) => {
      for (; added < 100; added += 1) await sink.add(Promise.resolve('0123456789'))
    })
    await Bun.sleep(20)
    expect(added).toBeGreaterThanOrEqual(3)
    expect(added).toBeLessThan(12)
    expect((await new Response(stream).text()).length).toBe(1_000)
    expect(added).toBe(100)
  })

  test('stops making when the reader goes, and lets what was begun finish', async () => {
    let finished = 0
    const ended = Promise.withResolvers<number>()
    const stream = orderedStream({ bufferBytes: 10, atOnce: 4 }, async (sink) => {
      let begun = 0
      while (!sink.isCancelled && begun < 1_000) {
        begun += 1
        await sink.add(later('0123456789', 2).finally(() => (finished += 1)))
      }
      ended.resolve(begun)
    })
    const reader = stream.getReader()
    await reader.read()
    await reader.cancel()
    const begun = await ended.promise
    await Bun.sleep(10)
    expect(begun).toBeLessThan(20)
    expect(finished).toBe(begun)
  })
})

describe('query parameters', () => {
  const declared = {
    limiet: parameters.pageSize(),
    wacht: parameters.patience(),
    module: parameters.code('Module.'),
    van: parameters.day('Dag.'),
    wie: parameters.uuid('Wie.'),
    ja: parameters.flag('Of.'),
    zoek: parameters.text('Zoek.'),
    na: parameters.cursor(),
    versie: parameters.version('Versie.'),
  }
  const read = (query: string) =>
    parameters.readQuery(declared, new URLSearchParams(query), DEFAULT_LIMITS)
  const problemsOf = (query: string) => {
    try {
      read(query)
    } catch (thrown) {
      if (thrown instanceof RelayError) return thrown.problems
    }
    throw new Error('was accepted')
  }

  test('are read into values', () => {
    const wie = 'ABCDEF00-0000-4000-8000-000000000001'
    expect(read(`limiet=500&module=vroegsignalering&van=2028-02-29&wie=${wie}&ja=false`)).toEqual({
      limiet: 500,
      module: 'vroegsignalering',
      van: '2028-02-29',
      wie: wie.toLowerCase(),
      ja: false,
    })
  })

  test.each([
    'limiet=0',
    'limiet=501',
    'limiet=1.5',
    'limiet=-1',
    'limiet=',
    'limiet=1e2',
    'limiet=1&limiet=2',
    'wacht=61',
    'module=Schuld%20x',
    'van=2026-02-31',
    'van=2026-2-3',
    'van=2026-01-01T00:00:00Z',
    'wie=1',
    'ja=ja',
    `zoek=${'x'.repeat(201)}`,
    'na=%00',
    'versie=2',
    'onbekende=1',
    '__proto__=1',
    'toString=1',
    'Limiet=1',
  ])('%s is refused', (query) => {
    expect(problemsOf(query)).toHaveLength(1)
  })

  test('all problems come at once, and unknown names and values are not repeated', () => {
    const problems = problemsOf('limiet=geheim1&wacht=geheim2&geheim3=1&geheim4=2')
    expect(problems.map(({ path }) => path)).toEqual([
      '/query/limiet',
      '/query/wacht',
      '/query/onbekend[1]',
      '/query/onbekend[2]',
    ])
    expect(JSON.stringify(problems)).not.toContain('geheim')
  })
})

describe('problems', () => {
  test('a defect gives a support code to the caller and no words of the error to anybody', () => {
    const canary = 'Jansen 123456782'
    const error = new TypeError(`cannot read ${canary}\n    at ${canary} (file.ts:1:1)`)
    const answer = problemAnswer(error, 'https://relay.example.nl')
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer)).not.toContain('Jansen')
    expect(answer.problem?.fault?.name).toBe('TypeError')
    expect(answer.problem?.fault?.frames.length).toBeGreaterThan(0)
    expect(answer.problem?.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
  })

  test('what is thrown may be anything', () => {
    for (const thrown of ['Jansen', undefined, null, 42, { message: 'Jansen' }]) {
      expect(JSON.stringify(problemAnswer(thrown, ''))).not.toContain('Jansen')
    }
    const odd = new Error('x')
    odd.name = 'Jansen 123456782'
    expect(faultOf(odd).name).toBe('Error')
  })

  test('Retry-After is in whole seconds', () => {
    const error = new RelayError('te-veel-berichten', undefined, { retryAfter: 1.2 })
    expect(problemAnswer(error, '').headers?.['retry-after']).toBe('2')
  })
})
