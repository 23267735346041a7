/**
 * The load on a peer: the very workloads that the relay gets.
 * @module
 */
import { Recorder } from '../../client/load/figures.ts'
import type { Measured } from '../../client/load/figures.ts'
import type { Queue, QueueJob } from '../../client/load/queue.ts'
import { fetch, latency, mixed, submit } from '../../client/load/workloads.ts'
import type { SharedWorkload } from './comparison.ts'
import { nats } from './nats.ts'
import type { Peer, PeerAddress } from './peer.ts'
import { postgres } from './postgres.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'

/** Everybody that can be put beside the relay. */
export const PEERS: readonly Peer[] = [redis, rabbitmq, postgres, nats]

/** What the process that makes the load is asked to do. */
export interface PeerJob extends QueueJob {
  /** Name of the peer. */
  readonly peer: string
  readonly workload: SharedWorkload
  readonly address: PeerAddress
  /** Of one message. */
  readonly bytes: number
  readonly serverPid: number
}

const RUNS: Readonly<Record<SharedWorkload, (queue: Queue) => Promise<Measured>>> = {
  submit,
  fetch,
  mixed,
  latency,
}
const FILLERS = 32

/** Does one job. @throws what a connection throws */
export async function runPeerJob(job: PeerJob): Promise<Measured> {
  const peer = PEERS.find(({ name }) => name === job.peer)
  if (peer === undefined) throw new Error(`nobody is called ${job.peer}`)
  const message = Buffer.alloc(job.bytes, 'abcdefghijklmnopqrstuvwxyz0123456789')
  const connections = peer.connect(job.address, message)
  const queue: Queue = {
    job,
    recorder: new Recorder(job.serverPid),
    senders: (count) => connections.senders(count),
    collectors: (count) => connections.collectors(count),
    async fill(messages) {
      const senders = await connections.senders(FILLERS)
      let left = messages
      await Promise.all(
        senders.map(async (sender) => {
          for (; left > 0;) {
            left -= 1
            await sender.submit()
          }
        }),
      )
      return messages
    },
  }
  const measured = await RUNS[job.workload](queue)
  await connections.close()
  return measured
}
