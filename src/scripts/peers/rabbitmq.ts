/**
 * RabbitMQ: a quorum queue, with publisher confirms.
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect } from 'amqplib'
import type { ChannelModel, ConsumeMessage } from 'amqplib'
import { Inbox } from './inbox.ts'
import { ID_CHARACTERS, askProgram, freshMessage, startServer } from './peer.ts'
import type { Peer, PeerAddress, PeerServer } from './peer.ts'

const QUEUE = 'berichten'
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server'
/** Messages that the server may send ahead to one consumer: two batches, so that it need not wait for the acks of the first. */
const PREFETCH = 200

/** RabbitMQ with one quorum queue of one member. */
export const rabbitmq: Peer = {
  name: 'RabbitMQ quorum',
  setUp:
    'quorum queue of one member, persistent messages, publisher confirms; consumers with prefetch 200 and an ack for each message; acks are not confirmed by the server',
  lacks: () => (existsSync(PROGRAM) ? undefined : 'not installed'),
  version: () => askProgram(['dpkg-query', '-W', 'rabbitmq-server'])?.replace('\t', ' ') ?? '',
  async start(files, port) {
    const settings = join(files.folder, 'rabbitmq.conf')
    writeFileSync(
      settings,
      [
        'listeners.tcp = none',
        `listeners.ssl.default = 127.0.0.1:${port}`,
        `ssl_options.cacertfile = ${files.ca}`,
        `ssl_options.certfile = ${files.certificate}`,
        `ssl_options.keyfile = ${files.key}`,
        'ssl_options.verify = verify_peer',
        'ssl_options.fail_if_no_peer_cert = true',
        '',
      ].join('\n'),
    )
    writeFileSync(join(files.folder, 'enabled_plugins'), '[].\n')
    const [names, distribution] = [await freePort(), await freePort()]
    // Its register of names is started here, so that none is left behind.
    const register = startServer(['epmd', '-port', String(names), '-address', '127.0.0.1'], files)
    const server = startServer([PROGRAM], files, {
      env: {
        ERL_EPMD_PORT: String(names),
        ERL_EPMD_ADDRESS: '127.0.0.1',
        RABBITMQ_NODENAME: `bench${port}@localhost`,
        RABBITMQ_DIST_PORT: String(distribution),
        RABBITMQ_CONFIG_FILE: settings,
        RABBITMQ_MNESIA_BASE: join(files.folder, 'mnesia'),
        RABBITMQ_LOG_BASE: join(files.folder, 'log'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(files.folder, 'enabled_plugins'),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
          '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
      },
    })
    return both(server, register)
  },
  async prepare(address) {
    const connection = await connectionTo(address)
    try {
      const channel = await connection.createChannel()
      await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
    } finally {
      await connection.close()
    }
  },
  connect(address, message) {
    const opened: ChannelModel[] = []
    const open = async (count: number) => {
      const connections = await Promise.all(
        Array.from({ length: count }, () => connectionTo(address)),
      )
      opened.push(...connections)
      return connections
    }
    return {
      senders: async (count) =>
        Promise.all((await open(count)).map((connection) => senderOn(connection, message))),
      collectors: async (count) => Promise.all((await open(count)).map(collectorOn)),
      async close() {
        await Promise.all(opened.map((connection) => connection.close()))
      },
    }
  },
}

async function senderOn(connection: ChannelModel, message: Uint8Array) {
  const channel = await connection.createConfirmChannel()
  const next = freshMessage(message)
  return {
    submit: (made?: (id: string) => void) =>
      new Promise<boolean>((resolve, reject) => {
        // The library writes the bytes before it returns, so they may change afterwards.
        channel.sendToQueue(QUEUE, next(made), { persistent: true }, (refused) => {
          if (refused === null || refused === undefined) resolve(true)
          else reject(new Error('RabbitMQ did not take a message'))
        })
      }),
  }
}

async function collectorOn(connection: ChannelModel) {
  const channel = await connection.createChannel()
  await channel.prefetch(PREFETCH)
  const inbox = new Inbox<ConsumeMessage>()
  await channel.consume(QUEUE, (message) => {
    if (message !== null) inbox.add(message)
  })
  return {
    async collect(limit: number, waitSeconds: number, got?: (ids: readonly string[]) => void) {
      const taken = await inbox.take(limit, waitSeconds)
      got?.(taken.map(({ content }) => content.toString('latin1', 0, ID_CHARACTERS)))
      for (const message of taken) channel.ack(message)
      return taken.length
    },
  }
}

function connectionTo({ port, ca, certificate, key }: PeerAddress): Promise<ChannelModel> {
  return connect(
    { protocol: 'amqps', hostname: 'localhost', port, username: 'guest', password: 'guest' },
    { ca: [ca], cert: certificate, key, servername: 'localhost', noDelay: true },
  )
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

function both(server: PeerServer, helper: PeerServer): PeerServer {
  return {
    pid: server.pid,
    async stop() {
      await server.stop()
      await helper.stop()
    },
  }
}
