/**
 * The contract of the ends: which call on a message in which state gets which status, and what the receipts say.
 * @module
 */
import { expect, test } from 'bun:test'
import type { ErrorCode } from '../../../src/core/errors.ts'
import { statusesOf } from '../support/batch.ts'
import type { Answer } from '../support/line.ts'
import { pairOf, type Pair } from '../support/messages.ts'
import { participantId, passTime, type RunningNode } from '../support/node.ts'
import { expectProblem } from '../support/problem.ts'

const REFUSAL = { reden: 'niet-leesbaar', toelichting: 'De bijlage is leeg.' }
const OTHER_REFUSAL = { reden: 'dubbel' }

/** How a message comes into each state. */
const STATES = {
  wachtend: async () => {},
  opgehaald: async ({ recipient }, ref) => void (await recipient('GET', `/berichten/${ref}`)),
  bevestigd: async ({ recipient }, ref) =>
    void (await recipient('PUT', `/berichten/${ref}/bevestiging`)),
  afgewezen: async ({ recipient }, ref) =>
    void (await recipient('PUT', `/berichten/${ref}/afwijzing`, { json: REFUSAL })),
  ingetrokken: async ({ sender }, ref) =>
    void (await sender('PUT', `/berichten/${ref}/intrekking`)),
} as const satisfies Record<string, (pair: Pair, reference: string) => Promise<void>>
type Stand = keyof typeof STATES

/** What can be asked of a message. */
const CALLS = {
  'GET bericht': ({ recipient }, ref) => recipient('GET', `/berichten/${ref}`),
  'HEAD bericht': ({ recipient }, ref) => recipient('HEAD', `/berichten/${ref}`),
  bevestiging: ({ recipient }, ref) => recipient('PUT', `/berichten/${ref}/bevestiging`),
  afwijzing: ({ recipient }, ref) =>
    recipient('PUT', `/berichten/${ref}/afwijzing`, { json: REFUSAL }),
  'andere afwijzing': ({ recipient }, ref) =>
    recipient('PUT', `/berichten/${ref}/afwijzing`, { json: OTHER_REFUSAL }),
  intrekking: ({ sender }, ref) => sender('PUT', `/berichten/${ref}/intrekking`),
} as const satisfies Record<string, (pair: Pair, reference: string) => Promise<Answer>>
type Call = keyof typeof CALLS

type Cell = number | readonly [number, ErrorCode]

const GONE = { 'GET bericht': [410, 'bericht-weg'], 'HEAD bericht': 410 } as const

/** The table of the contract, with the column of withdrawing added. */
const TABLE: Readonly<Record<Stand | 'verlopen', Readonly<Record<Call, Cell>>>> = {
  wachtend: {
    'GET bericht': 200,
    'HEAD bericht': 200,
    bevestiging: 201,
    afwijzing: 201,
    'andere afwijzing': 201,
    intrekking: 201,
  },
  opgehaald: {
    'GET bericht': 200,
    'HEAD bericht': 200,
    bevestiging: 201,
    afwijzing: 201,
    'andere afwijzing': 201,
    intrekking: [409, 'al-opgehaald'],
  },
  bevestigd: {
    ...GONE,
    bevestiging: 200,
    afwijzing: [409, 'al-bevestigd'],
    'andere afwijzing': [409, 'al-bevestigd'],
    intrekking: [409, 'al-bevestigd'],
  },
  afgewezen: {
    ...GONE,
    bevestiging: [409, 'al-afgewezen'],
    afwijzing: 200,
    'andere afwijzing': [409, 'andere-reden'],
    intrekking: [409, 'al-afgewezen'],
  },
  ingetrokken: {
    'GET bericht': [410, 'ingetrokken'],
    'HEAD bericht': 410,
    bevestiging: [410, 'ingetrokken'],
    afwijzing: [410, 'ingetrokken'],
    'andere afwijzing': [410, 'ingetrokken'],
    intrekking: 200,
  },
  verlopen: {
    'GET bericht': [410, 'verlopen'],
    'HEAD bericht': 410,
    bevestiging: [410, 'verlopen'],
    afwijzing: [410, 'verlopen'],
    'andere afwijzing': [410, 'verlopen'],
    intrekking: [410, 'verlopen'],
  },
}

