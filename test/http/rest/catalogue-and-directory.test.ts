import { describe, expect, test } from 'bun:test'
import { bodyOf, createWorld, IDS } from '../support/world.ts'

describe('identiteit', () => {
  test('shows certificate, connection, participants and environment', async () => {
    const { ask } = createWorld()
    const answer = await ask('supplier', '/identiteit')
    expect(answer.status).toBe(200)
    const body = await bodyOf(answer)
    expect(body).toMatchObject({
      omgeving: 'test',
      aansluiting: { naam: 'leverancier', oin: '00000099000000000003', soort: 'leverancier' },
      certificaat: { vingerafdruk: 'ab'.repeat(32), geldigTot: '2027-01-01T00:00:00.000Z' },
    })
    expect(body.deelnemers.map(({ id }: { id: string }) => id)).toEqual([
      IDS.municipality,
      IDS.second,
    ])
    expect(body.deelnemers[0].modules).toContainEqual({
      module: 'vroegsignalering',
      versies: ['1.0'],
    })
  })

  test.each(['suspended', 'registered'] as const)('works for a %s participant', async (as) => {
    const { ask } = createWorld()
    expect((await ask(as, '/identiteit')).status).toBe(200)
  })

  test('says which layer failed first, with the certificate and nothing about what lies behind it', async () => {
    const { ask } = createWorld()
    const answer = await ask('rogue', '/identiteit')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).not.toBeNull()
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({
      code: 'certificaat-keten',
      laag: 'keten',
      certificaat: { onderwerp: 'CN=proef' },
    })
    for (const hidden of ['energie', 'Gemeente', IDS.creditor, 'omgeving']) {
      expect(text).not.toContain(hidden)
    }
  })
})

describe('deelnemers', () => {
  const names = async (response: Response) =>
    (await bodyOf(response)).deelnemers.map(({ naam }: { naam: string }) => naam)

  test('shows the active ones to anybody, without OIN', async () => {
    const { ask } = createWorld()
    const answer = await ask(null, '/deelnemers')
    const text = await (await ask(null, '/deelnemers')).text()
    expect(await names(answer)).toEqual([
      'Energie Direct',
      'Gemeente Tweede',
      'Gemeente Voorbeeldstad',
    ])
    expect(text).not.toContain('00000099')
    expect((await ask(null, `/deelnemers/${IDS.suspended}`)).status).toBe(404)
  })

  test('shows participants more: who is suspended, and OINs', async () => {
    const { ask } = createWorld()
    expect(await names(await ask('creditor', '/deelnemers'))).toContain('Geschorst BV')
    const entry = await bodyOf(await ask('creditor', `/deelnemers/${IDS.municipality}`))
    expect(entry).toMatchObject({
      oin: ['00000099000000000003'],
      kvk: '12345678',
      status: 'actief',
    })
    expect((await ask('creditor', `/deelnemers/${IDS.registered}`)).status).toBe(404)
  })

  test.each(['registered', 'suspended', 'rogue'] as const)(
    'shows a %s caller the public part only',
    async (as) => {
      const { ask } = createWorld()
      const text = await (await ask(as, '/deelnemers')).text()
      expect(text).not.toContain('00000099')
      expect(text).not.toContain('Geschorst BV')
    },
  )

  test.each([
    ['module=vroegsignalering', ['Gemeente Voorbeeldstad']],
    ['module=schuldregeling&versie=1.0', []],
    ['module=constructor', []],
    ['type=schuldeiser', ['Energie Direct']],
    ['werkgebied=0363', ['Gemeente Voorbeeldstad']],
    ['zoek=lichtPUNT', ['Energie Direct']],
    ['zoek=12345678', ['Energie Direct', 'Gemeente Tweede', 'Gemeente Voorbeeldstad']],
  ])('?%s', async (query, expected) => {
    const { ask } = createWorld()
    expect(await names(await ask(null, `/deelnemers?${query}`))).toEqual(expected)
  })

  test('comes in pages that join up', async () => {
    const { ask } = createWorld()
    const seen: string[] = []
    let after = ''
    for (let page = 0; page < 10; page += 1) {
      const { deelnemers, volgende } = await bodyOf(
        await ask('creditor', `/deelnemers?limiet=1${after}`),
      )
      seen.push(...deelnemers.map(({ naam }: { naam: string }) => naam))
      if (volgende === undefined) break
      after = `&na=${volgende}`
    }
    expect(seen).toEqual([
      'Energie Direct',
      'Gemeente Tweede',
      'Gemeente Voorbeeldstad',
      'Geschorst BV',
    ])
  })
})

describe('modules', () => {
  test('lists, shows a version and a message type with schema and sample', async () => {
    const { ask } = createWorld()
    expect((await bodyOf(await ask(null, '/modules'))).modules).toEqual([
      {
        module: 'schuldregeling',
        titel: 'Schuldregeling',
        samenvatting: 'Regelt schulden.',
        versies: ['2.0'],
      },
    ])
    const module = await bodyOf(await ask(null, '/modules/schuldregeling/versies/2.0'))
    expect(module.berichttypen[0]).toMatchObject({
      berichttype: 'saldoverzoek',
      van: 'vrager',
      herkomst: 'deels',
    })
    const type = await bodyOf(
      await ask(null, '/modules/schuldregeling/versies/2.0/berichttypen/saldoverzoek'),
    )
    expect(type.voorbeeld).toEqual({ KlantnummerSHV: '12' })
    expect(type.schema.type).toBe('object')
    expect(type.velden[0]).toMatchObject({
      naam: 'KlantnummerSHV',
      verplicht: true,
      herkomst: 'gepubliceerd',
    })
    expect(type.regels).toEqual([{ soort: 'precies-een', velden: ['KlantnummerSHV'] }])
  })

  test.each([
    '/modules/anders/versies/2.0',
    '/modules/schuldregeling/versies/9.9',
    '/modules/schuldregeling/versies/x',
    '/modules/schuldregeling/versies/2.0/berichttypen/constructor',
  ])('%s is not there', async (path) => {
    const { ask } = createWorld()
    expect((await ask(null, path)).status).toBe(404)
  })
})
