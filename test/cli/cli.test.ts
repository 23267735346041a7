/**
 * Finding a command, reading its options, explaining what went wrong.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { flag, numberOption, textOption } from '../../src/cli/arguments.ts'
import { run } from '../../src/cli/cli.ts'
import type { CommandTable } from '../../src/cli/cli.ts'
import { EXIT } from '../../src/cli/command.ts'
import type { Command, ExitCode } from '../../src/cli/command.ts'
import { CommandError, UsageError } from '../../src/cli/failure.ts'
import { nearest } from '../../src/config/suggest.ts'
import { table } from '../../src/cli/output.ts'
import { ClientError } from '../../src/client/client-error.ts'
import { RelayError } from '../../src/core/errors.ts'
import { terminal } from './support/terminal.ts'

const echo: Command = {
  name: 'echo',
  summary: 'Say what was given.',
  usage: 'knooppunt echo WORD… [options]',
  example: 'knooppunt echo hallo   # prints hallo',
  options: {
    out: { type: 'string', help: 'DIR folder to work in', default: 'here' },
    count: { type: 'string', help: 'how often' },
    tag: { type: 'string', multiple: true, help: 'NAME tag to add' },
    json: { type: 'boolean', help: 'print as JSON' },
  },
  run: async (args, io) => {
    const count = numberOption(args, 'count', { min: 1, max: 9 })
    io.stdout(
      JSON.stringify({
        words: args.positionals,
        out: textOption(args, 'out'),
        count,
        tag: args.values['tag'],
        json: flag(args, 'json'),
      }),
    )
    return EXIT.done
  },
}

const group: Command = {
  name: 'certs',
  summary: 'Work with certificates.',
  usage: 'knooppunt certs COMMAND',
  example: 'knooppunt certs echo',
  options: {},
  commands: [echo],
  run: async () => EXIT.usage,
}

function failing(thrown: unknown): CommandTable {
  return {
    fail: async () => ({ ...echo, name: 'fail', options: {}, run: () => Promise.reject(thrown) }),
  }
}

const commands: CommandTable = { echo: async () => echo, certs: async () => group }

async function on(line: readonly string[], table: CommandTable = commands) {
  const { io, out, err } = terminal()
  const exit = await run(line, io, table)
  return { exit, out: out(), err: err() }
}

describe('options', () => {
  const good: [string[], Record<string, unknown>][] = [
    [['a', 'b'], { words: ['a', 'b'], out: 'here', json: false }],
    [['--out', 'x', '--json'], { words: [], out: 'x', json: true }],
    [['--out=--x'], { out: '--x' }],
    [['--out', '-'], { out: '-' }],
    [['--tag', 'a', '--tag', 'b'], { tag: ['a', 'b'] }],
    [['--count', '9'], { count: 9 }],
    [['--', '--out'], { words: ['--out'], out: 'here' }],
  ]
  test.each(good)('%j is understood', async (args, expected) => {
    const { exit, out, err } = await on(['echo', ...args])
    expect(err).toBe('')
    expect(exit).toBe(EXIT.done)
    expect(JSON.parse(out)).toMatchObject(expected)
  })

  const bad: [string[], string][] = [
    [['--jsno'], 'There is no option --jsno. Did you mean --json?'],
    [['--nothing-like-it'], 'There is no option --nothing-like-it.'],
    [['-x'], 'There is no option -x.'],
    [['--constructor'], 'There is no option --constructor.'],
    [['--__proto__'], 'There is no option --__proto__.'],
    [['--out'], 'Option --out needs a value.'],
    [['--out', '--json'], 'Option --out needs a value.'],
    [['--json=yes'], 'Option --json takes no value.'],
    [['--out', 'a', '--out', 'b'], 'Option --out is given more than once.'],
    [['--count', '10'], 'Option --count takes a whole number from 1 to 9.'],
    [['--count', '1e0'], 'Option --count takes a whole number from 1 to 9.'],
    [['--count='], 'Option --count takes a whole number from 1 to 9.'],
  ]
  test.each(bad)('%j is refused', async (args, sentence) => {
    const { exit, out, err } = await on(['echo', ...args])
    expect(err).toBe(`knooppunt echo: ${sentence}\nSee knooppunt echo --help.\n`)
    expect(out).toBe('')
    expect(exit).toBe(EXIT.usage)
  })
})

describe('commands', () => {
  test('one under another is found', async () => {
    expect(await on(['certs', 'echo', 'a'])).toMatchObject({ exit: EXIT.done })
  })

  const unknown: [string[], string][] = [
    [['ecoh'], 'knooppunt: There is no command "ecoh". Did you mean echo?\n'],
    [['toString'], 'knooppunt: There is no command "toString".\n'],
    [['certs', 'ehco'], 'There is no command "ehco". Did you mean echo?\n'],
    [['\u001b[31m'], 'knooppunt: There is no command "\\u001b[31m".\n'],
  ]
  test.each(unknown)('%j is unknown', async (line, sentence) => {
    const { exit, err } = await on(line)
    expect(err).toContain(sentence)
    expect(exit).toBe(EXIT.usage)
  })

  test('only the command that is asked for is loaded', async () => {
    const loaded: string[] = []
    const table: CommandTable = {
      echo: async () => (loaded.push('echo'), echo),
      certs: async () => (loaded.push('certs'), group),
    }
    await on(['echo'], table)
    expect(loaded).toEqual(['echo'])
  })
})

describe('help', () => {
  test('of a command is made from its value', async () => {
    const { exit, out } = await on(['echo', '--help'])
    expect(exit).toBe(EXIT.done)
    expect(out).toBe(
      [
        'Say what was given.',
        '',
        'Usage:',
        '  knooppunt echo WORD… [options]',
        '',
        'Options:',
        '  --out DIR      folder to work in (default: here)',
        '  --count VALUE  how often',
        '  --tag NAME     tag to add (may be repeated)',
        '  --json         print as JSON',
        '  -h, --help     show this page',
        '',
        'Example:',
        '  knooppunt echo hallo   # prints hallo',
        '',
      ].join('\n'),
    )
  })

  const same: string[][] = [
    ['echo', '-h'],
    ['help', 'echo'],
    ['echo', '--wrong', '--help'],
    ['certs', 'echo', '--help'],
    ['help', 'certs', 'echo'],
  ]
  test.each(same)('%s %s %s gives that page too', async (...line) => {
    const words = line.filter((word): word is string => typeof word === 'string')
    expect(await on(words)).toEqual(await on(['echo', '--help']))
  })

  test('of a group names what is under it', async () => {
    const { out } = await on(['certs', '--help'])
    expect(out).toContain('Commands:\n  echo  Say what was given.\n')
  })

  test('of the program goes to stdout when asked for, to stderr when nothing was asked', async () => {
    const asked = await on(['--help'])
    expect(asked).toMatchObject({ exit: EXIT.done, err: '' })
    expect(asked.out).toContain('  certs  Work with certificates.')
    expect(await on([])).toEqual({ exit: EXIT.usage, out: '', err: asked.out })
  })
})

describe('failures', () => {
  const canary = 'Jansen 123456782'
  const cases: [string, unknown, ExitCode, string][] = [
    ['wrong use', new UsageError('Give one FILE.'), EXIT.usage, 'Give one FILE.'],
    ['a reason of our own', new CommandError('It is empty.'), EXIT.no, 'It is empty.'],
    [
      'a refusal of the relay in this process',
      new RelayError('veld-ontbreekt', 'Er is 1 probleem.', {
        problems: [{ path: '/inhoud/Klant', code: 'veld-ontbreekt', detail: 'Vul in.' }],
      }),
      EXIT.no,
      'veld-ontbreekt: Missing field. Er is 1 probleem.\n  /inhoud/Klant: veld-ontbreekt: Vul in.\n',
    ],
    [
      'a refusal of a relay elsewhere',
      new ClientError('opslag-vol', {
        status: 507,
        title: 'Opslag is vol',
        detail: 'Er is niets opgeslagen.',
        instance: 'urn:uuid:1',
        errors: [{ pad: '', code: 'opslag-vol', detail: 'Vol\u001b[2J.' }],
      }),
      EXIT.no,
      'opslag-vol: Storage is full. Er is niets opgeslagen.\n' +
        '  (whole message): opslag-vol: Vol\ufffd[2J.\nsupport code: urn:uuid:1\n',
    ],
    [
      'nothing there',
      new ClientError('unreachable', { detail: 'Nothing answers.', reason: 'ECONNREFUSED' }),
      EXIT.unreachable,
      'unreachable: Nothing answers. (ECONNREFUSED)\n',
    ],
    ['too late', new ClientError('timeout', { detail: 'Late.' }), EXIT.unreachable, 'Late.'],
    ['a stranger', new ClientError('untrusted', { detail: 'Who?' }), EXIT.unreachable, 'Who?'],
    ['a wrong key', new ClientError('configuration', { detail: 'Key.' }), EXIT.usage, 'Key.'],
    [
      'a missing file',
      Object.assign(new Error(canary), { code: 'ENOENT', path: '/x/y.json' }),
      EXIT.no,
      'knooppunt fail: /x/y.json: there is no such file or folder\n',
    ],
  ]
  test.each(cases)('%s', async (_, thrown, exit, words) => {
    const result = await on(['fail'], failing(thrown))
    expect(result.exit).toBe(exit)
    expect(result.err).toContain(words)
    expect(result.err).not.toContain('    at ')
    expect(result.err).not.toContain(canary)
    expect(result.out).toBe('')
  })

  const defects: [string, unknown, string][] = [
    ['an error', new TypeError(canary), 'internal error (TypeError)'],
    ['a text', canary, 'internal error (string)'],
    ['an unknown code', Object.assign(new Error(canary), { code: 'EWHAT' }), '(Error)'],
  ]
  test.each(defects)('a defect (%s) tells where, not what', async (_, thrown, words) => {
    const { exit, err } = await on(['fail'], failing(thrown))
    expect(exit).toBe(EXIT.no)
    expect(err).toContain(words)
    expect(err).not.toContain('Jansen')
    if (thrown instanceof Error) expect(err).toContain('cli.test.ts')
  })
})

describe('suggest', () => {
  const cases: [string, string | undefined][] = [
    ['sned', 'send'],
    ['recieve', 'receive'],
    ['confrim', 'confirm'],
    ['sendd', 'send'],
    ['whoam', 'whoami'],
    ['x', undefined],
    ['completely', undefined],
    ['', undefined],
  ]
  const known = ['send', 'receive', 'confirm', 'whoami']
  for (const [typed, expected] of cases) {
    test(`${JSON.stringify(typed)} → ${expected}`, () => {
      expect(nearest(typed, known)).toBe(expected)
    })
  }
  test('nothing for what is too long, at once', () => {
    expect(nearest('send'.repeat(1_000_000), known)).toBeUndefined()
  })
})

test('a table keeps its columns, also with wide letters and with text that steers terminals', () => {
  expect(
    table(
      ['name', 'state'],
      [
        ['Zoë', 'a\u001b[2J\nb'],
        ['日本', 'c'],
      ],
    ),
  ).toEqual(['name  state', 'Zoë   a\ufffd[2J b', '日本  c'])
})
