/**
 * Loads a catalogue: plain data from the files in, frozen definitions out, or every problem at once.
 * @module
 */
import { PARTICIPANT_TYPES, TRAITS } from '../directory.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { NOTICE_MODULE } from '../message.ts'
import type { Catalogue, DocumentDefinition, ModuleDefinition } from './definition.ts'
import { DOCUMENT_MEDIA_TYPES } from './document.ts'
import { buildLevel } from './fields.ts'
import { freezeDeeply } from './freeze.ts'
import { bytesOf } from './measure.ts'
import { buildModule } from './module.ts'
import { buildNotices } from './notices.ts'
import type { CatalogueProblem, Path, Report } from './problem.ts'
import { isReadable, read } from './shape.ts'
import { sharedShape } from './source.ts'
import type { SharedSource } from './source.ts'
import { placeOf, readVocabulary, reportSources, reportTwice } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

/** One file as a YAML parser read it. */
export interface CatalogueFile {
  /** Name by which problems point at it. */
  readonly name: string
  readonly data: unknown
}

/** Enum that names the documents on the wire; it must say the same as `documents`. */
const DOCUMENT_ENUM = 'Documentsoort'

/**
 * Loads a catalogue.
 * @param files one with the key `catalogue` (the shared words) and any number of modules; several versions of a module may
 * be among them
 * @returns the frozen catalogue, with the relay's own notices in it; or all problems
 */
export function loadCatalogue(
  files: readonly CatalogueFile[],
): { readonly catalogue: Catalogue } | { readonly problems: CatalogueProblem[] } {
  const problems: CatalogueProblem[] = []
  const reportFor =
    (file: string): Report =>
    (path, message) =>
      void problems.push({ file, path, message })
  const readable = files.filter(({ name, data }) => {
    const fits = isReadable(data)
    if (!fits) reportFor(name)([], 'is too large or nests too deep to be a catalogue file')
    return fits
  })
  const [first, ...others] = readable.filter(isShared)
  for (const { name } of others) {
    reportFor(name)(
      ['catalogue'],
      `only one file may have the key catalogue; ${first?.name ?? ''} has it too`,
    )
  }
  if (!first) {
    reportFor(files[0]?.name ?? '')([], 'no file has the key catalogue: the shared file is missing')
    return { problems }
  }
  const shared = loadShared(first.data, reportFor(first.name))
  if (!shared) return { problems }
  const modules = new Map<string, ModuleDefinition[]>()
  for (const { name, data } of readable) {
    if (isShared({ data })) continue
    const report = reportFor(name)
    const module = buildModule(data, {
      ...shared,
      documents: new Set(shared.documents.keys()),
      report,
    })
    if (module) addModule(module, modules, report)
  }
  if (problems.length > 0) return { problems }
  modules.set(NOTICE_MODULE, [buildNotices()])
  const { documents, traits, participantTypes } = shared
  const catalogue: Catalogue = { documents, traits, participantTypes, modules: byVersion(modules) }
  return { catalogue: freezeDeeply(catalogue) }
}

function isShared({ data }: { readonly data: unknown }): boolean {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, 'catalogue')
}

function addModule(
  module: ModuleDefinition,
  modules: Map<string, ModuleDefinition[]>,
  report: Report,
): void {
  const versions = modules.get(module.module) ?? []
  if (module.module === NOTICE_MODULE) {
    report(['module'], `${NOTICE_MODULE} is the relay's own module; choose another code`)
  } else if (versions.some(({ version }) => version === module.version)) {
    report(['version'], `${module.module} ${module.version} is in another file too`)
  }
  modules.set(module.module, [...versions, module])
}

function byVersion(
  modules: ReadonlyMap<string, readonly ModuleDefinition[]>,
): ReadonlyMap<string, ReadonlyMap<string, ModuleDefinition>> {
  const numbers = ({ version }: ModuleDefinition) => version.split('.').map(Number)
  const ascending = (one: ModuleDefinition, other: ModuleDefinition) => {
    const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [
      numbers(one),
      numbers(other),
    ]
    return major - otherMajor || minor - otherMinor
  }
  return new Map(
    [...modules].map(([name, versions]) => [
      name,
      new Map([...versions].sort(ascending).map((module) => [module.version, module])),
    ]),
  )
}

