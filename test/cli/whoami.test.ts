/**
 * `whoami`, and how every command finds the relay, over real mutual TLS.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { EXIT } from '../../src/cli/command.ts'
import type { ExitCode } from '../../src/cli/command.ts'
import { whoami } from '../../src/cli/whoami.ts'
import { A, B, deskFor, refusal } from './support/desk.ts'

const desk = deskFor(whoami)

describe('where the relay is and who calls', () => {
  test('options win from the environment', async () => {
    desk.door.answer(({ name }) => ({ status: 200, json: { uitkomst: name } }))
    const bert = desk.pki.client('bert')
    const line = ['whoami', '--json', '--cert', bert.certificateFile, '--key', bert.keyFile]
    expect(JSON.parse((await desk.on(line)).out)).toEqual({ uitkomst: 'bert' })
    expect(JSON.parse((await desk.on(['whoami', '--json'])).out)).toEqual({ uitkomst: 'anna' })
  })

  test('the participant goes along', async () => {
    desk.door.answer(() => ({ status: 200, json: {} }))
    await desk.on(['whoami', '--json', '--participant', A.toUpperCase()])
    await desk.on(['whoami', '--json'], { env: { ...desk.environment, KNOOPPUNT_PARTICIPANT: B } })
    expect(desk.door.asked.map(({ headers }) => headers['deelnemer'])).toEqual([A, B])
  })

  const bad: [string, () => Record<string, string>, ExitCode, string][] = [
    ['no certificate', () => ({ KNOOPPUNT_CERT: '' }), EXIT.usage, 'Give --cert FILE'],
    ['a file that is not there', () => ({ KNOOPPUNT_KEY: 'x.key' }), EXIT.no, 'x.key: there is no'],
    ['the wrong key', () => ({ KNOOPPUNT_KEY: desk.pki.server.keyFile }), EXIT.usage, 'belong'],
    ['an address without TLS', () => ({ KNOOPPUNT_URL: 'http://x' }), EXIT.usage, 'https'],
    [
      'nothing there',
      () => ({ KNOOPPUNT_URL: 'https://localhost:1' }),
      EXIT.unreachable,
      'Nothing',
    ],
  ]
  test.each(bad)('%s', async (_, env, exit, words) => {
    const result = await desk.on(['whoami'], { env: { ...desk.environment, ...env() } })
    expect(result.err).toContain(words)
    expect(result).toMatchObject({ exit, out: '' })
  })
})

describe('whoami', () => {
  const certificaat = {
    vingerafdruk: 'ab12',
    onderwerp: 'CN=gemeente',
    uitgever: 'CN=uitgever',
    serienummer: '01',
    oin: '00000099000000001000',
    organisatieonderdelen: [],
    geldigVan: '2026-01-01T00:00:00.000Z',
    geldigTot: '2027-01-01T00:00:00.000Z',
    sleutel: 'EC P-256',
  }

  test('shows what the relay sees', async () => {
    desk.door.answer(() => ({
      status: 200,
      json: {
        knooppunt: 'Pilotregio Noord',
        omgeving: 'demo',
        certificaat,
        aansluiting: { naam: 'gemeente', oin: certificaat.oin, soort: 'eigen' },
        deelnemers: [
          {
            id: A,
            naam: 'Gemeente Voorbeeldstad',
            type: ['shv-fase-2'],
            status: 'actief',
            modules: [{ module: 'schuldregeling', versies: ['1.0', '2.0'] }],
          },
        ],
      },
    }))
    const { exit, out } = await desk.on(['whoami'])
    expect(exit).toBe(EXIT.done)
    expect(out).toBe(
      [
        'Pilotregio Noord (demo) knows you as connection gemeente, for its own participants.',
        'Your certificate',
        '  fingerprint ab12',
        '  subject     CN=gemeente',
        '  issuer      CN=uitgever',
        '  OIN         00000099000000001000',
        '  valid from  2026-01-01T00:00:00.000Z',
        '  valid until 2027-01-01T00:00:00.000Z',
        'Participant Gemeente Voorbeeldstad (shv-fase-2), actief',
        `  id          ${A}`,
        '  modules     schuldregeling 1.0, 2.0',
        '',
      ].join('\n'),
    )
  })

  test('explains a refusal: what, which check, and the certificate that was seen', async () => {
    desk.door.answer(() =>
      refusal(401, 'certificaat-verlopen', { laag: 'geldigheid', certificaat }),
    )
    const { exit, out, err } = await desk.on(['whoami'])
    expect([exit, err]).toEqual([EXIT.no, ''])
    expect(out).toStartWith('The relay does not let you in.\ncertificaat-verlopen: ')
    expect(out).toContain('Uitleg.\n')
    expect(out).toContain('failed first: validity (not valid yet, or not any more)\n')
    expect(out).toContain('  valid until 2027-01-01T00:00:00.000Z\n')
  })

  test('explains a refusal that shows no certificate', async () => {
    desk.door.answer(() => refusal(401, 'certificaat-ontbreekt', { laag: 'certificaat' }))
    expect((await desk.on(['whoami'])).out).not.toContain('Your certificate')
  })

  test('--json prints the refusal as the relay gave it', async () => {
    desk.door.answer(() => refusal(401, 'aansluiting-onbekend', { laag: 'aansluiting' }))
    const { exit, out } = await desk.on(['whoami', '--json'])
    expect(exit).toBe(EXIT.no)
    expect(JSON.parse(out)).toMatchObject({ code: 'aansluiting-onbekend', laag: 'aansluiting' })
  })

  test('any other refusal is a failure like elsewhere', async () => {
    desk.door.answer(() => refusal(503, 'even-niet-beschikbaar', { status: 503 }))
    const { exit, err } = await desk.on(['whoami'])
    expect(exit).toBe(EXIT.no)
    expect(err).toContain('even-niet-beschikbaar')
  })
})
