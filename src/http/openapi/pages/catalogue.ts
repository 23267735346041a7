/**
 * The catalogue for people: modules, versions, and a page for each message type.
 * @module
 */
import { html } from 'hono/html'
import type {
  Catalogue,
  MessageDefinition,
  ModuleDefinition,
} from '../../../core/catalogue/definition.ts'
import type { Answer } from '../../answer.ts'
import { schemaName } from '../message-schemas.ts'
import { csvSection } from './csv.ts'
import { EVIDENCE, evidenceMark, fieldsTable, rulesList } from './fields.ts'
import {
  at,
  facts,
  jsonBlock,
  pageAnswer,
  series,
  table,
  type Contents,
  type Html,
} from './layout.ts'

const CATALOGUE = ['Catalogus', '/modules'] as const

const modulePath = ({ module, version }: ModuleDefinition) =>
  `/modules/${module}/versies/${version}`
const typePath = (module: ModuleDefinition, type: string) =>
  `${modulePath(module)}/berichttypen/${type}`

/** All modules with all their message types. */
export function cataloguePage(catalogue: Catalogue): Promise<Answer> {
  const modules = [...catalogue.modules.values()].flatMap((versions) => [...versions.values()])
  return pageAnswer({
    title: 'Catalogus',
    contents: [
      {
        title: 'Modules',
        links: modules.map(({ module, title, version }) => [
          `${title} ${version}`,
          `#${module}-${version}`,
        ]),
      },
    ],
    main: html`
      <h1>Catalogus</h1>
      <p class="lead">
        De standaardberichten van dit knooppunt. Bij elke definitie staat waar zij vandaan komt.
      </p>
      ${facts(Object.entries(EVIDENCE).map(([evidence, { about }]) => [evidenceMark(evidence as keyof typeof EVIDENCE), about]))}
      ${modules.map(
        (module) =>
          html`<h2 id="${module.module}-${module.version}">
              <a href="${at(modulePath(module))}">${module.title} ${module.version}</a>
            </h2>
            <p>${module.summary}</p>
            ${typesTable(module)}`,
      )}
    `,
  })
}

/** One version of a module: parties, documents, terms, message types. */
export function modulePage(module: ModuleDefinition, catalogue: Catalogue): Promise<Answer> {
  return pageAnswer({
    title: `${module.title} ${module.version}`,
    crumbs: [CATALOGUE],
    contents: [typesOf(module)],
    main: html`
      <h1>${module.title} ${module.version}</h1>
      <p class="lead">${module.summary}</p>
      ${facts([
        ['Vragers', parties(module.parties.asker, catalogue)],
        ['Beantwoorders', parties(module.parties.answerer, catalogue)],
        ['Documenten', documentsOf(module, catalogue)],
        [
          'Antwoord',
          `binnen ${module.answerDays} werkdagen, tenzij bij het bericht iets anders staat`,
        ],
        ['Verwijderen', `${module.removalDays} werkdagen na aannemen, als het niet is bevestigd`],
      ])}
      <h2>Berichttypen</h2>
      ${typesTable(module)}
      <h2>Bronnen</h2>
      ${sourcesOf(module, Object.keys(module.sources))}
    `,
  })
}

