/**
 * Everything that the demo puts on disk, in one folder: development PKI, keys, configuration. What is there already is used
 * again, so that a demo can be stopped and started.
 * @module
 */
import { randomBytes, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { renderConfig } from '../config/render.ts'
import { refreshCrl } from '../trust/development/lists.ts'
import { createDevelopmentPki, issue, openDevelopmentPki } from '../trust/development/pki.ts'
import type { DevelopmentPki } from '../trust/development/register.ts'
import { DEMO_CONNECTIONS, DEMO_NODE_ID, modulesOf } from './demo-world.ts'
import { UsageError } from './failure.ts'

export interface DemoPorts {
  readonly api: number
  readonly portal: number
  readonly ops: number
}

export interface DemoFolder {
  readonly configFile: string
  readonly certs: string
  readonly pki: DevelopmentPki
}

const CONFIG = join('config', 'knooppunt.yaml')
/** A certificate that ends sooner than this is replaced at the start. */
const RENEW_MS = 30 * 86_400_000
/** What the demo makes; a folder with anything else in it belongs to somebody. */
const OWN = new Set(['config', 'certs', 'keys', 'data'])

/**
 * Makes or completes the folder.
 * @throws UsageError when the folder holds things that are not of a demo
 */
export function prepareDemo(dir: string, ports: DemoPorts): DemoFolder {
  mkdirSync(dir, { recursive: true })
  const strange = readdirSync(dir).filter((name) => !OWN.has(name))
  if (strange.length > 0 && !existsSync(join(dir, CONFIG))) {
    throw new UsageError(`${dir} is not empty and not a demo folder; name another with --dir.`)
  }
  const certs = join(dir, 'certs')
  const pki = existsSync(join(certs, 'ca.pem'))
    ? openDevelopmentPki(certs)
    : createDevelopmentPki(certs)
  issueWhatLacks(pki, certs)
  refreshCrl(pki)
  makeMasterKey(join(dir, 'keys'))
  mkdirSync(join(dir, 'config'), { recursive: true })
  const configFile = join(dir, CONFIG)
  writeFileSync(configFile, demoConfig(ports))
  return { configFile, certs, pki }
}

function issueWhatLacks(pki: DevelopmentPki, certs: string): void {
  if (mustIssue(certs, 'server')) {
    const hosts = [...new Set(['localhost', hostname(), '127.0.0.1', '::1'])]
    issue(pki, { name: 'server', organisation: 'Knooppunt Demo', purpose: 'server', hosts })
  }
  for (const { name, organisation, oin } of DEMO_CONNECTIONS) {
    if (mustIssue(certs, name)) issue(pki, { name, organisation, oin, purpose: 'client' })
  }
}

function mustIssue(certs: string, name: string): boolean {
  const file = join(certs, `${name}.pem`)
  if (!existsSync(file) || !existsSync(join(certs, `${name}.key`))) return true
  const ends = Date.parse(new X509Certificate(readFileSync(file)).validTo)
  return ends - Date.now() < RENEW_MS
}

function makeMasterKey(keys: string): void {
  mkdirSync(keys, { recursive: true, mode: 0o700 })
  chmodSync(keys, 0o700)
  const file = join(keys, 'master.key')
  if (existsSync(file)) return
  writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
}

function demoConfig(ports: DemoPorts): string {
  const certificate = { certificate: 'certs/server.pem', key: 'certs/server.key' }
  const participants = DEMO_CONNECTIONS.flatMap(({ name, participants: units }) =>
    units.map((unit) => ({
      id: unit.id,
      name: unit.name,
      tradeNames: [unit.tradeName],
      organisation: name,
      status: 'actief' as const,
      types: [unit.type],
      traits: [...unit.traits],
      ...(unit.category === undefined ? {} : { category: unit.category }),
      modules: modulesOf(unit.type),
    })),
  )
  return renderConfig({
    node: {
      id: DEMO_NODE_ID,
      name: 'Knooppunt demo',
      url: `https://localhost:${ports.api}`,
      environment: 'demo',
    },
    listen: {
      api: { host: '127.0.0.1', port: ports.api, ...certificate },
      portal: { host: '127.0.0.1', port: ports.portal, ...certificate },
      ops: { host: '127.0.0.1', port: ports.ops },
    },
    trust: {
      anchors: [{ file: 'certs/ca.pem' }],
      // Nobody publishes lists in a demo; they are made anew at each start.
      revocation: { crl: ['certs/crl.pem'], maxAge: '30d' },
    },
    store: { path: 'data', map: '4 GiB', ballast: '16 MiB' },
    vault: { masterKey: { file: 'keys/master.key' }, ring: { path: 'keys/ring' } },
    organisations: DEMO_CONNECTIONS.map(({ name, organisation, kvk }) => ({
      id: name,
      name: organisation,
      kvk,
    })),
    participants,
    connections: DEMO_CONNECTIONS.map(({ name, oin, kind, participants: units }) => ({
      name,
      oin,
      kind,
      participants: units.map(({ id }) => id),
    })),
  })
}
