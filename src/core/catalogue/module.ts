/**
 * Builds one module version from its file.
 * @module
 */
import type { MessageDefinition, ModuleDefinition } from './definition.ts'
import { wholeNumber } from './measure.ts'
import { buildMessage, checkDoors } from './message.ts'
import type { Report } from './problem.ts'
import { read } from './shape.ts'
import { messageShape, moduleShape } from './source.ts'
import type { MessageSource, ModuleSource } from './source.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What a module file may refer to. */
export interface ModulePlace {
  readonly vocabulary: Vocabulary
  /** Codes of the documents that may be owed. */
  readonly documents: ReadonlySet<string>
  readonly report: Report
}

/**
 * Builds a module.
 * @param data what the YAML parser made of the file
 * @returns undefined when its structure does not allow it; every problem was reported
 */
export function buildModule(data: unknown, place: ModulePlace): ModuleDefinition | undefined {
  const source = read(moduleShape, data, [], place.report)
  if (!source) return undefined
  checkParties(source, place)
  const sources: MessageSource[] = []
  const indexes: number[] = []
  source.messages.forEach((item, index) => {
    const message = read(messageShape, item, ['messages', index], place.report)
    if (!message) return
    sources.push(message)
    indexes.push(index)
  })
  // A message with a broken structure is missing here; whether others refer to it rightly cannot be said yet.
  if (sources.length === source.messages.length) {
    checkDoors(sources, (index) => ['messages', index], place.report)
    if (!sources.some(({ starts, from }) => starts && from === 'asker')) {
      place.report(['messages'], 'no message of the asker starts a conversation')
    }
  }
  const messages = sources.flatMap((message, position) => {
    const definition = buildMessage(message, {
      module: source.module,
      sources: source.sources,
      vocabulary: place.vocabulary,
      path: ['messages', indexes[position] ?? 0],
      report: place.report,
    })
    return definition ? [definition] : []
  })
  return assembleModule(source, messages)
}

/** Puts a module together from its checked parts. */
export function assembleModule(
  source: Omit<ModuleSource, 'messages'>,
  messages: readonly MessageDefinition[],
): ModuleDefinition {
  return {
    module: source.module,
    title: source.title,
    summary: source.summary,
    version: source.version,
    sources: source.sources,
    parties: { asker: source.parties.asker.types, answerer: source.parties.answerer.types },
    // In the order of the parties, so that the document that is owed first does not hang on the order of the file.
    documents: new Map(
      source.parties.asker.types.flatMap((type) => {
        const document = source.documents[type]
        return document === undefined ? [] : [[type, document] as const]
      }),
    ),
    documentsWith: source.documentsWith ?? 'opening',
    removalDays: wholeNumber(source.terms.removal),
    answerDays: wholeNumber(source.terms.answer),
    messages: new Map(messages.map((message) => [message.type, message])),
  }
}

function checkParties(source: ModuleSource, { report, documents }: ModulePlace): void {
  for (const side of ['asker', 'answerer'] as const) {
    if (source.parties[side].types.length === 0) {
      report(['parties', side, 'types'], 'must name at least one participant type')
    }
  }
  for (const [type, document] of Object.entries(source.documents)) {
    if (!source.parties.asker.types.some((asker) => asker === type)) {
      report(['documents', type], `${type} is not on the asking side of this module`)
    }
    if (!documents.has(document)) {
      report(['documents', type], `document ${document} is not declared in the shared file`)
    }
  }
}
