import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveControl } from '../../src/ops/control.ts'
import type { Control, Orders } from '../../src/ops/control.ts'
import { createLog } from '../../src/ops/log.ts'

let dir = ''
let lines: string[] = []
let open: (Control | undefined)[] = []
const log = createLog({ sink: (line) => void lines.push(line), now: () => 0, level: 'debug' })

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-control-'))
  lines = []
  open = []
})
afterEach(async () => {
  for (const control of open) await control?.stop()
  rmSync(dir, { recursive: true, force: true })
})

function serve(orders: Orders, path = join(dir, 'control')) {
  const control = serveControl(path, orders, log)
  open.push(control)
  return { control, ask: (name: string, method = 'POST') => askAt(path, name, method) }
}
const askAt = (unix: string, name: string, method: string) =>
  fetch(`http://control/${name}`, { method, unix })

describe('the control socket', () => {
  test('answers an order with its value, or with the answer that it made itself', async () => {
    const { ask } = serve({
      count: async () => ({ count: 3 }),
      stream: async () => new Response('rows', { headers: { 'X-Rows': '1' } }),
    })
    expect(await (await ask('count')).json()).toEqual({ count: 3 })
    expect(await (await ask('stream')).text()).toBe('rows')
    expect(lines.join('')).toContain('"job":"count"')
  })

  test('may be opened by its owner alone, and the mask of the process is as it was', () => {
    const before = process.umask()
    serve({})
    expect(statSync(join(dir, 'control')).mode & 0o777).toBe(0o600)
    expect(process.umask()).toBe(before)
  })

  test('takes the place of a socket that a killed process left behind', async () => {
    writeFileSync(join(dir, 'control'), '')
    const { ask } = serve({ ping: async () => ({}) })
    expect((await ask('ping')).status).toBe(200)
  })

  test.each([
    ['nothing', 'POST'],
    ['constructor', 'POST'],
    ['ping', 'GET'],
  ])('does not know %s by %s', async (name, method) => {
    let called = 0
    const { ask } = serve({ ping: async () => ({ called: (called += 1) }) })
    expect((await ask(name, method)).status).toBe(404)
    expect(called).toBe(0)
  })

  test('says by name that an order failed, and never by the text of the failure', async () => {
    const { ask } = serve({
      fail: async () => {
        throw new TypeError('999990019 Jansen')
      },
    })
    const answer = await ask('fail')
    expect([answer.status, await answer.json()]).toEqual([500, { error: 'TypeError' }])
    expect(lines.join('')).toContain('order-failed')
    expect(lines.join('')).not.toContain('Jansen')
  })

  test('a folder with a name too long for a socket leaves the relay without one, and says so', () => {
    const { control } = serve({}, join(dir, 'x'.repeat(120), 'control'))
    expect(control).toBeUndefined()
    expect(lines.join('')).toContain('control-closed')
  })

  // Eleven seconds of waiting: part of the long form only.
  test.skipIf(process.env['LONG_TESTS'] === undefined)(
    'an order that takes longer than idle connections may last is answered',
    async () => {
      const { ask } = serve({ slow: () => Bun.sleep(11_000).then(() => ({ done: true })) })
      expect(await (await ask('slow')).json()).toEqual({ done: true })
    },
    20_000,
  )
})