type Shared = Omit<Catalogue, 'modules'> & { readonly vocabulary: Vocabulary }

function loadShared(data: unknown, report: Report): Shared | undefined {
  const source = read(sharedShape, data, [], report)
  if (!source) return undefined
  const vocabulary = readVocabulary(source, report)
  checkGroups(source, vocabulary, report)
  checkLists(source, vocabulary, report)
  return {
    vocabulary,
    documents: new Map(source.documents.map((document) => [document.code, toDocument(document)])),
    traits: new Map(
      source.participantTraits.map(({ code, title, summary }) => [code, { title, summary }]),
    ),
    participantTypes: new Map(
      source.participantTypes.map(({ code, title, summary, legalBasis }) => [
        code,
        { title, summary, legalBasis },
      ]),
    ),
  }
}

function toDocument(document: SharedSource['documents'][number]): DocumentDefinition {
  const { code, title, summary, mediaTypes } = document
  return { code, title, summary, mediaTypes, maxBytes: bytesOf(document.maxSize) }
}

/** Builds every group once by itself, so that a problem in it is reported once and where it stands. */
function checkGroups(source: SharedSource, vocabulary: Vocabulary, report: Report): void {
  for (const [name, group] of vocabulary.groups) {
    const path = ['groups', placeOf(source.groups, name)]
    reportSources(group.sources, vocabulary.sources, path, report)
    if (vocabulary.broken.has(name)) continue
    const { evidence } = group
    buildLevel(group, { vocabulary, path, report, evidence, incomplete: () => {} })
  }
  for (const [name, { sources }] of vocabulary.enums) {
    reportSources(sources, vocabulary.sources, ['enums', placeOf(source.enums, name)], report)
  }
  const { evidence, fields } = source.header
  buildLevel({ fields }, { vocabulary, path: ['header'], report, evidence, incomplete: () => {} })
}

function checkLists(source: SharedSource, vocabulary: Vocabulary, report: Report): void {
  const complete = (key: 'participantTypes' | 'participantTraits', wanted: readonly string[]) => {
    const codes: string[] = source[key].map(({ code }) => code)
    reportTwice(codes, (index) => [key, index, 'code'], 'code', report)
    for (const code of wanted) if (!codes.includes(code)) report([key], `${code} is missing`)
  }
  complete('participantTypes', PARTICIPANT_TYPES)
  complete('participantTraits', TRAITS)
  const codes = source.documents.map(({ code }) => code)
  reportTwice(codes, (index) => ['documents', index, 'code'], 'code', report)
  source.documents.forEach(({ mediaTypes, maxSize }, index) => {
    const at: Path = ['documents', index]
    const foreign = mediaTypes.filter((type) => !DOCUMENT_MEDIA_TYPES.includes(type))
    if (foreign.length > 0) {
      report([...at, 'mediaTypes'], `must be among ${DOCUMENT_MEDIA_TYPES.join(', ')}`)
    }
    if (bytesOf(maxSize) > DEFAULT_LIMITS.documentsBytesPerMessage) {
      report([...at, 'maxSize'], 'is more than all documents of one message may be together')
    }
  })
  for (const { name, values } of vocabulary.enums.values()) {
    const path = ['enums', placeOf(source.enums, name), 'values']
    reportTwice(
      values.map(({ code }) => code),
      (index) => [...path, index, 'code'],
      'code',
      report,
    )
    const labels = values.map(({ label }) => label.toLowerCase())
    reportTwice(labels, (index) => [...path, index, 'label'], 'label', report)
  }
  const kinds = vocabulary.enums.get(DOCUMENT_ENUM)?.values.map(({ code }) => code)
  if (kinds && kinds.toSorted().join() !== codes.toSorted().join()) {
    report(['enums', placeOf(source.enums, DOCUMENT_ENUM)], 'must list the same codes as documents')
  }
}
