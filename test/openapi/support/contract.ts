/**
 * Holds what goes over the wire against the description of the API, both ways: what was taken must be right by the document,
 * what was refused for its form must be wrong by it, and every answer must be one that the document promises.
 */
import type { ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import Ajv2020 from 'ajv/dist/2020'
import { API_BASE_PATH } from '../../../src/http/route.ts'

/** One request with its answer, bodies as text. */
export interface Exchange {
  readonly method: string
  /** With query, from the root. */
  readonly path: string
  readonly request: {
    readonly header: (name: string) => string | null
    readonly body: string | undefined
  }
  readonly status: number
  readonly header: (name: string) => string | null
  /** Undefined when it was not read. */
  readonly body: string | undefined
}

export interface ContractOptions {
  /** Whether whoever took a message had judged it; a stand-in for the relay does not. */
  readonly judgesMessages: boolean
}

type Json = Readonly<Record<string, any>>

/** Refusals that JSON Schema can foresee; others depend on check digits, other fields, or the state of things. */
const FORESEEN: ReadonlySet<string> = new Set([
  'veld-onbekend',
  'veld-ontbreekt',
  'veld-type',
  'veld-leeg',
  'veld-te-lang',
  'veld-waarde',
  'lijst-aantal',
])

const DOCUMENT = 'openapi.json'

/** A description of the API as a judge of exchanges. */
export class Contract {
  readonly #document: Json
  readonly #ajv: Ajv2020
  readonly #options: ContractOptions
  readonly #paths: readonly { readonly template: string; readonly expression: RegExp }[]

  /** @param document OpenAPI 3.1, as an object */
  constructor(document: object, options: ContractOptions) {
    this.#document = closed(structuredClone(document)) as Json
    this.#options = options
    this.#ajv = addFormats(
      new Ajv2020({ strict: false, allErrors: true, validateSchema: false, validateFormats: true }),
    )
    this.#ajv.addSchema(this.#document, DOCUMENT)
    this.#paths = Object.keys(this.#document['paths'])
      // Names before parameters, as every router has it.
      .sort((one, other) => one.split('{').length - other.split('{').length)
      .map((template) => ({
        template,
        expression: new RegExp(
          `^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`,
        ),
      }))
  }

  /** @returns every difference as a sentence; none when all is as described */
  differences(exchange: Exchange): string[] {
    const { pathname, searchParams } = new URL(exchange.path, 'https://localhost')
    const below = pathname === API_BASE_PATH ? '/' : pathname.slice(API_BASE_PATH.length)
    const found = this.#paths.find(({ expression }) => expression.test(below))
    if (found === undefined) return this.#outside(exchange, 404)
    const methods = this.#document['paths'][found.template]
    const method = exchange.method.toLowerCase()
    const operation: Json | undefined =
      methods[method] ?? (method === 'head' ? methods.get : undefined)
    if (operation === undefined) {
      return method === 'options' ? [] : this.#outside(exchange, 405)
    }
    const at = `/paths/${escape(found.template)}/${method in methods ? method : 'get'}`
    const where = `${exchange.method} ${found.template} ${exchange.status}`
    const values = found.expression.exec(below)?.slice(1) ?? []
    return [
      ...this.#answer(exchange, operation, at),
      ...this.#parameters(exchange, operation, values, searchParams),
      ...this.#body(exchange, operation, at),
    ].map((difference) => `${where}: ${difference}`)
  }

  /** A path or a method that the document does not have. */
  #outside({ status, method, path, body }: Exchange, expected: number): string[] {
    if (status !== expected) return [`${method} ${path}: ${status} where nothing is described`]
    return method === 'HEAD' || body === undefined
      ? []
      : this.#judge('#/components/schemas/Probleem', JSON.parse(body))
  }

  #answer({ method, status, header, body }: Exchange, operation: Json, at: string): string[] {
    const answer = this.#resolve(operation['responses'][String(status)])
    if (answer === undefined) return ['this status is not described']
    const missing = Object.entries(answer['headers'] ?? {}).flatMap(([name, given]) => {
      const value = header(name)
      const { schema } = this.#resolve(given as Json)!
      return value === null
        ? [`header ${name} is missing`]
        : this.#judgeBy(this.#ajv.compile(schema), value, `header ${name}`)
    })
    if (method === 'HEAD' || body === undefined) return missing
    if (answer['content'] === undefined) {
      return body === '' ? missing : [...missing, 'a body where none is described']
    }
    const type = mediaType(header('content-type'))
    if (!(type in answer['content'])) return [...missing, `${type} is not described`]
    const schema = `#${at}/responses/${status}/content/${escape(type)}/schema`
    const { 'x-regel': line } = answer['content'][type].schema
    if (line !== undefined) {
      return [
        ...missing,
        ...linesIn(body).flatMap((text) => this.#judge(line.$ref, JSON.parse(text))),
      ]
    }
    const isJson = type.endsWith('json')
    const value = isJson ? JSON.parse(body) : body
    const codes: readonly string[] = answer['x-codes'] ?? [value.code]
    return [
      ...missing,
      ...this.#judge(schema, value),
      ...(isJson && !codes.includes(value.code) ? [`code ${value.code} is not described`] : []),
    ]
  }

  #parameters(
    { status, request, body }: Exchange,
    operation: Json,
    values: readonly string[],
    query: URLSearchParams,
  ): string[] {
    const parameters: readonly Json[] = (operation['parameters'] ?? []).map((each: Json) =>
      this.#resolve(each),
    )
    const inPath = parameters.filter((each) => each['in'] === 'path')
    const wrong = new Map<string, string>()
    for (const each of parameters) {
      const name: string = each['name']
      const given =
        each['in'] === 'path'
          ? values[inPath.indexOf(each)]
          : each['in'] === 'query'
            ? query.get(name)
            : request.header(name)
      if (given === null || given === undefined) continue
      const { type } = each['schema']
      const value =
        type === 'integer' && /^-?\d+$/.test(given)
          ? Number(given)
          : type === 'boolean'
            ? given === 'true'
            : given
      const problems = this.#judgeBy(this.#ajv.compile(each['schema']), value, name)
      if (problems.length > 0) wrong.set(name, problems.join('; '))
    }
    const inQuery = new Set(
      parameters.filter((each) => each['in'] === 'query').map((each) => each['name']),
    )
    for (const name of query.keys()) {
      if (!inQuery.has(name)) wrong.set(name, `parameter ${name} is not described`)
      else if (query.getAll(name).length > 1) wrong.set(name, `parameter ${name} is given twice`)
    }
    if (status < 300) return [...wrong.values()].map((problem) => `taken, though ${problem}`)
    const { errors = [] } = status === 400 && body ? JSON.parse(body) : {}
    return errors
      .map(({ pad }: { pad: string }) => /^\/query\/(\w+)$/.exec(pad)?.[1])
      .filter((name: string | undefined) => name !== undefined && !wrong.has(name))
      .map((name: string) => `parameter ${name} is refused, though right by the document`)
  }

  #body(
    { status, request, header: answered, body }: Exchange,
    operation: Json,
    at: string,
  ): string[] {
    const content: Json | undefined = operation['requestBody']?.content
    if (content === undefined || request.body === undefined) return []
    const type = mediaType(request.header('content-type'))
    if (!(type in content)) return status < 300 ? [`taken, though ${type} is not described`] : []
    const { 'x-regel': line } = content[type].schema
    if (line !== undefined) {
      // What could not be read to its end may have been cut off by a bound.
      const outcomes =
        status < 300 && body !== undefined ? linesIn(body).map((text) => JSON.parse(text)) : []
      const lines = request.body.split('\n')
      return outcomes.flatMap(({ regel, ...outcome }) =>
        this.#item(line.$ref, lines[regel - 1] ?? '', outcome),
      )
    }
    const schema = `#${at}/requestBody/content/${escape(type)}/schema`
    const value = parsed(request.body)
    if (
      status < 300 &&
      mediaType(answered('content-type')) === 'application/json' &&
      body !== undefined
    ) {
      const { uitkomsten } = JSON.parse(body)
      if (uitkomsten !== undefined) return this.#many(content[type].schema.$ref, value, uitkomsten)
    }
    if (!this.#judgesThis(schema, content[type].schema.$ref)) return []
    return this.#verdict(
      schema,
      value,
      status,
      body === undefined || body === '' ? undefined : JSON.parse(body),
    )
  }

  /** A list of which each item has an outcome of its own. */
  #many(reference: string, value: any, outcomes: readonly Json[]): string[] {
    const [[name, list] = ['', {}]] = Object.entries<Json>(this.#at(reference)['properties'])
    const items: readonly unknown[] = value[name]
    const schema = `${reference}/properties/${name}/items`
    return items.flatMap((item, index) =>
      this.#item(
        list['items'].$ref ?? schema,
        JSON.stringify(item),
        outcomes[index] ?? { status: 500 },
      ),
    )
  }

  #item(reference: string, text: string, { status, probleem }: Json): string[] {
    if (!this.#judgesThis(reference, reference)) return []
    return this.#verdict(reference, parsed(text), status, probleem)
  }

  #judgesThis(_schema: string, reference: string | undefined): boolean {
    return this.#options.judgesMessages || reference !== '#/components/schemas/Bericht'
  }

  /** What was taken must be right by its schema; what was refused for its form must be wrong by it. */
  #verdict(schema: string, value: unknown, status: number, problem: Json | undefined): string[] {
    const wrong = this.#judge(schema, value)
    if (status < 300) return wrong.map((each) => `taken, though ${each}`)
    if (status !== 400 || wrong.length > 0) return []
    const codes: readonly string[] = (problem?.['errors'] ?? []).map(
      ({ code }: { code: string }) => code,
    )
    const foreseen = codes.filter((code) => FORESEEN.has(code))
    return foreseen.map((code) => `refused for ${code}, though right by the document`)
  }

  #judge(reference: string, value: unknown): string[] {
    const validate = this.#ajv.getSchema(`${DOCUMENT}${reference}`)
    if (validate === undefined) throw new Error(`the document has no ${reference}`)
    return this.#judgeBy(validate, value, 'body')
  }

  #judgeBy(validate: ValidateFunction, value: unknown, name: string): string[] {
    if (validate(value)) return []
    return (validate.errors ?? [])
      .slice(0, 5)
      .map(
        ({ instancePath, message = '', params }) =>
          `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
      )
  }

  #resolve(value: Json | undefined): Json | undefined {
    return typeof value?.['$ref'] === 'string' ? this.#at(value['$ref']) : value
  }

  #at(reference: string): Json {
    return reference
      .slice(2)
      .split('/')
      .reduce(
        (level: any, key) => level[key.replaceAll('~1', '/').replaceAll('~0', '~')],
        this.#document,
      )
  }
}

/** @throws with every difference */
export function holdToContract(contract: Contract, exchange: Exchange): void {
  const differences = contract.differences(exchange)
  if (differences.length > 0)
    throw new Error(`not as openapi.json says:\n  ${differences.join('\n  ')}`)
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function mediaType(header: string | null): string {
  return (header ?? '').split(';')[0]!.trim().toLowerCase()
}

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

/** What is no JSON is wrong by every schema. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the relay gives may grow, so its schemas are open; a member that they do not name is a difference all the same. */
function closed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(closed)
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'examples' ? inner : closed(inner)]),
  )
  const isOpen =
    copy['type'] === 'object' &&
    copy['properties'] !== undefined &&
    copy['additionalProperties'] === undefined
  return isOpen ? { ...copy, additionalProperties: false } : copy
}
