/**
 * A vault that breaks promise 2: it keeps the keys that it is told to kill. Everything else is the real vault's, so what tells the
 * two apart is the one thing that the proof of erasure is about.
 * @module
 */
import type { Vault } from '../../src/relay/ports.ts'

/** @param vault the real one */
export function keepingVault(vault: Vault): Vault {
  return new Proxy(vault, {
    get(target, name) {
      if (name === 'flush') {
        const flush: Vault['flush'] = (batch) => target.flush({ ...batch, kill: [] })
        return flush
      }
      // Private members of the real one know the real one only.
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
