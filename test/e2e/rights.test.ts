/**
 * Who may send what to whom, cell by cell: every participant of the demo × every message of the catalogue × every other
 * participant. What is expected is worked out from what the relay publishes of its catalogue and its address book, and not
 * from the code that decides.
 * @module
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { randomUUID } from 'node:crypto'
import { linesOf } from './support/batch.ts'
import { attachment, type Envelope } from './support/messages.ts'
import { startNode, voiceOf, type RunningNode } from './support/node.ts'

// A machine with much else to do is slow, and that alone is no failure.
setDefaultTimeout(40_000)

/** A participant as the address book has it. */
interface Entry {
  readonly id: string
  readonly naam: string
  readonly type: readonly string[]
  readonly kenmerken: readonly string[]
  readonly modules: readonly { readonly module: string; readonly versies: readonly string[] }[]
}

interface Module {
  readonly module: string
  readonly versie: string
  readonly partijen: { readonly vrager: string[]; readonly beantwoorder: string[] }
  /** Type of the sender → document owed. */
  readonly documenten: Readonly<Record<string, string>>
  readonly berichttypen: readonly MessageType[]
}

interface MessageType {
  readonly berichttype: string
  readonly versie: string
  readonly van: 'vrager' | 'beantwoorder'
  readonly begint: boolean
  readonly antwoordOp: readonly string[]
  readonly volgtOp: readonly string[]
  readonly voorbeeld: Record<string, unknown>
  readonly velden: readonly Field[]
}

interface Field {
  readonly naam: string
  readonly soort: string
  readonly velden?: readonly Field[]
}

let node: RunningNode
let entries: readonly Entry[]
let modules: readonly Module[]

beforeAll(async () => {
  node = await startNode()
  const read = async (path: string) => (await node.ask('energie-direct', 'GET', path)).json()
  entries = (await read('/deelnemers')).deelnemers
  const { modules: named } = await read('/modules')
  modules = await Promise.all(
    named
      // The module of the notices is nobody's to send.
      .filter(({ module }: { module: string }) => module !== 'knooppunt')
      .flatMap(({ module, versies }: { module: string; versies: string[] }) =>
        versies.map(async (versie) => {
          const path = `/modules/${module}/versies/${versie}`
          const found = await read(path)
          const types = found.berichttypen.map(({ berichttype }: MessageType) =>
            read(`${path}/berichttypen/${berichttype}`),
          )
          return { ...found, berichttypen: await Promise.all(types) }
        }),
      ),
  )
})
afterAll(() => node.stop())

const otherSide = { vrager: 'beantwoorder', beantwoorder: 'vrager' } as const
const hasType = (entry: Entry, types: readonly string[]) =>
  entry.type.some((type) => types.includes(type))
const takes = (entry: Entry, { module, versie }: Module) =>
  entry.modules.some((taken) => taken.module === module && taken.versies.includes(versie))

/** Whether a BSN stands in a body. */
function holdsBsn(fields: readonly Field[], body: unknown): boolean {
  const values = Object(body) as Record<string, unknown>
  return fields.some(({ naam, soort, velden = [] }) => {
    const value = values[naam]
    if (value === undefined) return false
    if (soort === 'bsn') return true
    return [value].flat().some((item) => holdsBsn(velden, item))
  })
}

const bothMayBsn = (...pair: readonly Entry[]) =>
  pair.every(({ kenmerken }) => kenmerken.includes('bsn'))

/** The sample without the BSN that it could do without. */
function withoutBsn({ velden, voorbeeld }: MessageType): Record<string, unknown> {
  const bsn = velden.filter(({ soort }) => soort === 'bsn').map(({ naam }) => naam)
  return Object.fromEntries(Object.entries(voorbeeld).filter(([name]) => !bsn.includes(name)))
}

/** The code that this cell of the matrix must get when sent as a conversation of its own; undefined when it is accepted. */
function expected(module: Module, type: MessageType, from: Entry, to: Entry): string | undefined {
  if (holdsBsn(type.velden, type.voorbeeld) && !bothMayBsn(from, to)) return 'bsn-niet-toegestaan'
  if (!hasType(from, module.partijen[type.van])) return 'afzender-niet-bevoegd'
  if (!takes(from, module)) return 'afzender-zonder-module'
  if (!hasType(to, module.partijen[otherSide[type.van]])) return 'ontvanger-niet-bevoegd'
  if (!takes(to, module)) return 'ontvanger-zonder-module'
  return type.begint ? undefined : 'conversatie-onbekend'
}

