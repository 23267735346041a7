/**
 * `modules`: the catalogue, for anybody: definitions, JSON Schema and samples.
 * @module
 */
import type {
  Catalogue,
  Field,
  MessageDefinition,
  ModuleDefinition,
  Rule,
} from '../../core/catalogue/definition.ts'
import { toJsonSchema } from '../../core/catalogue/json-schema.ts'
import { RelayError } from '../../core/errors.ts'
import { wantsHtml } from '../accept.ts'
import { json } from '../answer.ts'
import { cataloguePage, messagePage, modulePage } from '../openapi/pages/catalogue.ts'
import { inPath, route, type PublicCall, type Route } from '../route.ts'

/** For programs, and for people. */
const GIVES = ['application/json', 'text/html'] as const

export function moduleRoutes(): readonly Route[] {
  return [
    route(
      {
        method: 'GET',
        path: '/modules',
        id: 'noemModules',
        tag: 'Catalogus',
        access: 'public',
        summary: 'Noemt de modules van dit knooppunt.',
        query: {},
        gives: GIVES,
        answers: { 200: 'De modules met hun versies.' },
        answer: 'Modules',
        codes: [],
      },
      ({ request, settings: { catalogue } }) =>
        wantsHtml(request, GIVES)
          ? cataloguePage(catalogue)
          : json(200, { modules: modulesWire(catalogue) }),
    ),
    route(
      {
        method: 'GET',
        path: '/modules/{module}/versies/{versie}',
        id: 'geefModule',
        tag: 'Catalogus',
        access: 'public',
        summary: 'Geeft een versie van een module: partijen, documenten, termijnen, berichttypen.',
        query: {},
        gives: GIVES,
        answers: { 200: 'De module.' },
        answer: 'Module',
        codes: ['niet-gevonden'],
      },
      (call) => {
        const module = moduleIn(call)
        return wantsHtml(call.request, GIVES)
          ? modulePage(module, call.settings.catalogue)
          : json(200, moduleWire(module))
      },
    ),
    route(
      {
        method: 'GET',
        path: '/modules/{module}/versies/{versie}/berichttypen/{type}',
        id: 'geefBerichttype',
        tag: 'Catalogus',
        access: 'public',
        summary: 'Geeft een berichttype: velden, JSON Schema en een voorbeeld.',
        query: {},
        gives: GIVES,
        answers: { 200: 'Het berichttype.' },
        answer: 'BerichttypeDefinitie',
        codes: ['niet-gevonden'],
      },
      (call) => {
        const module = moduleIn(call)
        const definition = module.messages.get(inPath(call, 'type'))
        if (definition === undefined) throw new RelayError('niet-gevonden')
        if (wantsHtml(call.request, GIVES)) {
          return messagePage(definition, module, call.settings.catalogue)
        }
        return json(200, {
          ...messageWire(definition),
          velden: definition.fields.map(fieldWire),
          ...rulesWire(definition.rules),
          schema: toJsonSchema(definition),
          voorbeeld: definition.sample,
        })
      },
    ),
  ]
}

function moduleIn(call: PublicCall): ModuleDefinition {
  const versions = call.settings.catalogue.modules.get(inPath(call, 'module'))
  const module = versions?.get(inPath(call, 'versie'))
  if (module === undefined) throw new RelayError('niet-gevonden')
  return module
}

function modulesWire({ modules }: Catalogue) {
  return [...modules].flatMap(([module, versions]) => {
    const newest = [...versions.values()].at(-1)
    return newest === undefined
      ? []
      : [
          {
            module,
            titel: newest.title,
            samenvatting: newest.summary,
            versies: [...versions.keys()],
          },
        ]
  })
}

function moduleWire(module: ModuleDefinition) {
  return {
    module: module.module,
    versie: module.version,
    titel: module.title,
    samenvatting: module.summary,
    bronnen: module.sources,
    partijen: { vrager: module.parties.asker, beantwoorder: module.parties.answerer },
    documenten: Object.fromEntries(module.documents),
    documentenBij: module.documentsWith === 'opening' ? 'opening' : 'elk-bericht',
    termijnen: { verwijderenWerkdagen: module.removalDays, antwoordWerkdagen: module.answerDays },
    berichttypen: [...module.messages.values()].map(messageWire),
  }
}

function messageWire(definition: MessageDefinition) {
  return {
    module: definition.module,
    berichttype: definition.type,
    versie: definition.version,
    titel: definition.title,
    samenvatting: definition.summary,
    aliassen: definition.aliases,
    van: definition.from === 'asker' ? 'vrager' : 'beantwoorder',
    begint: definition.starts,
    antwoordOp: definition.answers,
    volgtOp: definition.follows,
    beeindigt: definition.ends,
    ...(definition.termDays !== undefined && { termijnWerkdagen: definition.termDays }),
    csv: definition.csv,
    bestaan: EVIDENCE_WORDS[definition.existence],
    herkomst: EVIDENCE_WORDS[definition.evidence],
    bronnen: definition.sources,
  }
}

/** Where a name comes from (catalogue, Evidence); always shown, so that nobody takes our design for a published standard. */
const EVIDENCE_WORDS = {
  published: 'gepubliceerd',
  related: 'verwant',
  assumed: 'aangenomen',
  partial: 'deels',
} as const

function fieldWire(field: Field): Readonly<Record<string, unknown>> {
  const { name, required, label, help, evidence, example, ...rest } = field
  return {
    naam: name,
    soort: field.type,
    verplicht: required,
    label,
    ...(help !== undefined && { uitleg: help }),
    herkomst: EVIDENCE_WORDS[evidence],
    ...(example !== undefined && { voorbeeld: example }),
    ...('min' in rest && { minimum: rest.min }),
    ...('max' in rest && { maximum: rest.max }),
    ...('pattern' in rest && rest.pattern !== undefined && { patroon: rest.pattern }),
    ...('values' in rest && { waarden: rest.values }),
    ...('fields' in rest && { velden: rest.fields.map(fieldWire), ...rulesWire(rest.rules) }),
  }
}

function rulesWire(rules: MessageDefinition['rules']) {
  return rules.length === 0 ? {} : { regels: rules.map(ruleWire) }
}

function ruleWire(rule: Rule) {
  switch (rule.kind) {
    case 'oneOf':
      return { soort: 'precies-een', velden: rule.fields }
    case 'requires':
      return {
        soort: 'verplicht-bij',
        veld: rule.when.field,
        waarden: rule.when.is,
        velden: rule.fields,
      }
    case 'notBefore':
      return { soort: 'niet-voor', veld: rule.field, dan: rule.than }
    case 'atMost':
      return { soort: 'hoogstens', veld: rule.field, dan: rule.than }
  }
}
