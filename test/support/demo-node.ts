/**
 * A node with the fictitious participants of the demo in a folder of its own, and clients that hold their certificates.
 * @module
 */
import { cpSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { prepareDemo } from '../../src/cli/demo-folder.ts'
import { DEMO_CONNECTIONS } from '../../src/cli/demo-world.ts'
import { createClient } from '../../src/client/client.ts'
import type { Client } from '../../src/client/client.ts'
import type { Uuid } from '../../src/core/message.ts'
import { dataPaths } from '../../src/store/data-folder.ts'
import type { DataPaths } from '../../src/store/data-folder.ts'

/** Sections of the configuration that a test lays over those of the demo. */
export type Overlay = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The files of one node. */
export interface DemoNode {
  readonly dir: string
  readonly configFile: string
  readonly dataDir: string
  readonly paths: DataPaths
  readonly ringPath: string
  readonly masterKeyFile: string
  readonly masterKey: Uint8Array
  /** A client with the certificate that covers this participant, acting for it; it never sends anything twice. */
  client(url: string, participant: string): Client
  /** Copies data and keys into a folder of this name beside the configuration, and gives its path. */
  copy(name: string): string
  /** Puts data and keys back as they were copied. */
  putBack(copy: string): void
  remove(): void
}

/** What a node's state is, besides its configuration. */
const STATE = ['data', 'keys'] as const

/** Makes a node; every door takes a free port. */
export function makeDemoNode(overlay: Overlay = {}): DemoNode {
  const dir = mkdtempSync(join(tmpdir(), 'knooppunt-node-'))
  const { configFile, certs } = prepareDemo(dir, { api: 0, portal: 0, ops: 0 })
  const config = parse(readFileSync(configFile, 'utf8')) as Record<string, object | undefined>
  for (const [section, values] of Object.entries(overlay))
    config[section] = { ...config[section], ...values }
  writeFileSync(configFile, stringify(config))
  const read = (name: string) => readFileSync(join(certs, name), 'utf8')
  const dataDir = resolve(dir, String(overlay['store']?.['path'] ?? 'data'))
  const masterKeyFile = join(dir, 'keys', 'master.key')
  return {
    dir,
    configFile,
    dataDir,
    paths: dataPaths(dataDir),
    ringPath: join(dir, 'keys', 'ring'),
    masterKeyFile,
    masterKey: Buffer.from(readFileSync(masterKeyFile, 'utf8').trim(), 'hex'),
    client: (url, participant) => {
      const connection = DEMO_CONNECTIONS.find((one) =>
        one.participants.some(({ name }) => name === participant),
      )
      if (connection === undefined) throw new Error(`nobody in the demo is called ${participant}`)
      return createClient({
        url,
        certificate: read(`${connection.name}.pem`),
        key: read(`${connection.name}.key`),
        ca: read('ca.pem'),
        participant: participantId(participant),
        // Whoever keeps books wants to know of each break, so nothing is tried again behind its back.
        pause: () => Promise.reject(new Error('not again')),
      })
    },
    copy: (name) => {
      const copy = join(dir, 'config', name)
      for (const part of STATE) copyFiles(join(dir, part), join(copy, part))
      return copy
    },
    putBack: (copy) => {
      for (const part of STATE) {
        rmSync(join(dir, part), { recursive: true, force: true })
        copyFiles(join(copy, part), join(dir, part))
      }
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** The UUID of a participant of the demo. */
export function participantId(name: string): Uuid {
  const found = DEMO_CONNECTIONS.flatMap(({ participants }) => participants).find(
    (participant) => participant.name === name,
  )
  if (found === undefined) throw new Error(`nobody in the demo is called ${name}`)
  return found.id
}

/** Copies a folder with all its files; a socket that a killed relay left is none. */
function copyFiles(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (file) => !lstatSync(file).isSocket() })
}
