/**
 * The description of the API as a relay with some settings gives it.
 */
import { openApiDocument, type Described } from '../../../src/http/openapi/document.ts'
import { restRoutes } from '../../../src/http/rest/app.ts'
import type { RestParts } from '../../../src/http/rest/parts.ts'
import type { RouteDeclaration } from '../../../src/http/route.ts'

/** The declarations of all calls; they need nothing of what the handlers use. */
export function declarations(): readonly RouteDeclaration[] {
  return restRoutes({ now: () => 0 } as RestParts).map(({ declaration }) => declaration)
}

export function documentOf(settings: Described, version = '1.2.3') {
  return openApiDocument(declarations(), settings, version)
}
