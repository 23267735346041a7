/**
 * `knooppunt certs` from argument to exit code, in a folder of its own.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'

import { certs } from '../../src/cli/certs.ts'
import { run } from '../../src/cli/cli.ts'
import { EXIT } from '../../src/cli/command.ts'

const OIN = '00000099000000001000'
let dir: string

async function knooppunt(...argv: string[]) {
  const out: string[] = []
  const err: string[] = []
  const exit = await run(
    ['certs', ...argv],
    {
      stdout: (text) => out.push(text),
      stderr: (text) => err.push(text),
      env: {},
      cwd: dir,
      signal: new AbortController().signal,
      fatal: (line) => {
        throw new Error(line)
      },
    },
    { certs: async () => certs },
  )
  return { exit, out: out.join(''), err: err.join('') }
}

const TRUST = ['--anchor', 'pki/ca.pem', '--crl', 'pki/crl.pem']

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'knooppunt-certs-'))
  const made = await knooppunt('init', '--dir', 'pki')
  expect(made).toMatchObject({ exit: EXIT.done, err: '' })
  const rows: string[][] = [
    [
      '--name',
      'gemeente',
      '--oin',
      OIN,
      '--organisation',
      'Gemeente Voorbeeldstad',
      '--ou',
      'Noord',
    ],
    ['--name', 'revoked', '--oin', OIN, '--organisation', 'Gemeente Voorbeeldstad'],
    [
      '--name',
      'relay',
      '--organisation',
      'Relay',
      '--server',
      '--host',
      'localhost',
      '--host',
      '::1',
    ],
    ['--name', 'brief', '--oin', OIN, '--organisation', 'Kort', '--days', '1'],
  ]
  for (const row of rows) {
    expect(await knooppunt('issue', '--dir', 'pki', ...row)).toMatchObject({
      exit: EXIT.done,
      err: '',
    })
  }
  expect((await knooppunt('revoke', '--dir', 'pki', '--name', 'revoked')).out).toStartWith(
    'Revoked: 1.',
  )
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('the key of an issued certificate is for its owner alone, and is not shown', async () => {
  expect(statSync(join(dir, 'pki/gemeente.key')).mode & 0o777).toBe(0o600)
  const issued = await knooppunt(
    'issue',
    '--dir',
    'pki',
    '--name',
    'more',
    '--oin',
    OIN,
    '--organisation',
    'Meer',
  )
  expect(issued.out).toContain('more.key')
  expect(issued.out).not.toContain('PRIVATE')
})

test('inspect shows the facts of every certificate in a file', async () => {
  const { exit, out } = await knooppunt('inspect', 'pki/gemeente.pem')
  expect(exit).toBe(EXIT.done)
  expect(out).toContain(`OIN          ${OIN}`)
  expect(out).toContain('Purpose      client')
  expect(out).toContain('issuing authority, at most 0 authorities below it')
  const json = JSON.parse((await knooppunt('inspect', 'pki/relay.pem', '--json')).out)
  expect(json).toHaveLength(2)
  expect(json[0]).toMatchObject({ dnsNames: ['localhost'], key: 'EC P-256', weakness: null })
})

describe('explain', () => {
  test('passes a good certificate and says what it could not judge', async () => {
    const { exit, out, err } = await knooppunt('explain', 'pki/gemeente.pem', ...TRUST)
    expect([exit, err]).toEqual([EXIT.done, ''])
    expect(out).toMatch(/passed\s+keten\s+The chain reaches a configured anchor\s+3 certificates/)
    expect(out).toMatch(/not judged\s+keten\s+The TLS layer agrees/)
    expect(out).toMatch(/not judged\s+aansluiting/)
    expect(out).not.toContain('FAILED')
  })

  const later = new Date(Date.now() + 2 * 86_400_000).toISOString()
  const rows: [name: string, argv: string[], code: string][] = [
    ['revoked', ['pki/revoked.pem', ...TRUST], 'certificaat-ingetrokken'],
    ['for a server', ['pki/relay.pem', ...TRUST], 'certificaat-doel'],
    [
      'without lists',
      ['pki/gemeente.pem', '--anchor', 'pki/ca.pem'],
      'certificaat-intrekking-onbekend',
    ],
    ['two days later', ['pki/brief.pem', ...TRUST, '--at', later], 'certificaat-verlopen'],
    ['the root', ['pki/ca.pem', ...TRUST], 'certificaat-zelfondertekend'],
    [
      'without the policy',
      ['pki/gemeente.pem', ...TRUST, '--policy', '1.2.3'],
      'certificaat-beleid',
    ],
  ]
  for (const [name, argv, code] of rows) {
    test(`refuses ${name} with exit code 1`, async () => {
      const { exit, out } = await knooppunt('explain', ...argv)
      expect(exit).toBe(EXIT.no)
      expect(out).toContain('FAILED')
      expect(out).toContain(`(${code})`)
      const json = JSON.parse((await knooppunt('explain', ...argv, '--json')).out)
      expect(json).toMatchObject({ accepted: false, code })
      expect(json.checks.length).toBeGreaterThan(10)
    })
  }

  test('finds the connection in a configuration', async () => {
    writeFileSync(
      join(dir, 'knooppunt.yaml'),
      `node: { name: x }\nconnections:\n  - { name: noord, oin: "${OIN}", narrow: { ou: Noord } }\n`,
    )
    const known = ['--connections', 'knooppunt.yaml']
    const found = await knooppunt('explain', 'pki/gemeente.pem', ...TRUST, ...known)
    expect(found.out).toMatch(/passed\s+aansluiting\s+One connection has this OIN\s+noord/)
    const other = await knooppunt('explain', 'pki/brief.pem', ...TRUST, ...known)
    expect(other.exit).toBe(EXIT.no)
    expect(other.out).toContain('(aansluiting-onbekend)')
  })
})

describe('a mistake is explained', () => {
  const issue = ['issue', '--dir', 'pki', '--name', 'x', '--organisation', 'X']
  const rows: [argv: string[], exit: number, err: RegExp][] = [
    [[], EXIT.usage, /init[\s\S]*explain/],
    [['init'], EXIT.usage, /--dir is needed/],
    [['init', '--dir', 'pki'], EXIT.no, /already/],
    [['init', '--dir', 'other', '--algorithm', 'dsa'], EXIT.usage, /ec, rsa or rsa-pss/],
    [['init', '--dir', 'other', '--layers', '5'], EXIT.usage, /from 3 to 4/],
    [
      ['issue', '--dir', 'nowhere', '--name', 'x', '--organisation', 'X', '--oin', OIN],
      EXIT.no,
      /no development PKI/,
    ],
    [issue, EXIT.no, /needs an OIN/],
    [[...issue, '--oin', '123'], EXIT.no, /twenty digits/],
    [[...issue, '--server'], EXIT.usage, /go together/],
    [[...issue, '--oin', OIN, '--days', '826'], EXIT.usage, /from 1 to 825/],
    [['revoke', '--dir', 'pki', '--name', 'nobody'], EXIT.no, /Nothing was issued/],
    [['inspect'], EXIT.usage, /exactly one file/],
    [['inspect', 'nowhere.pem'], EXIT.no, /no such file/],
    [['inspect', 'pki/gemeente.key'], EXIT.no, /no CERTIFICATE block/],
    [['explain', 'pki/gemeente.pem'], EXIT.usage, /--anchor is needed/],
    [['explain', 'pki/gemeente.pem', ...TRUST, '--at', 'noon'], EXIT.usage, /--at takes a time/],
    [
      ['explain', 'pki/gemeente.pem', ...TRUST, '--environment', 'x'],
      EXIT.usage,
      /demo, test or productie/,
    ],
    [
      ['explain', 'pki/gemeente.pem', ...TRUST, '--environment', 'productie'],
      EXIT.no,
      /development root/,
    ],
    [['explain', 'pki/gemeente.pem', '--anchor', 'pki/gemeente.pem'], EXIT.no, /may not issue/],
    [
      ['explain', 'pki/gemeente.pem', ...TRUST, '--connections', 'pki/ca.pem'],
      EXIT.no,
      /no list of connections/,
    ],
  ]
  for (const [argv, exit, err] of rows) {
    test(argv.join(' ') || 'no command', async () => {
      const answer = await knooppunt(...argv)
      expect(answer.err).toMatch(err)
      expect<unknown>([answer.exit, answer.out]).toEqual([exit, ''])
    })
  }
})
