/** The shipped module files, as a YAML parser reads them, and the catalogue that comes out. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Catalogue, MessageDefinition } from '../../../src/core/catalogue/definition.ts'
import { loadCatalogue } from '../../../src/core/catalogue/load.ts'
import type { CatalogueFile } from '../../../src/core/catalogue/load.ts'

const FOLDER = join(import.meta.dir, '../../../config/modules')

const FILES: readonly CatalogueFile[] = readdirSync(FOLDER)
  .toSorted()
  .map((name) => ({ name, data: parse(readFileSync(join(FOLDER, name), 'utf8')) as unknown }))

/** A new copy each time, so that a test may break it. */
export function shippedFiles(): CatalogueFile[] {
  return structuredClone([...FILES])
}

/** @throws with every problem, when the shipped files have any */
export function shippedCatalogue(): Catalogue {
  const loaded = loadCatalogue(shippedFiles())
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 2))
  return loaded.catalogue
}

export function definitionsOf(catalogue: Catalogue): MessageDefinition[] {
  return [...catalogue.modules.values()].flatMap((versions) =>
    [...versions.values()].flatMap((module) => [...module.messages.values()]),
  )
}

export function definitionOf(
  catalogue: Catalogue,
  module: string,
  type: string,
): MessageDefinition {
  const found = definitionsOf(catalogue).find(
    (definition) => definition.module === module && definition.type === type,
  )
  if (!found) throw new Error(`no ${module}/${type}`)
  return found
}
