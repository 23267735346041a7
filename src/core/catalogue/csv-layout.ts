/**
 * Checks that a fixed CSV layout names messages that exist and answer each other. What its columns hold is read by the CSV door.
 * @module
 */
import type { Path, Report } from './problem.ts'
import type { MessageSource } from './source.ts'
import { reportTwice } from './vocabulary.ts'

/**
 * @param byType messages of the module
 * @param path of the layout
 */
export function checkCsvLayout(
  message: MessageSource,
  byType: ReadonlyMap<string, MessageSource>,
  path: Path,
  report: Report,
): void {
  const layout = message.csvLayout
  if (!layout) return
  for (const part of ['question', 'answer'] as const) {
    layout[part].forEach((type, index) => {
      if (!byType.has(type))
        report([...path, part, index], `${type} is not a message of this module`)
    })
  }
  layout.answer.forEach((type, index) => {
    const answer = byType.get(type)
    if (answer && !answer.answers.some((asked) => layout.question.includes(asked))) {
      report([...path, 'answer', index], `${type} answers none of ${layout.question.join(', ')}`)
    }
  })
  const names = layout.columns.map(({ name }) => name.toLowerCase())
  reportTwice(names, (index) => [...path, 'columns', index, 'name'], 'column', report)
  layout.columns.forEach((column, index) => {
    const at = [...path, 'columns', index]
    if (column.source === 'switch') {
      if (!column.becomes || !layout.answer.includes(column.becomes.type)) {
        report(at, 'a switch becomes one of the answers of this layout')
      }
    } else if (column.path === undefined) report(at, 'key path is missing')
  })
}
