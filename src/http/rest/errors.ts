/**
 * `fouten`: the page that `type` of a problem points at, for programs and for people.
 * @module
 */
import { html } from 'hono/html'
import { ERRORS, RelayError, type ErrorCode } from '../../core/errors.ts'
import { negotiate } from '../accept.ts'
import { json, type Answer } from '../answer.ts'
import { STATUS_OF } from '../problem.ts'
import { inPath, route, type PublicCall, type Route } from '../route.ts'

const GIVES = ['application/json', 'text/html'] as const

const ROWS = Object.entries(ERRORS).map(([code, row]) => ({
  code: code as ErrorCode,
  status: STATUS_OF[row.kind],
  titel: row.nl,
  hulp: row.help,
}))
type ErrorRow = (typeof ROWS)[number]

export function errorRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/fouten',
        access: 'public',
        summary: 'Noemt alle codes waarmee het knooppunt iets weigert.',
        query: {},
        gives: GIVES,
        answers: { 200: 'De codes.' },
        codes: [],
      },
      (call) => (wantsHtml(call) ? page('Foutcodes', ROWS) : json(200, { fouten: ROWS })),
    ),
    route(
      {
        method: 'GET',
        path: '/fouten/{code}',
        access: 'public',
        summary: 'Legt een code uit, en wat u eraan doet.',
        query: {},
        gives: GIVES,
        answers: { 200: 'De uitleg.' },
        codes: ['niet-gevonden'],
      },
      (call) => {
        const code = inPath(call, 'code')
        const row = ROWS.find((candidate) => candidate.code === code)
        if (row === undefined) throw new RelayError('niet-gevonden')
        return wantsHtml(call) ? page(row.titel, [row]) : json(200, row)
      },
    ),
  ]
}

function wantsHtml({ request }: PublicCall): boolean {
  return negotiate(request.headers.get('accept'), GIVES) === 'text/html'
}

/** A page without style or script, so that the strict content policy holds here too. */
async function page(title: string, rows: readonly ErrorRow[]): Promise<Answer> {
  const content = await html`<!doctype html>
    <html lang="nl">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Knooppunt</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <dl>
            ${rows.map(
              ({ code, status, titel, hulp }) =>
                html`<dt><code>${code}</code> (${status}) ${titel}</dt>
                  <dd>${hulp}</dd>`,
            )}
          </dl>
        </main>
      </body>
    </html>`
  return {
    status: 200,
    body: { kind: 'text', mediaType: 'text/html; charset=utf-8', text: String(content) },
  }
}