/** Asks everything of the table of messages that stand so. */
async function expectRow(
  pair: Pair,
  stand: Stand | 'verlopen',
  reference: () => Promise<string>,
): Promise<void> {
  for (const [call, cell] of Object.entries(TABLE[stand]) as [Call, Cell][]) {
    const answer = await CALLS[call](pair, await reference())
    const [status, code] = typeof cell === 'number' ? [cell] : cell
    expect([stand, call, answer.status]).toEqual([stand, call, status])
    if (code !== undefined) expectProblem(answer, status, code)
    if (call === 'HEAD bericht') expect(answer.text).toBe('')
  }
}

/** Registers the tests. */
export function endsContract(given: () => RunningNode): void {
  const pair = () => pairOf(given(), 'gemeente-voorbeeldstad', 'energie-direct')

  test.each(Object.keys(STATES) as Stand[])(
    'every call on a message that is %s is answered as the table of the contract says',
    async (stand) => {
      // A message for each call, since most calls change it.
      await expectRow(pair(), stand, async () => {
        const { referentienummer } = await pair().offer()
        await STATES[stand](pair(), referentienummer)
        return referentienummer
      })
    },
  )

  test.each(['bevestigd', 'afgewezen', 'ingetrokken'] as const)(
    'the receipt of a message that is %s is the first one for ever, to both sides and nobody else',
    async (stand) => {
      const { sender, recipient, offer } = pair()
      const { referentienummer, conversatieReferentienummer } = await offer()
      const call = { bevestigd: 'bevestiging', afgewezen: 'afwijzing', ingetrokken: 'intrekking' }
      const path = `/berichten/${referentienummer}/${call[stand]}`
      const ends = stand === 'ingetrokken' ? sender : recipient
      const end = () => ends('PUT', path, stand === 'afgewezen' ? { json: REFUSAL } : {})
      expectProblem(await sender('GET', path), 404, 'niet-gevonden')
      const first = await end()
      expect(first.status).toBe(201)
      expect(first.json()).toMatchObject({ referentienummer, conversatieReferentienummer, stand })
      expect((await end()).json()).toEqual(first.json())
      for (const side of [sender, recipient]) {
        expect((await side('GET', path)).json()).toEqual(first.json())
        const head = await side('HEAD', path)
        expect([head.status, head.text]).toEqual([200, ''])
      }
      const stranger = await given().ask('wijkteam-voorbeeldstad', 'GET', path)
      expectProblem(stranger, 404, 'niet-gevonden')
      for (const [other, name] of Object.entries(call)) {
        if (other === stand) continue
        const answer = await sender('GET', `/berichten/${referentienummer}/${name}`)
        expectProblem(answer, 404, 'niet-gevonden')
      }
    },
  )

  test('a sender cannot confirm or refuse its own message, nor a recipient withdraw it', async () => {
    const { sender, recipient, offer } = pair()
    const { referentienummer } = await offer()
    const path = `/berichten/${referentienummer}`
    expectProblem(await sender('PUT', `${path}/bevestiging`), 404, 'niet-gevonden')
    const refusal = await sender('PUT', `${path}/afwijzing`, { json: REFUSAL })
    expectProblem(refusal, 404, 'niet-gevonden')
    expectProblem(await recipient('PUT', `${path}/intrekking`), 404, 'niet-gevonden')
    expect((await recipient('HEAD', path)).status).toBe(200)
  })

  test('a refusal without a good reason changes nothing and names every problem', async () => {
    const { recipient, offer } = pair()
    const { referentienummer } = await offer()
    const path = `/berichten/${referentienummer}/afwijzing`
    const answer = await recipient('PUT', path, {
      json: { reden: 'geen-zin', toelichting: 'x'.repeat(501), extra: 1 },
    })
    expectProblem(answer, 400, 'bericht-ongeldig')
    const pads = answer.json().errors.map(({ pad }: { pad: string }) => pad)
    expect(pads).toEqual(['/onbekend[1]', '/reden', '/toelichting'])
    expect((await recipient('HEAD', `/berichten/${referentienummer}`)).status).toBe(200)
  })

  test('the sender of a refused message reads in a notice why, and confirms the notice', async () => {
    const { sender, recipient, offer } = pair()
    const { referentienummer, conversatieReferentienummer } = await offer()
    await recipient('GET', `/berichten/${referentienummer}`)
    await recipient('PUT', `/berichten/${referentienummer}/afwijzing`, { json: REFUSAL })
    const path = `/berichten?conversatie=${conversatieReferentienummer}`
    const { berichten } = (await sender('GET', path)).json()
    expect(berichten).toMatchObject([
      {
        module: 'knooppunt',
        berichttype: 'melding-afgewezen',
        crossReferentienummer: referentienummer,
        afzender: { naam: 'Knooppunt demo' },
        ontvanger: participantId('gemeente-voorbeeldstad'),
      },
    ])
    const notice = `/berichten/${berichten[0].referentienummer}`
    expect((await sender('GET', notice)).json().inhoud).toEqual({
      Reden: REFUSAL.reden,
      Toelichting: REFUSAL.toelichting,
      Tijdstip: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      Opgehaald: true,
    })
    expect((await sender('PUT', `${notice}/bevestiging`)).status).toBe(201)
    expect((await sender('GET', path)).json().berichten).toEqual([])
    // The explanation is content: the log has the reason alone.
    const line = await sender('GET', `/logboek/${referentienummer}`)
    expect(line.json()).toMatchObject({ stand: 'afgewezen', reden: REFUSAL.reden })
    expect(line.text).not.toContain(REFUSAL.toelichting)
  })

  test('many are confirmed or refused in one call, each with its own outcome', async () => {
    const { recipient, offer } = pair()
    const [first, second, third] = [await offer(), await offer(), await offer()]
    const confirmations = await recipient('POST', '/bevestigingen', {
      json: {
        referentienummers: [
          ...[first.referentienummer, 'geen-uuid', participantId('energie-direct')],
          first.referentienummer,
        ],
      },
    })
    expect(confirmations.status).toBe(200)
    expect(statusesOf(confirmations)).toEqual([
      [1, 201, undefined],
      [2, 400, 'veld-patroon'],
      [3, 404, 'niet-gevonden'],
      [4, 200, undefined],
    ])
    const refusals = await recipient('POST', '/afwijzingen', {
      json: {
        afwijzingen: [
          { referentienummer: second.referentienummer, reden: 'anders' },
          { referentienummer: third.referentienummer, reden: 'zomaar' },
          { referentienummer: first.referentienummer, reden: 'dubbel' },
        ],
      },
    })
    expect(statusesOf(refusals)).toEqual([
      [1, 201, undefined],
      [2, 400, 'veld-waarde'],
      [3, 409, 'al-bevestigd'],
    ])
    expectProblem(await recipient('POST', '/bevestigingen', { json: {} }), 400, 'veld-ontbreekt')
    const none = await recipient('POST', '/afwijzingen', { json: { afwijzingen: [] } })
    expectProblem(none, 400, 'lijst-aantal')
  })

  test('five working days later a message is gone, its sender is told, and the log says verlopen', async () => {
    const node = given()
    const { sender, recipient, offer } = pair()
    const { referentienummer, conversatieReferentienummer } = await offer()
    await recipient('GET', `/berichten/${referentienummer}`)
    const waiting = (await sender('GET', `/logboek/${referentienummer}`)).json()
    const removal = Date.parse(waiting.verlooptOp)
    // Midnight in Amsterdam, and at least five days on.
    const clock = { timeZone: 'Europe/Amsterdam', timeStyle: 'medium' } as const
    expect(new Intl.DateTimeFormat('nl-NL', clock).format(removal)).toBe('00:00:00')
    expect(removal - Date.parse(waiting.aangebodenOp)).toBeGreaterThan(5 * 86_400_000)

    await passTime(node, removal - 1_000)
    expect((await recipient('HEAD', `/berichten/${referentienummer}`)).status).toBe(200)
    await passTime(node, removal + 1_000)
    await expectRow(pair(), 'verlopen', async () => referentienummer)

    for (const side of [sender, recipient]) {
      const line = (await side('GET', `/logboek/${referentienummer}`)).json()
      expect(line).toMatchObject({ stand: 'verlopen', aantalOphalingen: 1 })
      expect(Date.parse(line.opgehaaldOp)).toBeLessThan(removal)
      expect(Date.parse(line.afgerondOp)).toBeGreaterThanOrEqual(removal)
    }
    const path = `/berichten?conversatie=${conversatieReferentienummer}`
    const [notice] = (await sender('GET', path)).json().berichten
    expect(notice).toMatchObject({
      berichttype: 'melding-verlopen',
      crossReferentienummer: referentienummer,
    })
    const read = await sender('GET', `/berichten/${notice.referentienummer}`)
    expect(read.json().inhoud).toMatchObject({ Reden: 'verlopen', Opgehaald: true })
    expect((await recipient('GET', path)).json().berichten).toEqual([])
    // It was fetched, so it may still be answered.
    const conversation = (
      await recipient('GET', `/conversaties/${conversatieReferentienummer}`)
    ).json()
    expect(conversation.mogelijk).toContainEqual(
      expect.objectContaining({
        berichttype: 'saldoverzoek-antwoord',
        antwoordOp: [referentienummer],
      }),
    )
  })
}
