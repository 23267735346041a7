/**
 * The description of the API as a relay with some settings gives it.
 */
import { openApiDocument, type Described } from '../../../src/http/openapi/document.ts'
import { restDeclarations } from '../../../src/http/rest/app.ts'

export function documentOf(settings: Described, version = '1.2.3') {
  return openApiDocument(restDeclarations(), settings, version)
}
