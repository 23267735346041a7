/**
 * Reads one YAML file into plain data whose every value can be found again by line and column. Stricter than YAML: no
 * aliases, no tags, no key twice, so that what a person reads is what the program reads.
 * @module
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Document, ErrorCode, Node, Pair } from 'yaml'
import type { ConfigProblem, Located, Path, Position } from './problem.ts'

/** A file that was read. */
export interface YamlSource extends Located {
  /** Objects without prototype, arrays and scalars; keys with an empty value are left out. */
  readonly data: unknown
}

/** Nothing that people write nests deeper; it keeps every walk over the data off the end of the stack. */
const LEVELS_MAX = 64

/** What the parser found, in our words: its own texts quote the file, which may hold what must not be shown. */
const SYNTAX: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias (*name) is not allowed; write the value out',
  BAD_DQ_ESCAPE: 'a backslash in double quotes starts an escape; write \\\\ or use single quotes',
  BAD_INDENT: 'the indentation does not fit, or something above is not closed',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second ": " on one line; put the value in quotes or on a line of its own',
  BLOCK_IN_FLOW: 'an indented block inside { } or [ ]; use one style for the whole value',
  MISSING_CHAR: 'something is not closed: look for a missing quote, comma, colon, ] or }',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line and be followed by a colon',
  MULTIPLE_DOCS: 'only one document a file; remove the line with ---',
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  TAG_RESOLVE_FAILED: 'a tag (!name) is not allowed; write the value as it is',
  UNEXPECTED_TOKEN: 'this does not belong here; look for a missing quote, colon or indentation',
}

/**
 * Parses the text of one file.
 * @param file name for problems
 * @returns the data, or every problem with the YAML itself
 */
export function readYaml(
  file: string,
  text: string,
): { source: YamlSource } | { problems: ConfigProblem[] } {
  const lines = new LineCounter()
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const at = (offset: number, message: string): ConfigProblem => ({
    file,
    ...place(offset),
    path: '',
    message,
  })

  let document: Document
  try {
    // Duplicate keys are found below: the parser's own check is quadratic.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  } catch {
    return { problems: [at(0, 'this cannot be read as YAML; it nests too deep')] }
  }
  const syntax = [...document.errors, ...document.warnings]
  if (syntax.length > 0) {
    const problems = syntax
      .slice(0, 20)
      .map((error) => at(error.pos[0], SYNTAX[error.code] ?? 'this is not valid YAML'))
    return { problems }
  }

  const problems: ConfigProblem[] = []
  const reject = (node: Node | null | undefined, message: string) => {
    problems.push(at(node?.range?.[0] ?? 0, message))
  }
  const data = plain(document.contents, reject, 0)
  if (problems.length > 0) return { problems }
  const position = (path: Path, what: 'key' | 'value') =>
    place(offsetOf(document.contents, path, what))
  return { source: { file, data, position } }
}

type Reject = (node: Node | null | undefined, message: string) => void

function plain(node: unknown, reject: Reject, level: number): unknown {
  if (isAlias(node)) return reject(node, SYNTAX.BAD_ALIAS ?? '')
  if (isScalar(node)) {
    if (node.anchor !== undefined) reject(node, 'an anchor (&name) is not allowed; remove it')
    return node.value
  }
  if (!isMap(node) && !isSeq(node)) return null
  if (node.anchor !== undefined) reject(node, 'an anchor (&name) is not allowed; remove it')
  if (level > LEVELS_MAX) return reject(node, 'this nests too deep')
  return isSeq(node)
    ? node.items.map((item) => plain(item, reject, level + 1))
    : plainMap(node.items, reject, level)
}

function plainMap(pairs: readonly Pair[], reject: Reject, level: number): unknown {
  // Without a prototype no key of the file can be taken for a property that every object has.
  const map: Record<string, unknown> = Object.create(null)
  const seen = new Set<string>()
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? key.value : undefined
    if (typeof name !== 'string') {
      reject(key as Node | null, 'a key must be text; put it in quotes')
      continue
    }
    if (seen.has(name)) reject(key as Node, `${name.slice(0, 40)} is given twice; keep one of them`)
    seen.add(name)
    const data = plain(value, reject, level + 1)
    if (data !== null && data !== undefined) map[name] = data
  }
  return map
}

/** Where a value or its key starts; where the last thing on the way starts when the rest is not there. */
function offsetOf(root: unknown, path: Path, what: 'key' | 'value'): number {
  let node = root
  let found = startOf(root) ?? 0
  for (const [index, step] of path.entries()) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && key.value === step)
      : undefined
    const next: unknown = isSeq(node) ? node.items[Number(step)] : pair?.value
    // A group is pointed at by its key, since that is the line that people look for.
    const byKey = !hasValue(next) || (what === 'key' && index === path.length - 1)
    const offset = startOf(pair !== undefined && byKey ? pair.key : next)
    if (offset === undefined) return found
    found = offset
    node = next
  }
  return found
}

function hasValue(node: unknown): boolean {
  return isScalar(node) && node.value !== null
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined
}
