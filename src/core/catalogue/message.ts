/**
 * Builds one message type: its fields, its doors, its sample, and what checks a body.
 * @module
 */
import { ERRORS } from '../errors.ts'
import { otherSide } from '../rights.ts'
import { compileValidator } from './compile.ts'
import { compileFinder } from './find.ts'
import { checkCsvLayout } from './csv-layout.ts'
import type { MessageDefinition } from './definition.ts'
import { buildLevel } from './fields.ts'
import { wholeNumber } from './measure.ts'
import type { Path, Report } from './problem.ts'
import type { MessageSource } from './source.ts'
import { measure, reportSources, reportTwice } from './vocabulary.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What a message needs to know of its module. */
export interface MessagePlace {
  readonly module: string
  readonly sources: Readonly<Record<string, string>>
  readonly vocabulary: Vocabulary
  readonly path: Path
  readonly report: Report
}

/**
 * Builds a message type by itself; what it is to the others is for `checkDoors`.
 * @returns undefined when a part could not be built; every problem was reported
 */
export function buildMessage(
  source: MessageSource,
  place: MessagePlace,
): MessageDefinition | undefined {
  const { report, path, vocabulary } = place
  reportSources(source.sources, place.sources, path, report)
  if (source.evidence === 'partial') {
    source.fields.forEach((field, index) => {
      if (field.evidence !== undefined) return
      report([...path, 'fields', index], 'evidence is needed on each field of a partial message')
    })
  }
  const extent = measure(source.fields, vocabulary.groups)
  if (typeof extent === 'string') {
    report(path, `message ${source.type} ${extent}`)
    return undefined
  }
  let complete = true
  const level = buildLevel(source, {
    vocabulary,
    path,
    report,
    evidence: source.evidence,
    incomplete: () => void (complete = false),
  })
  if (!complete) return undefined
  const definition: MessageDefinition = {
    module: place.module,
    type: source.type,
    title: source.title,
    aliases: source.aliases ?? [],
    version: source.version,
    from: source.from,
    starts: source.starts,
    answers: source.answers,
    follows: source.follows,
    ends: source.ends,
    ...(source.term === undefined ? {} : { termDays: wholeNumber(source.term) }),
    existence: source.existence,
    evidence: source.evidence,
    sources: source.sources,
    summary: source.summary,
    csv: source.csv,
    ...(source.csvLayout === undefined ? {} : { csvLayout: source.csvLayout }),
    ...level,
    sample: source.sample,
    validate: compileValidator(level.fields, level.rules),
    findBsn: compileFinder(level.fields, 'bsn'),
    findDocuments: compileFinder(level.fields, 'document'),
  }
  for (const problem of definition.validate(source.sample)) {
    const keys = problem.path.split('/').slice(1)
    report(
      [...path, 'sample', ...keys.map(toKey)],
      `the sample does not fit: ${ERRORS[problem.code].en}`,
    )
  }
  return definition
}

const toKey = (segment: string): string | number =>
  /^[0-9]+$/u.test(segment) ? Number(segment) : segment

/**
 * Checks the doors of all message types of a module against each other: who answers whom, and that each can be reached.
 * @param messages all of the module, in the order of the file
 * @param place path of a message by its index
 */
export function checkDoors(
  messages: readonly MessageSource[],
  place: (index: number) => Path,
  report: Report,
): void {
  const byType = new Map(messages.map((message) => [message.type, message]))
  reportTwice(
    messages.map(({ type }) => type),
    (index) => [...place(index), 'type'],
    'type',
    report,
  )
  reportTwice(
    messages.map(({ title }) => title),
    (index) => [...place(index), 'title'],
    'title',
    report,
  )
  const reachable = reachableTypes(messages)
  messages.forEach((message, index) => {
    const at = place(index)
    for (const door of ['answers', 'follows'] as const) {
      reportTwice(message[door], (item) => [...at, door, item], 'type', report)
      message[door].forEach((type, item) => {
        const other = byType.get(type)
        if (!other) report([...at, door, item], `${type} is not a message of this module`)
        else if (door === 'answers' && other.from !== otherSide(message.from)) {
          report([...at, door, item], `${type} comes from the same side, so it cannot be answered`)
        }
      })
    }
    if (!reachable.has(message.type)) {
      report(
        at,
        `${message.type} can never be sent: no door leads to it from a message that starts`,
      )
    }
    const isAnswered = messages.some(({ answers }) => answers.includes(message.type))
    if (message.term !== undefined && !isAnswered) {
      report([...at, 'term'], 'a term needs a message that answers this one')
    }
    checkCsvLayout(message, byType, [...at, 'csvLayout'], report)
  })
}

function reachableTypes(messages: readonly MessageSource[]): ReadonlySet<string> {
  const reachable = new Set(messages.filter(({ starts }) => starts).map(({ type }) => type))
  for (let before = -1; before < reachable.size;) {
    before = reachable.size
    for (const { type, answers, follows } of messages) {
      if ([...answers, ...follows].some((door) => reachable.has(door))) reachable.add(type)
    }
  }
  return reachable
}
