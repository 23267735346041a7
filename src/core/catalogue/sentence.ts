/**
 * What a participant reads about a field: short Dutch sentences from the definition, never with the value in them.
 * @module
 */
import type { ErrorCode } from '../errors.ts'
import { FORMATS } from '../formats/format.ts'
import type { Field, Rule } from './definition.ts'

/** More codes than this are not listed in a sentence. */
const MAX_LISTED = 12

const amount = (decimal: string): string => decimal.replace('.', ',')

/** Dutch noun phrase for what a field must be, as in "moet … zijn". */
export function formOf(field: Field): string {
  switch (field.type) {
    case 'text': {
      const form = `tekst van 1 tot en met ${field.max} tekens op één regel`
      return field.pattern === undefined ? form : `${form}, in de vorm ${field.pattern}`
    }
    case 'multiline':
      return `tekst van 1 tot en met ${field.max} tekens`
    case 'integer':
      return `een geheel getal van ${field.min} tot en met ${field.max}`
    case 'money':
      return `een bedrag als tekst met punt en twee decimalen, zoals "1250.00"`
    case 'percentage':
      return `een percentage als tekst met punt en twee decimalen, zoals "7.44"`
    case 'boolean':
      return 'true of false'
    case 'enum': {
      const codes = field.values.map((value) => value.code)
      return codes.length > MAX_LISTED
        ? `een van de ${codes.length} codes uit de definitie`
        : `een van deze codes: ${codes.join(', ')}`
    }
    case 'document':
      return 'een document met bestandsnaam, mediatype en inhoud'
    case 'group':
      return 'een object met velden'
    case 'list':
      return `een lijst van ${field.min} tot en met ${field.max} onderdelen`
    default:
      return FORMATS[field.type].form
  }
}

/**
 * One sentence about a field.
 * @param code what is wrong with its value
 */
export function sentenceFor(field: Field, code: ErrorCode): string {
  const { label } = field
  const form = formOf(field)
  switch (code) {
    case 'veld-ontbreekt':
      return `${label} is verplicht en ontbreekt. Het moet ${form} zijn.`
    case 'veld-leeg':
      return field.required
        ? `${label} is leeg. Vul het in.`
        : `${label} is leeg. Vul het in of laat het weg.`
    case 'veld-te-lang':
      return `${label} is te lang. Het moet ${form} zijn.`
    case 'veld-controlegetal':
      return `Het controlegetal van ${label} klopt niet. Controleer het nummer.`
    case 'veld-bereik':
      return field.type === 'money' || field.type === 'percentage'
        ? `${label} moet liggen van ${amount(field.min)} tot en met ${amount(field.max)}.`
        : `${label} moet ${form} zijn.`
    case 'lijst-aantal':
      return field.required || field.type !== 'list'
        ? `${label} moet ${form} zijn.`
        : `${label} moet ${form} zijn. Laat een lege lijst weg.`
    case 'veld-patroon':
      return field.type === 'text' || field.type === 'multiline'
        ? `${label} moet ${form} zijn, zonder onzichtbare tekens.`
        : `${label} moet ${form} zijn.`
    default:
      return `${label} moet ${form} zijn.`
  }
}

export const UNKNOWN_FIELD = 'De definitie kent dit veld niet. Laat het weg.'
export const NOT_AN_OBJECT = 'De inhoud moet een object met velden zijn.'

/** One sentence about a rule that does not hold. `missing`: the field that a `requires` asks for. */
export function sentenceForRule(rule: Rule, fields: readonly Field[], missing?: string): string {
  const label = (name: string) => fields.find((field) => field.name === name)?.label ?? name
  switch (rule.kind) {
    case 'oneOf':
      return `Vul precies een van deze velden in: ${rule.fields.map(label).join(', ')}.`
    case 'requires':
      return `${label(missing ?? '')} is verplicht bij deze waarde van ${label(rule.when.field)}.`
    case 'notBefore':
      return `${label(rule.field)} mag niet voor ${label(rule.than)} liggen.`
    case 'atMost':
      return `${label(rule.field)} mag niet meer zijn dan ${label(rule.than)}.`
  }
}
