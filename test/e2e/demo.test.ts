/**
 * The demo as a newcomer meets it: one command, an empty folder, words on the screen, and an exit code that can be believed.
 * @module
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXIT } from '../../src/cli/command.ts'
import { DEMO_CONNECTIONS } from '../../src/cli/demo-world.ts'
import { Line } from './support/line.ts'

// A machine with much else to do is slow, and that alone is no failure.
setDefaultTimeout(40_000)

const MAIN = join(import.meta.dir, '../../src/main.ts')
const FREE_PORTS = ['--port', '0', '--portal-port', '0', '--ops-port', '0']
const START_MS_MAX = 20_000

const parent = mkdtempSync(join(tmpdir(), 'knooppunt-demo-'))
const dir = join(parent, 'made-by-the-demo')
const children = new Set<Bun.Subprocess>()

afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(parent, { recursive: true, force: true })
})

function start(args: readonly string[]) {
  const child = Bun.spawn([process.execPath, MAIN, 'demo', ...args], {
    cwd: parent,
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  return child
}

async function ended(args: readonly string[]) {
  const child = start(args)
  const [out, err, exit] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, err, exit }
}

/** A demo that stays up; resolves when it has said everything. */
async function up(args: readonly string[]) {
  const child = start(['--dir', dir, ...FREE_PORTS, ...args])
  let out = ''
  const reading = (async () => {
    for await (const chunk of child.stdout) out += new TextDecoder().decode(chunk)
  })()
  const until = performance.now() + START_MS_MAX
  while (!out.includes('Ctrl-C')) {
    if (child.exitCode !== null || performance.now() > until) throw new Error(`not up: ${out}`)
    await Bun.sleep(20)
  }
  return {
    said: () => out,
    /** Does what the line with curl on the screen says, with what stands in it. */
    followCurl: async () => {
      const [line = ''] = /curl --cacert .*/.exec(out) ?? []
      const [, ca = '', cert = '', key = '', port = '', path = ''] =
        /--cacert (\S+) --cert (\S+) --key (\S+) https:\/\/localhost:(\d+)\/api\/v1(\/\S+)$/.exec(
          line,
        ) ?? []
      const read = (file: string) => readFileSync(file, 'utf8')
      const identity = { certificatePem: read(cert), keyPem: read(key) }
      const connection = await Line.open(Number(port), read(ca), identity)
      const answer = await connection.ask('GET', path)
      connection.cut()
      return answer
    },
    stop: async () => {
      child.kill('SIGTERM')
      const exit = await child.exited
      await reading
      return { exit, out }
    },
  }
}

describe('knooppunt demo --once, in a folder that is not there yet', () => {
  let result: Awaited<ReturnType<typeof ended>>
  beforeAll(async () => {
    result = await ended(['--dir', dir, ...FREE_PORTS, '--once'])
  })

  test('ends with 0 and nothing on standard error', () => {
    expect(result).toMatchObject({ exit: EXIT.done, err: '' })
  })

  test('tells each step of the conversation in order, and that nothing is left', () => {
    const steps = [
      ...['saldoverzoek', 'saldoverzoek-antwoord', 'betaalvoorstel', 'betaalvoorstel-antwoord'],
      'schuldregeling-akkoord',
    ].flatMap((type) => [`${type} is accepted and on disk`, 'confirmed: the relay erased it'])
    const words = [
      `The relay runs; everything it made is in ${dir}.`,
      ...steps,
      'Of those, readable with master key and ring: 0.',
      'Erased: nothing that has ended can be read.',
    ]
    let from = 0
    for (const word of words) {
      const at = result.out.indexOf(word, from)
      expect([word, at >= from]).toEqual([word, true])
      from = at + word.length
    }
  })

  test('makes what it promises: configuration, the root, and a certificate and key for each connection', () => {
    const files = ['config/knooppunt.yaml', 'certs/ca.pem']
    for (const { name } of DEMO_CONNECTIONS) files.push(`certs/${name}.pem`, `certs/${name}.key`)
    expect(files.filter((file) => !existsSync(join(dir, file)))).toEqual([])
  })
})

describe('knooppunt demo on a folder that is there', () => {
  test('leaves ten messages; what waits is still there after a stop and a second start', async () => {
    const first = await up([])
    const waiting = await first.followCurl()
    expect(waiting.status).toBe(200)
    expect(waiting.json().berichten).toHaveLength(10)
    // While it runs, nobody else gets the folder.
    const second = await ended(['--dir', dir, ...FREE_PORTS, '--once'])
    expect(second).toMatchObject({ exit: EXIT.no, out: '' })
    expect(second.err).toMatch(/data folder is in use by process \d+/)
    const stopped = await first.stop()
    expect(stopped.exit).toBe(EXIT.done)
    expect(stopped.out).toEndWith('Stopping.\n')

    const again = await up(['--no-play'])
    expect(again.said()).not.toContain('is accepted and on disk')
    expect((await again.followCurl()).json().berichten).toEqual(waiting.json().berichten)
    expect((await again.stop()).exit).toBe(EXIT.done)

    // Playing again among what waits proves the erasure all the same, and touches none of it.
    const once = await ended(['--dir', dir, ...FREE_PORTS, '--once'])
    expect(once).toMatchObject({ exit: EXIT.done, err: '' })
    // The ten, and the notice of the one that was refused.
    expect(once.out).toContain('Waiting messages, readable as they should be: 11.')
  })
})

describe('knooppunt demo that cannot start', () => {
  test.each(['--port', '--portal-port', '--ops-port'])(
    'says which address is in use when %s is taken, and ends with 1',
    async (option) => {
      const taken = createServer()
      await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
      const { port } = taken.address() as AddressInfo
      const ports = FREE_PORTS.with(FREE_PORTS.indexOf(option) + 1, String(port))
      const { out, err, exit } = await ended(['--dir', dir, ...ports, '--once', '--no-play'])
      taken.close()
      expect({ out, exit }).toEqual({ out: '', exit: EXIT.no })
      expect(err).toContain(`127.0.0.1:${port}`)
      expect(err).toContain('in use')
      expect(err.trimEnd()).not.toContain('\n')
    },
  )

  test('leaves a folder alone that belongs to somebody', async () => {
    const theirs = join(parent, 'theirs')
    mkdirSync(theirs)
    writeFileSync(join(theirs, 'thesis.txt'), 'forty years')
    const { out, err, exit } = await ended(['--dir', theirs, ...FREE_PORTS, '--once'])
    expect({ out, exit }).toEqual({ out: '', exit: EXIT.usage })
    expect(err).toContain('not a demo folder; name another with --dir')
    expect(readFileSync(join(theirs, 'thesis.txt'), 'utf8')).toBe('forty years')
  })
})
