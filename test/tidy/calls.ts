/**
 * Calls that have a better place or a replacement, and log calls that could hold content.
 * @module
 */
import { SyntaxKind } from 'typescript/unstable/ast'
import type { Node } from 'typescript/unstable/ast'
import {
  isBindingElement,
  isCallExpression,
  isConditionalExpression,
  isFunctionDeclaration,
  isIdentifier,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isParameterDeclaration,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isStringLiteral,
  isTemplateExpression,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is'
import { findingAt, nodesIn } from './tree.ts'
import type { Check, Finding, Module } from './tree.ts'

interface Ban {
  /** `Date.now`, or `Math.*` for every member. */
  readonly call: string
  /** Folders or files where it is banned. */
  readonly where: readonly string[]
  readonly except?: readonly string[]
  /** What to use, and why where that is not plain. */
  readonly instead: string
}

const PURE = ['src/core/', 'src/relay/']
const SRC = ['src/']

/** Calls, and what to use in their place. */
const BANS: readonly Ban[] = [
  { call: 'Math.random', where: PURE, instead: 'the Ids port: decisions must be repeatable' },
  { call: 'Date.now', where: PURE, instead: 'the Clock port: tests move the clock' },
  { call: 'new Date()', where: PURE, instead: 'the Clock port: tests move the clock' },
  { call: 'performance.*', where: PURE, instead: 'the Clock port: tests move the clock' },
  { call: 'crypto.*', where: PURE, instead: 'the Ids or Vault port: decisions must be repeatable' },
  { call: 'Bun.*', where: PURE, instead: 'a port: decisions know no runtime' },
  { call: 'process.*', where: PURE, instead: 'a port or an argument: decisions know no process' },
  { call: 'fetch', where: PURE, instead: 'a port: decisions know no network' },
  { call: 'setTimeout', where: ['src/core/'], instead: 'the caller: decisions do not wait' },
  { call: 'setInterval', where: PURE, instead: 'startSchedule of src/ops, from outside' },
  {
    call: 'process.exit',
    where: ['src/', 'test/'],
    except: ['src/main.ts'],
    instead: 'an exit code that src/main.ts ends with',
  },
  {
    call: 'console.*',
    where: SRC,
    except: ['src/cli/', 'src/scripts/'],
    instead: 'the log of src/ops, which cannot hold content',
  },
  { call: 'crypto.subtle', where: SRC, instead: 'node:crypto, which is ten times as fast here' },
  { call: 'eval', where: ['src/', 'test/'], instead: 'plain code' },
  { call: 'new Function()', where: ['src/', 'test/'], instead: 'plain code' },
  { call: 'test.only', where: ['test/'], instead: 'test: the others must run too' },
  { call: 'describe.only', where: ['test/'], instead: 'describe: the others must run too' },
  { call: 'test.todo', where: ['test/'], instead: 'the test itself' },
]

const bannedCalls: Check = {
  name: 'what has a replacement is not called',
  find: ({ modules }) => [...modules.values()].flatMap(bannedIn),
  planted: {
    'src/core/a.ts': 'Math.random()\nDate.now()\nnew Date()\nconst f = Math.random',
    'src/relay/b.ts':
      'crypto.randomUUID()\nperformance.now()\nfetch("x")\nsetInterval(() => {}, 1)\nprocess.env["A"]',
    'src/core/c.ts': 'Bun.file("x")\nsetTimeout(() => {}, 1)\neval("1")\nnew Function("a")',
    'src/http/d.ts': 'process.exit(1)\nconsole.log(1)\neval("1")\ncrypto.subtle.digest()',
    'test/e.test.ts': 'test.only("x", () => {})\ntest.todo("y")\ndescribe.only("z", () => {})',
  },
  finds: [
    ...[1, 2, 3, 4].map((line) => `src/core/a.ts:${line}`),
    ...[1, 2, 3, 4, 5].map((line) => `src/relay/b.ts:${line}`),
    ...[1, 2, 3, 4].map((line) => `src/core/c.ts:${line}`),
    ...[1, 2, 3, 4].map((line) => `src/http/d.ts:${line}`),
    ...[1, 2, 3].map((line) => `test/e.test.ts:${line}`),
  ],
  tidy: {
    'src/core/a.ts':
      '// Math.random() is for others\nnew Date(0)\nconst s = "Date.now()"\nclock.Date.now',
    'src/main.ts': 'process.exit(0)',
    'src/cli/b.ts': 'console.log(process.env)',
    'src/store/c.ts': 'Date.now()\nMath.random()\nsetTimeout(() => {}, 1)',
    'src/relay/d.ts':
      "import { fetch } from './fetch.ts'\nfetch(1)\nconst g = (process: X) => process.x",
    'test/e.test.ts': 'test.skipIf(true)("x", () => {})\nprocess.kill(1)',
  },
}

function bannedIn(module: Module): readonly Finding[] {
  const bans = BANS.filter(
    ({ where, except = [] }) =>
      where.some((place) => module.path.startsWith(place)) &&
      !except.some((place) => module.path.startsWith(place)),
  )
  const own = ownNames(module)
  return [...nodesIn(module.ast)].flatMap((node) => {
    const name = nameOf(node)
    if (name === undefined || own.has(name.split('.')[0] ?? '')) return []
    const found = bans.filter(
      ({ call }) => call === name || (call.endsWith('.*') && name.startsWith(call.slice(0, -1))),
    )
    // `crypto.subtle` in the core is banned twice; once is enough.
    return found
      .slice(0, 1)
      .map(({ instead }) => findingAt(module, node, `${name}: use ${instead}`))
  })
}

/** Names that a module declares itself or takes from one of ours, which therefore are not the global ones. */
function ownNames({ ast, imports }: Module): ReadonlySet<string> {
  // What comes from a package (`test` of bun:test, `process` of node) is what a ban is about.
  const ofOurs = imports.filter(({ target }) => target !== undefined)
  const names = new Set<string>(ofOurs.flatMap((one) => one.names))
  for (const node of nodesIn(ast)) {
    const isDeclaration =
      isFunctionDeclaration(node) ||
      isVariableDeclaration(node) ||
      isParameterDeclaration(node) ||
      isBindingElement(node)
    if (isDeclaration && node.name !== undefined && isIdentifier(node.name))
      names.add(node.name.text)
  }
  return names
}

/** How a node reads as a use of something global: `Math.random`, `fetch`, `new Date()` without arguments. */
function nameOf(node: Node): string | undefined {
  if (isPropertyAccessExpression(node) && isIdentifier(node.expression)) {
    return `${node.expression.text}.${node.name.text}`
  }
  if (isCallExpression(node) && isIdentifier(node.expression)) return node.expression.text
  if (isNewExpression(node) && isIdentifier(node.expression)) {
    const { text } = node.expression
    const bare = (node.arguments?.length ?? 0) === 0
    return bare || text === 'Function' ? `new ${text}()` : undefined
  }
  return undefined
}

/** Names under which content and other people's texts go about. */
const CONTENT: ReadonlySet<string> = new Set(
  (
    'content body inhoud envelope bijlagen attachments document documents toelichting explanation ' +
    'bestandsnaam fileName message stack input payload problems detail'
  ).split(' '),
)
const LOG_METHODS: ReadonlySet<string> = new Set('debug info warn error alarm write'.split(' '))

const logCalls: Check = {
  name: 'no log call holds content or another text',
  find: ({ modules }) =>
    [...modules.values()]
      // The log itself passes on what it is given, and is tested on what it lets through.
      .filter(({ path }) => path.startsWith('src/') && !/^src\/ops\/(log|journal)\.ts$/.test(path))
      .flatMap(looseLogCalls),
  planted: {
    'src/http/a.ts': 'log.info(`started ${x}`)\nparts.log.error("Failed: it")\nlog.warn(event)',
    'src/relay/b.ts':
      'journal.alarm("damaged", { reason: error.message })\nlog.info("a", { file: fileName })',
    'src/http/c.ts':
      'ports.journal.alarm("x", { reason: `of ${name}` })\nlog.error("x", { frames: e.stack })',
    'src/http/d.ts':
      'log.info("x", { reason: JSON.stringify(y) })\nlog.info("x", { body })\nlog.info("x", String(y))',
    'src/http/e.ts': 'log.write("info", event, facts)\nlog.write(level, "x", { body })',
  },
  finds: [
    ...[1, 2, 3].map((line) => `src/http/a.ts:${line}`),
    ...[1, 2].map((line) => `src/relay/b.ts:${line}`),
    ...[1, 2].map((line) => `src/http/c.ts:${line}`),
    ...[1, 2, 3].map((line) => `src/http/d.ts:${line}`),
    'src/http/e.ts:1',
    'src/http/e.ts:2',
  ],
  tidy: {
    'src/http/a.ts':
      'log.info("started", { port, version })\nparts.log.error("request-fault", { error: error.name })\n' +
      'client.log(body)\nlog.request({ ...line })\njournal.alarm(full ? "full" : "room", { seq: message.seq })',
    'src/cli/b.ts': 'io.stdout(body)\nmath.log(content)',
  },
}

function looseLogCalls(module: Module): readonly Finding[] {
  const findings: Finding[] = []
  for (const node of nodesIn(module.ast)) {
    if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) continue
    const { expression, name } = node.expression
    const isLog = /(^|\.)(log|logger|journal)$/.test(textOf(module, expression))
    if (!isLog || !LOG_METHODS.has(name.text)) continue
    // `write` takes the level first.
    const [event, ...facts] = [...node.arguments].slice(name.text === 'write' ? 1 : 0)
    const say = (text: string) => void findings.push(findingAt(module, node, text))
    if (event === undefined || !isEventName(event)) {
      say('a log event is one kebab-case word in the code itself; facts go into known fields')
    } else if (facts.some((fact) => [...nodesIn(fact)].some(isContent))) {
      say(
        'a log call may hold names, numbers and words of our own; no content, no text of an error',
      )
    }
  }
  return findings
}

