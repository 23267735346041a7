/**
 * The shape of the catalogue after loading: plain frozen values that every generated form walks (validation, JSON Schema,
 * samples, later OpenAPI, CSV, forms, XSD). The format of the YAML is in `config/modules/`, the words are its own.
 * @module
 */
import type { ParticipantType, Trait } from '../directory.ts'
import type { Problem } from '../errors.ts'
import type { Side } from '../message.ts'

export type Evidence = 'published' | 'related' | 'assumed' | 'partial'

interface FieldBase {
  readonly name: string
  readonly required: boolean
  readonly label: string
  readonly help?: string
  readonly evidence: Evidence
  readonly example?: unknown
}

/** A field of a body. Bounds are always present here, also where the YAML leaves them out. */
export type Field =
  | (FieldBase & { readonly type: 'text'; readonly max: number; readonly pattern?: string })
  | (FieldBase & { readonly type: 'multiline'; readonly max: number })
  | (FieldBase & { readonly type: 'integer'; readonly min: number; readonly max: number })
  | (FieldBase & {
      readonly type: 'money' | 'percentage'
      readonly min: string
      readonly max: string
    })
  | (FieldBase & {
      readonly type: 'enum'
      readonly enum: string
      readonly values: readonly EnumValue[]
    })
  | (FieldBase & {
      readonly type:
        | 'uuid'
        | 'date'
        | 'datetime'
        | 'boolean'
        | 'email'
        | 'phone'
        | 'postcode'
        | 'postcodegebied'
        | 'iban'
        | 'bsn'
        | 'kvk'
        | 'document'
    })
  | (FieldBase & {
      readonly type: 'group'
      readonly fields: readonly Field[]
      readonly rules: readonly Rule[]
    })
  | (FieldBase & {
      readonly type: 'list'
      readonly min: number
      readonly max: number
      readonly fields: readonly Field[]
      readonly rules: readonly Rule[]
    })

export interface EnumValue {
  readonly code: string
  readonly label: string
}

/** A rule over fields of one level; says nothing about fields that are absent. */
export type Rule =
  | { readonly kind: 'oneOf'; readonly fields: readonly string[] }
  | {
      readonly kind: 'requires'
      readonly when: { readonly field: string; readonly is: readonly (string | boolean)[] }
      readonly fields: readonly string[]
    }
  | { readonly kind: 'notBefore' | 'atMost'; readonly field: string; readonly than: string }

/** One filled field. */
export interface Found {
  /** JSON Pointer relative to the body. */
  readonly path: string
  /** As it was sent; checked only when the body is valid. */
  readonly value: unknown
}

/** One message type of one module version. */
export interface MessageDefinition {
  readonly module: string
  readonly type: string
  readonly title: string
  readonly aliases: readonly string[]
  /** Header `Versie`; may differ from the version of the module. */
  readonly version: string
  readonly from: Side
  readonly starts: boolean
  readonly answers: readonly string[]
  readonly follows: readonly string[]
  readonly ends: boolean
  /** Working days within which an answer is expected; reminds, never blocks. */
  readonly termDays?: number
  readonly existence: 'published' | 'assumed'
  readonly evidence: Evidence
  readonly sources: readonly string[]
  readonly summary: string
  readonly csv: boolean
  /** As in the YAML; read by the CSV door. */
  readonly csvLayout?: unknown
  readonly fields: readonly Field[]
  readonly rules: readonly Rule[]
  readonly sample: Readonly<Record<string, unknown>>
  /**
   * Checks a body against this definition.
   * @param body parsed JSON
   * @returns every problem, paths relative to the body (`/Klant/Achternaam`); empty when the body is good
   */
  readonly validate: (body: unknown) => Problem[]
  /** Filled fields of type `bsn`, in a body that may be unchecked. */
  readonly findBsn: (body: unknown) => Found[]
  /** Filled fields of type `document`, likewise. */
  readonly findDocuments: (body: unknown) => Found[]
}

export interface ModuleDefinition {
  readonly module: string
  readonly title: string
  readonly summary: string
  readonly version: string
  readonly sources: Readonly<Record<string, string>>
  readonly parties: Readonly<Record<Side, readonly ParticipantType[]>>
  /** Participant type → code of the document that it owes. */
  readonly documents: ReadonlyMap<ParticipantType, string>
  readonly documentsWith: 'opening' | 'every'
  /** Working days until removal. */
  readonly removalDays: number
  readonly answerDays: number
  readonly messages: ReadonlyMap<string, MessageDefinition>
}

export interface DocumentDefinition {
  readonly code: string
  readonly title: string
  readonly summary: string
  readonly mediaTypes: readonly string[]
  readonly maxBytes: number
}

/** All modules of one node. Several versions of a module may be live together. */
export interface Catalogue {
  readonly documents: ReadonlyMap<string, DocumentDefinition>
  readonly traits: ReadonlyMap<Trait, { readonly title: string; readonly summary: string }>
  readonly participantTypes: ReadonlyMap<
    ParticipantType,
    { readonly title: string; readonly summary: string; readonly legalBasis: string }
  >
  /** Module → version of the module → definition; versions in ascending order. */
  readonly modules: ReadonlyMap<string, ReadonlyMap<string, ModuleDefinition>>
}
