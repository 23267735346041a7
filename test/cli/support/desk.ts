/**
 * A desk to try commands at: a relay that answers as told, credentials, and an empty folder for each test.
 * @module
 */
import { afterAll, afterEach, beforeAll, beforeEach } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../../src/cli/cli.ts'
import type { Command, ExitCode, Io } from '../../../src/cli/command.ts'
import { fakeDoor } from '../../client/support/fake-door.ts'
import type { FakeDoor, Reply } from '../../client/support/fake-door.ts'
import { throwawayPki } from '../../client/support/throwaway-pki.ts'
import type { Pair, ThrowawayPki } from '../../client/support/throwaway-pki.ts'
import { terminal } from './terminal.ts'

export const A = '0f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'
export const B = '1f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'
export const C = '2f3a5b1c-7d2e-4f60-8a9b-1c2d3e4f5a6b'

const TIMES = {
  aangebodenOp: '2026-01-05T10:00:00.000Z',
  verlooptOp: '2026-01-12T23:00:00.000Z',
}

/** A message as lists, receipts and logs of the relay show it, all members together. */
export function item(referentienummer: string, more: Record<string, unknown> = {}) {
  return {
    referentienummer,
    conversatieReferentienummer: B,
    module: 'schuldregeling',
    berichttype: 'saldoverzoek',
    versie: '2.0',
    afzender: { id: C, naam: 'Gemeente Voorbeeldstad', type: ['shv-fase-2'] },
    ontvanger: A,
    stand: 'wachtend',
    ...TIMES,
    grootte: 2,
    aantalBijlagen: 0,
    aantalOphalingen: 0,
    ...more,
  }
}

/** A problem of the relay. */
export function refusal(status: number, code: string, more: Record<string, unknown> = {}): Reply {
  return { status, json: { status, code, title: 'T', detail: 'Uitleg.', ...more } }
}

export interface Desk {
  readonly door: FakeDoor
  readonly pki: ThrowawayPki
  readonly anna: Pair
  /** Of the running test. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  on(line: readonly string[], more?: Partial<Io>): Promise<Ended>
}

export interface Ended {
  readonly exit: ExitCode
  readonly out: string
  readonly err: string
}

/** Sets the desk up for all tests of a file; its members can be used inside tests. */
export function deskFor(...commands: readonly Command[]): Desk {
  const table = Object.fromEntries(commands.map((command) => [command.name, async () => command]))
  let up: { pki: ThrowawayPki; door: FakeDoor; anna: Pair } | undefined
  let folder = ''
  const standing = () => {
    if (up === undefined) throw new Error('the desk stands in tests only')
    return up
  }
  beforeAll(async () => {
    const pki = throwawayPki()
    up = { pki, door: await fakeDoor(pki), anna: pki.client('anna') }
  })
  afterAll(async () => {
    await standing().door.stop()
    standing().pki.remove()
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'knooppunt-cli-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const desk: Desk = {
    get door() {
      return standing().door
    },
    get pki() {
      return standing().pki
    },
    get anna() {
      return standing().anna
    },
    get folder() {
      return folder
    },
    get environment() {
      const { door, anna, pki } = standing()
      return {
        KNOOPPUNT_URL: door.url,
        KNOOPPUNT_CERT: anna.certificateFile,
        KNOOPPUNT_KEY: anna.keyFile,
        KNOOPPUNT_CA: pki.caFile,
      }
    },
    on: async (line, more = {}) => {
      const { io, out, err } = terminal({ env: desk.environment, cwd: folder, ...more })
      const exit = await run(line, io, table)
      return { exit, out: out(), err: err() }
    },
  }
  return desk
}
