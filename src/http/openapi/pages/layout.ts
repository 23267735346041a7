/**
 * The frame of our pages: one answer without script, without requests of its own, under a policy that allows neither.
 * @module
 */
import { html, raw } from 'hono/html'
import type { Answer } from '../../answer.ts'
import { API_BASE_PATH } from '../../route.ts'
import { PAGE_POLICY, STYLE } from './style.ts'

/** Media type of a page, as a caller asks for it. */
export const HTML = 'text/html'

/** What a template makes. */
export type Html = ReturnType<typeof html>

export interface Page {
  readonly title: string
  /** Way from the start of the reference to here: name and path below the base. */
  readonly crumbs?: readonly (readonly [string, string])[]
  /** Side bar: groups of links. */
  readonly contents?: readonly Contents[]
  readonly main: Html
}

export interface Contents {
  readonly title: string
  readonly links: readonly (readonly [name: string, address: string])[]
}

/** Address of something below the base path. */
export function at(path: string): string {
  return `${API_BASE_PATH}${path}`
}

/** The page as an answer. */
export async function pageAnswer({
  title,
  crumbs = [],
  contents = [],
  main,
}: Page): Promise<Answer> {
  const start: Contents = {
    title: 'Knooppunt',
    links: [
      ['Referentie', at('/')],
      ['Catalogus', at('/modules')],
      ['Foutcodes', at('/fouten')],
      ['openapi.json', at('/openapi.json')],
    ],
  }
  const content = await html`<!doctype html>
    <html lang="nl">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Knooppunt</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#inhoud">Naar de inhoud</a>
        <div class="page">
          <nav aria-label="Inhoud">${[start, ...contents].map(contentsGroup)}</nav>
          <main id="inhoud">
            ${
              crumbs.length > 0 &&
              html`<p class="crumbs">
                ${crumbs.map(([name, path]) => html`<a href="${at(path)}">${name}</a> › `)}${title}
              </p>`
            }
            ${main}
          </main>
        </div>
      </body>
    </html>`
  return {
    status: 200,
    headers: { 'content-security-policy': PAGE_POLICY, 'content-language': 'nl' },
    body: { kind: 'text', mediaType: `${HTML}; charset=utf-8`, text: String(content) },
  }
}

function contentsGroup({ title, links }: Contents): Html {
  return html`<strong>${title}</strong>
    <ul>
      ${links.map(([name, address]) => html`<li><a href="${address}">${name}</a></li>`)}
    </ul>`
}

/** A table. @param headings as many as each row has cells */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[]): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${headings.join(', ')}">
    <table>
      <thead>
        <tr>
          ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** Facts with their names; those without a value are left out. */
export function facts(rows: readonly (readonly [unknown, unknown])[]): Html {
  return html`<dl class="facts">
    ${rows
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
  </dl>`
}

/** Values in a row with commas between them. */
export function series(values: readonly unknown[]): readonly unknown[] {
  return values.flatMap((value, index) => (index === 0 ? [value] : [', ', value]))
}

/** A value as indented JSON. */
export function jsonBlock(value: unknown): Html {
  // No white space of ours inside: it would show.
  return html`<pre tabindex="0">${html`<code>${JSON.stringify(value, null, 2)}</code>`}</pre>`
}

/** Our own Markdown, from the manual or a declaration; never what somebody sent. */
export function prose(markdown: string): Html {
  return html`<div class="prose">${raw(Bun.markdown.html(markdown))}</div>`
}
