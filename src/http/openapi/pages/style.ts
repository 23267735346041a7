/**
 * The one style sheet of our pages: in the page itself and named in its policy by its hash, so that a page is one answer and needs
 * nothing from anywhere. Contrast is WCAG AA (4.5 : 1 or more), light and dark.
 * @module
 */
import { createHash } from 'node:crypto'

/** The style sheet. */
export const STYLE = `
:root { color-scheme: light dark;
  --paper: light-dark(#ffffff, #14181d); --soft: light-dark(#f3f6f9, #1d232a);
  --line: light-dark(#d3dbe3, #36404b); --ink: light-dark(#1b2733, #e6ebf0);
  --dim: light-dark(#4d5c6b, #a9b6c3); --link: light-dark(#0b5394, #8fc1f2);
  --get: light-dark(#0b5394, #8fc1f2); --write: light-dark(#1e6b3a, #86d3a1); --end: light-dark(#9a2f12, #f5a98f) }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, 'Segoe UI', Roboto, sans-serif }
a { color: var(--link); text-underline-offset: .15em } a:hover { text-decoration-thickness: .12em }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px }
.skip { position: absolute; left: -999rem } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem }
.page { display: grid; grid-template-columns: 16rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto }
.page > nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1.5rem 1rem 3rem; border-right: 1px solid var(--line); font-size: .875rem; line-height: 1.45 }
nav ul { list-style: none; margin: .25rem 0 1rem; padding: 0 } nav li { margin: .15rem 0 }
nav a { display: block; overflow-wrap: anywhere; padding: .15rem .5rem; text-decoration: none; border-radius: 3px } nav a:hover { background: var(--soft) }
nav strong { display: block; padding: 0 .5rem; color: var(--dim); font-size: .75rem; letter-spacing: .05em; text-transform: uppercase }
main { padding: 1.5rem 2.5rem 5rem; min-width: 0 }
h1 { font-size: 2.125rem; line-height: 1.2; margin: .25rem 0 .5rem; letter-spacing: -.01em }
h2 { font-size: 1.5rem; line-height: 1.3; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line) }
h3 { font-size: 1.125rem; margin: 2rem 0 .5rem } h4 { font-size: .9375rem; margin: 1.25rem 0 .25rem; color: var(--dim) }
p, .prose li { max-width: 44rem } .lead { font-size: 1.125rem; color: var(--dim) } .crumbs { font-size: .875rem; color: var(--dim); margin: 0 }
code, pre { font: .875em/1.55 ui-monospace, 'Cascadia Code', Consolas, 'DejaVu Sans Mono', monospace }
code { overflow-wrap: anywhere } :not(pre) > code { background: var(--soft); padding: .1em .3em; border-radius: 3px } a > code { color: inherit }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: .875rem 1rem; overflow-x: auto; margin: .5rem 0 1rem }
pre code { background: none; padding: 0; overflow-wrap: normal }
.scroll { overflow-x: auto; margin: .5rem 0 1rem } table { border-collapse: collapse; width: 100%; font-size: .9375rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line) }
th { font-weight: 600; color: var(--dim); font-size: .8125rem; white-space: nowrap } td > p { margin: 0 } td small { color: var(--dim); font-size: .8125rem; display: block }
.d0, .d1, .d2, .d3, .d4 { display: block } .d1 { padding-left: 1.25rem } .d2 { padding-left: 2.5rem } .d3 { padding-left: 3.75rem } .d4 { padding-left: 5rem }
td:first-child code { white-space: nowrap } td ul { margin: .35rem 0; padding-left: 1.1rem; font-size: .875rem }
dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .35rem 1.5rem; margin: 1rem 0 } dl.facts dt { color: var(--dim) } dl.facts dd { margin: 0 }
.call { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; padding: 0 1.25rem } .call > summary { cursor: pointer; padding: .75rem 0; list-style-position: outside; margin-left: 1rem }
.call > div { scroll-margin-top: 6rem } .call > summary h3 { display: inline; font-size: 1rem; margin: 0; font-weight: 500 } .call > summary > span { display: block; color: var(--dim) }
.verb { display: inline-block; min-width: 4.25em; font-weight: 700; font-size: .8125rem; letter-spacing: .03em } .get, .head { color: var(--get) } .post, .put { color: var(--write) } .delete { color: var(--end) }
.mark { display: inline-block; font-size: .75rem; line-height: 1.4; border: 1px solid currentColor; border-radius: 999px; padding: 0 .5em; white-space: nowrap; color: var(--dim) }
.must { color: var(--end); font-size: .8125rem; white-space: nowrap } .codes { font-size: .875rem } .codes code { white-space: nowrap } dt { scroll-margin-top: 1rem }
footer { border-top: 1px solid var(--line); margin-top: 4rem; padding-top: 1rem; color: var(--dim); font-size: .875rem }
@media (max-width: 60rem) { .page { display: block } .page > nav { position: static; max-height: none; border: 0; border-bottom: 1px solid var(--line); columns: 2 } main { padding: 1rem 1rem 3rem } dl.facts { grid-template-columns: 1fr } dl.facts dd { margin-bottom: .5rem } }
@media print { .page { display: block } .page > nav { display: none } }
`

const HASH = createHash('sha256').update(STYLE).digest('base64')

/** Content-Security-Policy of a page: this style sheet, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
