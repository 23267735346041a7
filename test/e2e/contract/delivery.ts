/**
 * The contract of receiving: mailboxes, pages, long polls, and fetching many under a lease.
 * @module
 */
import { expect, test } from 'bun:test'
import { randomUUID } from 'node:crypto'
import { pairOf, type Envelope } from '../support/messages.ts'
import { participantId, voiceOf, type RunningNode } from '../support/node.ts'
import { expectProblem } from '../support/problem.ts'

const REFERENCES = (answer: { json: () => any }): string[] =>
  answer.json().berichten.map((item: Envelope) => item.referentienummer)

/** Registers the tests. */
export function deliveryContract(node: () => RunningNode): void {
  const pair = () => pairOf(node(), 'gemeente-duinrand', 'waterbedrijf-noord-zakelijk')

  test('a mailbox is listed in order, in pages, without content, as often as one likes', async () => {
    const { recipient, offer } = pair()
    const sent: string[] = []
    for (let count = 0; count < 5; count += 1) sent.push((await offer()).referentienummer)
    const pages: string[][] = []
    let next = ''
    do {
      const page = await recipient('GET', `/berichten?limiet=2${next && `&na=${next}`}`)
      expect(page.status).toBe(200)
      expect(page.text).not.toContain('inhoud')
      pages.push(REFERENCES(page))
      next = page.json().volgende ?? ''
    } while (next !== '')
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
    expect(pages.flat()).toEqual(sent)
    expect(REFERENCES(await recipient('GET', '/berichten'))).toEqual(sent)
    const [item] = (await recipient('GET', '/berichten?limiet=1')).json().berichten
    expect(item).toMatchObject({
      stand: 'wachtend',
      aantalBijlagen: 0,
      aantalOphalingen: 0,
      grootte: expect.any(Number),
      afzender: { naam: 'gemeente-duinrand', type: ['shv-fase-2'] },
    })
    expectProblem(await recipient('GET', '/berichten?na=zomaar'), 400, 'parameter-ongeldig')
    expectProblem(await recipient('GET', '/berichten?limiet=501'), 400, 'parameter-ongeldig')
    for (const reference of sent) await recipient('PUT', `/berichten/${reference}/bevestiging`)
    expect(REFERENCES(await recipient('GET', '/berichten'))).toEqual([])
  })

  test('a list can be narrowed to a module, a type or a conversation', async () => {
    const { recipient, offer } = pair()
    const one = await offer()
    const other = await offer('saldoverzoek', { module: 'schuldinventarisatie' })
    const at = async (query: string) => REFERENCES(await recipient('GET', `/berichten?${query}`))
    expect(await at('module=schuldinventarisatie')).toEqual([other.referentienummer])
    expect(await at(`conversatie=${one.conversatieReferentienummer}`)).toEqual([
      one.referentienummer,
    ])
    expect(await at('berichttype=saldoverzoek')).toHaveLength(2)
    expect(await at('berichttype=betaalvoorstel')).toEqual([])
    for (const { referentienummer } of [one, other]) {
      await recipient('PUT', `/berichten/${referentienummer}/bevestiging`)
    }
  })

  test('HEAD looks without fetching; GET fetches, and again; nobody else sees a thing', async () => {
    const { sender, recipient, offer } = pair()
    const { referentienummer } = await offer()
    const path = `/berichten/${referentienummer}`
    const head = await recipient('HEAD', path)
    expect([head.status, head.text, head.headers.get('content-type')]).toEqual([
      ...[200, '', 'application/json'],
    ])
    const stand = async () => (await sender('GET', `/logboek/${referentienummer}`)).json().stand
    expect(await stand()).toBe('wachtend')
    const first = await recipient('GET', path)
    const again = await recipient('GET', path)
    expect(again.json().inhoud).toEqual(first.json().inhoud)
    // The mark is written with the next group; nobody waits for it.
    const until = performance.now() + 2_000
    while ((await stand()) !== 'opgehaald' && performance.now() < until) await Bun.sleep(5)
    expect(await stand()).toBe('opgehaald')
    for (const name of ['gemeente-duinrand', 'waterbedrijf-noord-particulier', 'energie-direct']) {
      const voice = voiceOf(node(), name)
      expectProblem(await voice('GET', path), 404, 'niet-gevonden')
      expect((await voice('HEAD', path)).status).toBe(404)
    }
    await recipient('PUT', `${path}/bevestiging`)
  })

  test('who waits for news gets it at once; without news the wait ends by itself', async () => {
    const { recipient, offer } = pair()
    const line = await node().dial('waterbedrijf-noord')
    const headers = { deelnemer: participantId('waterbedrijf-noord-zakelijk') }
    const waiting = line.ask('GET', '/berichten?wacht=30', { headers })
    const mailboxes = node().dial('waterbedrijf-noord')
    const all = (await mailboxes).ask('GET', '/postbussen?wacht=30')
    await Bun.sleep(50)
    const from = performance.now()
    const { referentienummer } = await offer()
    expect(REFERENCES(await waiting)).toEqual([referentienummer])
    expect((await all).json().postbussen).toContainEqual({
      deelnemer: headers.deelnemer,
      naam: 'waterbedrijf-noord-zakelijk',
      wachtend: 1,
      oudsteAangebodenOp: expect.stringMatching(/Z$/),
    })
    expect(performance.now() - from).toBeLessThan(2_000)
    await recipient('PUT', `/berichten/${referentienummer}/bevestiging`)
    const start = performance.now()
    expect(REFERENCES(await line.ask('GET', '/berichten?wacht=1', { headers }))).toEqual([])
    expect(performance.now() - start).toBeGreaterThan(900)
    line.cut()
    ;(await mailboxes).cut()
  })

  test('two workers never hold one conversation at the same time', async () => {
    const { recipient, offer } = pair()
    const first = await offer()
    const follow = await offer('betaalvoorstel', {
      conversatieReferentienummer: first.conversatieReferentienummer,
    })
    const other = await offer()
    const lease = async (limiet: number) => {
      const answer = await recipient('POST', '/ophalingen', { json: { limiet, leaseSeconden: 60 } })
      expect(answer.status).toBe(201)
      return answer
    }
    const mine = await lease(1)
    expect(REFERENCES(mine)).toEqual([first.referentienummer])
    expect(mine.json().berichten[0].inhoud).toEqual(first.inhoud)
    const theirs = await lease(10)
    // The rest of the first conversation stays hidden with it.
    expect(REFERENCES(theirs)).toEqual([other.referentienummer])
    expect(REFERENCES(await recipient('GET', '/berichten'))).toEqual([])

    const confirm = (reference: string, ophaling?: string) =>
      recipient('PUT', `/berichten/${reference}/bevestiging`, {
        ...(ophaling !== undefined && { headers: { ophaling } }),
      })
    const [my, their] = [mine.json().ophaling, theirs.json().ophaling]
    expectProblem(await confirm(first.referentienummer), 409, 'in-ophaling')
    expectProblem(await confirm(first.referentienummer, their), 409, 'in-ophaling')
    const peek = await recipient('GET', `/berichten/${follow.referentienummer}`)
    expectProblem(peek, 409, 'in-ophaling')
    expect((await confirm(first.referentienummer, my)).status).toBe(201)
    // All that it held of the conversation is confirmed, so the rest is free for anybody.
    expect(REFERENCES(await recipient('GET', '/berichten'))).toEqual([follow.referentienummer])

    const extended = await recipient('PUT', `/ophalingen/${their}`, { json: { leaseSeconden: 90 } })
    expect(extended.status).toBe(200)
    expect(Date.parse(extended.json().eindigtOp)).toBeGreaterThan(
      Date.parse(theirs.json().eindigtOp),
    )
    expect((await recipient('DELETE', `/ophalingen/${their}`)).status).toBe(204)
    expectProblem(await recipient('DELETE', `/ophalingen/${their}`), 404, 'niet-gevonden')
    const late = await recipient('PUT', `/ophalingen/${their}`, { json: { leaseSeconden: 1 } })
    expectProblem(late, 404, 'niet-gevonden')
    expect(REFERENCES(await recipient('GET', '/berichten'))).toEqual([
      ...[follow.referentienummer, other.referentienummer],
    ])
    // An ended lease is as good as none while nobody holds the message.
    expect((await confirm(other.referentienummer, their)).status).toBe(201)
    expect((await confirm(follow.referentienummer)).status).toBe(201)
  })

  test('a lease that is over gives its messages back, to who waits too', async () => {
    const { recipient, offer } = pair()
    const { referentienummer } = await offer()
    const json = { limiet: 5, leaseSeconden: 1, module: 'schuldregeling' }
    const lease = await recipient('POST', '/ophalingen', { json })
    expect(REFERENCES(lease)).toEqual([referentienummer])
    const from = performance.now()
    const back = await recipient('GET', '/berichten?wacht=10')
    expect(REFERENCES(back)).toEqual([referentienummer])
    expect(performance.now() - from).toBeLessThan(3_000)
    await recipient('PUT', `/berichten/${referentienummer}/bevestiging`)
  })

  test('a lease is asked for in numbers within the limits', async () => {
    const { recipient } = pair()
    const ask = (json: object) => recipient('POST', '/ophalingen', { json })
    const wrong = await ask({ limiet: 0, leaseSeconden: 3_601, traag: true })
    expectProblem(wrong, 400, 'bericht-ongeldig')
    expectProblem(await ask({ limiet: 1 }), 400, 'veld-ontbreekt')
    const unknown = await recipient('DELETE', `/ophalingen/${randomUUID()}`)
    expectProblem(unknown, 404, 'niet-gevonden')
    // With nothing to fetch there is a lease all the same, and it holds nothing.
    const empty = await ask({ limiet: 1, leaseSeconden: 1 })
    expect([empty.status, REFERENCES(empty)]).toEqual([201, []])
  })
}
