/**
 * One call as an operation of OpenAPI.
 * @module
 */
import type { JsonSchema } from '../../core/catalogue/json-schema.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { Limits } from '../../core/limits.ts'
import { PATH_PARAMETERS, type PathParameter, type RouteDeclaration } from '../route.ts'
import { codesByStatus } from './codes.ts'
import { ref } from './schema.ts'

const NDJSON = 'application/x-ndjson'
const PROBLEM = 'application/problem+json'

/** Status of a refusal → what it means in general; the codes say which. */
export const REFUSALS: Readonly<Record<number, string>> = {
  400: 'De vraag klopt niet.',
  401: 'U komt er niet in.',
  403: 'Dit mag u niet.',
  404: 'Dit is er niet, of niet voor u.',
  405: 'Deze methode kan hier niet.',
  406: 'Deze vorm van antwoord is er niet.',
  409: 'Dit past niet bij hoe het er nu voor staat.',
  410: 'Dit bericht is er niet meer.',
  413: 'Dit is te groot.',
  415: 'Dit mediatype wordt niet aangenomen.',
  429: 'Dit gaat te snel.',
  500: 'Er ging iets mis in het knooppunt.',
  503: 'Dit kan nu even niet.',
  507: 'De opslag is vol.',
}

const headerRef = (name: string): JsonSchema => ({ $ref: `#/components/headers/${name}` })

/** Makes the operation. @param limits bounds of this node */
export function operationOf(declaration: RouteDeclaration, limits: Limits): JsonSchema {
  const { id, tag, summary, description, access, answers } = declaration
  const parameters = parametersOf(declaration, limits)
  return {
    operationId: id,
    tags: [tag],
    summary: summary.replace(/\.$/, ''),
    description: [summary, description].filter(Boolean).join('\n\n'),
    ...(access === 'public' && declaration.identifies !== true && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...bodyOf(declaration),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, about]) => [
          status,
          answerOf(declaration, Number(status), about),
        ]),
      ),
      ...refusalsOf(declaration),
    },
  }
}

function parametersOf({ path, query, access, lease }: RouteDeclaration, limits: Limits) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const { description, ...schema }: JsonSchema = PATH_PARAMETERS[name as PathParameter]
    return { name, in: 'path', required: true, description, schema: asGiven(schema) }
  })
  const inQuery = Object.entries(query).map(([name, parameter]) => ({
    name,
    in: 'query',
    description: parameter.description,
    schema: asGiven(parameter.schema(limits)),
  }))
  return [
    ...inPath,
    ...inQuery,
    ...(access === 'participant' ? [{ $ref: '#/components/parameters/Deelnemer' }] : []),
    ...(lease === true ? [{ $ref: '#/components/parameters/Ophaling' }] : []),
  ]
}

/** In addresses and headers a UUID may be written in either case; only bodies hold it to one. */
function asGiven(schema: JsonSchema): JsonSchema {
  if (schema['format'] !== 'uuid') return schema
  const { pattern: _, ...rest } = schema
  return rest
}

function bodyOf({ body, takes, lines }: RouteDeclaration): JsonSchema {
  if (body === undefined || takes === undefined) return {}
  const content = takes.map((type) => [
    type,
    type === NDJSON && lines !== undefined
      ? { schema: linesOf(lines.body) }
      : { schema: ref(body) },
  ])
  return { requestBody: { required: true, content: Object.fromEntries(content) } }
}

/** NDJSON has no schema of its own in OpenAPI 3.1: a text, of which each line is a document. */
function linesOf(name: string): JsonSchema {
  return {
    type: 'string',
    description: `NDJSON: op elke regel een ${name} als JSON, afgesloten met LF.`,
    'x-regel': ref(name),
  }
}

function answerOf(declaration: RouteDeclaration, status: number, about: string): JsonSchema {
  const { answer, lines, gives = ['application/json'], method, locates } = declaration
  const content = gives.map((type) => {
    if (type === NDJSON && lines !== undefined) return [type, { schema: linesOf(lines.answer) }]
    const isJson = type === 'application/json' && answer !== undefined
    return [type, { schema: isJson ? ref(answer) : textOf(type) }]
  })
  const hasBody = status !== 204 && method !== 'HEAD'
  return {
    description: about,
    headers: {
      'API-Version': headerRef('API-Version'),
      ...(locates === true && { Location: headerRef('Location') }),
    },
    ...(hasBody && { content: Object.fromEntries(content) }),
  }
}

function textOf(type: string): JsonSchema {
  return type === 'application/json' ? { type: 'object' } : { type: 'string' }
}

function refusalsOf(declaration: RouteDeclaration): JsonSchema {
  const entries = [...codesByStatus(declaration)].map(([status, codes]) => [
    status,
    refusalOf(declaration, status, codes),
  ])
  return Object.fromEntries(entries)
}

function refusalOf(
  { method, identifies }: RouteDeclaration,
  status: number,
  codes: readonly ErrorCode[],
): JsonSchema {
  const schema = status === 401 && identifies === true ? 'Identiteitsprobleem' : 'Probleem'
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])
  return {
    description: `${REFUSALS[status] ?? ''} Codes: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    headers: {
      'API-Version': headerRef('API-Version'),
      ...(status === 401 && { 'WWW-Authenticate': headerRef('WWW-Authenticate') }),
      ...(status === 429 && { 'Retry-After': headerRef('Retry-After') }),
    },
    'x-codes': codes,
    // The answer to HEAD has no body, whatever it says.
    ...(method !== 'HEAD' && {
      content: {
        [PROBLEM]: {
          schema: ref(schema),
          ...(schema === 'Probleem' && { examples: Object.fromEntries(examples) }),
        },
      },
    }),
  }
}
