/**
 * Reads the section `listen`: addresses, certificates and keys of the doors.
 * @module
 */
import type { CertificateReader, KeyPair } from './certificates.ts'
import type { Config, Listener } from './config.ts'
import type { Findings, Path } from './problem.ts'
import type { Reading } from './reading.ts'
import type { ConfigData } from './schema/config.ts'

type Listen = ConfigData['listen']

/** @returns the section with certificates and keys read; undefined after noting problems */
export function readListeners(
  main: Reading<ConfigData>,
  certificates: CertificateReader,
  findings: Findings,
): Config['listen'] | undefined {
  const listen = main.within('listen')
  const node = main.within('node')
  const url = node.get('url')
  const host = url === undefined ? undefined : new URL(url).hostname
  const api = listen.get('api')
  const portal = listen.get('portal')
  const ops = listen.get('ops')

  checkPorts(main, findings)
  if (ops !== undefined && !isLocal(ops.host)) {
    const message = 'is reachable from elsewhere and asks for no login; keep it at 127.0.0.1'
    findings.warning(listen.source, [...listen.path, 'ops', 'host'], message)
  }
  const apiPair = readPair(listen.within('api'), certificates, host)
  const portalPair =
    portal === undefined ? undefined : readPortalPair(listen, certificates, findings)
  if (api === undefined || apiPair === undefined || ops === undefined) return undefined
  return {
    api: { host: api.host, port: api.port, ...apiPair },
    ...(portal !== undefined && {
      portal: { host: portal.host, port: portal.port, ...(portalPair ?? apiPair) },
    }),
    ops,
  }
}

function readPair(
  door: Reading<{ certificate?: string; key?: string }>,
  certificates: CertificateReader,
  host: string | undefined,
): KeyPair | undefined {
  const [certificate, key] = [door.placed('certificate'), door.placed('key')]
  return certificate && key && certificates.keyPair(certificate, key, host)
}

function readPortalPair(
  listen: Reading<Listen>,
  certificates: CertificateReader,
  findings: Findings,
): KeyPair | undefined {
  const portal = listen.within('portal')
  const { certificate, key } = listen.get('portal') ?? {}
  if ((certificate === undefined) !== (key === undefined)) {
    const [here, there] = key === undefined ? ['certificate', 'key'] : ['key', 'certificate']
    findings.problem(portal.source, [...portal.path, here], `needs ${there} beside it`)
  }
  return readPair(portal, certificates, undefined)
}

/** Two doors cannot share one address and port; port 0 is for trying out. */
function checkPorts(main: Reading<ConfigData>, findings: Findings): void {
  const listen = main.within('listen')
  const doors: { name: string; path: Path; door: Listener | undefined }[] = (
    ['api', 'portal', 'ops'] as const
  ).map((name) => ({ name: `listen.${name}`, path: ['listen', name], door: listen.get(name) }))
  const isProduction = main.within('node').get('environment') === 'productie'
  for (const [index, { path, door }] of doors.entries()) {
    if (door === undefined) continue
    if (door.port === 0 && isProduction) {
      const message = '0 is for trying out; name a port when node.environment is productie'
      findings.problem(main.source, [...path, 'port'], message)
    }
    const rival = doors.slice(0, index).find((other) => other.door && clash(other.door, door))
    if (rival !== undefined) {
      findings.problem(main.source, [...path, 'port'], `is the port of ${rival.name} too`)
    }
  }
}

function clash(a: Listener, b: Listener): boolean {
  const everywhere = ['0.0.0.0', '::']
  const sameHost = a.host === b.host || [a.host, b.host].some((host) => everywhere.includes(host))
  return a.port !== 0 && a.port === b.port && sameHost
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
