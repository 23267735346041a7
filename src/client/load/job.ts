/**
 * What the process that makes load is asked to do, as JSON on its standard input.
 * @module
 */

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
export interface LoadJob {
  readonly workload: Workload
  readonly host: string
  readonly port: number
  /** Authority of the server's certificate, PEM. */
  readonly ca: string
  readonly sender: LoadParty
  readonly receiver: LoadParty
  /** A whole envelope as JSON, with marks for reference and conversation. */
  readonly envelope: string
  /** Connections that work at the same time. */
  readonly clients: number
  readonly warmUpSeconds: number
  /** For work that has no end of its own. */
  readonly seconds: number
  /** For work that has one: what is put into the mailbox and taken out. */
  readonly messages: number
  /** For `latency`. */
  readonly perSecond: number
  /** Process of the server, when it runs on this machine. */
  readonly serverPid?: number
}
