/**
 * The relay's own module: notices by which it tells a participant how a message or a conversation ended (DESIGN 4). Written as a
 * module file is, built by the same code; no participant type stands on either side, so nobody can send them.
 * @module
 */
import { DEFAULT_LIMITS } from '../limits.ts'
import { NOTICE_MODULE, NOTICE_VERSION, REFUSAL_REASONS } from '../message.ts'
import type { NoticeType } from '../message.ts'
import type { ModuleDefinition } from './definition.ts'
import { buildMessage } from './message.ts'
import { assembleModule } from './module.ts'
import type { EnumSource, FieldSource, MessageSource, ModuleSource } from './source.ts'

const LABELS: Readonly<
  Record<(typeof REFUSAL_REASONS)[number] | 'verlopen' | 'beeindigd' | 'herstel', string>
> = {
  'niet-leesbaar': 'Niet leesbaar',
  'verkeerde-ontvanger': 'Verkeerde ontvanger',
  'document-ongeldig': 'Document ongeldig',
  dubbel: 'Dubbel',
  anders: 'Andere reden',
  verlopen: 'Verlopen',
  beeindigd: 'Deelname beëindigd',
  herstel: 'Knooppunt hersteld uit een reservekopie',
}

const REASONS: EnumSource = {
  name: 'RedenMelding',
  evidence: 'assumed',
  sources: undefined,
  values: Object.entries(LABELS).map(([code, label]) => ({ code, label, evidence: undefined })),
}

const MODULE: Omit<ModuleSource, 'messages'> = {
  module: NOTICE_MODULE,
  title: 'Knooppunt',
  summary: 'Meldingen van het knooppunt zelf over de afloop van een bericht of een conversatie.',
  version: NOTICE_VERSION,
  sources: { eigen: 'definitie van dit knooppunt' },
  parties: { asker: { types: [] }, answerer: { types: [] }, evidence: 'assumed' },
  documents: {},
  documentsWith: 'opening',
  terms: { answer: '10 werkdagen', removal: '5 werkdagen', evidence: 'assumed' },
}

function fieldsWith(reasons: string[]): FieldSource[] {
  return [
    {
      name: 'Reden',
      type: 'enum',
      enum: REASONS.name,
      values: reasons,
      required: true,
      label: 'Reden',
      example: reasons[0],
    },
    {
      name: 'Toelichting',
      type: 'multiline',
      max: DEFAULT_LIMITS.explanationCharacters,
      required: false,
      label: 'Toelichting',
      help: 'Wat de ontvanger bij de afwijzing schreef.',
      example: 'Het document is leeg.',
    },
    {
      name: 'Tijdstip',
      type: 'datetime',
      required: true,
      label: 'Tijdstip van de afronding',
      example: '2025-03-03T10:12:44Z',
    },
    {
      name: 'Opgehaald',
      type: 'boolean',
      required: true,
      label: 'De ontvanger had het bericht opgehaald',
      example: true,
    },
  ]
}

function notice(
  type: NoticeType,
  about: { readonly title: string; readonly summary: string; readonly ends: boolean },
  reasons: string[],
  sample: Record<string, unknown>,
): MessageSource {
  return {
    type,
    title: about.title,
    aliases: undefined,
    version: NOTICE_VERSION,
    from: 'asker',
    starts: false,
    answers: [],
    follows: [],
    ends: about.ends,
    term: undefined,
    existence: 'assumed',
    evidence: 'assumed',
    sources: ['eigen'],
    summary: about.summary,
    csv: false,
    csvLayout: undefined,
    fields: fieldsWith(reasons),
    rules: undefined,
    sample,
  }
}

const MESSAGES: readonly MessageSource[] = [
  notice(
    'melding-afgewezen',
    {
      title: 'Bericht afgewezen',
      summary: 'De ontvanger heeft een bericht afgewezen; de inhoud is gewist.',
      ends: false,
    },
    [...REFUSAL_REASONS, 'beeindigd'],
    {
      Reden: 'document-ongeldig',
      Toelichting: 'Het document is leeg.',
      Tijdstip: '2025-03-03T10:12:44Z',
      Opgehaald: true,
    },
  ),
  notice(
    'melding-verlopen',
    {
      title: 'Bericht verlopen',
      summary: 'Een bericht is niet op tijd bevestigd; de inhoud is gewist.',
      ends: false,
    },
    ['verlopen'],
    { Reden: 'verlopen', Tijdstip: '2025-03-10T23:00:00Z', Opgehaald: false },
  ),
  notice(
    'melding-onbekend',
    {
      title: 'Bericht onbekend na herstel',
      summary:
        'Het knooppunt is hersteld uit een reservekopie en weet niet of de ontvanger dit bericht heeft; het mag opnieuw worden aangeboden onder hetzelfde referentienummer.',
      ends: false,
    },
    ['herstel'],
    { Reden: 'herstel', Tijdstip: '2025-03-10T23:00:00Z', Opgehaald: false },
  ),
  notice(
    'melding-beeindigd',
    {
      title: 'Conversatie beëindigd',
      summary:
        'De andere deelnemer is gestopt; in deze conversatie kan niets meer worden gestuurd.',
      ends: true,
    },
    ['beeindigd'],
    { Reden: 'beeindigd', Tijdstip: '2025-03-10T23:00:00Z', Opgehaald: false },
  ),
]

/** Builds the notices. A problem in them is a defect of ours, not of a file. */
export function buildNotices(): ModuleDefinition {
  const vocabulary = {
    enums: new Map([[REASONS.name, REASONS]]),
    groups: new Map(),
    broken: new Set<string>(),
    sources: {},
  }
  const messages = MESSAGES.map((source) => {
    const definition = buildMessage(source, {
      module: NOTICE_MODULE,
      sources: MODULE.sources,
      vocabulary,
      path: [],
      report: (path, message) => {
        throw new Error(`notice ${source.type}: ${path.join('.')}: ${message}`)
      },
    })
    if (!definition) throw new Error(`notice ${source.type} could not be built`)
    return definition
  })
  return assembleModule(MODULE, messages)
}
