/**
 * DER as a tree, to spoil one value and write the lengths around it anew: a change of bytes alone hardly ever gets past the first
 * length.
 * @module
 */
import type { Chance } from '../support/seeded.ts'
import { mutateBytes, randomBytes } from './mutate.ts'

/** One value; constructed ones have children and no contents. */
interface Node {
  tag: number
  contents: Uint8Array
  children: Node[] | undefined
}

const CONSTRUCTED = 0x20

/** A copy of well-formed DER with one value changed, left out, doubled or moved; lengths are right. */
export function mutateDer(chance: Chance, der: Uint8Array): Uint8Array {
  const roots = readNodes(der)
  if (roots === undefined) return mutateBytes(chance, der)
  const lists = [roots]
  for (const list of lists) {
    for (const { children } of list) if (children !== undefined) lists.push(children)
  }
  const list = chance.oneOf(lists.filter(({ length }) => length > 0))
  const at = chance.below(list.length)
  const node = list[at]
  if (node === undefined) return der
  switch (chance.below(8)) {
    case 0:
      list.splice(at, 1)
      break
    case 1:
      list.splice(at, 0, node)
      break
    case 2:
      list.reverse()
      break
    case 3:
      node.tag = chance.below(256)
      break
    case 4:
      node.contents = randomBytes(chance, chance.below(40))
      node.children = undefined
      break
    default:
      if (node.children === undefined) node.contents = mutateBytes(chance, node.contents)
      else list.splice(at, 1, ...node.children)
  }
  return Buffer.concat(roots.map(write))
}

/**
 * Takes DER apart and writes it again. DER has one encoding, so anything else than the same octets was none.
 * @returns undefined when it is not one value from end to end
 */
export function rewritten(der: Uint8Array): Uint8Array | undefined {
  const [only, ...others] = readNodes(der) ?? []
  return only === undefined || others.length > 0 ? undefined : write(only)
}

function readNodes(bytes: Uint8Array): Node[] | undefined {
  const nodes: Node[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0
    const head = readLength(bytes, at + 1)
    if (head === undefined || head.from + head.length > bytes.length) return undefined
    const contents = bytes.subarray(head.from, head.from + head.length)
    const children = (tag & CONSTRUCTED) === 0 ? undefined : readNodes(contents)
    nodes.push({ tag, contents, children })
    at = head.from + head.length
  }
  return nodes
}

function readLength(bytes: Uint8Array, at: number): { length: number; from: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { length: first, from: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4) return undefined
  let length = 0
  for (const byte of bytes.subarray(at + 1, at + 1 + count)) length = length * 256 + byte
  return { length, from: at + 1 + count }
}

function write(node: Node): Buffer {
  const contents =
    node.children === undefined ? node.contents : Buffer.concat(node.children.map(write))
  const { length } = contents
  if (length < 0x80) return Buffer.concat([Buffer.of(node.tag, length), contents])
  const digits = length.toString(16)
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
  return Buffer.concat([Buffer.of(node.tag, 0x80 | bytes.length), bytes, contents])
}
