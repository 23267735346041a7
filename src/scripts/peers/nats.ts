/**
 * NATS JetStream: a work queue on disk, every message flushed before its acknowledgement. Versions before 2.10 flush every two
 * minutes and cannot be told otherwise, so they are not measured.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AckPolicy,
  RetentionPolicy,
  StorageType,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream'
import type { JsMsg } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { NatsConnection } from '@nats-io/transport-node'
import { Inbox } from './inbox.ts'
import { ID_CHARACTERS, askProgram, freshMessage, startServer } from './peer.ts'
import type { Peer, PeerAddress } from './peer.ts'

const STREAM = 'berichten'
const CONSUMER = 'ontvanger'
/** The first version that can flush each message. */
const FLUSHES_FROM = [2, 10] as const
/** Messages that the server may send ahead to one consumer. */
const AHEAD = 200

/** NATS with one stream of one replica. */
export const nats: Peer = {
  name: 'NATS JetStream',
  setUp:
    'file storage, one replica, sync_interval always, work queue retention; publish waits for the acknowledgement of the stream; consumers with up to 200 ahead, each message acknowledged and that acknowledgement confirmed',
  lacks() {
    const version = askProgram(['nats-server', '--version'])
    if (version === undefined) return 'not installed'
    const [major = 0, minor = 0] = (/v(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number)
    const flushes =
      major > FLUSHES_FROM[0] || (major === FLUSHES_FROM[0] && minor >= FLUSHES_FROM[1])
    return flushes
      ? undefined
      : `${version} flushes every two minutes, whatever it has acknowledged; it needs 2.10, with sync_interval: always`
  },
  version: () => askProgram(['nats-server', '--version']) ?? '',
  start(files, port) {
    const settings = join(files.folder, 'nats.conf')
    writeFileSync(
      settings,
      [
        `listen: "127.0.0.1:${port}"`,
        `tls { cert_file: "${files.certificate}", key_file: "${files.key}", ca_file: "${files.ca}", verify: true }`,
        `jetstream { store_dir: "${files.folder}", sync_interval: always }`,
        '',
      ].join('\n'),
    )
    return startServer(['nats-server', '-c', settings], files)
  },
  async prepare(address) {
    const connection = await connectionTo(address)
    try {
      const manager = await jetstreamManager(connection)
      await manager.streams.add({
        name: STREAM,
        subjects: [STREAM],
        storage: StorageType.File,
        retention: RetentionPolicy.Workqueue,
        num_replicas: 1,
      })
      await manager.consumers.add(STREAM, {
        durable_name: CONSUMER,
        ack_policy: AckPolicy.Explicit,
        max_ack_pending: -1,
      })
    } finally {
      await connection.close()
    }
  },
  connect(address, message) {
    const opened: NatsConnection[] = []
    const open = async (count: number) => {
      const connections = await Promise.all(
        Array.from({ length: count }, () => connectionTo(address)),
      )
      opened.push(...connections)
      return connections
    }
    return {
      async senders(count) {
        return (await open(count)).map((connection) => {
          const stream = jetstream(connection)
          const next = freshMessage(message)
          return {
            async submit(made) {
              await stream.publish(STREAM, next(made))
              return true
            },
          }
        })
      },
      collectors: async (count) => Promise.all((await open(count)).map(collectorOn)),
      async close() {
        await Promise.all(opened.map((connection) => connection.close()))
      },
    }
  },
}

async function collectorOn(connection: NatsConnection) {
  const consumer = await jetstream(connection).consumers.get(STREAM, CONSUMER)
  const inbox = new Inbox<JsMsg>()
  await consumer.consume({ max_messages: AHEAD, callback: (message) => inbox.add(message) })
  return {
    async collect(limit: number, waitSeconds: number, got?: (ids: readonly string[]) => void) {
      const taken = await inbox.take(limit, waitSeconds)
      got?.(taken.map(({ data }) => Buffer.from(data).toString('latin1', 0, ID_CHARACTERS)))
      const confirmed = await Promise.all(taken.map((message) => message.ackAck()))
      return confirmed.filter(Boolean).length
    },
  }
}

function connectionTo({ port, ca, certificate, key }: PeerAddress): Promise<NatsConnection> {
  return connect({
    servers: `tls://localhost:${port}`,
    tls: { ca, cert: certificate, key },
    reconnect: false,
  })
}
