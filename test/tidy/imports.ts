/**
 * What a module takes from others: which module or package, and which names of it.
 * @module
 */
import { posix } from 'node:path'
import { SyntaxKind } from 'typescript/unstable/ast'
import type { Node, SourceFile } from 'typescript/unstable/ast'
import {
  isAwaitExpression,
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isNamedExports,
  isNamedImports,
  isNamespaceImport,
  isObjectBindingPattern,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isQualifiedName,
  isStringLiteral,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is'

export interface Import {
  readonly node: Node
  /** As written: `./x.ts`, `node:fs`, `hono/jsx`. */
  readonly specifier: string
  /** Path from the top of the repository, for an import of a file. */
  readonly target: string | undefined
  /** Names taken; `*` when it cannot be told which. */
  readonly names: readonly string[]
}

/** Imports, re-exports and dynamic imports of a module. */
export function importsOf(path: string, ast: SourceFile): readonly Import[] {
  const found: Import[] = []
  const add = (node: Node, specifier: Node | undefined, names: readonly string[]) => {
    if (specifier === undefined || !isStringLiteral(specifier)) return
    const { text } = specifier
    const target = text.startsWith('.') ? posix.join(posix.dirname(path), text) : undefined
    found.push({ node, specifier: text, target, names })
  }
  const visit = (node: Node): void => {
    if (isImportDeclaration(node)) add(node, node.moduleSpecifier, namesOfClause(node, ast))
    else if (isExportDeclaration(node)) {
      const clause = node.exportClause
      const named = clause !== undefined && isNamedExports(clause)
      const names = named
        ? [...clause.elements].map((element) => (element.propertyName ?? element.name).text)
        : ['*']
      add(node, node.moduleSpecifier, names)
    } else if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], namesOfDynamic(node))
    }
    node.forEachChild((child) => void visit(child))
  }
  visit(ast)
  return found
}

function namesOfClause(node: Node, ast: SourceFile): readonly string[] {
  if (!isImportDeclaration(node)) return []
  const clause = node.importClause
  if (clause === undefined) return []
  const names = clause.name === undefined ? [] : ['default']
  const bindings = clause.namedBindings
  if (bindings === undefined) return names
  if (isNamedImports(bindings)) {
    return [
      ...names,
      ...[...bindings.elements].map((element) => (element.propertyName ?? element.name).text),
    ]
  }
  return isNamespaceImport(bindings) ? [...names, ...membersOf(bindings.name.text, ast)] : names
}

/** `Wire.Envelope` → `Envelope`, for every use of a namespace. */
function membersOf(namespace: string, ast: SourceFile): readonly string[] {
  const names: string[] = []
  let handedOn = false
  const visit = (node: Node, parent: Node | undefined): void => {
    if (isIdentifier(node) && node.text === namespace && parent !== undefined) {
      if (isQualifiedName(parent) && parent.left === node) names.push(parent.right.text)
      else if (isPropertyAccessExpression(parent) && parent.expression === node) {
        names.push(parent.name.text)
      } else if (!isNamespaceImport(parent)) handedOn = true
    }
    node.forEachChild((child) => void visit(child, node))
  }
  visit(ast, undefined)
  return handedOn ? ['*'] : names
}

/** `(await import('./x.ts')).name` and `const { name } = await import('./x.ts')`. */
function namesOfDynamic(call: Node): readonly string[] {
  let node = call.parent
  while (isAwaitExpression(node) || isParenthesizedExpression(node)) node = node.parent
  if (isPropertyAccessExpression(node)) return [node.name.text]
  if (isVariableDeclaration(node) && isObjectBindingPattern(node.name)) {
    return [...node.name.elements].map((element) => {
      const name = element.propertyName ?? element.name
      return name !== undefined && isIdentifier(name) ? name.text : '*'
    })
  }
  return ['*']
}
