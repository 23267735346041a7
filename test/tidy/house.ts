/**
 * The house: which folder may import what, no cycles, no dead files.
 * @module
 */
import type { Import } from './imports.ts'
import { findingAt } from './tree.ts'
import type { Check, Finding, Module, Tree } from './tree.ts'

/** What a room may import besides itself. */
interface Room {
  /** Folders below `src`, or single files. */
  readonly rooms: readonly string[]
  /** Packages; `node:` stands for everything built in. */
  readonly packages: readonly string[]
}

const EVERYTHING: Room = { rooms: ['*'], packages: ['*'] }

/** The table of the architecture: folder of `src` → what it may import. */
const HOUSE: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: ['valibot'] },
  relay: { rooms: ['core'], packages: [] },
  store: { rooms: ['core', 'relay/ports.ts', 'ops'], packages: ['node:', 'lmdb'] },
  vault: { rooms: ['core', 'relay/ports.ts', 'ops'], packages: ['node:'] },
  trust: { rooms: ['core', 'relay/ports.ts', 'ops'], packages: ['node:', 'node-forge', 'valibot'] },
  config: {
    rooms: ['core', 'relay/ports.ts', 'ops'],
    packages: ['node:', 'valibot', 'yaml', 'date-holidays'],
  },
  ops: { rooms: ['core', 'relay/ports.ts'], packages: ['node:', 'hono'] },
  http: {
    rooms: ['core', 'relay', 'ops', 'docs'],
    packages: ['node:', 'hono', '@hono/node-server'],
  },
  docs: { rooms: [], packages: [] },
  client: { rooms: ['core', 'relay', 'ops'], packages: ['node:', 'hono'] },
  cli: EVERYTHING,
  scripts: EVERYTHING,
  'app.ts': EVERYTHING,
  app: EVERYTHING,
  'main.ts': EVERYTHING,
}

const ring: Check = {
  name: 'every folder imports only what the house allows',
  find: ({ modules }) =>
    [...modules.values()].filter(({ path }) => path.startsWith('src/')).flatMap(strayImports),
  planted: {
    'src/core/a.ts': "import { readFile } from 'node:fs'\nimport * as v from 'valibot'",
    'src/relay/b.ts': "import type { Log } from '../ops/log.ts'",
    'src/store/c.ts': "import { seal } from '../vault/seal.ts'\nimport '../relay/ports.ts'",
    'src/store/d.ts': "export { submit } from '../relay/submit.ts'\nimport { open } from 'lmdb'",
    'src/http/e.ts': "const { trust } = await import('../trust/trust.ts')",
    'src/client/f.ts': "import '../http/problem.ts'\nimport 'lmdb'",
    'src/utils/g.ts': "import '../core/a.ts'",
    'src/config/h.ts': "import 'yaml-of-another'",
  },
  finds: [
    'src/core/a.ts:1',
    'src/relay/b.ts:1',
    'src/store/c.ts:1',
    'src/store/d.ts:1',
    'src/http/e.ts:1',
    'src/client/f.ts:1',
    'src/client/f.ts:2',
    'src/utils/g.ts:1',
    'src/config/h.ts:1',
  ],
  tidy: {
    'src/core/catalogue/a.ts': "import * as v from 'valibot'\nimport '../b.ts'",
    'src/relay/b.ts': "import '../core/b.ts'\nimport './ports.ts'",
    'src/store/c.ts': "import 'lmdb'\nimport '../relay/ports.ts'\nimport '../ops/log.ts'",
    'src/http/d.ts': "import 'hono/jsx'\nimport '../relay/relay.ts'\nimport 'node:tls'",
    'src/ops/e.ts': "import manifest from '../../package.json' with { type: 'json' }",
    'src/app.ts': "import './vault/seal.ts'\nimport './http/listen.ts'",
    'src/cli/f.ts': "import '../trust/trust.ts'\nimport 'anything'",
  },
}

