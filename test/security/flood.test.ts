/**
 * One participant that floods does not slow another by more than a stated factor. The other offers messages and looks into its
 * mailbox, with and without each flood; the figures are printed.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Line } from '../e2e/support/line.ts'
import { participantId } from '../support/demo-node.ts'
import type { FloodKind, FloodOrder } from './flooder.ts'
import { startSiege, waitsOf, type Siege, type Waits } from './siege.ts'

const MEASURED_MS = Number(process.env['FLOOD_SECONDS'] ?? 1.5) * 1_000
const WARM_UP_MS = 300

/** Up to so many milliseconds a median says more about who else uses the machine than about the relay. */
const FLOOR_MS = 500
const LIMITS = { submitsPerSecond: 150, submitsBurst: 300 }

let siege: Siege
let message: FloodOrder['message']
let quiet: Waits
beforeAll(async () => {
  siege = await startSiege(LIMITS)
  const line = await siege.line('gemeente-voorbeeldstad')
  message = await messageFrom(line, 'schuldregeling', 'saldoverzoek')
  line.cut()
  quiet = await measure()
  console.log(`no flood: ${JSON.stringify(quiet)} ms`)
}, 60_000)
afterAll(() => siege.stop())

/** A message of this type with the sample of the catalogue, to the creditor. */
async function messageFrom(line: Line, module: string, type: string) {
  const path = `/modules/${module}/versies/2.0/berichttypen/${type}`
  const { versie, voorbeeld } = (await line.ask('GET', path)).json()
  const ontvanger = participantId('energie-direct')
  return { module, berichttype: type, versie, ontvanger, inhoud: voorbeeld }
}

/** What the other participant waits: it offers a message and looks into its mailbox in turn. */
async function measure(): Promise<Waits> {
  const honest = await siege.line('softwareleverancier')
  const headers = { deelnemer: participantId('gemeente-duinrand') }
  let turn = 0
  const waits = await waitsOf(honest, MEASURED_MS, () => {
    turn += 1
    if (turn % 2 === 0) return ['GET', '/berichten', { headers }]
    const [referentienummer, conversatieReferentienummer] = [randomUUID(), randomUUID()]
    const json = { ...message, referentienummer, conversatieReferentienummer }
    return ['POST', '/berichten', { headers, json }]
  })
  honest.cut()
  return waits
}

/** Floods while something is measured. */
async function during(kind: FloodKind, as: string, connections: number) {
  const order: FloodOrder = {
    ...{ port: siege.port, certs: join(siege.node.dir, 'certs'), as, kind, connections, message },
    ms: MEASURED_MS + 2 * WARM_UP_MS,
  }
  const flooder = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'flooder.ts'), JSON.stringify(order)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await Bun.sleep(WARM_UP_MS)
  const waits = await measure()
  let said = ''
  for await (const chunk of flooder.stdout) {
    said += Buffer.from(chunk).toString()
    if (said.endsWith('\n')) break
  }
  flooder.kill('SIGKILL')
  return { waits, statuses: JSON.parse(said) as Record<string, number> }
}

describe('another participant is served', () => {
  /** The call, who floods, on how many connections, and by what factor the median of the other may grow. */
  const floods: [FloodKind, string, number, number][] = [
    ['submits', 'gemeente-voorbeeldstad', 32, 15],
    ['batches', 'gemeente-voorbeeldstad', 8, 40],
    ['big bodies', 'gemeente-voorbeeldstad', 8, 60],
    ['lists', 'gemeente-voorbeeldstad', 16, 20],
    ['leases', 'energie-direct', 16, 40],
  ]
  test.each(floods)(
    'during a flood of %s by %s on %d connections',
    async (kind, as, connections, factor) => {
      const { waits, statuses } = await during(kind, as, connections)
      console.log(`${kind}: ${JSON.stringify(waits)} ms; flooder: ${JSON.stringify(statuses)}`)
      expect(Object.keys(statuses)).not.toContain('429 without Retry-After')
      expect(Object.keys(statuses).filter((status) => status.startsWith('5'))).toEqual([])
      expect(waits.p50).toBeLessThan(Math.max(FLOOR_MS, quiet.p50 * factor))
    },
    MEASURED_MS + 30_000,
  )

  test('because who goes beyond its rate is told when to come back', async () => {
    const line = await siege.line('gemeente-voorbeeldstad')
    const lines = Array.from({ length: 2 * LIMITS.submitsBurst }, () =>
      JSON.stringify({ ...message, referentienummer: randomUUID(), onbekend: 1 }),
    )
    const headers = { 'content-type': 'application/x-ndjson' }
    const { text } = await line.ask('POST', '/aanbiedingen', { headers, body: lines.join('\n') })
    line.cut()
    const outcomes = text
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as { status: number })
    expect(outcomes.length).toBe(lines.length)
    const tooMany = outcomes.filter(({ status }) => status === 429)
    expect(tooMany.length).toBeGreaterThan(0)
    expect(JSON.stringify(tooMany[0])).toMatch(/"opnieuwNa":\d+/)
  }, 30_000)
})
