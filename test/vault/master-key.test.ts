/**
 * Change of the master key: at every moment one of both opens, and done again it ends the same.
 */
import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { changeMasterKey } from '../../src/vault/master-key.ts'
import { createVault, openVault } from '../../src/vault/open.ts'
import { folders } from './folder.ts'

const temp = folders()
const PAGE = 4096

async function made() {
  const dir = temp()
  const files = { path: join(dir, 'vault'), ringPath: join(dir, 'ring') }
  const [before, after] = [randomBytes(32), randomBytes(32)]
  const vault = await createVault({ ...files, masterKey: before })
  vault.adopt([])
  const sealed = vault.seal(new Uint8Array(2), [new Uint8Array(5)])
  const seat = { slot: vault.take(), mid: sealed.mid }
  await vault.flush({ put: [{ slot: seat.slot, sealed }], kill: [], generation: 1 })
  await vault.close()
  const opens = async (masterKey: Uint8Array): Promise<boolean> => {
    const opened = await openVault({ ...files, masterKey }).catch(() => undefined)
    const holds = opened?.holds(seat.slot, seat.mid) ?? false
    await opened?.close()
    return holds
  }
  const state = () => [readFileSync(files.path), readFileSync(files.ringPath)] as const
  return { files, before, after, opens, state }
}

test('afterwards only the new master key opens', async () => {
  const { files, before, after, opens } = await made()
  changeMasterKey(files, before, after)
  expect([await opens(before), await opens(after)]).toEqual([false, true])
  changeMasterKey(files, before, after)
  expect([await opens(before), await opens(after)]).toEqual([false, true])
})

test('a crash between any two writes leaves what one of both opens, and doing it again ends it', async () => {
  const { files, before, after, opens, state } = await made()
  const [vaultOld, ringOld] = state()
  changeMasterKey(files, before, after)
  const [vaultNew, ringNew] = state()
  const page = (bytes: Buffer, index: number) => bytes.subarray(index * PAGE, (index + 1) * PAGE)
  const vaults = [0, 1].map((index) =>
    Buffer.concat([
      page(index === 0 ? vaultNew : vaultOld, 0),
      page(index === 1 ? vaultNew : vaultOld, 1),
      vaultOld.subarray(2 * PAGE),
    ]),
  )
  const rings = [
    ringOld,
    Buffer.concat([page(ringOld, 0), page(ringNew, 1)]),
    Buffer.concat([page(ringNew, 0), page(ringOld, 1)]),
    ringNew,
  ]
  let openedByOld = 0
  for (const vault of vaults)
    for (const ring of rings) {
      const put = () => {
        writeFileSync(files.path, vault)
        writeFileSync(files.ringPath, ring)
      }
      put()
      const byOld = await opens(before)
      put()
      const byNew = await opens(after)
      expect(byOld || byNew).toBe(true)
      openedByOld += byOld ? 1 : 0
      put()
      changeMasterKey(files, before, after)
      expect([await opens(before), await opens(after)]).toEqual([false, true])
    }
  expect(openedByOld).toBeGreaterThan(2)
})

test('a third master key changes nothing', async () => {
  const { files, before, after, opens } = await made()
  expect(() => changeMasterKey(files, randomBytes(32), after)).toThrow('wrong master key or ring')
  expect([await opens(before), await opens(after)]).toEqual([true, false])
})