function strayImports(module: Module): readonly Finding[] {
  const [home = ''] = module.path.slice('src/'.length).split('/')
  const room = HOUSE[home]
  if (room === undefined) {
    return [{ path: module.path, line: 1, text: `src/${home} has no place in the house` }]
  }
  return module.imports
    .filter((one) => !isAllowed(home, room, one))
    .map((one) => {
      const may = [...room.rooms, ...room.packages].join(', ') || 'nothing else'
      const text = `src/${home} may not import ${one.specifier}; besides itself: ${may}`
      return findingAt(module, one.node, text)
    })
}

function isAllowed(home: string, room: Room, { specifier, target }: Import): boolean {
  if (room.rooms.includes('*')) return true
  if (target === undefined) return room.packages.some((name) => isOf(name, specifier))
  // Data that is built in, such as package.json or the shipped modules.
  if (!target.startsWith('src/')) return home !== 'core' && home !== 'relay'
  const path = target.slice('src/'.length)
  return [home, ...room.rooms].some((allowed) => path === allowed || path.startsWith(`${allowed}/`))
}

function isOf(name: string, specifier: string): boolean {
  if (name === 'node:') return specifier.startsWith('node:') || specifier.startsWith('bun:')
  return specifier === name || specifier.startsWith(`${name}/`)
}

const cycles: Check = {
  name: 'no module imports itself by way of others',
  find: ({ modules }) => {
    const findings: Finding[] = []
    const done = new Set<string>()
    const follow = (path: string, way: readonly string[]): void => {
      const module = modules.get(path)
      if (module === undefined || done.has(path)) return
      for (const { target, node } of module.imports) {
        if (target === undefined) continue
        const at = [...way, path].indexOf(target)
        if (at === -1) follow(target, [...way, path])
        else {
          const round = [...way, path].slice(at).concat(target).join(' → ')
          findings.push(findingAt(module, node, `cycle: ${round}; move what both need below both`))
        }
      }
      done.add(path)
    }
    for (const path of modules.keys()) follow(path, [])
    return findings
  },
  planted: {
    'src/core/a.ts': "import './b.ts'",
    'src/core/b.ts': "\nimport type { C } from './c.ts'",
    'src/core/c.ts': "import './d.ts'\nexport * from './a.ts'",
    'src/core/d.ts': "import './d.ts'",
  },
  finds: ['src/core/c.ts:2', 'src/core/d.ts:1'],
  tidy: {
    'src/core/a.ts': "import './b.ts'\nimport './c.ts'",
    'src/core/b.ts': "import './c.ts'",
    'src/core/c.ts': '',
  },
}

const deadFiles: Check = {
  name: 'every file of src is reached from the program or a script',
  find: (tree) => {
    const reached = reachable(tree)
    return (
      [...tree.modules.keys()]
        // What only tells the compiler of types does not run, so nothing imports it.
        .filter((path) => path.startsWith('src/') && !path.endsWith('.d.ts') && !reached.has(path))
        .map((path) => ({ path, line: 1, text: 'nothing imports this file; wire it or remove it' }))
    )
  },
  planted: {
    'src/main.ts': "await import('./cli/a.ts')",
    'src/cli/a.ts': '',
    'src/cli/b.ts': "import './c.ts'",
    'src/cli/c.ts': '',
    'test/cli/b.test.ts': "import '../../src/cli/b.ts'",
  },
  finds: ['src/cli/b.ts:1', 'src/cli/c.ts:1'],
  tidy: {
    'src/main.ts': "await import('./cli/a.ts')",
    'src/cli/a.ts': "export type { B } from './b.ts'",
    'src/cli/b.ts': '',
    'src/scripts/c.ts': "import '../core/d.ts'",
    'src/core/d.ts': '',
  },
}

function reachable({ modules }: Tree): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [...modules.keys()].filter(isEntry)
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const { target } of modules.get(path)?.imports ?? []) {
      if (target !== undefined) waiting.push(target)
    }
  }
  return reached
}

/** Where the outside begins: the program, and scripts that a person or the package file runs. */
export function isEntry(path: string): boolean {
  return path === 'src/main.ts' || /^src\/scripts\/[^/]+\.tsx?$/.test(path)
}

export const HOUSE_CHECKS: readonly Check[] = [ring, cycles, deadFiles]
