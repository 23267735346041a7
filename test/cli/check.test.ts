/**
 * `knooppunt check`: what it prints and how it ends.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { run } from '../../src/cli/cli.ts'
import { EXIT } from '../../src/cli/command.ts'
import { complete, nodeFolder } from '../config/support/node-folder.ts'
import type { NodeFolder } from '../config/support/node-folder.ts'
import { terminal } from './support/terminal.ts'

const commands = { check: async () => (await import('../../src/cli/check.ts')).check }
let folder: NodeFolder

beforeAll(() => {
  // Certificates that are sound today, whenever that is.
  folder = nodeFolder(Date.now())
})
afterAll(() => folder.remove())

async function check(text: string, ...args: readonly string[]) {
  folder.write('config/knooppunt.yaml', text)
  const { io, out, err } = terminal({ cwd: folder.path })
  const exit = await run(['check', ...args], io, commands)
  return { exit, out: out(), err: err() }
}

describe('check', () => {
  test('ends with 0 and says what a sound configuration comes down to', async () => {
    const { exit, out, err } = await check(complete('limits: { pageItems: 100 }\n'))
    expect([exit, err]).toEqual([EXIT.done, ''])
    for (const piece of [
      'Testknooppunt, environment test, https://relay.example.nl:8443',
      /shv-fase-2 +0 +1 +0 +0/,
      /schuldregeling +2\.0 +2/,
      /energie +00000099000000020000 +own +1/,
      /pageItems +100 +\*/,
      /bodyBytes +8 MiB\n/,
      /messages +5 working days/,
      /\d{4}-\d\d-\d\d {2}Kerstmis/,
      /listen\.api +\d{4}-\d\d-\d\d/,
      /No problems\.\n$/,
    ]) {
      expect(out).toMatch(piece)
    }
  })

  test('ends with 1 and says every problem, from where the reader stands', async () => {
    const { exit, out } = await check(complete('store: { pad: data }\nlimits: { pageItems: 0 }\n'))
    expect(exit).toBe(EXIT.no)
    expect(out).toBe(
      [
        'config/knooppunt.yaml:1:10: store.pad: is not a setting; known are engine, path, map, readers, ballast',
        'config/knooppunt.yaml:2:22: limits.pageItems: 0 is not a whole number above zero',
        '',
        '2 problems; a relay does not start on this.',
        '',
      ].join('\n'),
    )
  })

  test('says warnings and still ends with 0', async () => {
    const text = complete(
      'trust:\n  anchors: [{ file: certs/ca.pem }]\n  revocation: { onUnknown: accept }\n',
    )
    const { exit, out } = await check(text)
    expect(exit).toBe(EXIT.done)
    expect(out).toStartWith('config/knooppunt.yaml:3:28: warning: trust.revocation.onUnknown: ')
    expect(out).toEndWith('No problems, 1 warning.\n')
  })

  test('judges anchors by the rules of the environment', async () => {
    const text = complete('trust:\n  anchors: [{ file: certs/leaf.pem }]\n')
    const { exit, out } = await check(text)
    expect(exit).toBe(EXIT.no)
    expect(out).toContain('trust.anchors[0].file: This certificate may not issue others')
  })

  test('says the same as JSON, and no secret', async () => {
    const sound = await check(complete(''), '--json')
    const { ok, problems, warnings, summary } = JSON.parse(sound.out)
    expect([ok, problems, warnings]).toEqual([true, [], []])
    expect(summary.participants).toEqual({
      'shv-fase-2': { actief: 1 },
      schuldeiser: { actief: 1 },
    })
    expect(sound.out).not.toContain('PRIVATE KEY')
    expect(sound.out).not.toMatch(/masterKey/)

    const broken = await check(complete('limits: { pageItems: 0 }\n'), '--json')
    expect(broken.exit).toBe(EXIT.no)
    expect(JSON.parse(broken.out)).toEqual({
      ok: false,
      problems: [
        {
          file: `${folder.path}/config/knooppunt.yaml`,
          line: 1,
          column: 22,
          path: 'limits.pageItems',
          message: '0 is not a whole number above zero',
        },
      ],
      warnings: [],
    })
  })

  test('takes another file, and says where it looked for one that is not there', async () => {
    folder.write('other/node.yaml', complete(''))
    expect((await check('', '--config', 'config/none.yaml')).out).toStartWith(
      'config/none.yaml:1:1: no such file; knooppunt init makes a configuration\n',
    )
    const elsewhere = await check('', '--config', 'other/node.yaml')
    expect(elsewhere.out).toContain(`no such file: ${folder.path}/other/certs/server.pem`)
  })

  test('prints the annotated example', async () => {
    const { exit, out } = await check('', '--example')
    expect(exit).toBe(EXIT.done)
    expect(out).toStartWith('# Configuration of Knooppunt: every setting')
  })

  test('takes no positional arguments', async () => {
    expect((await check('', 'config.yaml')).exit).toBe(EXIT.usage)
  })
})
