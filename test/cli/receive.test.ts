/**
 * `receive` against a small relay over real mutual TLS.
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '../../src/cli/command.ts'
import { receive } from '../../src/cli/receive.ts'
import { A, B, C, deskFor, item, refusal } from './support/desk.ts'

const desk = deskFor(receive)

describe('receive', () => {
  /** A mailbox with two pages; what is confirmed is gone. */
  function mailbox(references: readonly string[]) {
    const seen: string[] = []
    const waiting = new Set(references)
    desk.door.answer(({ method, path }) => {
      const [, reference = '', end] = /\/berichten\/([^/?]+)(\/bevestiging)?$/.exec(path) ?? []
      if (method === 'PUT' && end !== undefined) {
        seen.push(
          `confirm ${reference}, file ${existsSync(join(desk.folder, `in/${reference}.json`))}`,
        )
        waiting.delete(reference)
        return { status: 201, json: item(reference) }
      }
      if (reference !== '') {
        return { status: 200, json: item(reference, { inhoud: { naam: 'Zoë\u0085' } }) }
      }
      const second = path.includes('na=1')
      const items = [...references].slice(second ? 1 : 0, second ? undefined : 1)
      const more = !second && references.length > 1 ? { volgende: '1' } : {}
      return { status: 200, json: { berichten: items.map((r) => item(r)), ...more } }
    })
    return { seen, waiting }
  }

  test('writes every message to its own file, and only then confirms it', async () => {
    const { seen, waiting } = mailbox([A, B, C])
    const { exit, out } = await desk.on(['receive', '--out', 'in', '--confirm'])
    expect(exit).toBe(EXIT.done)
    expect(seen).toEqual([A, B, C].map((reference) => `confirm ${reference}, file true`))
    expect(waiting.size).toBe(0)
    expect(readdirSync(join(desk.folder, 'in')).sort()).toEqual([A, B, C].map((r) => `${r}.json`))
    expect(await Bun.file(join(desk.folder, `in/${A}.json`)).json()).toEqual(
      item(A, { inhoud: { naam: 'Zoë\u0085' } }),
    )
    expect(statSync(join(desk.folder, `in/${A}.json`)).mode & 0o777).toBe(0o600)
    expect(statSync(join(desk.folder, 'in')).mode & 0o777).toBe(0o700)
    expect(out).toContain(`${A}  schuldregeling/saldoverzoek  confirmed\n`)
    expect(out).not.toContain('Zoë')
  })

  test('a file that cannot be written is not confirmed', async () => {
    const { seen } = mailbox([A])
    writeFileSync(join(desk.folder, 'in'), 'a file where the folder should be')
    const { exit, err } = await desk.on(['receive', '--out', 'in', '--confirm'])
    expect(seen).toEqual([])
    expect(exit).toBe(EXIT.no)
    expect(err).toContain('in')
  })

  test('one that ended before it was confirmed keeps its file and does not stop the next', async () => {
    desk.door.answer(({ method, path }) => {
      if (method === 'PUT')
        return path.includes(A) ? refusal(410, 'bericht-weg') : { status: 201, json: item(B) }
      if (path.endsWith(A)) return { status: 200, json: item(A) }
      if (path.endsWith(B)) return { status: 200, json: item(B) }
      return { status: 200, json: { berichten: [item(A), item(B)] } }
    })
    const { exit, out, err } = await desk.on(['receive', '--out', 'in', '--confirm'])
    expect(exit).toBe(EXIT.no)
    expect(err).toStartWith(`${A}: bericht-weg: `)
    expect(out).toContain(`${A}  schuldregeling/saldoverzoek  fetched\n`)
    expect(out).toContain(`${B}  schuldregeling/saldoverzoek  confirmed\n`)
    expect(readdirSync(join(desk.folder, 'in')).sort()).toEqual([`${A}.json`, `${B}.json`])
  })

  test('without --confirm everything stays, and --json tells what was done', async () => {
    const { seen } = mailbox([A, B])
    const { out } = await desk.on(['receive', '--out', 'in', '--json'])
    expect(seen).toEqual([])
    expect(JSON.parse(out)).toEqual(
      [A, B].map((referentienummer) => ({
        referentienummer,
        module: 'schuldregeling',
        berichttype: 'saldoverzoek',
        file: join(desk.folder, `in/${referentienummer}.json`),
        confirmed: false,
      })),
    )
  })

  test('without --out each message is one line of JSON', async () => {
    mailbox([A, B])
    const { out } = await desk.on(['receive'])
    const lines = out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).referentienummer)).toEqual([A, B])
  })

  test('--confirm without --out is refused: what is only printed is not safe', async () => {
    mailbox([A])
    const { exit, err } = await desk.on(['receive', '--confirm'])
    expect(exit).toBe(EXIT.usage)
    expect(err).toContain('--confirm needs --out DIR')
    expect(desk.door.asked).toEqual([])
  })

  test('--limit, --module and --wait are passed on where they belong', async () => {
    mailbox([A, B, C])
    const line = ['receive', '--out', 'in', '--limit', '2', '--module', 'm', '--wait', '1']
    await desk.on(line)
    expect(readdirSync(join(desk.folder, 'in'))).toHaveLength(2)
    const lists = desk.door.asked.map(({ path }) => path).filter((path) => path.includes('?'))
    expect(lists).toEqual(['/api/v1/berichten?module=m&wacht=1', '/api/v1/berichten?module=m&na=1'])
  })

  test('a message that went elsewhere is passed over, a damaged one is told of', async () => {
    desk.door.answer(({ path }) => {
      if (path.endsWith(A)) return refusal(409, 'in-ophaling')
      if (path.endsWith(B)) return refusal(500, 'bericht-beschadigd')
      if (path.endsWith(C)) return { status: 200, json: item(C) }
      return { status: 200, json: { berichten: [item(A), item(B), item(C)] } }
    })
    const { exit, err } = await desk.on(['receive', '--out', 'in'])
    expect(readdirSync(join(desk.folder, 'in'))).toEqual([`${C}.json`])
    expect(err).toStartWith(`${B}: bericht-beschadigd: Message is damaged.`)
    expect(exit).toBe(EXIT.no)
  })

  test('a reference that is a path writes no file', async () => {
    const evil = '../../evil'
    desk.door.answer(({ path }) =>
      path.includes('evil')
        ? { status: 200, json: item(evil) }
        : { status: 200, json: { berichten: [item(evil)] } },
    )
    const { exit, err } = await desk.on(['receive', '--out', 'in/deep'])
    expect(exit).toBe(EXIT.no)
    expect(err).toContain('no UUID')
    expect(readdirSync(desk.folder)).toEqual([])
  })

  test('an empty mailbox is no failure', async () => {
    mailbox([])
    expect(await desk.on(['receive', '--out', 'in'])).toEqual({
      exit: EXIT.done,
      out: '',
      err: 'Nothing waits.\n',
    })
  })
})
