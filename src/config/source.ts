/**
 * From the name of a YAML file to its data, with every reason why not noted.
 * @module
 */
import type { NodeFiles } from './node-files.ts'
import { YAML_BYTES_MAX } from './node-files.ts'
import type { Findings, Placed } from './problem.ts'
import type { YamlSource } from './yaml-source.ts'
import { readYaml } from './yaml-source.ts'

/** Reads a YAML file that a setting names. */
export function readSource(
  name: Placed<string>,
  files: NodeFiles,
  findings: Findings,
): YamlSource | undefined {
  const bytes = files.bytes(name, YAML_BYTES_MAX)
  return bytes && parseSource(files.resolve(name.value), bytes, findings)
}

/** Parses the bytes of a YAML file. */
export function parseSource(
  file: string,
  bytes: Uint8Array,
  findings: Findings,
): YamlSource | undefined {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    findings.add([{ file, line: 1, column: 1, path: '', message: 'is not text in UTF-8' }])
    return undefined
  }
  const read = readYaml(file, text)
  if ('source' in read) return read.source
  findings.add(read.problems)
  return undefined
}
