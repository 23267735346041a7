/**
 * A tree of files with its modules parsed, as the checks see it. Parsing is the TypeScript compiler's own; all trees go
 * through it in one run, since starting it is what costs.
 * @module
 */
import { API } from 'typescript/unstable/async'
import type { Node, SourceFile } from 'typescript/unstable/ast'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { importsOf } from './imports.ts'
import type { Import } from './imports.ts'

/** Paths from the top of the repository, with their texts. */
export type Files = Readonly<Record<string, string>>

export interface Module {
  readonly path: string
  readonly text: string
  readonly ast: SourceFile
  readonly imports: readonly Import[]
}

export interface Tree {
  readonly files: Files
  readonly modules: ReadonlyMap<string, Module>
}

/** One thing that is not tidy. */
export interface Finding {
  readonly path: string
  /** From 1. */
  readonly line: number
  /** What is wrong and what would be right. */
  readonly text: string
}

/** A rule, with an example on which it must find something and one on which it must not. */
export interface Check {
  /** A sentence, the name of its tests. */
  readonly name: string
  readonly find: (tree: Tree) => readonly Finding[]
  readonly planted: Files
  /** `path:line` of everything that the check must find in the planted example. */
  readonly finds: readonly string[]
  readonly tidy: Files
}

/** The line of a place in a text, from 1. */
export function lineAt(text: string, position: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < position; at = text.indexOf('\n', at + 1)) {
    line += 1
  }
  return line
}

/** A finding at a node of a module. */
export function findingAt(module: Module, node: Node, text: string): Finding {
  // `pos` is before the white space and comments that lead up to the node.
  return { path: module.path, line: lineAt(module.text, node.getStart(module.ast)), text }
}

/** Every node below one, depth first, itself included. */
export function* nodesIn(node: Node): Generator<Node> {
  yield node
  const children: Node[] = []
  node.forEachChild((child) => void children.push(child))
  for (const child of children) yield* nodesIn(child)
}

/** Parses trees. @throws when a module cannot be read back, so that nothing is passed over in silence */
export async function parseTrees(trees: readonly Files[]): Promise<readonly Tree[]> {
  const places = trees.map((files, number) =>
    Object.keys(files)
      .filter((path) => /^(src|test)\/.*\.tsx?$/.test(path))
      .map((path) => ({ path, place: `/trees/${number}/${path}` })),
  )
  const virtual: Record<string, string> = {
    '/trees/tsconfig.json': JSON.stringify({
      compilerOptions: { noLib: true, noResolve: true, types: [], jsx: 'preserve' },
      files: places.flat().map(({ place }) => place),
    }),
  }
  trees.forEach((files, number) => {
    for (const { path, place } of places[number] ?? []) virtual[place] = files[path] ?? ''
  })
  const api = new API({ cwd: '/trees', fs: createVirtualFileSystem(virtual) })
  try {
    const snapshot = await api.updateSnapshot({ openProjects: ['/trees/tsconfig.json'] })
    const program = snapshot.getProjects()[0]?.program
    if (program === undefined) throw new Error('the compiler opened no project')
    return await Promise.all(
      trees.map(async (files, number) => {
        const modules = await Promise.all(
          (places[number] ?? []).map(async ({ path, place }): Promise<[string, Module]> => {
            const ast = await program.getSourceFile(place)
            if (ast === undefined) throw new Error(`the compiler did not read ${path}`)
            return [path, { path, text: files[path] ?? '', ast, imports: importsOf(path, ast) }]
          }),
        )
        return { files, modules: new Map(modules) }
      }),
    )
  } finally {
    await api.close()
  }
}
