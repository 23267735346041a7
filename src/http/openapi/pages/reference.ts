/**
 * The reference: every call and every shape, made from the document that programs get.
 * @module
 */
import { html } from 'hono/html'
import type { JsonSchema } from '../../../core/catalogue/json-schema.ts'
import type { Settings } from '../../../core/settings.ts'
import type { Answer } from '../../answer.ts'
import type { OpenApiDocument } from '../document.ts'
import { TAGS } from '../tags.ts'
import { wireSchemas } from '../wire-schemas.ts'
import { at, facts, pageAnswer, prose, table, type Html } from './layout.ts'
import { membersTable, shapeOf } from './shape.ts'

interface Operation {
  readonly method: string
  readonly path: string
  readonly operationId: string
  readonly tags: readonly string[]
  readonly description: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, Response>>
}
interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description: string
  readonly schema: JsonSchema
}
interface Response {
  readonly description: string
  readonly content?: Content
  readonly 'x-codes'?: readonly string[]
}
type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

/** Shapes that stand for one of many: shown by what all of them have. */
const MESSAGES = ['Bericht', 'OpgehaaldBericht']

const PLACES: Readonly<Record<string, string>> = { path: 'adres', query: 'vraag', header: 'header' }

/** The page. */
export function referencePage(document: OpenApiDocument, settings: Settings): Promise<Answer> {
  const operations = operationsIn(document)
  const shapes = [...MESSAGES, ...Object.keys(wireSchemas(settings.limits))]
  const { name, environment, url } = settings.node
  const schemas: Readonly<Record<string, JsonSchema>> = document.components.schemas
  return pageAnswer({
    title: 'Referentie',
    contents: [
      ...Object.keys(TAGS).map((tag) => ({
        title: tag,
        links: operations
          .filter(({ tags }) => tags.includes(tag))
          .map(({ operationId }) => [wordsOf(operationId), `#${operationId}`] as const),
      })),
      { title: 'Vormen', links: [['Alle vormen', '#vormen']] },
    ],
    main: html`
      <h1>De API van ${name}</h1>
      <p class="lead">
        Versie ${document.info.version} · omgeving ${environment} · <code>${at('')}</code> op
        <code>${url}</code>
      </p>
      ${prose(document.info.description)}
      ${Object.entries(TAGS).map(
        ([tag, about]) =>
          html`<h2>${tag}</h2>
            <p>${about}</p>
            ${operations.filter(({ tags }) => tags.includes(tag)).map((each) => call(each, document))}`,
      )}
      <h2 id="vormen">Vormen</h2>
      <p>
        Wat er over de lijn gaat, behalve de inhoud van berichten: die staat per berichttype in de
        <a href="${at('/modules')}">catalogus</a>.
      </p>
      ${shapes.map((shape) => {
        const members = schemas[MESSAGES.includes(shape) ? `Overig${shape}` : shape]
        return shapeSection(shape, schemas[shape]?.['description'], members ?? {})
      })}
    `,
  })
}

/** `biedBerichtAan` → `Bied bericht aan`. */
function wordsOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function operationsIn(document: OpenApiDocument): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      // The document is our own: see `operationOf`.
      ([method, operation]) =>
        ({ ...(operation as object), method: method.toUpperCase(), path }) as Operation,
    ),
  )
}

/** A link to what is inside opens it; a link to the frame itself would not. */
function call(operation: Operation, document: OpenApiDocument): Html {
  const { method, path, operationId, description, requestBody, responses } = operation
  const [summary = '', ...more] = description.split('\n\n')
  const answers = Object.entries(responses)
  return html`<details class="call">
    <summary>
      <h3><span class="verb ${method.toLowerCase()}">${method}</span> <code>${path}</code></h3>
      <span>${summary}</span>
    </summary>
    <div id="${operationId}">
      ${more.length > 0 && prose(more.join('\n\n'))}
      ${facts([
        ['Naam in clients', html`<code>${operationId}</code>`],
        ['Wie', operation.security === undefined ? 'met clientcertificaat' : 'iedereen'],
      ])}
      ${parametersTable(operation, document)}
      ${
        requestBody !== undefined &&
        html`<h4>Body</h4>
          ${contentTable(requestBody.content)}`
      }
      <h4>Antwoorden</h4>
      ${table(
        ['Status', 'Betekenis', 'Vorm'],
        answers.map(([status, answer]) => [
          html`<code>${status}</code>`,
          answerText(answer),
          answer.content === undefined ? '' : shapesIn(answer.content),
        ]),
      )}
    </div>
  </details>`
}

function parametersTable({ parameters = [] }: Operation, document: OpenApiDocument): Html | false {
  if (parameters.length === 0) return false
  const named: Readonly<Record<string, unknown>> = document.components.parameters
  const rows = parameters.map(({ $ref, ...given }) => {
    const shared = $ref?.split('/').at(-1)
    // A reference stands for one of our own parameters.
    const {
      name,
      in: place,
      required,
      description,
      schema,
    } = (shared === undefined ? given : named[shared]) as Parameter
    return [
      html`<code>${name}</code>${required === true && html` <span class="must">verplicht</span>`}`,
      PLACES[place] ?? place,
      html`${description}<small>${shapeOf(schema)}</small>`,
    ]
  })
  return html`<h4>Parameters</h4>
    ${table(['Naam', 'Waar', 'Betekenis'], rows)}`
}

function contentTable(content: Content): Html {
  return table(
    ['Mediatype', 'Vorm'],
    Object.entries(content).map(([type, { schema }]) => [
      html`<code>${type}</code>`,
      shapeOf(schema),
    ]),
  )
}

function shapesIn(content: Content): readonly Html[] {
  return Object.entries(content).map(
    ([type, { schema }]) => html`<div>${shapeOf(schema)}<small>${type}</small></div>`,
  )
}

function answerText({ description, 'x-codes': codes }: Response): unknown {
  if (codes === undefined) return description
  const [about = ''] = description.split(' Codes:')
  return html`${about}
    <div class="codes">
      ${codes.map((code) => html`<a href="${at(`/fouten/${code}`)}"><code>${code}</code></a> `)}
    </div>`
}

function shapeSection(name: string, about: unknown, schema: JsonSchema): Html {
  return html`<details class="call">
    <summary>
      <h3>${name}</h3>
      <span>${about}</span>
    </summary>
    <div id="vorm-${name}">${membersTable(schema)}</div>
  </details>`
}
