/**
 * Checks that read files as text: names, lengths, headers, keys, leftovers.
 * @module
 */
import { basename } from 'node:path'
import { lineAt } from './tree.ts'
import type { Check, Files, Finding, Tree } from './tree.ts'

const LINES_MAX = 400

/** Finds every match of an expression in the files that are looked at. */
function matches(
  files: Files,
  looksAt: (path: string) => boolean,
  expression: RegExp,
  text: string,
): readonly Finding[] {
  return Object.entries(files)
    .filter(([path]) => looksAt(path))
    .flatMap(([path, content]) =>
      [...content.matchAll(expression)].map(({ index }) => ({
        path,
        line: lineAt(content, index),
        text,
      })),
    )
}

const isCode = (path: string) => /^(src|test)\/.*\.tsx?$/.test(path)
/** What somebody else wrote, or what says how things were and not how they are. */
const isOurs = (path: string) => !/^(bun\.lock|LICENSE)$/.test(path)

const length: Check = {
  name: `no file of code is longer than ${LINES_MAX} lines`,
  find: ({ files }) =>
    Object.entries(files).flatMap(([path, text]) => {
      const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
      if (!isCode(path) || lines <= LINES_MAX) return []
      return [{ path, line: lines, text: `${lines} lines; split it by purpose` }]
    }),
  planted: { 'src/core/a.ts': '\n'.repeat(401), 'test/b.ts': `${'\n'.repeat(400)}x` },
  finds: ['src/core/a.ts:401', 'test/b.ts:401'],
  tidy: { 'src/core/a.ts': '\n'.repeat(400), 'config/modules/b.yaml': '\n'.repeat(4_000) },
}