/** Everything about one message type. */
export function messagePage(
  definition: MessageDefinition,
  module: ModuleDefinition,
  catalogue: Catalogue,
): Promise<Answer> {
  const { asker, answerer } = module.parties
  const fromAsker = definition.from === 'asker'
  const isAnsweredBy = [...module.messages.values()].filter(({ answers }) =>
    answers.includes(definition.type),
  )
  const links = (types: readonly string[]) =>
    types.length === 0 ? undefined : series(types.map((type) => typeLink(module, type)))
  const path = typePath(module, definition.type)
  return pageAnswer({
    title: definition.title,
    crumbs: [CATALOGUE, [`${module.title} ${module.version}`, modulePath(module)]],
    contents: [
      {
        title: definition.title,
        links: [
          ['Velden', '#velden'],
          ['Voorbeeld', '#voorbeeld'],
          ...(definition.csv ? ([['CSV', '#csv']] as const) : []),
          ['Bronnen', '#bronnen'],
        ],
      },
      typesOf(module),
    ],
    main: html`
      <h1>${definition.title}</h1>
      <p class="lead">${definition.summary}</p>
      ${facts([
        [
          'Code',
          html`<code>${definition.module}</code> <code>${definition.type}</code>
            <code>${definition.version}</code>`,
        ],
        ['Ook wel', definition.aliases.length > 0 ? definition.aliases.join(', ') : undefined],
        ['Afzender', parties(fromAsker ? asker : answerer, catalogue)],
        ['Ontvanger', parties(fromAsker ? answerer : asker, catalogue)],
        ['Opent een conversatie', definition.starts ? 'ja' : 'nee'],
        ['Antwoord op', links(definition.answers)],
        ['Volgt op', links(definition.follows)],
        ['Te beantwoorden met', links(isAnsweredBy.map(({ type }) => type))],
        ['Eindigt de conversatie', definition.ends ? 'ja' : 'nee'],
        [
          'Antwoord verwacht',
          definition.termDays === undefined
            ? undefined
            : `binnen ${definition.termDays} werkdagen; herinnert, blokkeert niet`,
        ],
        [
          'Wordt verwijderd',
          `${module.removalDays} werkdagen na aannemen, als het niet is bevestigd`,
        ],
        ['Documenten', fromAsker ? documentsOf(module, catalogue) : undefined],
        [
          'Bericht',
          definition.existence === 'published' ? 'bestaan gepubliceerd' : 'bestaan aangenomen',
        ],
        ['Velden', evidenceMark(definition.evidence)],
        [
          'Schema in OpenAPI',
          html`<code>${schemaName(definition.module, definition.type, definition.version)}</code>`,
        ],
      ])}
      <h2 id="velden">Velden van <code>inhoud</code></h2>
      ${rulesList(definition.rules, definition.fields)} ${fieldsTable(definition.fields)}
      <h2 id="voorbeeld">Voorbeeld van <code>inhoud</code></h2>
      ${jsonBlock(definition.sample)}
      ${definition.csv && csvSection(definition, module, (type) => typeLink(module, type))}
      <h2 id="bronnen">Bronnen</h2>
      ${sourcesOf(module, definition.sources)}
      <footer>
        Als JSON, met JSON Schema: <code>GET ${at(path)}</code> met
        <code>Accept: application/json</code>.
      </footer>
    `,
  })
}

function typesOf(module: ModuleDefinition): Contents {
  return {
    title: `${module.title} ${module.version}`,
    links: [...module.messages.values()].map(({ type, title }) => [
      title,
      at(typePath(module, type)),
    ]),
  }
}

function typesTable(module: ModuleDefinition): Html {
  return table(
    ['Bericht', 'Van', 'Waar het voor is', 'Herkomst'],
    [...module.messages.values()].map((definition) => [
      html`${typeLink(module, definition.type)}<small
          ><code>${definition.type}</code> ${definition.version}</small
        >`,
      definition.from === 'asker' ? 'vrager' : 'beantwoorder',
      definition.summary,
      evidenceMark(definition.evidence),
    ]),
  )
}

function typeLink(module: ModuleDefinition, type: string): Html {
  const title = module.messages.get(type)?.title ?? type
  return html`<a href="${at(typePath(module, type))}">${title}</a>`
}

function parties(
  types: ModuleDefinition['parties']['asker'],
  { participantTypes }: Catalogue,
): string {
  if (types.length === 0) return 'het knooppunt zelf'
  return types.map((type) => participantTypes.get(type)?.title ?? type).join(', ')
}

function documentsOf(
  { documents, documentsWith }: ModuleDefinition,
  catalogue: Catalogue,
): unknown {
  if (documents.size === 0) return undefined
  const owed = [...documents].map(([type, code]) => {
    const who = catalogue.participantTypes.get(type)?.title ?? type
    const what = catalogue.documents.get(code)
    return html`<div>${who}: ${what?.title ?? code} <code>${code}</code></div>`
  })
  return html`${owed}<small
      >${documentsWith === 'opening' ? 'bij het openen van een conversatie' : 'bij elk bericht'}</small
    >`
}

function sourcesOf({ sources }: ModuleDefinition, keys: readonly string[]): Html {
  return facts(
    keys.map((key) => {
      const source = sources[key] ?? ''
      return [
        html`<code>${key}</code>`,
        /^https:\/\//.test(source)
          ? html`<a href="${source}" rel="noreferrer">${source}</a>`
          : source,
      ]
    }),
  )
}
