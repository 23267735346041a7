/**
 * What things may cost. Each budget is about twice what was measured when it was set, in pieces of fixed work where it is
 * CPU: a change that doubles a cost fails here, a busy machine does not.
 *
 * With KNOOPPUNT_BUDGET=show the costs are printed, for setting budgets anew.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { randomUUID } from 'node:crypto'
import { startApp } from '../../src/app.ts'
import type { App } from '../../src/app.ts'
import { makeBenchFolder } from '../../src/cli/bench-own-relay.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Caller } from '../../src/core/directory.ts'
import { readEnvelope } from '../../src/core/envelope.ts'
import { createLog } from '../../src/ops/log.ts'
import { judgeAnchor } from '../../src/trust/anchor.ts'
import { costOf } from './support/yardstick.ts'
import type { Cost } from './support/yardstick.ts'

/** CPU in yards of some thirty microseconds; memory and time in what their names say. */
const BUDGET = {
  validateYards: 1.2,
  submitYards: 13,
  confirmYards: 7,
  pageYards: 5,
  pageRatio: 3,
  startCpuMilliseconds: 1_300,
  idleMiB: 160,
} as const

const AT_ONCE = 64

// A few seconds where nothing else runs.
setDefaultTimeout(60_000)

function show(what: string, cost: Cost | number): void {
  if (process.env['KNOOPPUNT_BUDGET'] !== 'show') return
  const text =
    typeof cost === 'number'
      ? String(cost)
      : `${cost.microseconds.toFixed(1)} µs, ${cost.yards.toFixed(2)} yards`
  console.log(`${what}: ${text}`)
}

describe('a whole relay in process, without its doors', () => {
  const folder = makeBenchFolder()
  let app: App
  let config: Config
  let inhoud: Record<string, unknown>

  beforeAll(async () => {
    const loaded = loadConfig(folder.configFile, {
      generation: 1,
      env: {},
      checkAnchor: judgeAnchor,
    })
    if (!('config' in loaded)) throw new Error(JSON.stringify(loaded.problems))
    config = loaded.config
    app = await startApp(config, {
      log: createLog({ sink: () => {}, now: Date.now, level: 'error' }),
      fatal: (reason) => {
        throw new Error(reason)
      },
    })
    // Two kilobytes: a question about some thirty claims.
    const claims = Array.from({ length: 30 }, (_, number) => ({
      FactuurnummerSEVolgensSHV: `F-2023-${1_000 + number}`,
    }))
    inhoud = { ...definition().sample, Vorderingen: claims }
  })

  afterAll(async () => {
    await app.stop()
    folder.remove()
  })

  function definition() {
    const module = config.settings.catalogue.modules.get('schuldregeling')?.get('2.0')
    const found = module?.messages.get('saldoverzoek')
    if (found === undefined) throw new Error('the catalogue has no saldoverzoek')
    return found
  }

  function caller(name: string): Caller {
    const { connections, participants } = config.settings.directory
    const connection = connections.find((one) => one.name === name)
    const participant = participants.get(connection?.participants[0] ?? '')
    if (connection === undefined || participant === undefined) throw new Error(`no ${name}`)
    return { connection, participant }
  }

  function envelope(referentienummer: string): Record<string, unknown> {
    return {
      referentienummer,
      conversatieReferentienummer: randomUUID(),
      module: 'schuldregeling',
      berichttype: 'saldoverzoek',
      versie: '2.0',
      ontvanger: caller('energie-direct').participant.id,
      inhoud,
    }
  }

  async function submitMany(count: number): Promise<string[]> {
    const references = Array.from({ length: count }, () => randomUUID())
    const left = [...references]
    const sender = caller('gemeente-voorbeeldstad')
    const loop = async () => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) {
        await app.relay.submit(sender, envelope(one))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, loop))
    return references
  }

  test('validating a message of two kilobytes costs no more than it should', async () => {
    const { validate } = definition()
    const { limits } = config.settings
    const whole = envelope(randomUUID())
    const count = 2_000
    const cost = await costOf(count, () => {
      for (let done = 0; done < count; done += 1) {
        const { problems } = readEnvelope(whole, limits)
        if (problems.length + validate(inhoud).length > 0) throw new Error('it is not valid')
      }
    })
    show('validate', cost)
    expect(cost.yards).toBeLessThan(BUDGET.validateYards)
  })

  test('submitting and confirming one message cost no more than they should', async () => {
    const count = 400
    const waiting: string[][] = []
    const submit = await costOf(count, async () => waiting.push(await submitMany(count)))
    show('submit', submit)
    expect(submit.yards).toBeLessThan(BUDGET.submitYards)

    const receiver = caller('energie-direct')
    const confirm = await costOf(count, async () => {
      const references = waiting.pop() ?? []
      await Promise.all(references.map((one) => app.relay.confirm(receiver, one)))
    })
    show('confirm', confirm)
    expect(waiting).toEqual([])
    expect(confirm.yards).toBeLessThan(BUDGET.confirmYards)
  })

  test('a page costs the same with twenty and with five thousand messages waiting', async () => {
    const receiver = caller('energie-direct')
    const page = async (): Promise<Cost> => {
      const count = 100
      return costOf(count, async () => {
        for (let done = 0; done < count; done += 1) {
          const { items } = await app.relay.list(receiver, { limit: 10 })
          if (items.length !== 10) throw new Error('the page is not full')
        }
      })
    }
    await submitMany(20)
    const few = await page()
    await submitMany(5_000)
    const many = await page()
    show('page at 20', few)
    show('page at 5,000', many)
    expect(few.yards).toBeLessThan(BUDGET.pageYards)
    expect(many.yards).toBeLessThan(few.yards * BUDGET.pageRatio)
  })
})

test('the program starts and rests within its budget', async () => {
  const folder = makeBenchFolder()
  try {
    const relay = await folder.start(AbortSignal.timeout(20_000))
    const { startCpuMs, idleMiB } = relay
    await relay.stop()
    show('CPU of a start in milliseconds', startCpuMs)
    show('memory at rest in MiB', idleMiB)
    expect(startCpuMs).toBeLessThan(BUDGET.startCpuMilliseconds)
    expect(idleMiB).toBeLessThan(BUDGET.idleMiB)
  } finally {
    folder.remove()
  }
})