const header: Check = {
  name: 'every source file says what it is for',
  find: ({ files }) =>
    Object.entries(files)
      .filter(([path]) => isCode(path) && path.startsWith('src/'))
      .filter(
        ([, text]) =>
          !/^(#!.*\n)?\/\*\*\n( \*.*\n)*? \* \S.*\n( \*.*\n)* \* @module\n \*\/\n/.test(text),
      )
      .map(([path]) => ({
        path,
        line: 1,
        text: 'start with a doc comment: what the file is for, then @module',
      })),
  planted: {
    'src/core/a.ts': 'export const a = 1\n',
    'src/core/b.ts': '/**\n * @module\n */\n',
    'src/core/c.ts': "import 'x'\n/**\n * Late.\n * @module\n */\n",
    'src/cli/d.ts': '/** Tests. */\n',
  },
  finds: ['src/core/a.ts:1', 'src/core/b.ts:1', 'src/core/c.ts:1', 'src/cli/d.ts:1'],
  tidy: {
    'src/main.ts': '#!/usr/bin/env bun\n/**\n * Starts.\n * @module\n */\n',
    'src/core/a.ts': '/**\n * What it is for,\n *\n * and why.\n * @module\n */\nimport "x"\n',
  },
}

const names: Check = {
  name: 'files have kebab-case names that say what is in them',
  find: ({ files }) =>
    Object.keys(files)
      .filter((path) => /^(src|test|config)\//.test(path))
      .filter((path) => {
        const name = basename(path)
        const vague = /^(utils?|common|types?|helpers?|misc|shared)\.tsx?$/.test(name)
        return vague || path.split('/').some((part) => !/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(part))
      })
      .filter((path) => path !== 'config/modules/shared.yaml')
      .map((path) => ({
        path,
        line: 1,
        text: 'name the file in kebab-case after its one purpose',
      })),
  planted: {
    'src/core/camelCase.ts': '',
    'src/core/snake_case.ts': '',
    'src/core/utils.ts': '',
    'src/Core/a.ts': '',
    'test/types.ts': '',
  },
  finds: [
    'src/core/camelCase.ts:1',
    'src/core/snake_case.ts:1',
    'src/core/utils.ts:1',
    'src/Core/a.ts:1',
    'test/types.ts:1',
  ],
  tidy: { 'src/core/kebab-case.ts': '', 'test/a.lmdb.test.ts': '', 'README.md': '' },
}

const keyText = (lineEnd: string) =>
  `${'-----BEGIN '}PRIVATE KEY-----${lineEnd}${'QUJD'.repeat(16)}${lineEnd}`

const keys: Check = {
  name: 'no private key is committed',
  find: ({ files }) => [
    ...matches(
      files,
      () => true,
      /-----BEGIN [A-Z ]*PRIVATE KEY-----(\\n|\\r|\s|["'`+])+[A-Za-z0-9+/=]{32}/g,
      'a private key; remove it from the history too, and make keys when the test runs',
    ),
    ...Object.keys(files)
      .filter((path) => /\.(key|p12|pfx|jks)$/.test(path))
      .map((path) => ({ path, line: 1, text: 'a file that holds keys; make them when needed' })),
  ],
  planted: {
    'certs/a.pem': `\n${keyText('\n')}`,
    'src/core/b.ts': `const k = '${keyText('\\n')}'`,
    'test/c.ts': `const k = \`${keyText('\r\n')}\``,
    'certs/d.key': '',
  },
  finds: ['certs/a.pem:2', 'src/core/b.ts:1', 'test/c.ts:1', 'certs/d.key:1'],
  tidy: {
    'src/trust/a.ts': `if (text.includes('${'-----BEGIN '}PRIVATE KEY-----')) refuse()`,
    'certs/b.pem': `-----BEGIN CERTIFICATE-----\n${'QUJD'.repeat(16)}\n`,
  },
}

/** Spelt in parts, so that this file does not find itself. */
const leftover = (word: string) => ['/', '/ '].join('') + word
const LEFTOVERS = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK']

const leftovers: Check = {
  name: 'nothing is left for later',
  find: ({ files }) =>
    matches(
      files,
      isOurs,
      new RegExp(`\\b(${LEFTOVERS.join('|')})\\b`, 'g'),
      'do it now, or write down what it is instead as a sentence',
    ),
  planted: Object.fromEntries(
    LEFTOVERS.map((word) => [`src/core/${word.length}${word}.ts`, leftover(word)]),
  ),
  finds: LEFTOVERS.map((word) => `src/core/${word.length}${word}.ts:1`),
  tidy: { 'src/core/a.ts': '// to do this later would be too late\nconst todo = 1' },
}

/** Folders of somebody's machine. */
const MACHINE = ['home', 'Users', 'root', 'work', 'mnt'].join('|')

const machines: Check = {
  name: 'no file speaks of the machine that it was written on',
  find: ({ files }) =>
    matches(
      files,
      isOurs,
      new RegExp(`(?<![\\w.:/~-])/(${MACHINE})/[\\w-]`, 'g'),
      'an absolute path of one machine; use a path from the top of the repository',
    ),
  planted: {
    'src/core/a.ts': `// see ${'/'}home/anna/notes`,
    'README.md': `x\n(${'/'}Users/bert/x)`,
  },
  finds: ['src/core/a.ts:1', 'README.md:2'],
  tidy: { 'src/core/a.ts': "fetch('https://example.nl/home/x')\n'src/tmp/a'", 'b.md': 'a/home/b' },
}

const suppressions: Check = {
  name: 'no tool is told to look away',
  find: (tree: Tree) => [
    ...matches(
      tree.files,
      isCode,
      new RegExp(`@ts-${'ignore'}|@ts-${'nocheck'}|eslint-${'disable'}|prettier-${'ignore'}`, 'g'),
      'mend what the tool complains about',
    ),
    ...matches(
      tree.files,
      (path) => path.startsWith('src/'),
      new RegExp(`@ts-${'expect-error'}`, 'g'),
      'only tests may expect the compiler to refuse',
    ),
  ],
  planted: {
    'src/core/a.ts': `// @ts-${'ignore'}\n// @ts-${'expect-error'} x`,
    'test/b.ts': `// prettier-${'ignore'}`,
  },
  finds: ['src/core/a.ts:1', 'src/core/a.ts:2', 'test/b.ts:1'],
  tidy: { 'test/a.test.ts': `// @ts-${'expect-error'} a number`, 'src/core/b.ts': '// ignore it' },
}

export const TEXT_CHECKS: readonly Check[] = [
  length,
  header,
  names,
  keys,
  leftovers,
  machines,
  suppressions,
]
