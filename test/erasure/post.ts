/**
 * One thousand messages that are sent, fetched and confirmed, by the real program over mutual TLS or by the relay alone on a vault
 * of the test's choice: what the proof of erasure is tried on.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { Envelope } from '../../src/client/wire.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Caller } from '../../src/core/directory.ts'
import { systemIds } from '../../src/ops/ids.ts'
import { createRelay } from '../../src/relay/create.ts'
import type { Vault } from '../../src/relay/ports.ts'
import { start } from '../../src/relay/start.ts'
import { openStore } from '../../src/store/open.ts'
import { signer } from '../../src/vault/keys.ts'
import { createVault } from '../../src/vault/open.ts'
import { openBallast } from '../../src/vault/ballast.ts'
import { participantId } from '../support/demo-node.ts'
import type { DemoNode } from '../support/demo-node.ts'
import { startNode } from '../support/node-process.ts'

const SENDER = 'hulp-bij-schulden'
const RECIPIENT = 'energie-direct'
const MODULE = 'schuldinventarisatie'
const TYPE = 'saldoverzoek'

/** Where messages are sent and ended. */
export interface Post {
  sample(): Promise<Readonly<Record<string, unknown>>>
  /** Accepts all of them. */
  send(envelopes: readonly Envelope[]): Promise<void>
  /** Fetches and confirms what waits; returns the contents as they came out. */
  empty(): Promise<readonly unknown[]>
  stop(): Promise<void>
}

/** The real program. */
export async function processPost(node: DemoNode): Promise<Post> {
  const running = await startNode(node.configFile)
  const sender = node.client(running.url, SENDER)
  const recipient = node.client(running.url, RECIPIENT)
  return {
    sample: async () => (await sender.messageType(MODULE, '1.0', TYPE)).voorbeeld,
    async send(envelopes) {
      for await (const { status, probleem } of sender.submitMany(envelopes))
        if (status !== 201) throw new Error(`a message was not accepted: ${probleem?.code}`)
    },
    async empty() {
      const { ophaling, berichten } = await recipient.lease({ limiet: 500, leaseSeconden: 60 })
      const rest = await recipient.lease({ limiet: 500, leaseSeconden: 60 })
      for (const [lease, messages] of [
        [ophaling, berichten],
        [rest.ophaling, rest.berichten],
      ] as const) {
        const references = messages.map(({ referentienummer }) => referentienummer)
        if (references.length > 0) await recipient.confirmMany(references, { lease })
      }
      return [...berichten, ...rest.berichten]
    },
    async stop() {
      const { exit, err } = await running.stop()
      if (exit !== 0) throw new Error(`the relay ended with ${exit}: ${err}`)
    },
  }
}

/** The verbs on a new store and vault in the folder of a node, without doors. @param wrap gives the vault to use */
export async function relayPost(node: DemoNode, wrap: (vault: Vault) => Vault): Promise<Post> {
  const { paths, ringPath, masterKey } = node
  const loaded = loadConfig(node.configFile, { generation: 1, env: {} })
  if ('problems' in loaded) throw new Error('the configuration of the demo has problems')
  const { settings } = loaded.config
  mkdirSync(node.dataDir, { recursive: true })
  const vault = wrap(await createVault({ path: paths.vault, ringPath, masterKey }))
  const store = await openStore({
    engine: 'lmdb',
    path: paths.store,
    mapBytes: 2 ** 28,
    sign: signer(node.masterKey, 'log'),
    createFor: vault.id,
  })
  const journal = { alarm: () => {} }
  const ports = {
    store,
    vault,
    journal,
    ballast: openBallast({ path: paths.ballast, bytes: 0 }),
    clock: { now: Date.now },
    ids: systemIds,
    settings: () => settings,
    fatal: (reason: string): never => {
      throw new Error(reason)
    },
  }
  await start({ ...ports, pause: () => Bun.sleep(0) })
  const relay = createRelay(ports)
  const who = (name: string): Caller => {
    const id = participantId(name)
    const participant = settings.directory.participants.get(id)
    const connection = settings.directory.connections.find((one) => one.participants.includes(id))
    if (participant === undefined || connection === undefined) throw new Error(`${name} is nobody`)
    return { participant, connection }
  }
  return {
    sample: async () =>
      settings.catalogue.modules.get(MODULE)?.get('1.0')?.messages.get(TYPE)?.sample ?? {},
    async send(envelopes) {
      await Promise.all(envelopes.map((envelope) => relay.submit(who(SENDER), envelope)))
    },
    async empty() {
      const { items } = await relay.list(who(RECIPIENT), { limit: 1_000 })
      const references = items.map(({ message }) => message.header.reference)
      const fetched = await Promise.all(references.map((one) => relay.fetch(who(RECIPIENT), one)))
      await Promise.all(references.map((one) => relay.confirm(who(RECIPIENT), one)))
      return fetched.map(({ content }) => content)
    },
    async stop() {
      await relay.drain()
      await vault.close()
      await store.close()
    },
  }
}

/**
 * Messages with a text in body, file name and document.
 * @param sample a good body
 */
export function marked(
  count: number,
  marker: string,
  sample: Readonly<Record<string, unknown>>,
): Envelope[] {
  return Array.from({ length: count }, (_, number) => ({
    referentienummer: randomUUID(),
    conversatieReferentienummer: randomUUID(),
    module: MODULE,
    berichttype: TYPE,
    versie: '1.0',
    ontvanger: participantId(RECIPIENT),
    bijlagen: [
      {
        soort: 'toestemmingsverklaring',
        document: {
          bestandsnaam: `${marker}-${number}.pdf`,
          mediatype: 'application/pdf',
          inhoud: Buffer.from(`%PDF-1.4\n% ${marker}\n%%EOF\n`).toString('base64'),
        },
      },
    ],
    inhoud: { ...sample, KlantnummerSHV: `${marker}-${number}` },
  }))
}
