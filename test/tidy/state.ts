/**
 * No state in modules: two relays in one process must not meet.
 * @module
 */
import { NodeFlags, SyntaxKind } from 'typescript/unstable/ast'
import type { Node } from 'typescript/unstable/ast'
import {
  isArrayLiteralExpression,
  isBinaryExpression,
  isCallExpression,
  isDeleteExpression,
  isElementAccessExpression,
  isIdentifier,
  isImportDeclaration,
  isNamedImports,
  isStringLiteral,
  isNewExpression,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isRegularExpressionLiteral,
  isVariableStatement,
} from 'typescript/unstable/ast/is'
import { exportsOf } from './exports.ts'
import { findingAt, nodesIn } from './tree.ts'
import type { Check, Finding, Module } from './tree.ts'

/** Methods that change what they are called on. */
const CHANGING: ReadonlySet<string> = new Set(
  'set add delete clear push pop shift unshift splice sort reverse fill copyWithin'.split(' '),
)

/** Containers that anybody who holds them can change, unless their type says otherwise. */
const CONTAINERS: ReadonlySet<string> = new Set(
  'Map Set WeakMap WeakSet Array Uint8Array Uint32Array Float64Array ArrayBuffer'.split(' '),
)

/** Types by which an exported list, map or set cannot be changed. */
const READ_ONLY = /^(Readonly\w*<|readonly )/

const moduleState: Check = {
  name: 'no module keeps state',
  find: ({ modules }) =>
    [...modules.values()].filter(({ path }) => path.startsWith('src/')).flatMap(stateIn),
  planted: {
    'src/core/a.ts': 'let counter = 0\nexport var other = 1',
    'src/core/b.ts':
      'const seen = new Map<string, number>()\nexport const f = () => seen.set("a", 1)',
    'src/core/c.ts': 'const list: string[] = []\nfunction add() {\n  list.push("a")\n}',
    'src/core/d.ts': 'export const table = new Map([["a", 1]])\nexport const names = ["a", "b"]',
    'src/core/e.ts':
      'const box = { a: 1 }\nexport const g = () => {\n  box.a = 2\n  delete box.a\n}',
    'src/core/f.ts': 'const ALL = /a/g\nexport const h = (t: string) => ALL.test(t)',
    'src/core/h.ts':
      "import { table } from './d.ts'\nimport { v } from 'valibot'\ntable.set('b', v.set(1))",
    'src/core/g.ts': 'const row = [0]\nexport const i = () => (row[0] += 1)',
  },
  finds: [
    'src/core/a.ts:1',
    'src/core/a.ts:2',
    'src/core/b.ts:2',
    'src/core/c.ts:3',
    'src/core/d.ts:1',
    'src/core/d.ts:2',
    'src/core/e.ts:3',
    'src/core/e.ts:4',
    'src/core/f.ts:2',
    'src/core/g.ts:2',
    'src/core/h.ts:3',
  ],
  tidy: {
    'src/core/a.ts':
      'export const table: ReadonlyMap<string, number> = new Map([["a", 1]])\n' +
      'export const names = ["a", "b"] as const\nexport const list: readonly string[] = ["a"]\n' +
      'const own = new Set(["a"])\nexport const has = (x: string) => own.has(x)\n' +
      'export const f = () => {\n  const mine = new Map()\n  let n = 0\n  mine.set("a", (n += 1))\n}\n' +
      'const ALL = /a/g\nexport const clean = (t: string) => t.replace(ALL, "")\n' +
      'export const row = { a: 1 } as const satisfies Record<string, number>\n',
  },
}

function stateIn(module: Module): readonly Finding[] {
  const findings: Finding[] = []
  const constants = new Map<string, Node | undefined>()
  const exported = new Set(exportsOf(module).map(({ name }) => name))
  for (const statement of module.ast.statements) {
    if (!isVariableStatement(statement)) continue
    const { declarationList } = statement
    if ((declarationList.flags & NodeFlags.Const) === 0) {
      const text = 'module-level let or var; make it a constant, or a member of what is created'
      findings.push(findingAt(module, statement, text))
      continue
    }
    for (const declaration of declarationList.declarations) {
      if (!isIdentifier(declaration.name)) continue
      const { name, type, initializer } = declaration
      constants.set(name.text, initializer)
      const annotation = type === undefined ? '' : textOf(module, type)
      if (exported.has(name.text) && isOpen(initializer, annotation)) {
        const text = `${name.text} can be changed by whoever imports it; give it a readonly type or as const`
        findings.push(findingAt(module, declaration, text))
      }
    }
  }
  for (const name of importedNames(module)) constants.set(name, undefined)
  for (const node of nodesIn(module.ast)) {
    const name = changedBy(node, constants)
    if (name === undefined) continue
    const text = `changes ${name}, which all users of this module share; keep it in what is created`
    findings.push(findingAt(module, node, text))
  }
  return findings
}

/**
 * Whether whoever imports a constant could change its value without anything in the way. An object needs a type of its own,
 * whose members say so themselves; where one is changed all the same, that is found at the change.
 */
function isOpen(initializer: Node | undefined, annotation: string): boolean {
  if (initializer === undefined) return false
  if (isObjectLiteralExpression(initializer)) return annotation === ''
  const isContainer =
    isArrayLiteralExpression(initializer) ||
    (isNewExpression(initializer) &&
      isIdentifier(initializer.expression) &&
      CONTAINERS.has(initializer.expression.text))
  return isContainer && !READ_ONLY.test(annotation)
}

/** Names under which a module knows what other modules of ours export. */
function importedNames({ ast }: Module): readonly string[] {
  const names: string[] = []
  for (const statement of ast.statements) {
    if (!isImportDeclaration(statement) || !isStringLiteral(statement.moduleSpecifier)) continue
    const bindings = statement.importClause?.namedBindings
    if (!statement.moduleSpecifier.text.startsWith('.') || bindings === undefined) continue
    if (isNamedImports(bindings)) names.push(...bindings.elements.map(({ name }) => name.text))
  }
  return names
}

/** The constant, of the module or imported, that a node changes. A local of the same name counts too: call it something else. */
function changedBy(
  node: Node,
  constants: ReadonlyMap<string, Node | undefined>,
): string | undefined {
  const nameIn = (expression: Node): string | undefined =>
    isIdentifier(expression) && constants.has(expression.text) ? expression.text : undefined
  if (isCallExpression(node) && isPropertyAccessExpression(node.expression)) {
    const { expression, name } = node.expression
    const constant = nameIn(expression)
    if (constant === undefined) return undefined
    if (CHANGING.has(name.text)) return constant
    // A global or sticky expression remembers where it was.
    const value = constants.get(constant)
    const remembers =
      value !== undefined &&
      isRegularExpressionLiteral(value) &&
      /\/[a-z]*[gy][a-z]*$/.test(value.text)
    return remembers && (name.text === 'test' || name.text === 'exec') ? constant : undefined
  }
  const target = isBinaryExpression(node)
    ? isAssignment(node.operatorToken.kind)
      ? node.left
      : undefined
    : isDeleteExpression(node)
      ? node.expression
      : undefined
  if (target === undefined) return undefined
  return isPropertyAccessExpression(target) || isElementAccessExpression(target)
    ? nameIn(target.expression)
    : undefined
}

function isAssignment(kind: SyntaxKind): boolean {
  return kind >= SyntaxKind.FirstAssignment && kind <= SyntaxKind.LastAssignment
}

function textOf(module: Module, node: Node): string {
  return module.text.slice(node.getStart(module.ast), node.end)
}

export const STATE_CHECKS: readonly Check[] = [moduleState]