/** A word in the code itself, or the choice between two. */
function isEventName(node: Node): boolean {
  if (isConditionalExpression(node))
    return isEventName(node.whenTrue) && isEventName(node.whenFalse)
  return isStringLiteral(node) && /^[a-z][a-z0-9-]*$/.test(node.text)
}

/** Whether a node inside a log call could bring content with it. */
function isContent(node: Node): boolean {
  if (isTemplateExpression(node) || isNoSubstitutionTemplateLiteral(node)) return true
  if (isShorthandPropertyAssignment(node)) {
    return isIdentifier(node.name) && CONTENT.has(node.name.text)
  }
  if (isPropertyAssignment(node)) {
    return isIdentifier(node.initializer) && CONTENT.has(node.initializer.text)
  }
  // `message.seq` is a number; `error.message` is a text.
  if (isPropertyAccessExpression(node)) return CONTENT.has(node.name.text)
  return (
    isCallExpression(node) &&
    (['JSON.stringify', 'String', 'inspect'].includes(nameOf(node.expression) ?? '') ||
      (isIdentifier(node.expression) && ['String', 'inspect'].includes(node.expression.text)))
  )
}

function textOf(module: Module, node: Node): string {
  return module.text.slice(node.getStart(module.ast), node.end)
}

const looseTypes: Check = {
  name: 'the compiler is not told to look away',
  find: ({ modules }) =>
    [...modules.values()]
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap((module) =>
        [...nodesIn(module.ast)]
          .filter(({ kind }) => kind === SyntaxKind.AnyKeyword)
          .map((node) => findingAt(module, node, 'any: use unknown and look, or the type itself')),
      ),
  planted: {
    'src/core/a.ts': 'const x: any = 1\nconst y = z as any',
    'src/cli/b.ts': 'let q: any[]',
  },
  finds: ['src/core/a.ts:1', 'src/core/a.ts:2', 'src/cli/b.ts:1'],
  tidy: { 'src/core/a.ts': '// any\nconst any = "any"\nlet y: unknown' },
}

export const CALL_CHECKS: readonly Check[] = [bannedCalls, logCalls, looseTypes]
