/**
 * Signs a store anew after a change of the master key, from which the key of the log comes.
 * @module
 */
import { linkOf } from '../log-chain.ts'
import type { Sign } from '../log-chain.ts'
import { checkChain } from './check-chain.ts'
import { StoreDamaged } from './data-file.ts'
import { Environment, type EnvironmentOptions, type Write } from './environment.ts'
import { getNumber } from './keys.ts'
import { decodeEvents, decodeMeta, encodeEvents, encodeMeta } from './records.ts'
import { META_KEY } from './rows.ts'

/**
 * Links the whole log and signs the meta record under another key, in one transaction. A store that is signed by it already is
 * left as it is, so that an interrupted change can be done again.
 * @throws StoreDamaged when the log is not whole under the key of before: what was changed must not be signed
 */
export async function resignStore(
  options: EnvironmentOptions,
  before: Sign,
  after: Sign,
): Promise<void> {
  const environment = await Environment.open(options)
  try {
    const record = environment.get('meta', META_KEY)
    if (record === undefined) throw new StoreDamaged('the store does not know its vault')
    const meta = decodeMeta(record, before)
    if (meta === undefined) {
      if (decodeMeta(record, after) !== undefined) return
      throw new StoreDamaged('the store is signed by neither master key')
    }
    const pause = () => Promise.resolve()
    const { problems } = await checkChain(environment, () => meta, before, pause)
    if (problems.length > 0)
      throw new StoreDamaged(`the log is not whole, so it is not signed anew: ${problems[0]}`)

    // Where the log begins was authentic under the old key, and is made so under the new one with the record.
    let link = meta.firstLink
    const writes: Write[] = []
    for (const { key, value } of environment.scan('event')) {
      const { body } = decodeEvents(getNumber(key, 0), value)
      link = linkOf(after, link, getNumber(key, 0), body)
      writes.push({ table: 'event', key: Buffer.from(key), value: encodeEvents(body, link) })
    }
    const value = encodeMeta({ ...meta, logHead: link }, after)
    await environment.write([...writes, { table: 'meta', key: META_KEY, value }], true)
  } finally {
    await environment.close()
  }
}
