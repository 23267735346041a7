/**
 * The catalogue of the node: shipped definitions and files, checked by the core, with its problems put where they are
 * in the YAML.
 * @module
 */
import type { Catalogue } from '../core/catalogue/definition.ts'
import { loadCatalogue } from '../core/catalogue/load.ts'
import type { NodeFiles } from './node-files.ts'
import type { Findings, Placed } from './problem.ts'
import { SHIPPED_MODULES } from './shipped.ts'
import { readSource } from './source.ts'
import type { YamlSource } from './yaml-source.ts'
import { readYaml } from './yaml-source.ts'

/** The word in `modules` for what comes with the program. */
const SHIPPED = 'shipped'

interface ModuleFile {
  readonly name: string
  readonly data: unknown
  /** With positions; made only when there is something to point at. */
  readonly source: () => YamlSource | undefined
}

/**
 * Reads and checks all module files.
 * @param names entries of `modules`
 * @returns the catalogue; undefined after noting every problem
 */
export function readModules(
  names: readonly Placed<string>[],
  files: NodeFiles,
  findings: Findings,
): Catalogue | undefined {
  let complete = true
  const read = new Map<string, ModuleFile>()
  for (const name of names) {
    if (name.value === SHIPPED) {
      for (const file of SHIPPED_MODULES.map(shippedFile)) read.set(file.name, file)
      continue
    }
    const matches = files.matches(name)
    complete &&= matches.length > 0
    for (const match of matches) {
      const source = readSource(match, files, findings)
      if (source === undefined) complete = false
      else read.set(source.file, { name: source.file, data: source.data, source: () => source })
    }
  }
  if (!complete) return undefined
  const loaded = loadCatalogue([...read.values()].map(({ name, data }) => ({ name, data })))
  if ('catalogue' in loaded) return loaded.catalogue
  for (const { file, path, message } of loaded.problems) {
    const source = read.get(file)?.source()
    if (source !== undefined) findings.problem(source, path, message)
    else if (names[0]) findings.problem(names[0].source, ['modules'], message)
  }
  return undefined
}

/**
 * A shipped definition. It is read with the runtime's own parser, twenty times faster than the one that keeps positions;
 * a test holds that both read the same.
 */
function shippedFile({ name, text }: (typeof SHIPPED_MODULES)[number]): ModuleFile {
  const file = `${SHIPPED}:${name}`
  const source = () => {
    const read = readYaml(file, text)
    return 'source' in read ? read.source : undefined
  }
  return { name: file, data: Bun.YAML.parse(text), source }
}
