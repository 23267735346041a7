import { expect, test } from 'bun:test'
import { catalogue } from '../../src/cli/catalogue.ts'
import { run } from '../../src/cli/cli.ts'
import { EXIT } from '../../src/cli/command.ts'
import { VERSION } from '../../src/ops/version.ts'
import { makeDemoNode } from '../support/demo-node.ts'
import { terminal } from './support/terminal.ts'

const COMMANDS = { catalogue: async () => catalogue }

async function ask(...words: string[]) {
  const at = terminal()
  const code = await run(['catalogue', ...words], at.io, COMMANDS)
  return { code, out: at.out(), err: at.err() }
}

test('openapi prints the description of the API with the definitions that come with the program', async () => {
  const { code, out, err } = await ask('openapi')
  expect([code, err]).toEqual([EXIT.done, ''])
  const document = JSON.parse(out)
  expect(document).toMatchObject({
    openapi: '3.1.1',
    info: { title: 'Knooppunt', version: VERSION },
    servers: [{ url: 'https://localhost:8443/api/v1' }],
  })
  expect(Object.keys(document.components.schemas)).toContain('SchuldregelingSaldoverzoekV2')
})

test('openapi prints what a node with a configuration serves', async () => {
  const node = makeDemoNode({ node: { name: 'Pilotregio Noord', email: 'beheer@example.nl' } })
  try {
    const { code, out } = await ask('openapi', '--config', node.configFile)
    expect(code).toBe(EXIT.done)
    expect(JSON.parse(out).info.contact).toMatchObject({
      name: 'Pilotregio Noord',
      email: 'beheer@example.nl',
    })
  } finally {
    node.remove()
  }
})

test('list has every message type, for people and for programs', async () => {
  const people = await ask('list')
  expect(people.out).toMatch(
    /^schuldregeling\s+2\.0\s+saldoverzoek\s+2\.0\s+Saldoverzoek\s+partial$/m,
  )
  const rows = JSON.parse((await ask('list', '--json')).out)
  expect(rows.length).toBe(people.out.trim().split('\n').length - 1)
  expect(rows[0]).toMatchObject({ module: 'betalingsregeling', type: 'saldoverzoek' })
})

test('show has fields, those of groups under them, and the sample', async () => {
  const { out } = await ask('show', 'schuldregeling', 'saldoverzoek')
  expect(out).toMatch(/^· Achternaam\s+yes\s+tekst van 1 tot en met/m)
  expect(out).toContain('"KlantnummerSHV"')
  const { schema, sample } = JSON.parse(
    (await ask('show', 'schuldregeling', 'saldoverzoek', '--json')).out,
  )
  expect(Object.keys(sample)).toContain('Klant')
  expect(schema.required).toContain('Klant')
})

test.each([
  [['show', 'schuldregeling', 'anders'], EXIT.no, /no schuldregeling anders/],
  [['show', 'schuldregeling'], EXIT.usage, /a module and a message type/],
  [['list', 'alles'], EXIT.usage, /options only/],
  [['openapi', '--config', 'nergens.yaml'], EXIT.no, /nergens\.yaml/],
  [[], EXIT.usage, /openapi/],
])('%j explains itself', async (words, code, expected) => {
  const found = await ask(...words)
  expect([found.code, found.out]).toEqual([code, ''])
  expect(found.err).toMatch(expected)
})
