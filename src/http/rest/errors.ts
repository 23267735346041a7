/**
 * `fouten`: the page that `type` of a problem points at, for programs and for people.
 * @module
 */
import { html } from 'hono/html'
import { ERRORS, RelayError, type ErrorCode } from '../../core/errors.ts'
import { wantsHtml } from '../accept.ts'
import { json, type Answer } from '../answer.ts'
import { REFUSALS } from '../openapi/operation.ts'
import { at, pageAnswer, table } from '../openapi/pages/layout.ts'
import { STATUS_OF } from '../problem.ts'
import { inPath, route, type Route } from '../route.ts'

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
        id: 'noemFoutcodes',
        tag: 'Foutcodes',
        access: 'public',
        summary: 'Noemt alle codes waarmee het knooppunt iets weigert.',
        query: {},
        gives: GIVES,
        answers: { 200: 'De codes.' },
        answer: 'Foutcodes',
        codes: [],
      },
      (call) =>
        wantsHtml(call.request, GIVES) ? page('Foutcodes', ROWS) : json(200, { fouten: ROWS }),
    ),
    route(
      {
        method: 'GET',
        path: '/fouten/{code}',
        id: 'verklaarFoutcode',
        tag: 'Foutcodes',
        access: 'public',
        summary: 'Legt een code uit, en wat u eraan doet.',
        query: {},
        gives: GIVES,
        answers: { 200: 'De uitleg.' },
        answer: 'Foutcode',
        codes: ['niet-gevonden'],
      },
      (call) => {
        const code = inPath(call, 'code')
        const row = ROWS.find((candidate) => candidate.code === code)
        if (row === undefined) throw new RelayError('niet-gevonden')
        return wantsHtml(call.request, GIVES) ? page(row.titel, [row]) : json(200, row)
      },
    ),
  ]
}

/** Codes with what they mean, under their status. */
function page(title: string, rows: readonly ErrorRow[]): Promise<Answer> {
  const byStatus = [...Map.groupBy(rows, ({ status }) => status)].sort(
    ([one], [other]) => one - other,
  )
  return pageAnswer({
    title,
    ...(rows.length === 1 && { crumbs: [['Foutcodes', '/fouten']] }),
    contents: [
      {
        title: 'Status',
        links: byStatus.map(([status]) => [String(status), at(`/fouten#status-${status}`)]),
      },
    ],
    main: html`<h1>${title}</h1>
      ${byStatus.map(
        ([status, codes]) =>
          html`<h2 id="status-${status}">${status}: ${REFUSALS[status]}</h2>
            ${table(
              ['Code', 'Wat er mis is', 'Wat u eraan doet'],
              codes.map(({ code, titel, hulp }) => [
                html`<a href="${at(`/fouten/${code}`)}"><code>${code}</code></a>`,
                titel,
                hulp,
              ]),
            )}`,
      )}`,
  })
}
