/**
 * The CSV columns of a message for people.
 * @module
 */
import { html } from 'hono/html'
import type { MessageDefinition, ModuleDefinition } from '../../../core/catalogue/definition.ts'
import { table, type Html } from './layout.ts'

/** A fixed layout as far as it is shown; the loading of the catalogue has checked its form. */
interface CsvLayout {
  readonly title: string
  readonly question: readonly string[]
  readonly answer: readonly string[]
  readonly note: string
  readonly columns: readonly {
    readonly column: string
    readonly part: 'question' | 'answer'
    readonly section: string
    readonly name: string
  }[]
}

/**
 * What a message has to do with CSV.
 * @param link to another message type of the module
 */
export function csvSection(
  definition: MessageDefinition,
  module: ModuleDefinition,
  link: (type: string) => Html,
): Html {
  const carrier = [...module.messages.values()].find(({ csvLayout }) => {
    const layout = csvLayout as CsvLayout | undefined
    return layout !== undefined && [...layout.question, ...layout.answer].includes(definition.type)
  })
  const layout = (definition.csvLayout ?? carrier?.csvLayout) as CsvLayout | undefined
  if (layout === undefined) {
    return html`<h2 id="csv">CSV</h2>
      <p>Dit bericht kan ook als CSV-bestand. De kolommen zijn de velden hierboven.</p>`
  }
  if (definition.csvLayout === undefined && carrier !== undefined) {
    return html`<h2 id="csv">CSV</h2>
      <p>Dit bericht reist mee in het bestand ${layout.title}; zie ${link(carrier.type)}.</p>`
  }
  return html`<h2 id="csv">CSV: ${layout.title}</h2>
    <p>${layout.note}</p>
    ${table(
      ['Kolom', 'Naam', 'Deel', 'Groep'],
      layout.columns.map(({ column, name, part, section }) => [
        html`<code>${column}</code>`,
        name,
        part === 'question' ? 'vraag' : 'antwoord',
        section,
      ]),
    )}`
}
