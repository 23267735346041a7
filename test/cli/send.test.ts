/**
 * `send` against a small relay over real mutual TLS.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '../../src/cli/command.ts'
import type { ExitCode } from '../../src/cli/command.ts'
import { send } from '../../src/cli/send.ts'
import type { Asked, Reply } from '../client/support/fake-door.ts'
import { A, B, C, deskFor, item, refusal } from './support/desk.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const desk = deskFor(send)

describe('send', () => {
  const draft = {
    module: 'schuldregeling',
    berichttype: 'saldoverzoek',
    versie: '2.0',
    ontvanger: C,
    inhoud: { KlantnummerSHV: 'canary' },
  }
  const accept = ({ body }: Asked): Reply => ({
    status: 201,
    json: item((JSON.parse(body) as { referentienummer: string }).referentienummer),
  })
  const file = (value: unknown) => {
    writeFileSync(join(desk.folder, 'bericht.json'), JSON.stringify(value))
    return 'bericht.json'
  }

  test('fills in the references that a sender makes, and prints them', async () => {
    desk.door.answer(accept)
    const { exit, out, err } = await desk.on(['send', file(draft)])
    expect(exit).toBe(EXIT.done)
    const sent = JSON.parse(desk.door.asked[0]?.body ?? '') as Record<string, string>
    expect(sent).toMatchObject(draft)
    expect(sent['referentienummer']).toMatch(UUID)
    expect(sent['conversatieReferentienummer']).toMatch(UUID)
    expect(sent['referentienummer']).not.toBe(sent['conversatieReferentienummer'])
    expect(err).toBe(`referentienummer ${sent['referentienummer']}\n`)
    expect(out).toContain(`referentienummer            ${sent['referentienummer']}\n`)
    expect(out).not.toContain('canary')
  })

  test('leaves references that are there as they are, also from standard input', async () => {
    desk.door.answer(accept)
    const given = { ...draft, referentienummer: A, conversatieReferentienummer: B }
    const stdin = async function* () {
      const text = Buffer.from(JSON.stringify(given))
      yield text.subarray(0, 10)
      yield text.subarray(10)
    }
    const { err, out } = await desk.on(['send', '-', '--json'], { stdin })
    expect(err).toBe('')
    expect(JSON.parse(desk.door.asked[0]?.body ?? '')).toEqual(given)
    expect(JSON.parse(out)).toEqual(item(A))
  })

  test('an answer is not given a conversation of its own', async () => {
    desk.door.answer(accept)
    await desk.on(['send', file({ ...draft, crossReferentienummer: A })])
    expect(JSON.parse(desk.door.asked[0]?.body ?? '')).not.toHaveProperty(
      'conversatieReferentienummer',
    )
  })

  test('an answer that was lost leaves the reference to try again with', async () => {
    desk.door.answer(() => (_, socket) => socket.destroy())
    const lost = await desk.on(['send', file(draft)])
    expect(lost.exit).toBe(EXIT.unreachable)
    const reference = /referentienummer (\S+)\n/.exec(lost.err)?.[1] ?? ''
    desk.door.answer(accept)
    await desk.on(['send', file(draft), '--reference', reference])
    expect(JSON.parse(desk.door.asked[0]?.body ?? '')).toMatchObject({
      referentienummer: reference,
    })
  })

  test('a refusal names every problem and exits with 1', async () => {
    const errors = [
      { pad: '/inhoud/Klant', code: 'veld-ontbreekt', detail: 'Vul Klant in.' },
      { pad: '/versie', code: 'veld-waarde', detail: 'Deze versie is er niet.' },
    ]
    desk.door.answer(() => refusal(400, 'bericht-ongeldig', { errors }))
    const { exit, err } = await desk.on(['send', file(draft)])
    expect(exit).toBe(EXIT.no)
    expect(err).toContain('bericht-ongeldig: Invalid message. Uitleg.')
    for (const { pad, code, detail } of errors) expect(err).toContain(`${pad}: ${code}: ${detail}`)
  })

  const bad: [string, () => string[], ExitCode, string][] = [
    ['no file', () => [], EXIT.usage, 'Give one FILE'],
    ['two files', () => ['a', 'b'], EXIT.usage, 'Give one FILE'],
    ['a file that is not there', () => ['a'], EXIT.no, 'there is no such file'],
    ['a folder', () => ['.'], EXIT.no, 'it is a folder'],
    ['a list', () => [file([draft])], EXIT.no, 'one JSON object'],
    ['no input', () => ['-'], EXIT.no, 'no standard input'],
  ]
  test.each(bad)('%s is refused here', async (_, args, exit, words) => {
    desk.door.answer(accept)
    const result = await desk.on(['send', ...args()])
    expect(result.err).toContain(words)
    expect(result.exit).toBe(exit)
    expect(desk.door.asked).toEqual([])
  })

  const broken: [string, string | Buffer, string][] = [
    ['no JSON', '{"inhoud": canary}', 'not valid JSON'],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'not valid UTF-8'],
    ['too much', Buffer.alloc(25 * 1024 * 1024, 0x20), 'larger than'],
  ]
  test.each(broken)('%s is refused without its text', async (_, content, words) => {
    writeFileSync(join(desk.folder, 'kapot.json'), content)
    const { exit, err } = await desk.on(['send', 'kapot.json'])
    expect(err).toContain(words)
    expect(err).not.toContain('canary')
    expect(exit).toBe(EXIT.no)
  })
})
