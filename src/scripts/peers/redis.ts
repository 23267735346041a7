/**
 * Redis Streams: an entry a message, a consumer group, every write flushed before its answer.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ID_CHARACTERS, askProgram, freshMessage, startServer } from './peer.ts'
import type { Peer, PeerAddress } from './peer.ts'

const STREAM = 'berichten'
const GROUP = 'ontvanger'
const BODY = 'inhoud'

/** What `XREADGROUP` answers: entries by stream, each an id with its fields. */
type Entries = Readonly<Record<string, readonly (readonly [string, readonly string[]])[]>> | null

/** Redis with one stream. */
export const redis: Peer = {
  name: 'Redis Streams',
  setUp:
    'appendonly yes, appendfsync always, no snapshots; XADD; XREADGROUP COUNT 100, then XACK and XDEL of the hundred',
  lacks: () =>
    askProgram(['redis-server', '--version']) === undefined ? 'not installed' : undefined,
  version: () => askProgram(['redis-server', '--version']) ?? '',
  start(files, port) {
    const settings = join(files.folder, 'redis.conf')
    writeFileSync(
      settings,
      [
        'port 0',
        `tls-port ${port}`,
        'bind 127.0.0.1',
        `tls-cert-file ${files.certificate}`,
        `tls-key-file ${files.key}`,
        `tls-ca-cert-file ${files.ca}`,
        'tls-auth-clients yes',
        'appendonly yes',
        'appendfsync always',
        'save ""',
        `dir ${files.folder}`,
        'daemonize no',
        '',
      ].join('\n'),
    )
    return startServer(['redis-server', settings], files)
  },
  async prepare(address) {
    const client = clientOf(address)
    try {
      await client.send('XGROUP', ['CREATE', STREAM, GROUP, '0', 'MKSTREAM'])
    } finally {
      client.close()
    }
  },
  connect(address, message) {
    const opened: Bun.RedisClient[] = []
    const open = (count: number) => {
      const clients = Array.from({ length: count }, () => clientOf(address))
      opened.push(...clients)
      return clients
    }
    return {
      async senders(count) {
        return open(count).map((client) => {
          const next = freshMessage(message)
          return {
            async submit(made) {
              await client.send('XADD', [STREAM, '*', BODY, next(made).toString('latin1')])
              return true
            },
          }
        })
      },
      async collectors(count) {
        return open(count).map((client, number) => ({
          async collect(limit, waitSeconds, got) {
            const answer = (await client.send('XREADGROUP', [
              ...['GROUP', GROUP, `ontvanger-${number}`, 'COUNT', String(limit)],
              ...['BLOCK', String(waitSeconds * 1_000), 'STREAMS', STREAM, '>'],
            ])) as Entries
            const entries = answer?.[STREAM] ?? []
            if (entries.length === 0) return 0
            got?.(entries.map(([, fields]) => (fields[1] ?? '').slice(0, ID_CHARACTERS)))
            const ids = entries.map(([id]) => id)
            const [acked] = await Promise.all([
              client.send('XACK', [STREAM, GROUP, ...ids]),
              client.send('XDEL', [STREAM, ...ids]),
            ])
            return Number(acked)
          },
        }))
      },
      async close() {
        for (const client of opened) client.close()
      },
    }
  },
}

function clientOf({ port, ca, certificate, key }: PeerAddress): Bun.RedisClient {
  return new Bun.RedisClient(`rediss://localhost:${port}`, {
    tls: { ca, cert: certificate, key },
    autoReconnect: false,
    enableAutoPipelining: false,
  })
}
