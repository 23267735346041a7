/**
 * PostgreSQL: a table as a queue, taken from with `SKIP LOCKED`.
 * @module
 */
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { askProgram, freshMessage, ID_CHARACTERS, serverUser, startServer } from './peer.ts'
import type { Peer, PeerAddress } from './peer.ts'

/** Where Debian puts the programs of each version. */
const DEBIAN = '/usr/lib/postgresql'
/** How often an empty table is looked at: the client cannot be told of news. */
const POLL_MS = 5

interface Row {
  readonly seq: string
  readonly body: Uint8Array
}

/** PostgreSQL with one table. */
export const postgres: Peer = {
  name: 'PostgreSQL SKIP LOCKED',
  setUp:
    'fsync and synchronous_commit on, otherwise as shipped; one INSERT a message; SELECT … FOR UPDATE SKIP LOCKED LIMIT 100 and DELETE of the hundred in one transaction; an empty table is looked at every 5 ms',
  lacks: () => (programOf('postgres') === undefined ? 'not installed' : undefined),
  version: () => askProgram([programOf('postgres') ?? '', '--version']) ?? '',
  async start(files, port) {
    const data = join(files.folder, 'data')
    const initialised = Bun.spawnSync(
      [programOf('initdb') ?? '', '-D', data, '-U', 'bench', '-A', 'trust', '--no-sync'],
      { cwd: files.folder, env: { PATH: process.env['PATH'] ?? '' }, ...serverUser() },
    )
    if (!initialised.success) throw new Error(`initdb: ${initialised.stderr.toString()}`)
    writeFileSync(
      join(data, 'pg_hba.conf'),
      'hostssl all bench 127.0.0.1/32 trust clientcert=verify-ca\n',
    )
    appendFileSync(
      join(data, 'postgresql.conf'),
      [
        '',
        "listen_addresses = '127.0.0.1'",
        `port = ${port}`,
        "unix_socket_directories = ''",
        'max_connections = 200',
        'fsync = on',
        'synchronous_commit = on',
        'ssl = on',
        `ssl_cert_file = '${files.certificate}'`,
        `ssl_key_file = '${files.key}'`,
        `ssl_ca_file = '${files.ca}'`,
        '',
      ].join('\n'),
    )
    return startServer([programOf('postgres') ?? '', '-D', data], files, { stopSignal: 'SIGINT' })
  },
  async prepare(address) {
    const sql = clientOf(address)
    try {
      await sql`CREATE TABLE bericht (seq bigserial PRIMARY KEY, body bytea NOT NULL)`
    } finally {
      await sql.close()
    }
  },
  connect(address, message) {
    const opened: Bun.SQL[] = []
    const open = (count: number) => {
      const clients = Array.from({ length: count }, () => clientOf(address))
      opened.push(...clients)
      return clients
    }
    return {
      async senders(count) {
        return open(count).map((sql) => {
          const next = freshMessage(message)
          return {
            async submit(made) {
              await sql`INSERT INTO bericht (body) VALUES (${next(made)})`
              return true
            },
          }
        })
      },
      async collectors(count) {
        return open(count).map((sql) => ({
          async collect(limit, waitSeconds, got) {
            const until = performance.now() + waitSeconds * 1_000
            for (;;) {
              const count = await take(sql, limit, got)
              if (count > 0 || performance.now() > until) return count
              await sleep(POLL_MS)
            }
          },
        }))
      },
      async close() {
        await Promise.all(opened.map((sql) => sql.close()))
      },
    }
  },
}

/** Takes and deletes in one transaction; the content is there before the deletion is. */
function take(
  sql: Bun.SQL,
  limit: number,
  got: ((ids: readonly string[]) => void) | undefined,
): Promise<number> {
  return sql.begin(async (step) => {
    const rows: readonly Row[] =
      await step`SELECT seq, body FROM bericht ORDER BY seq FOR UPDATE SKIP LOCKED LIMIT ${limit}`
    if (rows.length === 0) return 0
    got?.(rows.map(({ body }) => Buffer.from(body).toString('latin1', 0, ID_CHARACTERS)))
    const taken = rows.map(({ seq }) => seq)
    await step`DELETE FROM bericht WHERE seq = ANY(${step.array(taken, 'BIGINT')})`
    return rows.length
  })
}

function clientOf({ port, ca, certificate, key }: PeerAddress): Bun.SQL {
  return new Bun.SQL({
    adapter: 'postgres',
    hostname: 'localhost',
    port,
    username: 'bench',
    database: 'postgres',
    tls: { ca, cert: certificate, key, rejectUnauthorized: true },
    max: 1,
    idleTimeout: 0,
  })
}

/** Path of a program of PostgreSQL, of the newest version there is. */
function programOf(name: string): string | undefined {
  const found = Bun.which(name)
  if (found !== null) return found
  try {
    const newest = readdirSync(DEBIAN).toSorted((one, other) => Number(other) - Number(one))[0]
    return newest === undefined ? undefined : join(DEBIAN, newest, 'bin', name)
  } catch {
    return undefined
  }
}
