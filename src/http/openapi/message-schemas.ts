/**
 * The messages of the catalogue as named schemas: for each module, type and version the content, the message as it is offered
 * and as it is fetched, so that a generated client knows every field by name.
 * @module
 */
import type { Catalogue, MessageDefinition } from '../../core/catalogue/definition.ts'
import { toJsonSchema, type JsonSchema } from '../../core/catalogue/json-schema.ts'
import type { Limits } from '../../core/limits.ts'
import { NOTICE_MODULE } from '../../core/message.ts'
import { attachments, KIND, MAILBOX_FACTS, NUMBERS } from './members.ts'
import { object, only, ref, uuid } from './schema.ts'

/** Definitions that an envelope cannot tell apart: versions of a module may have the same version of a message. */
interface Kind {
  readonly name: string
  readonly module: string
  readonly type: string
  readonly version: string
  readonly definitions: readonly MessageDefinition[]
}

const SAMPLE_NUMBERS = {
  referentienummer: '6f1b0a52-3c1d-4f7e-9a56-0d2c7b9e4a11',
  conversatieReferentienummer: 'b7c9d0e1-2f34-4a5b-8c6d-7e8f90a1b2c3',
} as const
const SAMPLE_CROSS = '2d8c5f10-7b4a-4c39-9e21-5a6b7c8d9e0f'
const SAMPLE_RECIPIENT = '0d000000-0000-4000-8000-000000000005'

/**
 * Name of the schema of a message: `schuldregeling`, `saldoverzoek`, `2.0` → `SchuldregelingSaldoverzoekV2`. A version that
 * does not end in `.0` keeps its second number: `V2x1`.
 */
export function schemaName(module: string, type: string, version: string): string {
  return `${pascal(module)}${pascal(type)}V${version.replace(/\.0$/, '').replace('.', 'x')}`
}

function pascal(code: string): string {
  return code
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

/** An offered message that is right by its own schema, with the sample of the catalogue as content. */
function sampleMessage(definition: MessageDefinition): Readonly<Record<string, unknown>> {
  return {
    ...SAMPLE_NUMBERS,
    ...(definition.answers.length > 0 && { crossReferentienummer: SAMPLE_CROSS }),
    module: definition.module,
    berichttype: definition.type,
    versie: definition.version,
    ontvanger: SAMPLE_RECIPIENT,
    inhoud: definition.sample,
  }
}

/** Makes the schemas of all messages, with `Bericht` (offered) and `OpgehaaldBericht` (fetched) over them. */
export function messageSchemas(
  catalogue: Catalogue,
  limits: Limits,
): Readonly<Record<string, JsonSchema>> {
  const kinds = kindsOf(catalogue)
  const offered = kinds.filter(({ module }) => module !== NOTICE_MODULE)
  return {
    Bericht: {
      description:
        'Een bericht zoals u het aanbiedt. Module, berichttype en versie bepalen de velden van `inhoud`.',
      oneOf: [...offered.map(({ name }) => ref(name)), ref('OverigBericht')],
    },
    OpgehaaldBericht: {
      description:
        'Een bericht zoals u het ophaalt: met wie het stuurde, waar het in zijn leven is, en de inhoud.',
      oneOf: [...kinds.map(({ name }) => ref(`${name}Opgehaald`)), ref('OverigOpgehaaldBericht')],
    },
    OverigBericht: otherThan(
      offered,
      envelope('Een bericht van een type dat hier niet staat.', KIND, ANY_BODY, limits),
    ),
    OverigOpgehaaldBericht: otherThan(
      kinds,
      delivered(
        'Een bericht van een type dat hier niet staat: lees het aan de hand van de catalogus.',
        KIND,
        ANY_BODY,
        limits,
      ),
    ),
    ...Object.fromEntries(kinds.flatMap((kind) => schemasOf(kind, limits))),
  }
}

function kindsOf({ modules }: Catalogue): readonly Kind[] {
  const definitions = [...modules.values()].flatMap((versions) =>
    [...versions.values()].flatMap((module) => [...module.messages.values()]),
  )
  const byName = Map.groupBy(definitions, (each) =>
    schemaName(each.module, each.type, each.version),
  )
  return [...byName].flatMap(([name, group]) => {
    const [first] = group
    if (first === undefined) return []
    return [
      {
        name,
        module: first.module,
        type: first.type,
        version: first.version,
        definitions: distinct(group),
      },
    ]
  })
}

/** Definitions that ask for something else than those before them. */
function distinct(group: readonly MessageDefinition[]): readonly MessageDefinition[] {
  if (group.length === 1) return group
  return [...new Map(group.map((each) => [JSON.stringify(toJsonSchema(each)), each])).values()]
}

function schemasOf(kind: Kind, limits: Limits): [string, JsonSchema][] {
  const [first] = kind.definitions
  if (first === undefined) return []
  const constants = {
    module: only(kind.module),
    berichttype: only(kind.type),
    versie: only(kind.version),
  }
  const bodies = kind.definitions.map((definition, index): [string, JsonSchema] => {
    // Generators would name the type after a title, and many messages have the same one.
    const { $schema: _, title: __, ...schema } = toJsonSchema(definition)
    return [`${kind.name}Inhoud${index === 0 ? '' : index + 1}`, schema]
  })
  const [body = {}, ...others] = bodies.map(([name]) => ref(name))
  const content = others.length === 0 ? body : { anyOf: [body, ...others] }
  const about = `${first.title}. ${first.summary}`
  const offered: [string, JsonSchema][] =
    kind.module === NOTICE_MODULE
      ? []
      : [
          [
            kind.name,
            {
              ...envelope(about, constants, content, limits),
              examples: kind.definitions.map(sampleMessage),
            },
          ],
        ]
  return [
    ...offered,
    [`${kind.name}Opgehaald`, delivered(about, constants, content, limits)],
    ...bodies,
  ]
}

const ANY_BODY: JsonSchema = { type: 'object', additionalProperties: true }

function envelope(
  about: string,
  kind: Readonly<Record<string, JsonSchema>>,
  body: JsonSchema,
  limits: Limits,
): JsonSchema {
  const members = {
    ...NUMBERS,
    ...kind,
    ontvanger: uuid('Deelnemer voor wie het is; zie het adresboek.'),
    'afzender?': uuid('Mag wegblijven; moet anders de deelnemer van deze aanroep zijn.'),
    'bijlagen?': attachments(limits),
    inhoud: body,
  }
  return object(about, members, true)
}

function delivered(
  about: string,
  kind: Readonly<Record<string, JsonSchema>>,
  body: JsonSchema,
  limits: Limits,
): JsonSchema {
  return object(about, {
    ...NUMBERS,
    ...kind,
    ...MAILBOX_FACTS,
    'bijlagen?': attachments(limits),
    inhoud: body,
  })
}

/** The fallback of a `oneOf`: a message that has a schema of its own must fit that one. */
function otherThan(kinds: readonly Kind[], schema: JsonSchema): JsonSchema {
  const constants = kinds.map(({ module, type, version }) => ({
    properties: { module: only(module), berichttype: only(type), versie: only(version) },
  }))
  return { ...schema, ...(constants.length > 0 && { not: { anyOf: constants } }) }
}