/** The sample as a message, with the document that its sender owes, if any. */
function message(module: Module, type: MessageType, from: Entry, to: Entry): Envelope {
  const owed = from.type.flatMap((each) => module.documenten[each] ?? [])
  return {
    referentienummer: randomUUID(),
    conversatieReferentienummer: randomUUID(),
    module: module.module,
    berichttype: type.berichttype,
    versie: type.versie,
    ontvanger: to.id,
    ...(owed.length > 0 && { bijlagen: owed.map((kind) => attachment(kind)) }),
    inhoud: type.voorbeeld,
  }
}

test('every cell of sender × message × recipient is decided as catalogue and address book say', async () => {
  const seen = new Map<string, number>()
  for (const from of entries) {
    const cells = modules.flatMap((module) =>
      module.berichttypen.flatMap((type) =>
        entries.filter((to) => to !== from).map((to) => ({ module, type, to })),
      ),
    )
    const body = cells
      .map(({ module, type, to }) => JSON.stringify(message(module, type, from, to)))
      .join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    const answer = await voiceOf(node, from.naam)('POST', '/aanbiedingen', { headers, body })
    const outcomes = linesOf(answer)
    expect(outcomes.length).toBe(cells.length)
    const got = outcomes.map(({ probleem }) => probleem?.code ?? 'aangenomen')
    const wanted = cells.map(
      ({ module, type, to }) => expected(module, type, from, to) ?? 'aangenomen',
    )
    const named = (codes: readonly string[]) =>
      cells.map(
        ({ module, type, to }, at) =>
          `${from.naam} → ${to.naam}, ${module.module} ${type.berichttype}: ${codes[at]}`,
      )
    expect(named(got)).toEqual(named(wanted))
    for (const code of got) seen.set(code, (seen.get(code) ?? 0) + 1)
  }
  const total = [...seen.values()].reduce((sum, count) => sum + count)
  expect(total).toBe(entries.length * (entries.length - 1) * modules.flatMap(types).length)
  // A matrix in which one kind of cell is missing would show nothing.
  for (const code of ['aangenomen', 'afzender-niet-bevoegd', 'ontvanger-niet-bevoegd']) {
    expect([code, (seen.get(code) ?? 0) > 50]).toEqual([code, true])
  }
})

const types = (module: Module) => module.berichttypen

test('every message of the catalogue passes by a door that it has, and a question only once it was asked', async () => {
  let sent = 0
  for (const module of modules) {
    const [asker, answerer] = (['vrager', 'beantwoorder'] as const).map((side) =>
      // Who may use the BSN can send everything.
      entries
        .filter((entry) => hasType(entry, module.partijen[side]) && takes(entry, module))
        .toSorted((left, right) => right.kenmerken.length - left.kenmerken.length)
        .at(0),
    )
    if (!asker || !answerer) throw new Error(`nobody takes both sides of ${module.module}`)

    /** Sends what must come before, and then this; gives its reference. */
    const reach = async (name: string, conversation: string): Promise<string> => {
      const type = module.berichttypen.find(({ berichttype }) => berichttype === name)
      if (type === undefined) throw new Error(`${module.module} has no ${name}`)
      const [from, to] = type.van === 'vrager' ? [asker, answerer] : [answerer, asker]
      const [question] = type.antwoordOp
      const [before] = type.volgtOp
      const json = message(module, type, from, to)
      json.inhoud = bothMayBsn(from, to) ? json.inhoud : withoutBsn(type)
      json.conversatieReferentienummer = conversation
      if (!type.begint && question !== undefined) {
        json.crossReferentienummer = await reach(question, conversation)
      } else if (!type.begint && before !== undefined) {
        await reach(before, conversation)
      }
      const answer = await voiceOf(node, from.naam)('POST', '/berichten', { json })
      expect([module.module, name, answer.status, answer.text]).toEqual([
        ...[module.module, name, 201, answer.text],
      ])
      sent += 1
      return json.referentienummer
    }
    for (const { berichttype } of module.berichttypen) await reach(berichttype, randomUUID())
  }
  expect(sent).toBeGreaterThan(modules.flatMap(types).length)
})
