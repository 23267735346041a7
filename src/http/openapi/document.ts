/**
 * The description of the API in OpenAPI 3.1, made from the declarations by which the door is served and from the catalogue of the
 * node.
 * @module
 */
import about from '../../docs/api/over-deze-api.md' with { type: 'text' }
import { ERRORS, type ErrorCode } from '../../core/errors.ts'
import type { Settings } from '../../core/settings.ts'
import { STATUS_OF } from '../problem.ts'
import { API_BASE_PATH, type RouteDeclaration } from '../route.ts'
import { messageSchemas } from './message-schemas.ts'
import { operationOf } from './operation.ts'
import { TAGS } from './tags.ts'
import { wireSchemas } from './wire-schemas.ts'

/** What the document is made from. */
export type Described = Pick<Settings, 'node' | 'catalogue' | 'limits'>

/**
 * Makes the document.
 * @param declarations of all calls, in the order of the reference
 * @param version semantic version of the API
 */
export function openApiDocument(
  declarations: readonly RouteDeclaration[],
  { node, catalogue, limits }: Described,
  version: string,
) {
  const url = `${node.url}${API_BASE_PATH}`
  return {
    openapi: '3.1.1',
    info: {
      title: 'Knooppunt',
      summary: 'Standaardberichten tussen schuldeisers en schuldhulp.',
      description: about,
      version,
      contact: { name: node.name, url: `${url}/`, email: contactAddress(node) },
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url, description: `${node.name} (${node.environment})` }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ mutualTLS: [] }],
    paths: pathsOf(declarations, limits),
    components: {
      securitySchemes: {
        mutualTLS: {
          type: 'mutualTLS',
          description:
            'Clientcertificaat van PKIoverheid met een OIN of HRN. Dat nummer noemt een aansluiting, en die mag voor een of meer deelnemers handelen.',
        },
      },
      parameters: PARAMETERS,
      headers: HEADERS,
      schemas: { ...messageSchemas(catalogue, limits), ...wireSchemas(limits) },
      examples: problemExamples(url),
    },
  }
}

/** The document, as our own pages read it. */
export type OpenApiDocument = ReturnType<typeof openApiDocument>

/**
 * Where integrators reach whoever runs the node. Without a setting the address that every mail domain must have (RFC 5321,
 * 4.5.1), at the host of the node; a machine without a domain gets one that says that it leads nowhere (RFC 2606).
 */
function contactAddress({ email, url }: Settings['node']): string {
  const { hostname } = new URL(url)
  const isDomain = /[a-z]$/.test(hostname) && hostname.includes('.')
  return email ?? `postmaster@${isDomain ? hostname : 'knooppunt.invalid'}`
}

function pathsOf(declarations: readonly RouteDeclaration[], limits: Settings['limits']) {
  const byPath = Map.groupBy(declarations, ({ path }) => path)
  return Object.fromEntries(
    [...byPath].map(([path, calls]) => [
      path,
      Object.fromEntries(
        calls.map((call) => [call.method.toLowerCase(), operationOf(call, limits)]),
      ),
    ]),
  )
}

const PARAMETERS = {
  Deelnemer: {
    name: 'Deelnemer',
    in: 'header',
    description:
      'Voor welke deelnemer u handelt. Verplicht als uw aansluiting voor meer dan een deelnemer mag handelen.',
    schema: { type: 'string', format: 'uuid' },
  },
  Ophaling: {
    name: 'Ophaling',
    in: 'header',
    description: 'Nummer van de ophaling waarin het bericht zit.',
    schema: { type: 'string', format: 'uuid' },
  },
} as const

const HEADERS = {
  'API-Version': {
    description: 'Volledige versie van deze API; staat op elk antwoord.',
    required: true,
    schema: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
  },
  Location: {
    description: 'Adres van wat er is gemaakt, of waar het te volgen is.',
    required: true,
    schema: { type: 'string', format: 'uri' },
  },
  'Retry-After': {
    description: 'Seconden waarna opnieuw proberen zin heeft.',
    required: true,
    schema: { type: 'string', pattern: '^\\d+$' },
  },
  'WWW-Authenticate': {
    description: 'Dat er een clientcertificaat nodig is.',
    required: true,
    schema: { type: 'string' },
  },
} as const

/** A refusal with each code, as it looks when there is no more to say than the code does. */
function problemExamples(url: string) {
  const codes = Object.keys(ERRORS) as ErrorCode[]
  return Object.fromEntries(
    codes.map((code) => {
      const { nl, help, kind } = ERRORS[code]
      const value = {
        type: `${url}/fouten/${code}`,
        title: nl,
        status: STATUS_OF[kind],
        detail: `${nl}. ${help}`,
        instance: 'urn:uuid:4a3c1e9f-5d27-4b60-8f12-9c8e7d6b5a40',
        code,
      }
      return [code, { summary: nl, value }]
    }),
  )
}
