/**
 * The description of the API itself: `openapi.json` for programs, the reference for people.
 * @module
 */
import type { Settings } from '../../core/settings.ts'
import { route, type Route, type RouteDeclaration } from '../route.ts'
import { openApiDocument, type OpenApiDocument } from './document.ts'
import { HTML } from './pages/layout.ts'
import { referencePage } from './pages/reference.ts'

/** The document as an object for our own pages, and as the text that goes out. */
interface Description {
  readonly document: OpenApiDocument
  readonly text: string
}

/**
 * @param parts version of the API
 * @param declarations of all calls; asked for when somebody calls, since these calls are among them
 */
export function referenceRoutes(
  { version }: { readonly version: string },
  declarations: () => readonly RouteDeclaration[],
): readonly Route[] {
  // Made once for each configuration: the catalogue of a node is a megabyte of description.
  const made = new WeakMap<Settings, Description>()
  const describe = (settings: Settings): Description => {
    const found = made.get(settings)
    if (found !== undefined) return found
    const document = openApiDocument(declarations(), settings, version)
    const description = { document, text: JSON.stringify(document) }
    made.set(settings, description)
    return description
  }
  return [
    route(
      {
        method: 'GET',
        path: '/',
        access: 'public',
        id: 'toonReferentie',
        tag: 'Beschrijving',
        summary: 'Toont deze beschrijving als bladzijde voor mensen.',
        query: {},
        gives: [HTML],
        answers: { 200: 'De bladzijde.' },
        codes: [],
      },
      ({ settings }) => referencePage(describe(settings).document, settings),
    ),
    route(
      {
        method: 'GET',
        path: '/openapi.json',
        access: 'public',
        id: 'geefBeschrijving',
        tag: 'Beschrijving',
        summary: 'Geeft deze beschrijving als OpenAPI 3.1.',
        query: {},
        answers: { 200: 'Het OpenAPI-document.' },
        codes: [],
      },
      ({ settings }) => ({
        status: 200,
        body: { kind: 'text', mediaType: 'application/json', text: describe(settings).text },
      }),
    ),
  ]
}
