/**
 * Fuzzer of configuration files.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { loadConfig, type Loaded } from '../../src/config/load.ts'
import { readYaml } from '../../src/config/yaml-source.ts'
import { makeDemoNode } from '../support/demo-node.ts'
import type { Fuzzer, Outcome } from './fuzzer.ts'
import { mutateBytes, mutateLines } from './mutate.ts'

/** A part of a file, to see more of them in the same time; the whole is loaded too. */
const LINES_MAX = 60

/** Loading reads certificates and modules too and takes fifty times as long as reading: one in so many is loaded. */
const LOADED_OF = 8

export const yaml: Fuzzer = {
  name: 'yaml',
  property:
    'A configuration file loads or every problem has a place in it, soon; text that is read means the same to another reader.',
  planted: 'A key that is given twice is read without a word, and the later value counts.',
  findsWithin: 500,
  slowestMs: 3_000,
  open(isPlanted) {
    const node = makeDemoNode()
    const sound = readFileSync(node.configFile, 'utf8')
    return {
      make(chance) {
        const lines = sound.split('\n')
        const from = chance.percent(50) ? 0 : chance.below(lines.length)
        let text = lines.slice(from, chance.percent(20) ? undefined : from + LINES_MAX).join('\n')
        for (let left = chance.below(3); left > 0; left -= 1) text = mutateLines(chance, text)
        return chance.percent(50) ? Buffer.from(text) : mutateBytes(chance, Buffer.from(text))
      },
      attempt(input) {
        const text = Buffer.from(input).toString()
        const fault = isPlanted
          ? faultInReading(text, withoutRepeatedKeys(text))
          : faultInReading(text, text)
        if (fault !== undefined) return { taken: false, broken: fault }
        const taken = 'source' in readYaml('file.yaml', text)
        if (Bun.hash.crc32(input) % LOADED_OF !== 0) return { taken }
        writeFileSync(node.configFile, input)
        return { taken, ...outcomeOf(loadConfig(node.configFile, { generation: 1, env: {} })) }
      },
      close: () => node.remove(),
    }
  },
}

/** Whether what we read, if we read it, is what another reader of YAML makes of the same text. */
function faultInReading(text: string, given: string): string | undefined {
  const read = readYaml('file.yaml', given)
  if ('problems' in read) return undefined
  let other: unknown
  try {
    other = parse(text, { uniqueKeys: true, logLevel: 'error' })
  } catch {
    return 'read, though another reader refuses it'
  }
  const isSame =
    JSON.stringify(withoutEmpty(read.source.data)) === JSON.stringify(withoutEmpty(other))
  return isSame ? undefined : 'read as something else than another reader makes of it'
}

/** Empty values are left out by us. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutEmpty(item ?? null))
  if (typeof value !== 'object' || value === null) return value ?? null
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutEmpty(inner)]))
}

/** As a reader would see the text that keeps the later of two equal keys, one right after the other. */
function withoutRepeatedKeys(text: string): string {
  const lines = text.split('\n')
  const keyOf = (line: string | undefined) => /^ *[A-Za-z]+:/.exec(line ?? '')?.[0]
  return lines
    .filter((line, index) => keyOf(line) === undefined || keyOf(line) !== keyOf(lines[index + 1]))
    .join('\n')
}

function outcomeOf(loaded: Loaded): Pick<Outcome, 'broken'> {
  if ('config' in loaded) return {}
  if (loaded.problems.length === 0) return { broken: 'refused without a problem' }
  const lost = loaded.problems.find(
    ({ file, line, column, message }) => !(file && line > 0 && column > 0 && message),
  )
  return lost === undefined ? {} : { broken: `a problem without a place: ${lost.message}` }
}
