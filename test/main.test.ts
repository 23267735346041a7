/**
 * The program as a process: exit codes, whole output, and what surrounds it.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { EXIT } from '../src/cli/command.ts'
import { fakeDoor } from './client/support/fake-door.ts'
import type { FakeDoor } from './client/support/fake-door.ts'
import { throwawayPki } from './client/support/throwaway-pki.ts'
import type { ThrowawayPki } from './client/support/throwaway-pki.ts'

const MAIN = join(import.meta.dir, '../src/main.ts')

let pki: ThrowawayPki
let door: FakeDoor
let environment: Record<string, string>

beforeAll(async () => {
  pki = throwawayPki()
  door = await fakeDoor(pki)
  const anna = pki.client('anna')
  environment = {
    PATH: process.env['PATH'] ?? '',
    KNOOPPUNT_URL: door.url,
    KNOOPPUNT_CERT: anna.certificateFile,
    KNOOPPUNT_KEY: anna.keyFile,
    KNOOPPUNT_CA: pki.caFile,
  }
})

afterAll(async () => {
  await door.stop()
  pki.remove()
})

function start(args: readonly string[], more: Record<string, string> = {}) {
  return Bun.spawn([process.execPath, MAIN, ...args], {
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function ended(args: readonly string[], more: Record<string, string> = {}) {
  const child = start(args, more)
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { exit, out, err }
}

describe('the program', () => {
  test('says its version and ends with 0', async () => {
    expect(await ended(['version'])).toEqual({
      exit: EXIT.done,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: '',
    })
  })

  test('ends with 2 for wrong use', async () => {
    expect(await ended(['sned'])).toMatchObject({ exit: EXIT.usage, out: '' })
  })

  test('ends with 3 when the relay cannot be reached', async () => {
    const url = 'https://localhost:1'
    expect(await ended(['whoami'], { KNOOPPUNT_URL: url })).toMatchObject({
      exit: EXIT.unreachable,
    })
  })

  test('its overview names every command that it has', async () => {
    const { out } = await ended(['--help'])
    const source = await Bun.file(MAIN).text()
    const names = [...source.matchAll(/^ {2}'?([a-z-]+)'?: async \(\) =>/gm)].map(
      ([, name]) => name,
    )
    expect(names.length).toBeGreaterThan(5)
    for (const name of names) expect(out).toContain(`\n  ${name} `)
  })

  test('a large answer comes out whole, also when the reader is slow', async () => {
    const many = Array.from({ length: 400 }, () => ({ referentienummer: 'x'.repeat(5_000) }))
    door.answer(() => ({ status: 200, json: { regels: many } }))
    const child = start(['log', '--limit', '400', '--json'])
    await Bun.sleep(300)
    const text = await new Response(child.stdout).text()
    expect(await child.exited).toBe(EXIT.done)
    expect(JSON.parse(text)).toHaveLength(400)
  })

  test('a proxy of the organisation is not asked for a relay on this machine', async () => {
    door.answer(() => ({ status: 200, json: { seen: true } }))
    const proxy = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }
    const { exit, out } = await ended(['whoami', '--json'], proxy)
    expect(exit).toBe(EXIT.done)
    expect(JSON.parse(out)).toEqual({ seen: true })
  })

  test('stops in order when it is asked to', async () => {
    let asked = (): void => {}
    const waiting = new Promise<void>((resolve) => (asked = resolve))
    door.answer(() => {
      asked()
      return () => {}
    })
    const child = start(['receive', '--wait', '60'])
    await waiting
    child.kill('SIGTERM')
    const err = await new Response(child.stderr).text()
    expect(await child.exited).toBe(EXIT.no)
    expect(err).toBe('knooppunt receive: aborted: The call was stopped.\n')
  })
})
