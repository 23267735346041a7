/**
 * What the command line may ask of the running relay, through the control socket.
 * @module
 */
import type { Config } from '../config/config.ts'
import { streamed } from '../ops/control.ts'
import type { Orders } from '../ops/control.ts'
import type { Store } from '../relay/ports.ts'
import type { Relay } from '../relay/relay.ts'
import { writeBackup } from '../store/backup.ts'
import { readHead, tellLog } from '../store/log-chain.ts'
import { deriveKey } from '../vault/keys.ts'

/** The orders by name. */
export function orders({ vault }: Config, relay: Relay, store: Store): Orders {
  const backupKey = deriveKey(vault.masterKey, 'backup')
  return {
    backup: async () => streamed(writeBackup(store.snapshot(), backupKey, Date.now())),
    'log-verify': async (parameters) => {
      const noted = readHead(parameters.get('head') ?? '')
      return tellLog(await store.checkLog(() => Bun.sleep(0), noted))
    },
    clock: async () => relay.clock(),
    'clock-accept': async () => relay.acceptClock(),
    'vault-rotate': () => relay.rotate(),
  }
}
