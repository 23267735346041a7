/**
 * No dead exports.
 * @module
 */
import { SyntaxKind } from 'typescript/unstable/ast'
import type { Node } from 'typescript/unstable/ast'
import {
  isClassDeclaration,
  isEnumDeclaration,
  isExportAssignment,
  isExportDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isInterfaceDeclaration,
  isNamedExports,
  isTypeAliasDeclaration,
  isVariableStatement,
} from 'typescript/unstable/ast/is'
import { isEntry } from './house.ts'
import { findingAt, nodesIn } from './tree.ts'
import type { Check, Module } from './tree.ts'

/** One name that a module offers. */
export interface Export {
  readonly name: string
  readonly node: Node
  /** Types do not exist while the program runs. */
  readonly isType: boolean
}

/** What a module offers under a name of its own; `export *` is the business of who takes it. */
export function exportsOf({ ast }: Module): readonly Export[] {
  const found: Export[] = []
  for (const node of ast.statements) {
    if (isExportAssignment(node)) found.push({ name: 'default', node, isType: false })
    if (isExportDeclaration(node) && node.exportClause && isNamedExports(node.exportClause)) {
      for (const element of node.exportClause.elements) {
        found.push({ name: element.name.text, node: element, isType: false })
      }
    }
    if (!isExported(node)) continue
    if (isVariableStatement(node)) {
      for (const { name } of node.declarationList.declarations) {
        if (isIdentifier(name)) found.push({ name: name.text, node, isType: false })
      }
    } else if (isInterfaceDeclaration(node) || isTypeAliasDeclaration(node)) {
      found.push({ name: node.name.text, node, isType: true })
    } else if (isFunctionDeclaration(node) || isClassDeclaration(node) || isEnumDeclaration(node)) {
      found.push({ name: node.name?.text ?? 'default', node, isType: false })
    }
  }
  return found
}

function isExported(node: Node): boolean {
  let exported = false
  node.forEachChild((child) => {
    if (child.kind === SyntaxKind.ExportKeyword) exported = true
  })
  return exported
}

const deadExports: Check = {
  name: 'every export is used by another file',
  find: ({ modules }) => {
    const used = new Set<string>()
    for (const { imports } of modules.values()) {
      for (const { target, names } of imports)
        for (const name of names) used.add(`${target} ${name}`)
    }
    return [...modules.values()]
      .filter(({ path }) => path.startsWith('src/') && !isEntry(path))
      .flatMap((module) => {
        const offered = exportsOf(module)
        const isUsed = ({ name }: Export) =>
          used.has(`${module.path} ${name}`) || used.has(`${module.path} *`)
        return offered
          .filter((one) => !isUsed(one) && !(one.isType && isPartOfAnother(one, offered)))
          .map(({ name, node }) =>
            findingAt(module, node, `nobody imports ${name}; do not export it, or remove it`),
          )
      })
  },
  planted: {
    'src/core/a.ts':
      'export const used = 1\nexport const unused = 2\nexport function idle() {}\nexport type Lost = 1\n',
    'src/core/b.ts': "import { used } from './a.ts'\nexport { used as again } from './a.ts'",
    'src/core/c.ts': "import type * as D from './d.ts'\nexport default 1\nlet x: D.One",
    'src/core/d.ts': 'export type One = 1\nexport type Two = 2\n',
    'src/cli/e.ts': 'export const e = 1\nexport const f = 2',
    'src/main.ts': "const { e } = await import('./cli/e.ts')",
  },
  finds: [
    'src/core/a.ts:2',
    'src/core/a.ts:3',
    'src/core/a.ts:4',
    'src/core/b.ts:2',
    'src/core/c.ts:2',
    'src/core/d.ts:2',
    'src/cli/e.ts:2',
  ],
  tidy: {
    'src/core/a.ts':
      'export interface Part { a: 1 }\nexport function whole(): Part { return { a: 1 } }',
    'test/core/a.test.ts': "import { whole } from '../../src/core/a.ts'",
    'src/core/b.ts': 'export const b = 1',
    'src/cli/c.ts': "import * as b from '../core/b.ts'\nconsole.log(b)",
    'src/scripts/d.ts': 'export const forNobody = 1',
  },
}

/** A type that another export of its file is made of: those who take that one need its name sooner or later. */
function isPartOfAnother({ name, node }: Export, offered: readonly Export[]): boolean {
  return offered.some((other) => {
    if (other.node === node) return false
    return [...nodesIn(other.node)].some((inner) => isIdentifier(inner) && inner.text === name)
  })
}

export const EXPORT_CHECKS: readonly Check[] = [deadExports]
