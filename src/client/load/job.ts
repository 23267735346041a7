/**
 * What the process that makes load is asked to do, as JSON on its standard input.
 * @module
 */
import type { QueueJob } from './queue.ts'

/** A participant with the credentials of its connection. */
export interface LoadParty {
  /** UUID in the directory. */
  readonly participant: string
  /** PEM texts. */
  readonly certificate: string
  readonly key: string
}

/** Kinds of work; `docs/performance.md` says what each measures. */
export const WORKLOADS = [
  'submit',
  'batch',
  'fetch',
  'fetch-one',
  'mixed',
  'latency',
  'idle',
  'flat',
] as const
export type Workload = (typeof WORKLOADS)[number]

/** One run. */
export interface LoadJob extends QueueJob {
  readonly workload: Workload
  readonly host: string
  readonly port: number
  /** Authority of the server's certificate, PEM. */
  readonly ca: string
  readonly sender: LoadParty
  readonly receiver: LoadParty
  /** A whole envelope as JSON, with marks for reference and conversation. */
  readonly envelope: string
  /** Process of the server, when it runs on this machine. */
  readonly serverPid?: number
}
