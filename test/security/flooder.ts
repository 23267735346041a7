/**
 * A participant without manners, as a process of its own so that it does not slow down who measures. Asks as fast as answers come, on many
 * connections, until it is killed or its time is over; then says how often it got which status, as JSON.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Line, type Ask } from '../e2e/support/line.ts'

/** What the flooder is told, as JSON in its first argument. */
export interface FloodOrder {
  readonly port: number
  readonly certs: string
  readonly as: string
  readonly kind: FloodKind
  readonly connections: number
  readonly ms: number
  /** A message that is taken, but for its references. */
  readonly message: Readonly<Record<string, unknown>>
}

/** Which call is flooded. */
export type FloodKind = keyof typeof CALLS

type Call = readonly [method: string, path: string, ask?: Ask]

const fresh = (message: FloodOrder['message']) => ({
  ...message,
  referentienummer: randomUUID(),
  conversatieReferentienummer: randomUUID(),
})

const CALLS = {
  submits: (message): Call => ['POST', '/berichten', { json: fresh(message) }],
  batches: (message): Call => {
    const body = Array.from({ length: 200 }, () => JSON.stringify(fresh(message))).join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    return ['POST', '/aanbiedingen', { body: `${body}\n`, headers }]
  },
  // Read whole, parsed and refused: the most work for nothing.
  'big bodies': (message): Call => {
    const inhoud = { ...(message['inhoud'] as object), Vulling: VAST }
    return ['POST', '/berichten', { json: { ...fresh(message), inhoud } }]
  },
  lists: (): Call => ['GET', '/logboek?limiet=500'],
  leases: (): Call => ['POST', '/ophalingen', { json: { limiet: 1_000, leaseSeconden: 1 } }],
} satisfies Record<string, (message: FloodOrder['message']) => Call>

const VAST = Array.from({ length: 5_000 }, (_, index) => ({ a: `${index}`.repeat(50) }))

async function flood(order: FloodOrder): Promise<Record<string, number>> {
  const { port, certs, as, kind, connections, ms, message } = order
  const read = (name: string) => readFileSync(join(certs, name), 'utf8')
  const credentials = { certificatePem: read(`${as}.pem`), keyPem: read(`${as}.key`) }
  const until = performance.now() + ms
  const statuses: Record<string, number> = {}
  const count = (what: string) => void (statuses[what] = (statuses[what] ?? 0) + 1)
  const one = async () => {
    let line: Line | undefined
    while (performance.now() < until) {
      try {
        line ??= await Line.open(port, read('ca.pem'), credentials)
        const { status, headers } = await line.ask(...CALLS[kind](message))
        count(String(status))
        if (status === 429 && !headers.has('retry-after')) count('429 without Retry-After')
        if (headers.get('connection') === 'close') line = undefined
      } catch {
        count('broken')
        line = undefined
      }
    }
    line?.cut()
  }
  await Promise.all(Array.from({ length: connections }, one))
  return statuses
}

if (import.meta.main) {
  console.log(JSON.stringify(await flood(JSON.parse(process.argv[2] ?? '{}') as FloodOrder)))
}
